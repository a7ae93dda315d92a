/** Comma-separated values (RFC 4180), one record a line. */

/** A table as text; null is an empty cell. */
export function formatCsv(
  header: readonly string[],
  records: readonly (readonly (string | null)[])[],
): string {
  return [header, ...records].map((record) => `${record.map(formatCell).join(",")}\n`).join("");
}

function formatCell(text: string | null): string {
  if (text === null) return "";
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

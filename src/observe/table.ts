/** Tables of text for terminals. */

export interface Column {
  readonly title: string;
  /** Numbers stand at the right. */
  readonly align?: "left" | "right";
}

/**
 * Rows under their titles with a rule between, columns two blanks apart; every row has a cell for each column.
 * Control characters are shown as `?`, so that a name from outside cannot steer the terminal.
 */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => columns.map((_, index) => printable(row[index] ?? "")));
  const widths = columns.map((column, index) =>
    Math.max(width(column.title), ...cells.map((row) => width(row[index] ?? ""))),
  );
  const line = (row: readonly string[]) =>
    columns
      .map((column, index) => pad(row[index] ?? "", widths[index] ?? 0, column.align ?? "left"))
      .join("  ")
      .trimEnd();
  const rule = widths.map((size) => "─".repeat(size)).join("  ");
  return [line(columns.map((column) => column.title)), rule, ...cells.map(line)].join("\n");
}

function pad(text: string, size: number, align: "left" | "right"): string {
  const blanks = " ".repeat(Math.max(0, size - width(text)));
  return align === "right" ? blanks + text : text + blanks;
}

/** Code points, which is the width of everything but combining and East Asian characters. */
export function width(text: string): number {
  return Array.from(text).length;
}

/** The first `size` code points, the last of them `…` where something was cut. */
export function truncate(text: string, size: number): string {
  const points = Array.from(text);
  if (points.length <= size) return text;
  return size <= 0 ? "" : `${points.slice(0, size - 1).join("")}…`;
}

export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, "?");
}

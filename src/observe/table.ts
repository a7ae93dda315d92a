/** Tables of text for terminals. */
import { width } from "./width.ts";

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

/** Control characters, and those that turn the direction of writing, as `?`. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, "?");
}

/** Lines of text in pieces that know their style and their width. */
import { printable } from "../observe/table.ts";
import { width } from "../observe/width.ts";

export type Style = "plain" | "dim" | "bold" | "good" | "bad" | "warn" | "name";

export interface Piece {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Piece[];

/** Control characters are shown as `?`, so that data cannot steer the terminal. */
export function piece(text: string, style: Style = "plain"): Piece {
  return { text: printable(text), style };
}

/** Columns of a terminal that the line takes. */
export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + width(text), 0);
}

/** The line filled up with blanks to so many columns. */
export function padded(line: Line, size: number): Line {
  const missing = size - lineWidth(line);
  return missing > 0 ? [...line, piece(" ".repeat(missing))] : line;
}

/** Columns of pieces, each as wide as its widest piece, two blanks apart. */
export function aligned(rows: readonly Line[]): Line[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, { text }] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(text));
  }
  return rows.map((row) =>
    row.map(({ text, style }, index) => {
      const isLast = index === row.length - 1;
      return { text: isLast ? text : text + " ".repeat((widths[index] ?? 0) - width(text) + 2), style };
    }),
  );
}

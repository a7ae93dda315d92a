/** Text in colours: lines of pieces that know their width, painted only where a terminal shows it. */
import { styleText } from "node:util";
import { prefersPlainText } from "../config/environment.ts";
import { printable, truncate, width } from "../observe/table.ts";

export type Style = "plain" | "dim" | "bold" | "good" | "bad" | "warn" | "name";

export interface Piece {
  readonly text: string;
  readonly style: Style;
}

export type Line = readonly Piece[];

const FORMATS = {
  dim: "dim",
  bold: "bold",
  good: "green",
  bad: ["red", "bold"],
  warn: "yellow",
  name: "cyan",
} as const;

/** Control characters are shown as `?`, so that data cannot steer the terminal. */
export function piece(text: string, style: Style = "plain"): Piece {
  return { text: printable(text), style };
}

export function lineWidth(line: Line): number {
  return line.reduce((sum, { text }) => sum + width(text), 0);
}

/** The line filled up with blanks, or cut, to exactly so many characters. */
export function fitted(line: Line, size: number): Line {
  const missing = size - lineWidth(line);
  return missing >= 0 ? [...line, piece(" ".repeat(missing))] : cut(line, size);
}

/** The line, cut where it is longer. */
export function cut(line: Line, size: number): Line {
  if (lineWidth(line) <= size) return line;
  const kept: Piece[] = [];
  let room = size;
  for (const { text, style } of line) {
    if (room <= 0) break;
    kept.push({ text: truncate(text, room), style });
    room -= width(text);
  }
  return kept;
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

/** How a stream shows text. */
export interface Surface {
  readonly colour: boolean;
  /** Characters of a line; unlimited where there is no terminal. */
  readonly columns: number;
}

/** A terminal shows colours, unless `--no-color`, NO_COLOR or a dumb terminal says otherwise. */
export function surfaceOf(
  stream: { readonly isTTY?: boolean; readonly columns?: number },
  colour: boolean,
): Surface {
  if (stream.isTTY !== true) return { colour: false, columns: Number.POSITIVE_INFINITY };
  return { colour: colour && !prefersPlainText(), columns: stream.columns ?? 80 };
}

/** Lines as text, each cut to the surface's width and ended. */
export function paint(lines: readonly Line[], surface: Surface): string {
  return lines.map((line) => `${paintLine(cut(line, surface.columns), surface.colour)}\n`).join("");
}

function paintLine(line: Line, colour: boolean): string {
  return withoutBlanksAtEnd(line)
    .map(({ text, style }) => {
      if (!colour || style === "plain") return text;
      return styleText([...[FORMATS[style]].flat()], text, { validateStream: false });
    })
    .join("");
}

function withoutBlanksAtEnd(line: Line): Line {
  const last = line.findLastIndex(({ text }) => text.trim() !== "");
  return line
    .slice(0, last + 1)
    .map((each, index) => (index === last ? { ...each, text: each.text.trimEnd() } : each));
}

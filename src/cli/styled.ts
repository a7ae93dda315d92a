/** Lines of pieces on a terminal, or where there is none: wrapped, and painted only where colours are shown. */
import { styleText } from "node:util";
import { prefersPlainText } from "../config/environment.ts";
import type { Line } from "./pieces.ts";
import { wrapped } from "./wrap.ts";

const FORMATS = {
  dim: "dim",
  bold: "bold",
  good: "green",
  bad: ["red", "bold"],
  warn: "yellow",
  name: "cyan",
} as const;

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

/** Lines as text, each ended; what is longer than the surface is wide goes on below. */
export function paint(lines: readonly Line[], surface: Surface): string {
  return lines
    .flatMap((line) => wrapped(line, surface.columns))
    .map((line) => `${paintLine(line, surface.colour)}\n`)
    .join("");
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

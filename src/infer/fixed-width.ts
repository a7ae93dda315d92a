/** Fixed width: columns where all lines have blanks between them at the same bytes. */
import { columnsFrom, MOST_RECORDS, type Table } from "./table.ts";
import type { SampleText } from "./text.ts";
import { unsure } from "./yaml.ts";

const LINES_MEASURED = 2000;
/** More of the lines must have a byte blank for a gap; a few broken lines do not hide it. */
const BLANK_SHARE = 0.995;

/** The text as a table of fixed width; undefined when there are no gaps that all lines share. */
export function fixedWidthTable({ bytewise, text }: SampleText): Table | undefined {
  const byteLines = bytewise.split(/\r?\n/).filter((line) => line.trim() !== "");
  const lines = byteLines.slice(0, LINES_MEASURED);
  const ranges = rangesOf(lines);
  if (lines.length < 2 || ranges.length < 2) return undefined;
  const names = ranges.map((_, index) => `column${index + 1}`);
  const places = ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`));
  const records = byteLines
    .slice(0, MOST_RECORDS)
    .map((line) => ranges.map(([first, last]) => decoded(line.slice(first - 1, last), text)));
  return {
    format: [
      { name: "type", value: "fixed-width" },
      {
        name: "columns",
        value: Object.fromEntries(names.map((name, index) => [name, places[index] ?? ""])),
        comment: unsure("the provider's own description may divide them otherwise"),
      },
    ],
    columns: columnsFrom(names, records, { isNamed: false }),
    notes: [],
  };
}

/** Bytes between gaps; 1-based and inclusive. */
function rangesOf(lines: readonly string[]): [number, number][] {
  const width = lines.reduce((longest, line) => Math.max(longest, line.length), 0);
  const ranges: [number, number][] = [];
  let start: number | undefined;
  for (let at = 0; at <= width; at++) {
    const isGap = at === width || isBlankIn(lines, at);
    if (!isGap) start ??= at;
    else if (start !== undefined) {
      ranges.push([start + 1, at]);
      start = undefined;
    }
  }
  return ranges;
}

function isBlankIn(lines: readonly string[], at: number): boolean {
  const blank = lines.filter((line) => (line[at] ?? " ") === " ").length;
  return blank >= lines.length * BLANK_SHARE;
}

/** A cell was cut by bytes; where the text is UTF-8, its bytes are put together again. */
function decoded(cell: string, text: string): string {
  const bytes = Buffer.from(cell, "latin1");
  return text.includes("\uFFFD") ? cell : new TextDecoder().decode(bytes);
}

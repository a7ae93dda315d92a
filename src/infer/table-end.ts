/** A table that is too short beside what stands above it. */
import { isValue } from "./header-line.ts";
import { DELIMITERS, splitLine } from "./lines.ts";

/** So many lines, a header and a record, are the shortest table. */
const FEWEST_LINES = 2;

/** Whether the last lines are divided alike, with values in the very last: a table, but hardly more than one record of it. */
export function endsLikeTable(text: string): boolean {
  const lines = text.split(/\r\n|\n|\r/).filter((line) => line.trim() !== "");
  const last = lines.slice(-FEWEST_LINES);
  return DELIMITERS.some((delimiter) => {
    const cells = last.map((line) => splitLine(line, { delimiter, quote: '"' }).map((cell) => cell.trim()));
    const fields = cells.at(-1) ?? [];
    return fields.length > 1 && fields.some(isValue) && cells.every(({ length }) => length === fields.length);
  });
}

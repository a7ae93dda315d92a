/** Whether a line names the columns below it, or tells their units. */
import { UNITS } from "../config/unit-table.ts";
import { conversion } from "../config/units.ts";
import { isMoment } from "./moments.ts";
import { isNumber } from "./numbers.ts";

/** Records that tell whether a line above them is a header. */
export const LOOKED_AT = 50;

type Cells = readonly string[];

/** Whether the cell is a number or a date. */
export function isValue(cell: string): boolean {
  return isNumber(cell) || isMoment(cell);
}

/** Names, none of them a value, above at least one column of values; or nothing but texts, the first of which are alike. */
export function isHeader(first: Cells, rest: readonly Cells[]): boolean {
  const names = first.filter((cell) => cell !== "");
  if (names.length === 0 || names.some(isValue)) return false;
  const looked = rest.slice(0, LOOKED_AT);
  const hasValues = first.some((_, index) => looked.some((line) => isValue(line[index] ?? "")));
  return hasValues || names.every((name) => /^[a-z][a-z0-9_ ]*$|(?:^|_)(?:id|name|code)$/i.test(name));
}

/** No number where the column has numbers. */
export function isUnits(line: Cells, rest: readonly Cells[]): boolean {
  const numeric = line.filter((_, index) => {
    const cells = rest.map((record) => record[index] ?? "").filter((cell) => cell !== "");
    return cells.length > 0 && cells.filter(isNumber).length > cells.length / 2;
  });
  return numeric.length > 0 && numeric.every((cell) => !isValue(cell)) && numeric.some((cell) => cell !== "");
}

/** Lines of units, of elements, or of what the values are, below a header at most. */
const MOST_BELOW = 3;

/** How many of the lines below a header are no records yet. */
export function linesBelowHeader(below: readonly Cells[]): number {
  for (let count = Math.min(MOST_BELOW, below.length - 1); count > 0; count--) {
    const rest = below.slice(count);
    // A record has a date or a number, even if its values are missing.
    if (below.slice(0, count).every((line) => isUnits(line, rest) && !line.some(isValue))) return count;
  }
  return 0;
}

/** The one of these lines that has most units; the first, if none has any. */
export function unitsAmong(lines: readonly Cells[]): Cells | undefined {
  const known = lines.map((line) => line.filter(isUnit).length);
  return lines[known.indexOf(Math.max(0, ...known))] ?? lines[0];
}

/** Whether the unit table knows it. */
function isUnit(cell: string): boolean {
  const bare = cell.replace(/^[[(](.*)[\])]$/, "$1");
  return (
    bare !== "" &&
    UNITS.some(({ units: [unit] }) => unit !== undefined && conversion(bare, unit.name) !== undefined)
  );
}

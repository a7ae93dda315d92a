/** What can be wrong with a delimited file's header, in words. */
import type { DelimitedFormat } from "../config/format.ts";
import { nearest } from "../config/problem.ts";
import { MillraceError, type Place } from "../errors.ts";
import type { Sought } from "./header-names.ts";

/** Names in a header that may be meant by a missing one: so many, of so many characters. A hostile header has more. */
const NAMES_COMPARED = 1000;
const NAME_COMPARED = 100;

const NUL = "\0";

/** What a wanted column is in the file: a name in the header (see header-names.ts), or a number. */
export interface Wanted {
  readonly column: string;
  readonly inFile: string | number;
}

/** A wanted column that could not be found. */
export interface Unfound extends Wanted {
  readonly sought: Exclude<Sought, { at: number }>;
}

/** The error for a file that must have a header and holds not one record. */
export function headerMissing(): MillraceError {
  return new MillraceError(
    "COLUMN_MISSING",
    "There is no header: the object holds no line but blanks and comments.",
  );
}

/** The error for a file whose header, or the record that may be one, is longer than a record may be. */
export function headerTooLong({ record_limit }: DelimitedFormat, place: Place): MillraceError {
  return new MillraceError(
    "COLUMN_MISSING",
    `The line that should be the header is longer than the ${record_limit} bytes of \`format.record_limit\`. If it is one, raise the limit; if it is none, \`skip_lines\` or \`skip_to\` passes over it.`,
    place,
  );
}

/** Which columns have the name that should be that of one, and how to tell them apart; undefined where none is ambiguous. */
export function ambiguity(missing: readonly Unfound[]): string | undefined {
  for (const { sought } of missing) {
    if (!("ambiguous" in sought)) continue;
    const { ambiguous, places } = sought;
    const numbers = places.map((at) => at + 1).join(", ");
    const name = shorten(ambiguous);
    return (
      `The header has ${places.length} columns called ${name}: ${shorten(numbers)}. Say which: \`${name} #1\` is the first ` +
      `of them, \`${name} after …\` the one that goes with another column.`
    );
  }
  return undefined;
}

/** Two wanted columns that are one of the file. */
export interface Twins {
  readonly names: readonly [string, string];
  /** Index of the file's column. */
  readonly at: number;
}

/** Two names for one column of a file. */
export function oneColumn({ names, at }: Twins): string {
  const [one, other] = names.map(shorten);
  return `${one} and ${other} are one column of the file, number ${at + 1}: it can be read under one name only.`;
}

/** What a header lacks, what it has, and which of that may be what was meant. */
export function lacks(missing: readonly Unfound[], names: readonly string[]): string {
  const called = missing.map(({ inFile }) => (typeof inFile === "string" ? inFile : `column ${inFile}`));
  const comparable = names.filter((name) => name.length <= NAME_COMPARED).slice(0, NAMES_COMPARED);
  const meant = missing.flatMap(({ inFile, sought }) => {
    if (typeof inFile !== "string" || !("lacking" in sought)) return [];
    const near = nearest(sought.lacking, comparable);
    return near === undefined ? [] : [`${near} for ${sought.lacking}`];
  });
  const there = names.join(", ").replaceAll(NUL, "");
  const what = `The header lacks ${shorten(called.join(", "))}; it has ${shorten(there)}.`;
  if (names.some((name) => name.includes(NUL))) return `${what} ${utf16Told(names)}`;
  const hints = meant.length === 0 ? [] : [`Perhaps meant: ${shorten(meant.join(", "))}.`];
  return [what, ...hints, ...missing.flatMap(doubtOf)].join(" ");
}

/** Why a column is not taken that stands there. */
function doubtOf({ inFile, sought }: Unfound): string[] {
  if (!("other" in sought)) return [];
  const [asked, other, certain] = [String(inFile), sought.other, sought.certain].map(shorten);
  return [
    `What could be ${asked} stands behind ${other} and may belong to that: \`${certain}\` takes it all the same.`,
  ];
}

/** What text in UTF-16 is to be called that has no byte order mark: of its ASCII every other byte is 0. */
function utf16Told([first = ""]: readonly string[]): string {
  const encoding = first.startsWith(NUL) ? "utf-16be" : "utf-16le";
  return `Its bytes of 0 are those of UTF-16: say \`encoding: ${encoding}\`.`;
}

function shorten(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 500)}…`;
}

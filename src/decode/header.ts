/** Which column of a delimited file is which: by the file's header, or by the pipeline's order. */
import type { DelimitedFormat } from "../config/format.ts";
import { nearest } from "../config/problem.ts";
import { MillraceError, type Place } from "../errors.ts";

/** Names in a header that may be meant by a missing one: so many, of so many characters. A hostile header has more. */
const NAMES_COMPARED = 1000;
const NAME_COMPARED = 100;

/** How the records of one file are laid out. */
export interface Layout {
  /** Fields of a whole record. */
  readonly fields: number;
  /** A record of fewer fields is refused; those that it then lacks of `fields` are empty. */
  readonly required: number;
  /** Whether a record may have more fields, which nobody reads; otherwise it is refused. */
  readonly surplus: boolean;
  /** Per field of the file: its position among the wanted columns times two (its place in the bounds), or -1. */
  readonly slots: Int32Array;
  /** Whether the file's header says so. */
  readonly byHeader: boolean;
}

/** What a wanted column is in the file: a name in the header, or a number. */
interface Wanted {
  readonly column: string;
  readonly inFile: string | number;
}

/**
 * The layout of a file without a header: by the pipeline's own order of columns, or by their numbers. Numbers do not
 * tell how many columns there are, so that a record may then have more than the highest.
 * @throws MillraceError CONFIG_INVALID for a wanted column of which `format.columns` does not say where it stands.
 */
export function layoutByPosition(format: DelimitedFormat, wanted: readonly string[]): Layout {
  const { columns } = format;
  const listed = Array.isArray(columns);
  const numbers = listed ? [] : numbersIn(format);
  const names = listed ? columns : Array<string>(Math.max(0, ...numbers)).fill("");
  const inFile = listed ? wanted.map((column) => ({ column, inFile: column })) : wantedOf(format, wanted);
  const { slots, missing } = findColumns(names, inFile);
  if (missing.length > 0) {
    const what = missing.map(({ column }) => column).join(", ");
    throw new MillraceError(
      "CONFIG_INVALID",
      `Without a header \`format.columns\` must say where ${what} is.`,
    );
  }
  const fields = names.length;
  return {
    fields,
    required: format.short_lines === "fill" ? 0 : fields,
    surplus: format.long_lines === "cut" || !listed,
    slots,
    byHeader: false,
  };
}

/**
 * The layout of a file that has, or may have, a header. `names` are the fields of its first record, undefined if
 * they cannot be told apart. Columns that nobody wants are fine; of two columns of one name the first counts. Where
 * the last columns have no name, the header ends with delimiters, and records may lack them.
 *
 * With `header: detect`, the first record is a header if at least half of the columns that must be there stand there by
 * name (case counts). Half, not all, so that a header that lacks a column is reported as one, instead of being read
 * as a record. If all may be absent, one that is there makes a header.
 * @throws MillraceError COLUMN_MISSING, naming the columns that the header lacks and those that it has.
 */
export function chooseLayout(
  names: readonly string[] | undefined,
  format: DelimitedFormat,
  wanted: readonly string[],
  place: Place,
): Layout {
  const inFile = wantedOf(format, wanted);
  const { slots, missing } = findColumns(names ?? [], inFile);
  if (format.header !== "always" && !isHeader(names ?? [], format, inFile)) {
    return layoutByPosition(format, wanted);
  }
  if (names === undefined) {
    throw new MillraceError("COLUMN_MISSING", "The header's quotes are not in order.", place);
  }
  const lacking = missing.filter((column) => !mayLack(format, column));
  if (lacking.length > 0) throw new MillraceError("COLUMN_MISSING", lacks(lacking, names), place);
  const named = names.findLastIndex((name) => name !== "") + 1;
  return {
    fields: names.length,
    required: format.short_lines === "fill" ? 0 : named,
    surplus: format.long_lines === "cut",
    slots,
    byHeader: true,
  };
}

/** The error for a file that must have a header and holds not one record. */
export function headerMissing(): MillraceError {
  return new MillraceError(
    "COLUMN_MISSING",
    "There is no header: the object holds no line but blanks and comments.",
  );
}

/**
 * Splits a header line; undefined if its quotes are not in order. Quotes are doubled inside quotes (header names
 * with an escaped quote do not occur). Blanks around names are dropped.
 */
export function splitHeader(line: string, { delimiter, quote }: DelimitedFormat): string[] | undefined {
  const text = delimiter === "whitespace" ? line.replace(/^[ \t]+|[ \t]+$/g, "") : line;
  const names: string[] = [];
  for (let at = 0; ; ) {
    let end = at;
    if (quote !== "none" && text[at] === quote) {
      end = text.indexOf(quote, at + 1);
      while (end !== -1 && text[end + 1] === quote) end = text.indexOf(quote, end + 2);
      if (end === -1) return undefined;
      names.push(text.slice(at + 1, end++).replaceAll(quote + quote, quote));
    } else {
      while (end < text.length && afterDelimiter(text, end, delimiter) === end) end++;
      names.push(text.slice(at, end));
    }
    if (end === text.length) return names.map((name) => name.trim());
    at = afterDelimiter(text, end, delimiter);
    if (at === end) return undefined;
  }
}

/** The position behind the delimiter at `at`; `at` itself if none stands there. */
function afterDelimiter(text: string, at: number, delimiter: string): number {
  if (delimiter !== "whitespace") return text.startsWith(delimiter, at) ? at + delimiter.length : at;
  let after = at;
  while (text[after] === " " || text[after] === "\t") after++;
  return after;
}

/** What these columns are in the file: where the pipeline says nothing else, they have the same names there. */
function wantedOf({ columns, header_names }: DelimitedFormat, wanted: readonly string[]): Wanted[] {
  const inFile = new Map<string, string | number>(
    Object.entries(columns === undefined || Array.isArray(columns) ? header_names : columns),
  );
  return wanted.map((column) => ({ column, inFile: inFile.get(column) ?? column }));
}

/** The numbers that a map of columns gives. */
function numbersIn({ columns }: DelimitedFormat): number[] {
  return Object.values(columns ?? {}).filter((inFile) => typeof inFile === "number");
}

/** Whether the first record, whose fields these are, is a header. */
function isHeader(names: readonly string[], format: DelimitedFormat, wanted: readonly Wanted[]): boolean {
  // By their names alone the columns cannot be found in a file without a header.
  if (!Array.isArray(format.columns) && wanted.some(({ inFile }) => typeof inFile === "string")) return true;
  const expected = wanted.filter((column) => !mayLack(format, column));
  const sought = expected.length > 0 ? expected : wanted;
  // Of a column that is given by its number only our own name for it could stand there.
  const there = sought.filter(({ column, inFile }) =>
    names.includes(typeof inFile === "string" ? inFile : column),
  );
  return there.length * 2 >= expected.length && (expected.length > 0 || there.length > 0);
}

function mayLack({ optional }: DelimitedFormat, { column }: Wanted): boolean {
  return optional === "all" || optional.includes(column);
}

/** Finds the wanted columns among a file's. A column that is wanted twice would need two slots: not possible. */
function findColumns(
  names: readonly string[],
  wanted: readonly Wanted[],
): { slots: Int32Array; missing: Wanted[] } {
  const slots = new Int32Array(names.length).fill(-1);
  const missing: Wanted[] = [];
  for (const [position, column] of wanted.entries()) {
    const { inFile } = column;
    const field = typeof inFile === "string" ? names.indexOf(inFile) : inFile - 1;
    if (field === -1 || field >= names.length) missing.push(column);
    else if (slots[field] === -1) slots[field] = position * 2;
    else throw new MillraceError("CONFIG_INVALID", `The file's column ${inFile} is read under two names.`);
  }
  return { slots, missing };
}

/** What a header lacks, what it has, and which of that may be what was meant. */
function lacks(missing: readonly Wanted[], names: readonly string[]): string {
  const called = missing.map(({ inFile }) => (typeof inFile === "string" ? inFile : `column ${inFile}`));
  const comparable = names.filter((name) => name.length <= NAME_COMPARED).slice(0, NAMES_COMPARED);
  const meant = missing.flatMap(({ inFile }) => {
    const near = typeof inFile === "string" ? nearest(inFile, comparable) : undefined;
    return near === undefined ? [] : [`${near} for ${inFile}`];
  });
  const what = `The header lacks ${shorten(called.join(", "))}; it has ${shorten(names.join(", "))}.`;
  return meant.length === 0 ? what : `${what} Perhaps meant: ${shorten(meant.join(", "))}.`;
}

function shorten(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 500)}…`;
}

/** Which column of a delimited file is which: by the file's header, or by the pipeline's order. */
import type { DelimitedFormat } from "../config/format.ts";
import { MillraceError, type Place } from "../errors.ts";
import { ambiguity, lacks, oneColumn, type Twins, type Unfound, type Wanted } from "./header-faults.ts";
import { type Sought, seek } from "./header-names.ts";

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

/**
 * The layout of a file without a header: by the pipeline's own order of columns, or by their numbers. Numbers do not
 * tell how many columns there are, so that a record may then have more than the highest.
 * @throws MillraceError CONFIG_INVALID for a wanted column of which `format.columns` does not say where it stands, or
 * for two of one place.
 */
export function layoutByPosition(format: DelimitedFormat, wanted: readonly string[]): Layout {
  const { columns } = format;
  const listed = Array.isArray(columns);
  const numbers = listed ? [] : numbersIn(format);
  const names = listed ? columns : Array<string>(Math.max(0, ...numbers)).fill("");
  const inFile = listed ? wanted.map((column) => ({ column, inFile: column })) : wantedOf(format, wanted);
  const { slots, missing, twins } = findColumns(names, inFile);
  if (twins !== undefined) throw new MillraceError("CONFIG_INVALID", oneColumn(twins));
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
 * they cannot be told apart. Columns that nobody wants are fine. Where the last columns have no name, the header ends with
 * delimiters, and records may lack them.
 *
 * With `header: detect`, the first record is a header if at least half of the columns that must be there stand there by
 * name (case counts). Half, not all, so that a header that lacks a column is reported as one, instead of being read
 * as a record. If all may be absent, one that is there makes a header.
 * @throws MillraceError COLUMN_MISSING, naming the columns that the header lacks and those that it has, those of which it has
 * several, or two that are one in this file; CONFIG_INVALID for two of one number.
 */
export function chooseLayout(
  names: readonly string[] | undefined,
  format: DelimitedFormat,
  wanted: readonly string[],
  place: Place,
): Layout {
  const inFile = wantedOf(format, wanted);
  const { slots, missing, twins } = findColumns(names ?? [], inFile);
  if (format.header !== "always" && !isHeader(names ?? [], format, inFile)) {
    return layoutByPosition(format, wanted);
  }
  if (names === undefined) {
    throw new MillraceError("COLUMN_MISSING", "The header's quotes are not in order.", place);
  }
  const ambiguous = ambiguity(missing);
  if (ambiguous !== undefined) throw new MillraceError("COLUMN_MISSING", ambiguous, place);
  const lacking = missing.filter((column) => !mayLack(format, column));
  if (lacking.length > 0) throw new MillraceError("COLUMN_MISSING", lacks(lacking, names), place);
  if (twins !== undefined) {
    const byNumber = inFile.filter(({ inFile: number }) => number === twins.at + 1).length > 1;
    throw new MillraceError(byNumber ? "CONFIG_INVALID" : "COLUMN_MISSING", oneColumn(twins), place);
  }
  const named = names.findLastIndex((name) => name !== "") + 1;
  return {
    fields: names.length,
    required: format.short_lines === "fill" ? 0 : named,
    surplus: format.long_lines === "cut",
    slots,
    byHeader: true,
  };
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
  const there = sought.filter(
    ({ column, inFile }) => !("lacking" in seek(names, typeof inFile === "string" ? inFile : column)),
  );
  return there.length * 2 >= expected.length && (expected.length > 0 || there.length > 0);
}

function mayLack({ optional }: DelimitedFormat, { column }: Wanted): boolean {
  return optional === "all" || optional.includes(column);
}

/** Where the wanted columns are in a file. */
interface Found {
  readonly slots: Int32Array;
  readonly missing: readonly Unfound[];
  /** The first two that are one column: it would need two slots. */
  readonly twins: Twins | undefined;
}

/** Finds the wanted columns among a file's. */
function findColumns(names: readonly string[], wanted: readonly Wanted[]): Found {
  const slots = new Int32Array(names.length).fill(-1);
  const missing: Unfound[] = [];
  let twins: Twins | undefined;
  const all = wanted.map(({ inFile }) =>
    typeof inFile === "string" ? seek(names, inFile) : numbered(names, inFile),
  );
  const alone = new Set(all.flatMap((one) => ("at" in one && one.companion === undefined ? [one.at] : [])));
  for (const [position, { column, inFile }] of wanted.entries()) {
    const sought = withNothingBetween(all[position] ?? { lacking: column }, alone, names);
    if (!("at" in sought)) missing.push({ column, inFile, sought });
    else if (slots[sought.at] === -1) slots[sought.at] = position * 2;
    else twins ??= { names: [wanted[(slots[sought.at] ?? 0) / 2]?.column ?? "", column], at: sought.at };
  }
  return { slots, missing, twins };
}

/** What stands behind a column that is wanted for itself may go with that. */
function withNothingBetween(sought: Sought, alone: ReadonlySet<number>, names: readonly string[]): Sought {
  if (!("at" in sought) || sought.companion === undefined) return sought;
  const { behind, certain } = sought.companion;
  for (let at = behind + 1; at < sought.at; at++)
    if (alone.has(at)) return { certain, other: names[at] ?? "" };
  return sought;
}

function numbered(names: readonly string[], number: number): Sought {
  return number <= names.length ? { at: number - 1 } : { lacking: `column ${number}` };
}

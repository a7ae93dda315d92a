/** Which column of a delimited file is which: by the file's header, or by the pipeline's order. */
import type { DelimitedFormat } from "../config/format.ts";
import { MillraceError, type Place } from "../errors.ts";

/** How the records of one file are laid out. */
export interface Layout {
  /** Fields that every record must have. */
  readonly fields: number;
  /** Per field of the file: its position among the wanted columns times two (its place in the bounds), or -1. */
  readonly slots: Int32Array;
  /** Whether the file's header says so. */
  readonly byHeader: boolean;
}

/**
 * The layout of a file without a header: by the pipeline's own order of columns.
 * @throws MillraceError CONFIG_INVALID for a wanted column that `format.columns` does not declare.
 */
export function layoutByPosition(format: DelimitedFormat, wanted: readonly string[]): Layout {
  const { slots, missing } = findColumns(format.columns, wanted);
  if (missing.length === 0) return { fields: format.columns.length, slots, byHeader: false };
  throw new MillraceError("CONFIG_INVALID", `\`format.columns\` lacks ${missing.join(", ")}.`);
}

/**
 * The layout of a file that has, or may have, a header. `names` are the fields of its first record, undefined if
 * they cannot be told apart. Columns that nobody wants are fine; of two columns of one name the first counts.
 *
 * With `header: detect`, the first record is a header if at least half of the wanted columns stand there by name
 * (case counts). Half, not all, so that a header that lacks a column is reported as one, instead of being read
 * as a record.
 * @throws MillraceError COLUMN_MISSING, naming the columns that the header lacks and those that it has.
 */
export function chooseLayout(
  names: readonly string[] | undefined,
  format: DelimitedFormat,
  wanted: readonly string[],
  place: Place,
): Layout {
  const inFile = wanted.map((column) => format.header_names[column] ?? column);
  const { slots, missing } = findColumns(names ?? [], inFile);
  const isHeader = format.header === "always" || missing.length * 2 <= wanted.length;
  if (!isHeader) return layoutByPosition(format, wanted);
  if (names === undefined) {
    throw new MillraceError("COLUMN_MISSING", "The header's quotes are not in order.", place);
  }
  if (missing.length === 0) return { fields: names.length, slots, byHeader: true };
  const has = shorten(names.join(", "));
  throw new MillraceError("COLUMN_MISSING", `The header lacks ${missing.join(", ")}; it has ${has}.`, place);
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
  const names: string[] = [];
  let at = 0;
  while (at <= line.length) {
    if (quote !== "none" && line[at] === quote) {
      let end = line.indexOf(quote, at + 1);
      while (end !== -1 && line[end + 1] === quote) end = line.indexOf(quote, end + 2);
      if (end === -1 || (end + 1 < line.length && line[end + 1] !== delimiter)) return undefined;
      names.push(
        line
          .slice(at + 1, end)
          .replaceAll(quote + quote, quote)
          .trim(),
      );
      at = end + 2;
    } else {
      const end = line.indexOf(delimiter, at);
      names.push(line.slice(at, end === -1 ? line.length : end).trim());
      at = end === -1 ? line.length + 1 : end + 1;
    }
  }
  return names;
}

/** Finds the wanted columns among a file's. A column that is wanted twice would need two slots: not possible. */
function findColumns(
  names: readonly string[],
  wanted: readonly string[],
): { slots: Int32Array; missing: string[] } {
  const slots = new Int32Array(names.length).fill(-1);
  const missing: string[] = [];
  for (const [position, name] of wanted.entries()) {
    const field = names.indexOf(name);
    if (field === -1) missing.push(name);
    else if (slots[field] === -1) slots[field] = position * 2;
    else throw new MillraceError("CONFIG_INVALID", `The file's column ${name} is read under two names.`);
  }
  return { slots, missing };
}

function shorten(text: string): string {
  return text.length <= 500 ? text : `${text.slice(0, 500)}…`;
}

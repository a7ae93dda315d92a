/** Headers that are written as comments: `# STN,YYYYMMDD,TG`, `#YY MM DD hh mm WDIR`. */
import { isHeader, isUnits } from "./header-line.ts";
import { type Dialect, splitLine, WHITESPACE } from "./lines.ts";

/** A header among the comments. */
export interface CommentHeader {
  readonly names: readonly string[];
  /** In the comment below it. */
  readonly units: readonly string[] | undefined;
  /** What it begins with, and no line before it; undefined where its mark is a column more, so that its names are not found by it. */
  readonly beginning: string | undefined;
}

/**
 * The header of the records among the lines before them; undefined when there is none. Of several that would do, it is the
 * first of the last ones without a line between them: below names stand units, above them tables of other things.
 */
export function commentHeader(
  before: readonly string[],
  records: readonly (readonly string[])[],
  { mark, dialect }: { readonly mark: string; readonly dialect: Dialect },
): CommentHeader | undefined {
  const names = (line: string): readonly string[] | undefined => {
    const cells = line.startsWith(mark) ? namesIn(line, mark, dialect) : undefined;
    return cells !== undefined && isHeader(cells, records) ? cells : undefined;
  };
  const found = before.map(names);
  const last = found.findLastIndex((cells) => cells !== undefined);
  if (last < 0) return undefined;
  const first = found.findLastIndex((cells, index) => index < last && cells === undefined) + 1;
  const units = found[first + 1];
  const header = before[first] ?? "";
  return {
    names: found[first] ?? [],
    units:
      units !== undefined && isUnits(units, records)
        ? units.map((unit) => withoutMark(unit, mark))
        : undefined,
    beginning: isWhole(header, dialect) ? beginningOf(header, before.slice(0, first), dialect) : undefined,
  };
}

/** With its mark as part of the first name, as a reader sees it that takes the line for a header; else without it. */
function namesIn(line: string, mark: string, dialect: Dialect): readonly string[] | undefined {
  if (isWhole(line, dialect)) return trimmed(line, dialect);
  const bare = trimmed(withoutMark(line, mark), dialect);
  return bare.length === dialect.fields ? bare.map((name, index) => name || `column${index + 1}`) : undefined;
}

function isWhole(line: string, dialect: Dialect): boolean {
  return splitLine(line, dialect).length === dialect.fields;
}

function trimmed(line: string, dialect: Dialect): readonly string[] {
  return splitLine(line, dialect).map((cell) => cell.trim());
}

function withoutMark(text: string, mark: string): string {
  let bare = text;
  while (bare.startsWith(mark)) bare = bare.slice(mark.length);
  return bare.trimStart();
}

/** As few of its fields as tell it from the lines before it. */
function beginningOf(header: string, before: readonly string[], { delimiter }: Dialect): string {
  const ends = delimiter === WHITESPACE ? /(?<=\S)(?=\s)/g : new RegExp(`(?<=${escape(delimiter)})`, "g");
  const beginnings = [...header.matchAll(ends)].map(({ index }) => header.slice(0, index));
  return beginnings.find((text) => !before.some((line) => line.startsWith(text))) ?? header;
}

function escape(delimiter: string): string {
  return `\\${delimiter}`;
}

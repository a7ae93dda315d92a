/** Delimited files: what precedes the records, header, units, records. */
import { type CommentHeader, commentHeader } from "./comment-header.ts";
import { isHeader, isValue, LOOKED_AT, linesBelowHeader, unitsAmong } from "./header-line.ts";
import { type Dialect, dialectOf, splitLine, WHITESPACE } from "./lines.ts";
import { spokenNames } from "./repeated-names.ts";
import { columnsFrom, type FormatEntry, MOST_RECORDS, refuseTooWide, type Table } from "./table.ts";
import { unsure } from "./yaml.ts";

/** What lines of comments begin with. */
const COMMENTS = ["#", "%", "//", "!"];

/** The text as a delimited table; undefined when its lines are not divided in one way, or there are no records. */
export function delimitedTable(text: string): Table | undefined {
  const lines = text.split(/\r\n|\n|\r/);
  const comment = COMMENTS.find((mark) => lines.find(isFilled)?.startsWith(mark));
  const isTold = (line: string): boolean =>
    isFilled(line) && (comment === undefined || !line.startsWith(comment));
  const places = lines.flatMap((line, index) => (isTold(line) ? [index] : []));
  const told = lines.filter(isTold);
  const dialect = dialectOf(told);
  if (dialect === undefined) return undefined;
  refuseTooWide(dialect.fields);
  const cells = told.map((line) => splitLine(line, dialect).map((cell) => cell.trim()));
  const start = startOf(cells, dialect);
  const layout = layoutOf(cells.slice(start, start + MOST_RECORDS + 1));
  // A single line that can be divided is no table yet.
  if (layout.records.length === 0) return undefined;
  const skipped = places[start] ?? 0;
  const commented =
    layout.header === undefined && comment !== undefined
      ? commentHeader(lines.slice(0, skipped), layout.records, { mark: comment, dialect })
      : undefined;
  return new Delimited(dialect, layout, {
    lines: told.slice(0, start + 1),
    all: lines.slice(0, skipped),
    comment,
    commented,
  }).table();
}

function isFilled(line: string): boolean {
  return line.trim() !== "";
}

/** So many lines of values between a header and the first usual record may have notes behind their values. */
const MOST_WITH_NOTES = 20;

/** The header's line, which may have more fields than the records, or one less; otherwise the first record's. */
function startOf(cells: readonly (readonly string[])[], { first: even, fields }: Dialect): number {
  const first = even + titlesAbove(cells.slice(even));
  const rest = cells.slice(first, first + LOOKED_AT);
  if (isHeader(rest[0] ?? [], rest.slice(1))) return first;
  for (let at = first - 1; at >= Math.max(0, first - MOST_WITH_NOTES); at--) {
    const line = cells[at] ?? [];
    if (line.length < Math.max(2, fields - 1)) return first;
    if (isHeader(line, rest)) return at;
    if (!line.some(isValue)) return first;
  }
  return first;
}

/** How many lines above a table only look like parts of it: spreadsheets fill up titles with delimiters. */
function titlesAbove(lines: readonly (readonly string[])[]): number {
  const filled = lines.map((line) => line.filter((cell) => cell !== "").length);
  const usual = filled.slice(0, LOOKED_AT).toSorted((one, other) => one - other)[
    Math.floor(Math.min(filled.length, LOOKED_AT) / 2)
  ];
  return Math.max(
    0,
    filled.findIndex((count) => count * 2 >= (usual ?? 0)),
  );
}

interface Layout {
  readonly header: readonly string[] | undefined;
  /** Lines between it and the records. */
  readonly below: readonly (readonly string[])[];
  readonly records: readonly (readonly string[])[];
}

function layoutOf(lines: readonly (readonly string[])[]): Layout {
  const [first = [], ...rest] = lines;
  if (!isHeader(first, rest)) return { header: undefined, below: [], records: lines };
  const count = linesBelowHeader(rest);
  const records = rest.slice(count).filter((line) => line.join("\n") !== first.join("\n"));
  return { header: first, below: rest.slice(0, count), records };
}

/** What precedes the records. */
interface Before {
  /** Those that are no comments, up to the header or the first record. */
  readonly lines: readonly string[];
  /** Those above the header or the first record, empty ones and comments, too. */
  readonly all: readonly string[];
  readonly comment: string | undefined;
  /** A header among the comments, where there is no other. */
  readonly commented: CommentHeader | undefined;
}

class Delimited {
  readonly #dialect: Dialect;
  readonly #layout: Layout;
  readonly #before: Before;

  constructor(dialect: Dialect, layout: Layout, before: Before) {
    this.#dialect = dialect;
    this.#layout = layout;
    this.#before = before;
  }

  table(): Table {
    const { commented } = this.#before;
    const { records } = this.#layout;
    const header = this.#layout.header ?? commented?.names;
    const units = unitsAmong(this.#layout.below) ?? commented?.units ?? [];
    refuseTooWide(header?.length ?? 0);
    const names = header ?? (records[0] ?? []).map((_, index) => `column${index + 1}`);
    const isRead = this.#layout.header !== undefined || commented?.beginning !== undefined;
    const spoken = isRead ? spokenNames(names) : undefined;
    const called = spoken ?? numberedNames(names);
    return {
      format: [...this.#format(), ...this.#columns(called, isRead && spoken === undefined)],
      columns: columnsFrom(called, records, { isNamed: header !== undefined, units, titles: names }),
      notes: [],
      above: this.#before.all,
    };
  }

  *#format(): Generator<FormatEntry> {
    const { delimiter, quote } = this.#dialect;
    const { header, below } = this.#layout;
    yield { name: "type", value: "delimited" };
    if (delimiter !== ",") yield { name: "delimiter", value: delimiter };
    if (quote !== '"') yield { name: "quote", value: quote };
    if (this.#before.comment !== undefined) yield { name: "comment", value: this.#before.comment };
    yield* this.#start();
    const isNamed = header !== undefined || this.#before.commented?.beginning !== undefined;
    yield { name: "header", value: isNamed ? "always" : "none" };
    if (below.length > 0) {
      const comment = below.length === 1 ? "the units" : "units, and what else is told of the columns";
      yield { name: "skip_after_header", value: below.length, comment };
    }
    yield* this.#ragged();
  }

  /** What precedes the header. */
  *#start(): Generator<FormatEntry> {
    const { lines, all, commented } = this.#before;
    if (commented?.beginning !== undefined) {
      yield {
        name: "skip_to",
        value: commented.beginning,
        comment: "the header, which is written as a comment",
      };
      return;
    }
    if (lines.length < 2) return;
    const header = lines.at(-1) ?? "";
    const { delimiter } = this.#dialect;
    const end = delimiter === WHITESPACE ? -1 : header.indexOf(delimiter);
    const beginning = header.slice(0, end < 0 ? header.length : end + 1);
    const isAlone =
      this.#layout.header !== undefined && !lines.slice(0, -1).some((line) => line.startsWith(beginning));
    if (isAlone) yield { name: "skip_to", value: beginning, comment: "the header" };
    else yield { name: "skip_lines", value: all.length, comment: unsure("are there always so many?") };
  }

  *#ragged(): Generator<FormatEntry> {
    const { header, records } = this.#layout;
    const expected = header?.length ?? this.#dialect.fields;
    if (records.some((record) => record.length < expected)) {
      yield { name: "short_lines", value: "fill", comment: unsure("some lines have fewer fields") };
    }
    if (records.some((record) => record.length > expected)) {
      yield { name: "long_lines", value: "cut", comment: unsure("some lines have more fields") };
    }
  }

  *#columns(names: readonly string[], isByNumber: boolean): Generator<FormatEntry> {
    const { commented } = this.#before;
    if (isByNumber) {
      const value = Object.fromEntries(
        names.flatMap((name, index) => (name === "" ? [] : [[name, index + 1]])),
      );
      yield { name: "columns", value, comment: "by their numbers, because names occur several times" };
    } else if (this.#layout.header === undefined && commented === undefined) {
      yield { name: "columns", value: names };
    } else if (commented !== undefined && commented.beginning === undefined) {
      yield { name: "columns", value: names, comment: "as a comment above the records calls them" };
    }
  }
}

/** Names of which none occurs twice, for columns that only their place tells apart. */
function numberedNames(names: readonly string[]): string[] {
  const repeated = new Set(names.filter((name, index) => name !== "" && names.indexOf(name) !== index));
  return names.map((name, index) => (repeated.has(name) ? `${name}_${index + 1}` : name));
}

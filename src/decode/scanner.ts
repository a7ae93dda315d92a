/** Finds records of delimited text in a stretch of bytes: which lines are none, which are refused, which become rows. */
import { type Account, faultOfText } from "./account.ts";
import type { RejectReason } from "./batch.ts";
import type { FileLayout } from "./delimited-reader.ts";
import type { Encoding } from "./encoding.ts";
import type { Division, Fields } from "./fields.ts";
import { FieldsByByte } from "./fields-by-byte.ts";
import { FieldsByText } from "./fields-by-text.ts";
import type { Layout } from "./header.ts";
import { endOfLine, isBlank, type LineReader, type Stretch } from "./lines.ts";
import type { Prefixes } from "./preamble.ts";
import type { Rows } from "./rows.ts";
import { CR, LF, type Window } from "./window.ts";

/** What a delimited file looks like, in bytes. */
export interface Dialect extends Division {
  readonly encoding: Encoding;
  /** A longer record is rejected. */
  readonly limit: number;
}

/** Where records go: rows of these columns, rejects to the account. */
interface ScannerOutput {
  readonly rows: Rows;
  readonly account: Account;
  readonly columns: readonly string[];
}

/**
 * How often the bytes of an object may be searched for the end of records of several lines that then turn out to be none:
 * a file of nothing but stray quotes would take the square of its length.
 */
const VAIN_SEARCHES = 16;

/** What `#examine` says of a record: it is a row after all; or more bytes are needed to tell. */
const ROW = -1;
const INCOMPLETE = -2;

/** Scans records of a known layout. One scanner serves one object. */
export class Scanner implements LineReader {
  readonly #dialect: Dialect;
  readonly #fields: Fields;
  readonly #rows: Rows;
  readonly #account: Account;
  readonly #columns: readonly string[];
  readonly #comments: Prefixes;
  readonly #headers: readonly Buffer[];
  /** How long a record is that may be one of the headers. */
  readonly #headerLengths: ReadonlySet<number> | undefined;
  /** 1 for the bytes that a line begins with if it may be empty or a comment. */
  readonly #special: Uint8Array;
  /** Bytes that were searched in vain. */
  #vain = 0;
  /** Up to this byte of the object, each line is a record. */
  #singleUntil = 0;

  constructor(dialect: Dialect, { layout, headers, comments }: FileLayout, into: ScannerOutput) {
    this.#columns = into.columns;
    this.#dialect = dialect;
    this.#fields = fieldsOf(dialect, layout, into.rows);
    this.#headers = headers;
    this.#headerLengths = headers.length === 0 ? undefined : new Set(headers.map(({ length }) => length));
    this.#comments = comments;
    this.#special = comments.first.slice();
    this.#special[LF] = 1;
    this.#special[CR] = 1;
    this.#rows = into.rows;
    this.#account = into.account;
  }

  /** Reads records into the (empty) rows; see LineReader.read. */
  read(window: Window, { from, to, clean }: Stretch): number {
    const { bytes } = window;
    const { limit } = this.#dialect;
    const rows = this.#rows;
    const account = this.#account;
    const fields = this.#fields;
    const special = this.#special;
    const headerLengths = this.#headerLengths;
    fields.useSide(window.side);
    let at = from;
    let stop = this.#stretchEnd(window, at, to);
    while (at < stop && rows.rows < rows.capacity) {
      const start = at;
      if (special[bytes[at] ?? LF] === 1 && this.#passesOver(bytes, at)) {
        at = bytes.indexOf(LF, at) + 1;
        continue;
      }
      const next = fields.find(bytes, at, to);
      const end = endOfLine(bytes, start, next - 1);
      const length = end - start;
      if (fields.fault !== undefined || length > limit || !clean || headerLengths?.has(length) === true) {
        const verdict = this.#examine(window, start, end);
        if (verdict === INCOMPLETE) return start;
        if (verdict !== ROW) {
          at = verdict;
          stop = this.#stretchEnd(window, at, to);
          continue;
        }
      }
      rows.add(start, end, account.line + 1);
      account.line += 1 + fields.innerLines;
      at = next;
    }
    return Math.min(at, to);
  }

  /** Up to where records may, or may not, be of several lines, as at `at`; sets which of the two it is. */
  #stretchEnd({ offset }: Window, at: number, to: number): number {
    const single = this.#singleUntil - offset;
    this.#fields.multiline = this.#dialect.multiline && single <= at;
    return single <= at ? to : Math.min(to, single);
  }

  /** Whether the line at `at` is a comment or empty; if so, it is counted. */
  #passesOver(bytes: Buffer, at: number): boolean {
    if (this.#comments.standAt(bytes, at)) this.#account.comment();
    else if (bytes[at] === LF || (bytes[at] === CR && bytes[at + 1] === LF)) this.#account.blank();
    else return false;
    this.#account.line++;
    return true;
  }

  /** Looks closer at a record that may be no row; returns a verdict, or where to go on after having accounted for it. */
  #examine(window: Window, start: number, end: number): number {
    const { bytes } = window;
    const { limit, encoding } = this.#dialect;
    const { fault: found, innerLines, multiline } = this.#fields;
    const short = window.length - start <= limit + 1;
    if (found === "unclosed quote" && multiline && !window.ended && short) return INCOMPLETE;
    if (found !== undefined) return this.#refuseLine(window, start, found);
    if (end - start > limit)
      return this.#refuseLine(window, start, innerLines > 0 ? "unclosed quote" : "record too long");
    const next = bytes.indexOf(LF, end) + 1;
    const line = this.#account.line + 1;
    const record = bytes.subarray(start, end);
    if (this.#headers.some((header) => header.equals(record))) this.#account.header();
    else {
      const reason = faultOfText(record, encoding);
      if (reason === undefined) return ROW;
      const field = this.#columns[this.#rows.fieldWithoutText(bytes, encoding)];
      const fault = field === undefined ? { reason } : { reason, field };
      this.#account.reject(fault, window, { start, end, line });
    }
    this.#fields.forget();
    this.#account.line += 1 + innerLines;
    return next;
  }

  /** Refuses the line at `start`, be it the whole record or the first of its lines; returns the next line's start. */
  #refuseLine(window: Window, start: number, fault: RejectReason): number {
    const { bytes } = window;
    const newline = bytes.indexOf(LF, start);
    const end = endOfLine(bytes, start, newline);
    if (this.#fields.innerLines > 0) this.#searchedInVain(window, start, fault);
    const reason = end - start > this.#dialect.limit ? "record too long" : fault;
    this.#account.line++;
    if (this.#headers.some((header) => header.equals(bytes.subarray(start, end)))) this.#account.header();
    else if (reason === "too few fields" && isBlank(bytes, start, end)) this.#account.blank();
    else this.#account.reject({ reason }, window, { start, end, line: this.#account.line });
    this.#fields.forget();
    return newline + 1;
  }

  /** Adds up what the search for the end of the record at `start` cost; how the object is cut does not count. */
  #searchedInVain(window: Window, start: number, fault: RejectReason): void {
    const { limit } = this.#dialect;
    const end = fault === "unclosed quote" ? window.length : this.#fields.lastInner;
    const searched = Math.min(end - start, limit + 1);
    this.#vain += searched;
    const byte = window.offset + start;
    if (this.#vain > VAIN_SEARCHES * (byte + limit)) this.#singleUntil = byte + searched;
  }
}

function fieldsOf(division: Division, layout: Layout, rows: Rows): Fields {
  const { delimiter } = division;
  return delimiter !== "whitespace" && delimiter.length === 1
    ? new FieldsByByte({ ...division, delimiter }, layout, rows)
    : new FieldsByText(division, layout, rows);
}

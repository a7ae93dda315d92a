/** The inner loop of delimited text: finds records and the bounds of their fields in a stretch of bytes. */
import { type Account, faultOfText } from "./account.ts";
import type { RejectReason } from "./batch.ts";
import type { Layout } from "./header.ts";
import { endOfLine, isBlank, type LineReader, type Stretch } from "./lines.ts";
import type { Rows } from "./rows.ts";
import { CR, LF, type Window } from "./window.ts";

/** What a delimited file looks like, in bytes. A number outside 0 to 255 stands for "has none". */
export interface Dialect {
  readonly delimiter: number;
  readonly quote: number;
  readonly comment: number;
  readonly multiline: boolean;
  /** A longer record is rejected. */
  readonly limit: number;
}

/** Where records go: rows of these columns, rejects to the account. */
interface ScannerOutput {
  readonly rows: Rows;
  readonly account: Account;
  readonly columns: readonly string[];
}

/** Byte classes of the inner loop. */
const ORDINARY = 0;
const DELIMITER = 1;
const LINE_END = 2;

/** What `#examine` says of a record: it is a row after all; or more bytes are needed to tell. */
const ROW = -1;
const INCOMPLETE = -2;

/** Scans records of a known layout. One scanner serves one object. */
export class Scanner implements LineReader {
  readonly #dialect: Dialect;
  readonly #layout: Layout;
  readonly #rows: Rows;
  readonly #account: Account;
  readonly #columns: readonly string[];
  /** The header line as it came: a line equal to it is a repeated header. Empty: the file has none. */
  readonly #header: Buffer;
  readonly #classes = new Uint8Array(256);
  /** What is wrong with the record at hand. */
  #fault: RejectReason | undefined;
  /** Line ends inside the quoted fields of the record at hand. */
  #innerLines = 0;
  /** Where the value of the last quoted field stands. */
  #valueStart = 0;
  #valueEnd = 0;
  #doubled = false;
  /** Where the next unescaped value goes. */
  #side = 0;
  /** The same before the record at hand. */
  #sideBefore = 0;

  constructor(dialect: Dialect, layout: Layout, header: Buffer, into: ScannerOutput) {
    this.#columns = into.columns;
    this.#dialect = dialect;
    this.#layout = layout;
    this.#header = header;
    this.#rows = into.rows;
    this.#account = into.account;
    this.#classes[dialect.delimiter] = DELIMITER;
    this.#classes[LF] = LINE_END;
  }

  /** Reads records into the (empty) rows; see LineReader.read. */
  read(window: Window, { from, to, clean }: Stretch): number {
    const { bytes } = window;
    const { comment, limit } = this.#dialect;
    const rows = this.#rows;
    const account = this.#account;
    const headerLength = this.#header.length === 0 ? -1 : this.#header.length;
    this.#side = window.side;
    let at = from;
    while (at < to && rows.rows < rows.capacity) {
      const start = at;
      const first = bytes[at];
      if (first === LF || first === comment || (first === CR && bytes[at + 1] === LF)) {
        at = this.#passOver(bytes, at);
        continue;
      }
      const next = this.#fields(bytes, at, to);
      const end = endOfLine(bytes, start, next - 1);
      const length = end - start;
      if (this.#fault !== undefined || length > limit || length === headerLength || !clean) {
        const verdict = this.#examine(window, start, end);
        if (verdict === INCOMPLETE) return start;
        if (verdict !== ROW) {
          at = verdict;
          continue;
        }
      }
      rows.add(start, end, account.line + 1);
      account.line += 1 + this.#innerLines;
      at = next;
    }
    return Math.min(at, to);
  }

  /**
   * Writes the bounds of the record that begins at `start` into the next row; returns the position after its line
   * end. Sets `#fault`: with one, the position means nothing. Needs no check for the end of the bytes, because
   * an LF stands there.
   */
  #fields(bytes: Buffer, start: number, to: number): number {
    const { quote } = this.#dialect;
    const { fields, slots } = this.#layout;
    const { bounds } = this.#rows;
    const classes = this.#classes;
    const base = this.#rows.rows * this.#rows.fields * 2;
    this.#fault = undefined;
    this.#innerLines = 0;
    this.#sideBefore = this.#side;
    let at = start;
    for (let field = 0; field < fields; field++) {
      const slot = slots[field] ?? -1;
      let valueStart = at;
      let valueEnd: number;
      let end: number | undefined;
      if (bytes[at] === quote) {
        at = this.#quoted(bytes, at, to);
        if (at === -1) return at;
        if (this.#doubled && slot >= 0) this.#unescape(bytes);
        valueStart = this.#valueStart;
        valueEnd = this.#valueEnd;
        end = classes[bytes[at] ?? LF];
      } else {
        while ((end = classes[bytes[at] ?? LF]) === ORDINARY) at++;
        valueEnd = end === LINE_END ? endOfLine(bytes, valueStart, at) : at;
      }
      if (slot >= 0) {
        bounds[base + slot] = valueStart;
        bounds[base + slot + 1] = valueEnd;
      }
      at++;
      if (end === LINE_END) {
        if (field + 1 < fields) this.#fault = "too few fields";
        return at;
      }
    }
    this.#fault = "too many fields";
    return at;
  }

  /**
   * Reads the quoted field at `open`; returns the position of the delimiter or LF behind it. Sets the place of
   * its value (quotes in it still doubled if `#doubled`), or sets `#fault` and returns -1.
   */
  #quoted(bytes: Buffer, open: number, to: number): number {
    const { quote, multiline } = this.#dialect;
    this.#doubled = false;
    let at = open + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === quote) {
        if (bytes[at + 1] !== quote) break;
        this.#doubled = true;
        at += 2;
      } else if (byte === LF) {
        if (!multiline || at + 1 >= to) {
          this.#fault = "unclosed quote";
          return -1;
        }
        this.#innerLines++;
        at++;
      } else at++;
    }
    this.#valueStart = open + 1;
    this.#valueEnd = at;
    at++;
    if (bytes[at] === CR && bytes[at + 1] === LF) at++;
    if (this.#classes[bytes[at] ?? LF] !== ORDINARY) return at;
    this.#fault = "misplaced quote";
    return -1;
  }

  /** Writes the value of the quoted field into the side area, each doubled quote once. */
  #unescape(bytes: Buffer): void {
    const { quote } = this.#dialect;
    const start = this.#side;
    for (let at = this.#valueStart; at < this.#valueEnd; at++) {
      const byte = bytes[at] ?? 0;
      bytes[this.#side++] = byte;
      if (byte === quote) at++;
    }
    this.#valueStart = start;
    this.#valueEnd = this.#side;
  }

  /** Counts the comment or empty line at `at`; returns the position after its line end. */
  #passOver(bytes: Buffer, at: number): number {
    this.#account.line++;
    if (bytes[at] === this.#dialect.comment) this.#account.comment();
    else this.#account.blank();
    return bytes.indexOf(LF, at) + 1;
  }

  /** Looks closer at a record that may be no row; returns a verdict, or where to go on after having accounted for it. */
  #examine(window: Window, start: number, end: number): number {
    const { bytes } = window;
    const { limit, multiline } = this.#dialect;
    const short = window.length - start <= limit + 1;
    if (this.#fault === "unclosed quote" && multiline && !window.ended && short) return INCOMPLETE;
    if (this.#fault !== undefined) return this.#refuseLine(window, start, this.#fault);
    if (end - start > limit)
      return this.#refuseLine(window, start, this.#innerLines > 0 ? "unclosed quote" : "record too long");
    const next = bytes.indexOf(LF, end) + 1;
    const line = this.#account.line + 1;
    if (
      end - start === this.#header.length &&
      bytes.compare(this.#header, 0, this.#header.length, start, end) === 0
    ) {
      this.#account.header();
    } else {
      const reason = faultOfText(bytes.subarray(start, end));
      if (reason === undefined) return ROW;
      const field = this.#columns[this.#rows.fieldWithoutText(bytes)];
      const fault = field === undefined ? { reason } : { reason, field };
      this.#account.reject(fault, window, { start, end, line });
    }
    this.#side = this.#sideBefore;
    this.#account.line += 1 + this.#innerLines;
    return next;
  }

  /** Refuses the line at `start`, be it the whole record or the first of its lines; returns the next line's start. */
  #refuseLine(window: Window, start: number, fault: RejectReason): number {
    const newline = window.bytes.indexOf(LF, start);
    const end = endOfLine(window.bytes, start, newline);
    const reason = end - start > this.#dialect.limit ? "record too long" : fault;
    this.#account.line++;
    if (reason === "too few fields" && isBlank(window.bytes, start, end)) this.#account.blank();
    else this.#account.reject({ reason }, window, { start, end, line: this.#account.line });
    this.#side = this.#sideBefore;
    return newline + 1;
  }
}

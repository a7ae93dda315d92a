/** Finds out about a delimited file's header; the records are for a reader that knows the layout. */
import type { DelimitedFormat } from "../config/format.ts";
import type { Account } from "./account.ts";
import { type Encoding, textOf } from "./encoding.ts";
import { chooseLayout, type Layout, layoutByPosition, splitHeader } from "./header.ts";
import { headerMissing, headerTooLong } from "./header-faults.ts";
import { endOfLine, isBlank, type LineReader, type Stretch } from "./lines.ts";
import { Preamble, type Prefixes } from "./preamble.ts";
import { LF, type Window } from "./window.ts";

/** What a reader of records must know of its file. */
export interface FileLayout {
  readonly layout: Layout;
  /** Lines that are counted as headers wherever they stand: the header's as they came, where it may be repeated. */
  readonly headers: readonly Buffer[];
  readonly comments: Prefixes;
}

/** Reads records of a known layout. */
export type OpenReader = (file: FileLayout) => LineReader;

/** Passes over what precedes the first record, decides on the header (one line), then hands over. */
export class DelimitedReader implements LineReader {
  readonly encoding: Encoding;
  readonly #format: DelimitedFormat;
  readonly #columns: readonly string[];
  readonly #account: Account;
  readonly #open: OpenReader;
  readonly #preamble: Preamble;
  /** The header's lines, and how many more belong to it. */
  readonly #headers: Buffer[] = [];
  #headersLeft = 0;
  #layout: Layout | undefined;
  #records: LineReader | undefined;

  constructor(
    format: DelimitedFormat,
    columns: readonly string[],
    { account, open }: { account: Account; open: OpenReader },
  ) {
    this.encoding = format.encoding;
    this.#format = format;
    this.#columns = columns;
    this.#account = account;
    this.#open = open;
    this.#preamble = new Preamble(format);
    if (format.header === "none") this.#layout = layoutByPosition(format, columns);
  }

  read(window: Window, stretch: Stretch): number | Promise<number> {
    return this.#records === undefined ? this.#begin(window, stretch) : this.#records.read(window, stretch);
  }

  /** @throws MillraceError COLUMN_MISSING if the line should be the header. */
  passOver(head: Buffer): boolean {
    const told = this.#records === undefined;
    if (this.#headersLeft > 0) this.#header(Buffer.from(head));
    else if (this.#preamble.holds(head, 0)) this.#account.comment();
    else if (this.#layout === undefined) throw headerTooLong(this.#format, { line: this.#account.line });
    else return false;
    if (told) this.#account.above(head, this.encoding);
    return true;
  }

  /**
   * To be called at the end of the object.
   * @throws MillraceError COLUMN_MISSING if there had to be a header and there was not one record, or if the line that
   * the header is found by did not come.
   */
  finish(): void {
    this.#preamble.finish();
    if (this.#format.header === "always" && this.#layout === undefined) throw headerMissing();
  }

  /** Reads one line before the first record; returns where to go on. */
  #begin(window: Window, stretch: Stretch): number | Promise<number> {
    const { bytes } = window;
    const start = stretch.from;
    const newline = bytes.indexOf(LF, start);
    const end = endOfLine(bytes, start, newline);
    if (this.#headersLeft > 0) this.#header(Buffer.from(bytes.subarray(start, end)));
    else if (this.#preamble.holds(bytes, start)) this.#account.comment();
    else if (this.#layout !== undefined && end > start) return this.#hand(this.#layout, window, stretch);
    else if (isBlank(bytes, start, end)) this.#account.blank();
    else {
      const layout = this.#decide(Buffer.from(bytes.subarray(start, end)), window.offset + start);
      if (!layout.byHeader) return this.#hand(layout, window, stretch);
      this.#account.line++;
      return Math.min(newline + 1, stretch.to);
    }
    this.#account.above(bytes.subarray(start, end), this.encoding);
    this.#account.line++;
    return Math.min(newline + 1, stretch.to);
  }

  /** Decides on the layout by the first line that is neither passed over nor blank; counts it if it is the header. */
  #decide(line: Buffer, byte: number): Layout {
    const names = splitHeader(textOf(line, this.encoding), this.#format);
    const place = { line: this.#account.line + 1, byte };
    const layout = chooseLayout(names, this.#format, this.#columns, place);
    this.#layout = layout;
    if (layout.byHeader) {
      this.#headersLeft = 1 + this.#format.skip_after_header;
      this.#header(line);
    }
    return layout;
  }

  #header(line: Buffer): void {
    this.#account.header();
    this.#headers.push(line);
    this.#headersLeft--;
  }

  /** From here on there are records. */
  #hand(layout: Layout, window: Window, stretch: Stretch): number | Promise<number> {
    const headers = this.#format.header_repeats ? this.#headers : [];
    this.#records = this.#open({ layout, headers, comments: this.#preamble.comments });
    return this.#records.read(window, stretch);
  }
}

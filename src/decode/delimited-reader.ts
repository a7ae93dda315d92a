/** Finds out about a delimited file's header; the records are for a reader that knows the layout. */
import type { DelimitedFormat } from "../config/format.ts";
import type { Account } from "./account.ts";
import { chooseLayout, headerMissing, type Layout, layoutByPosition, splitHeader } from "./header.ts";
import { endOfLine, isBlank, type LineReader, type Stretch } from "./lines.ts";
import { LF, type Window } from "./window.ts";

/** What an ASCII character of the dialect is as a byte; for one that the dialect lacks, what equals no byte. */
export function byteOf(character: string | undefined): number {
  return character === undefined || character === "none" ? -1 : character.charCodeAt(0);
}

/** Reads records of a known layout. `header` is the header line as it came, empty if the file has none. */
export type OpenReader = (layout: Layout, header: Buffer) => LineReader;

/** Passes over blanks and comments before the first record, decides on the header (one line), then hands over. */
export class DelimitedReader implements LineReader {
  readonly comment: number;
  readonly #format: DelimitedFormat;
  readonly #columns: readonly string[];
  readonly #account: Account;
  readonly #open: OpenReader;
  #records: LineReader | undefined;

  constructor(
    format: DelimitedFormat,
    columns: readonly string[],
    { account, open }: { account: Account; open: OpenReader },
  ) {
    this.comment = byteOf(format.comment);
    this.#format = format;
    this.#columns = columns;
    this.#account = account;
    this.#open = open;
    if (format.header === "none") this.#records = open(layoutByPosition(format, columns), Buffer.alloc(0));
  }

  read(window: Window, stretch: Stretch): number | Promise<number> {
    return this.#records === undefined ? this.#begin(window, stretch) : this.#records.read(window, stretch);
  }

  /**
   * To be called at the end of the object.
   * @throws MillraceError COLUMN_MISSING if there had to be a header and there was not one record.
   */
  finish(): void {
    if (this.#format.header === "always" && this.#records === undefined) throw headerMissing();
  }

  /** Reads one line before the first record; returns where to go on. */
  #begin(window: Window, stretch: Stretch): number | Promise<number> {
    const { bytes } = window;
    const start = stretch.from;
    const newline = bytes.indexOf(LF, start);
    const end = endOfLine(bytes, start, newline);
    if (bytes[start] === this.comment) this.#account.comment();
    else if (isBlank(bytes, start, end)) this.#account.blank();
    else {
      const line = bytes.subarray(start, end);
      const names = splitHeader(line.toString(), this.#format);
      const place = { line: this.#account.line + 1, byte: window.offset + start };
      const layout = chooseLayout(names, this.#format, this.#columns, place);
      this.#records = this.#open(layout, layout.byHeader ? Buffer.from(line) : Buffer.alloc(0));
      if (!layout.byHeader) return this.#records.read(window, stretch);
      this.#account.header();
    }
    this.#account.line++;
    return Math.min(newline + 1, stretch.to);
  }
}

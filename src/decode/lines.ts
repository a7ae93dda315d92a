/** What the decoders of text lines share: whole lines at a time, over-long lines skipped, nothing uncounted. */

import { type Account, faultOfText } from "./account.ts";
import { type Batch, RAW_LIMIT } from "./batch.ts";
import type { Encoding } from "./encoding.ts";
import type { Rows } from "./rows.ts";
import { CR, LF, type Window, windows } from "./window.ts";

const BLANK = 0x20;
const TAB = 0x09;

/** Reads records of one format out of whole lines. */
export interface LineReader {
  /** The encoding of the text; UTF-8 when absent. */
  readonly encoding?: Encoding;
  /**
   * Reads records from [from, to) of the window into the rows until these are full, and returns the position
   * after the last record that it has dealt with. `to` lies behind a line end, or at the object's end, where a
   * sentinel LF stands. Returning `from` without a row means that more bytes are needed to go on. `clean` says that the
   * stretch holds neither NUL nor invalid UTF-8; otherwise the reader examines every record.
   */
  read(window: Window, stretch: Stretch): number | Promise<number>;
  /**
   * Told of a line too long to be held, by its first RAW_LIMIT bytes: if it is no record (a comment, say), counts it
   * and returns true.
   */
  passOver?(head: Buffer): boolean;
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly clean: boolean;
}

export interface LineDecoding {
  readonly reader: LineReader;
  readonly rows: Rows;
  readonly account: Account;
  /** A record of more bytes is rejected, in bounded memory. */
  readonly limit: number;
  /** Where the values stand that `rows.bounds` points to; the window when absent. */
  readonly values?: { readonly bytes: Buffer; clear(): void };
}

/**
 * Runs the reader over all chunks and yields its batches. A UTF-8 byte order mark at the start is dropped. Lines end with
 * LF or CRLF; if the beginning of the object (256 KiB of it) has not one LF, with CR.
 */
export async function* decodeLines(
  chunks: AsyncIterable<Buffer>,
  { reader, rows, account, limit, values }: LineDecoding,
): AsyncGenerator<Batch> {
  const { encoding = "utf-8" } = reader;
  const skipper = new Skipper(reader, account);
  let carriageReturns: boolean | undefined;
  for await (const window of windows(chunks)) {
    carriageReturns ??= endsLinesWithCarriageReturns(window);
    if (carriageReturns) endLinesWithLineFeeds(window);
    let at = skipper.skip(window, afterByteOrderMark(window));
    const to = endOfLines(window);
    const clean = at >= to || faultOfText(window.bytes.subarray(at, to), encoding) === undefined;
    while (at < to) {
      const next = await reader.read(window, { from: at, to, clean });
      const some = rows.rows > 0;
      account.decoded(rows.rows - rows.continued);
      if (some) {
        rows.pointInto(window, values?.bytes ?? window.bytes);
        yield rows;
      }
      rows.clear();
      values?.clear();
      if (next === at && !some) break;
      at = next;
    }
    if (at >= to && window.length - at > limit + 1) at = skipper.begin(window, at);
    window.consumed = at;
  }
  skipper.finish();
}

function afterByteOrderMark({ offset, length, bytes }: Window): number {
  return offset === 0 && length >= 3 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/** Whether lines end as on the first Macintosh: with CR alone. A CR at the very end might be all there is of a CRLF. */
function endsLinesWithCarriageReturns({ bytes, length }: Window): boolean {
  const beginning = bytes.subarray(0, length);
  const first = beginning.indexOf(CR);
  return first !== -1 && first < length - 1 && !beginning.includes(LF);
}

/** Both are one byte: positions stay as they are. */
function endLinesWithLineFeeds({ bytes, length }: Window): void {
  for (let at = bytes.indexOf(CR); at !== -1 && at < length; at = bytes.indexOf(CR, at + 1)) bytes[at] = LF;
}

/** The end of the last whole line; at the object's end everything counts, closed off by a sentinel LF. */
function endOfLines(window: Window): number {
  if (!window.ended) return window.length === 0 ? 0 : window.bytes.lastIndexOf(LF, window.length - 1) + 1;
  window.bytes[window.length] = LF;
  return window.length;
}

/** Where the line at `start` ends, without its LF or CRLF. `newline` is the position of its LF. */
export function endOfLine(bytes: Buffer, start: number, newline: number): number {
  return newline > start && bytes[newline - 1] === CR ? newline - 1 : newline;
}

/** Whether this byte is a blank or a tab. */
export function isBlankByte(byte: number | undefined): boolean {
  return byte === BLANK || byte === TAB;
}

/** Whether there is nothing but blanks and tabs in [start, end). */
export function isBlank(bytes: Buffer, start: number, end: number): boolean {
  let at = start;
  while (at < end && isBlankByte(bytes[at])) at++;
  return at === end;
}

/** Steps over a line that is longer than the limit while its bytes stream past; only its beginning is kept. */
class Skipper {
  readonly #reader: LineReader;
  readonly #account: Account;
  #line: { readonly byte: number; readonly raw: Buffer } | undefined;

  constructor(reader: LineReader, account: Account) {
    this.#reader = reader;
    this.#account = account;
  }

  /** Starts to skip the line at `at`, whose end is not at hand; returns the position to go on from. */
  begin(window: Window, at: number): number {
    const raw = Buffer.from(window.bytes.subarray(at, Math.min(window.length, at + RAW_LIMIT)));
    this.#line = { byte: window.offset + at, raw };
    return window.length;
  }

  /** Goes on skipping, if a line is being skipped; returns the position to go on from. */
  skip(window: Window, at: number): number {
    if (this.#line === undefined) return at;
    const newline = window.length === 0 ? -1 : window.bytes.subarray(0, window.length).indexOf(LF);
    if (newline === -1) return window.length;
    this.finish();
    return newline + 1;
  }

  /** Accounts for the line that was skipped, if there is one. */
  finish(): void {
    if (this.#line === undefined) return;
    this.#account.line++;
    if (this.#reader.passOver?.(this.#line.raw) !== true)
      this.#account.refuse({ reason: "record too long" }, { line: this.#account.line, ...this.#line });
    this.#line = undefined;
  }
}

/** The account of one object's records: every record read is one of the kinds that RecordCounts lists. */
import { type DecodeContext, RAW_LIMIT, type RejectReason } from "./batch.ts";
import { type Encoding, isTextIn, textOf } from "./encoding.ts";
import type { Window } from "./window.ts";

export class Account {
  /** Lines (in a document: records) read so far. */
  line = 0;
  readonly #context: DecodeContext;

  constructor(context: DecodeContext) {
    this.#context = context;
  }

  header(): void {
    this.#context.counts.read++;
    this.#context.counts.headers++;
  }

  comment(): void {
    this.#context.counts.read++;
    this.#context.counts.comments++;
  }

  blank(): void {
    this.#context.counts.read++;
    this.#context.counts.blanks++;
  }

  /** Tells of a line above the first record, if somebody asks for them. */
  above(line: Buffer, encoding: Encoding): void {
    const { preamble } = this.#context;
    if (preamble === undefined || faultOfText(line, encoding) !== undefined) return;
    preamble(textOf(line, encoding));
  }

  decoded(rows: number): void {
    this.#context.counts.read += rows;
    this.#context.counts.decoded += rows;
  }

  /** Refuses the record that stands at [start, end) of the window; `line` is its own. */
  reject(fault: RecordFault, window: Window, { start, end, line }: RecordPlace): void {
    const raw = window.bytes.subarray(start, Math.min(end, start + RAW_LIMIT));
    this.refuse(fault, { line, byte: window.offset + start, raw });
  }

  /** Refuses a record of which only the beginning is at hand. */
  refuse(fault: RecordFault, record: { line: number; byte: number; raw: Buffer }): void {
    this.#context.counts.read++;
    this.#context.counts.rejected++;
    this.#context.reject({ ...fault, ...record });
  }
}

/** Why a record is refused, and the column that is to blame, if one is. */
export interface RecordFault {
  readonly reason: RejectReason;
  readonly field?: string;
}

/** Where a record stands: bytes [start, end) of the window, and its 1-based line. */
export interface RecordPlace {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** What makes a text one that Postgres cannot store. */
export type TextFault = "NUL byte" | "invalid UTF-8";

/** What makes these bytes no text that Postgres can store, if anything does. In a one-byte encoding all but NUL is text. */
export function faultOfText(bytes: Buffer, encoding: Encoding): TextFault | undefined {
  if (bytes.includes(0)) return "NUL byte";
  return isTextIn(bytes, encoding) ? undefined : "invalid UTF-8";
}

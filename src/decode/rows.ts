import type { Batch } from "./batch.ts";
import type { Window } from "./window.ts";

/** At most this many rows stand in one batch, however short they are. */
const MOST_ROWS = 16_384;

/** At most this many bounds stand in one batch, however many columns the pipeline reads. */
const MOST_BOUNDS = 1 << 18;

/**
 * The batch that a decoder fills, hands out and fills again: its arrays are allocated once per object.
 * A decoder writes a row's bounds, then calls `add` (the delimited scanner writes `records` and `lines` itself).
 */
export class Rows implements Batch {
  bytes: Buffer = Buffer.alloc(0);
  raw: Buffer = this.bytes;
  rows = 0;
  offset = 0;
  readonly fields: number;
  readonly capacity: number;
  readonly bounds: Int32Array;
  readonly records: Int32Array;
  readonly lines: Int32Array;

  constructor(fields: number) {
    this.fields = fields;
    this.capacity = Math.max(16, Math.min(MOST_ROWS, Math.floor(MOST_BOUNDS / (2 * Math.max(1, fields)))));
    this.bounds = new Int32Array(this.capacity * fields * 2);
    this.records = new Int32Array(this.capacity * 2);
    this.lines = new Int32Array(this.capacity);
  }

  get full(): boolean {
    return this.rows === this.capacity;
  }

  /** Completes the row whose bounds were written: where its record stands and on which line. */
  add(start: number, end: number, line: number): void {
    this.records[this.rows * 2] = start;
    this.records[this.rows * 2 + 1] = end;
    this.lines[this.rows] = line;
    this.rows++;
  }

  /** Says where the records (and, for text, the values) of this batch stand. */
  pointInto(window: Window, values: Buffer): void {
    this.bytes = values;
    this.raw = window.bytes;
    this.offset = window.offset;
  }
}

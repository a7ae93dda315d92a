import { faultOfText } from "./account.ts";
import type { Batch } from "./batch.ts";
import type { Encoding } from "./encoding.ts";
import type { Window } from "./window.ts";

/** So many rows stand in the first batch; an object of a few kilobytes has no second one. */
const FIRST_ROWS = 512;

/** At most this many rows stand in one batch, however short they are. */
const MOST_ROWS = 16_384;

/** At most this many bounds stand in one batch, however many columns the pipeline reads. */
const MOST_BOUNDS = 1 << 18;

/**
 * The batch that a decoder fills, hands out and fills again. Its arrays begin small and grow with the batches.
 * A decoder writes a row's bounds, then calls `add`. A field that it never writes is absent from all rows.
 */
export class Rows implements Batch {
  bytes: Buffer = Buffer.alloc(0);
  raw: Buffer = this.bytes;
  rows = 0;
  /** How many rows there are beyond one for each record: a record may be several rows, or none. */
  continued = 0;
  offset = 0;
  readonly fields: number;
  capacity = 0;
  bounds = new Int32Array(0);
  records = new Int32Array(0);
  lines = new Int32Array(0);
  readonly #most: number;

  constructor(fields: number) {
    this.fields = fields;
    this.#most = Math.max(16, Math.min(MOST_ROWS, Math.floor(MOST_BOUNDS / (2 * Math.max(1, fields)))));
    this.#allocate(Math.min(FIRST_ROWS, this.#most));
  }

  get full(): boolean {
    return this.rows === this.capacity;
  }

  /** Forgets all rows; after a full batch there will be room for more. */
  clear(): void {
    if (this.full && this.capacity < this.#most) this.#allocate(Math.min(this.capacity * 4, this.#most));
    this.rows = 0;
    this.continued = 0;
  }

  /** Completes the row whose bounds were written: where its record stands and on which line. */
  add(start: number, end: number, line: number): void {
    this.records[this.rows * 2] = start;
    this.records[this.rows * 2 + 1] = end;
    this.lines[this.rows] = line;
    this.rows++;
  }

  /** The first field of the row whose bounds were written that holds no text Postgres can store; -1: none. */
  fieldWithoutText(bytes: Buffer, encoding: Encoding): number {
    for (let field = 0; field < this.fields; field++) {
      const [start, end] = this.bounds.subarray((this.rows * this.fields + field) * 2);
      if (faultOfText(bytes.subarray(start, end), encoding) !== undefined) return field;
    }
    return -1;
  }

  /** Says where the records (and, for text, the values) of this batch stand. */
  pointInto(window: Window, values: Buffer): void {
    this.bytes = values;
    this.raw = window.bytes;
    this.offset = window.offset;
  }

  #allocate(capacity: number): void {
    this.capacity = capacity;
    this.bounds = new Int32Array(capacity * this.fields * 2).fill(-1);
    this.records = new Int32Array(capacity * 2);
    this.lines = new Int32Array(capacity);
  }
}

/** Rows of GHCN-Daily's year files, written as bytes, with an account of what was written. */

type Element = "TMAX" | "TMIN" | "PRCP" | "SNOW" | "SNWD" | "TAVG" | "TOBS" | "AWND" | "WT01";

const COMMA = 44;
const LINE_FEED = 10;
const MINUS = 45;
const ZERO = 48;

/** Longest row: id, date, element, five digits with a sign, three flags, time, separators; rounded up. */
const ROW_BYTES = 64;
const CHUNK_BYTES = 256 * 1024;

/** What a year holds, for tests to hold their own counts against. */
interface ElementTotals {
  rows: number;
  /** Rows with a quality flag. */
  flagged: number;
  /** Sum of the values of the rows without a quality flag, in the file's units. */
  sum: number;
}

export interface YearTotals {
  rows: number;
  readonly elements: Readonly<Record<Element, ElementTotals>>;
  /** Rows by quality flag, measurement flag and time of observation; rows that have none are not counted. */
  readonly qualityFlags: Record<string, number>;
  readonly measurementFlags: Record<string, number>;
  readonly times: Record<string, number>;
}

/** A measurement on its way into the file; flags and time are empty or fixed texts. */
export interface Measurement {
  element: Element;
  /** In the file's units: tenths, or whole. */
  value: number;
  measurementFlag: string;
  qualityFlag: string;
  sourceFlag: string;
  time: string;
}

interface LateRow {
  /** Written once so many rows are. */
  readonly due: number;
  readonly bytes: Buffer;
}

function emptyTotals(): YearTotals {
  const none = (): ElementTotals => ({ rows: 0, flagged: 0, sum: 0 });
  return {
    rows: 0,
    elements: {
      TMAX: none(),
      TMIN: none(),
      PRCP: none(),
      SNOW: none(),
      SNWD: none(),
      TAVG: none(),
      TOBS: none(),
      AWND: none(),
      WT01: none(),
    },
    qualityFlags: {},
    measurementFlags: {},
    times: {},
  };
}

function count(counts: Record<string, number>, name: string): void {
  if (name !== "") counts[name] = (counts[name] ?? 0) + 1;
}

/** Writes rows into chunks of 256 KiB; `take` hands over those that are full. */
export class RowWriter {
  readonly totals = emptyTotals();
  private readonly full: Buffer[] = [];
  private chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  private end = 0;
  private readonly late: LateRow[] = [];
  private readonly date = Buffer.alloc(8);

  /** The date of the rows that follow, such as `20240229`. */
  setDate(date: string): void {
    this.date.write(date, "latin1");
  }

  /**
   * One row, `ITE00100554,18000101,TMAX,-75,,,E,`. With `delay` it is held back until that many more rows are
   * written: real files are ordered roughly, not strictly.
   */
  write(station: Buffer, row: Measurement, delay: number): void {
    if (this.end + ROW_BYTES > CHUNK_BYTES) this.turn();
    const start = this.end;
    this.copy(station, 11);
    this.separate();
    this.copy(this.date, 8);
    this.separate();
    this.text(row.element);
    this.separate();
    this.integer(row.value);
    this.separate();
    this.text(row.measurementFlag);
    this.separate();
    this.text(row.qualityFlag);
    this.separate();
    this.text(row.sourceFlag);
    this.separate();
    this.text(row.time);
    this.chunk[this.end++] = LINE_FEED;
    this.account(row);
    if (delay > 0) {
      this.late.push({
        due: this.totals.rows + delay,
        bytes: Buffer.from(this.chunk.subarray(start, this.end)),
      });
      this.end = start;
    }
  }

  /** Writes the rows that were held back and are due now; all of them at the end of the file. */
  writeLate(all = false): void {
    for (let index = 0; index < this.late.length; ) {
      const row = this.late[index];
      if (row === undefined || (!all && row.due > this.totals.rows)) {
        index++;
        continue;
      }
      if (this.end + ROW_BYTES > CHUNK_BYTES) this.turn();
      this.end += row.bytes.copy(this.chunk, this.end);
      this.late.splice(index, 1);
    }
  }

  /** The chunks that are full; with `all`, also the last one. */
  take(all = false): Buffer[] {
    if (all && this.end > 0) this.turn();
    return this.full.splice(0);
  }

  private turn(): void {
    this.full.push(this.chunk.subarray(0, this.end));
    this.chunk = Buffer.allocUnsafe(CHUNK_BYTES);
    this.end = 0;
  }

  private account(row: Measurement): void {
    const { totals } = this;
    const element = totals.elements[row.element];
    totals.rows++;
    element.rows++;
    if (row.qualityFlag === "") element.sum += row.value;
    else element.flagged++;
    count(totals.qualityFlags, row.qualityFlag);
    count(totals.measurementFlags, row.measurementFlag);
    count(totals.times, row.time);
  }

  private separate(): void {
    this.chunk[this.end++] = COMMA;
  }

  private copy(bytes: Buffer, length: number): void {
    for (let index = 0; index < length; index++) this.chunk[this.end + index] = bytes[index] ?? 0;
    this.end += length;
  }

  private text(text: string): void {
    for (let index = 0; index < text.length; index++) this.chunk[this.end++] = text.charCodeAt(index);
  }

  private integer(value: number): void {
    let rest = value;
    if (rest < 0) {
      this.chunk[this.end++] = MINUS;
      rest = -rest;
    }
    let width = 1;
    for (let limit = 10; limit <= rest; limit *= 10) width++;
    for (let index = width - 1; index >= 0; index--) {
      this.chunk[this.end + index] = ZERO + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.end += width;
  }
}

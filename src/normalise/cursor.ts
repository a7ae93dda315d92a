/** The record at hand, and what may become of it. */
import type { Batch, RejectReason } from "../decode/batch.ts";
import { REJECT_REASONS } from "../decode/batch.ts";
import { noTimestamp, type Timestamp } from "./calendar.ts";

/** A step succeeded. */
export const DONE = 0;
/** No value: the field is empty or a sentinel. */
export const EMPTY = -1;
/** An element that the pipeline leaves out. */
export const FILTERED = -2;
/** Its station or KPI has no key yet: the row waits for the end of the batch. */
export const DEFERRED = -3;

/** DONE, EMPTY, FILTERED, DEFERRED, or a reject's code. */
export type Outcome = number;

const CODES = new Map<RejectReason, number>(REJECT_REASONS.map((reason, index) => [reason, index + 1]));

/** The outcome that stands for a reject. */
export function rejected(reason: RejectReason): Outcome {
  return CODES.get(reason) ?? 0;
}

export function reasonOf(outcome: Outcome): RejectReason | undefined {
  return REJECT_REASONS[outcome - 1];
}

/** The object that a record stands in. */
export interface SourceObject {
  readonly objectId: number;
  readonly key: string;
  readonly variables: Readonly<Record<string, string>>;
  /** What stands in the lines above its records, by pattern; what the pipeline does not ask for, or nothing matches, is not there. */
  readonly preamble?: ReadonlyMap<string, string>;
}

const NO_BYTES = Buffer.alloc(0);
const NO_BOUNDS = new Int32Array(0);

/** Points at one record of a batch; steps read fields through it and leave what later steps need. */
export class Cursor {
  bytes: Buffer = NO_BYTES;
  #bounds: Int32Array = NO_BOUNDS;
  #base = 0;
  object: SourceObject = { objectId: 0, key: "", variables: {} };
  /** Entries of the station and KPI tables, once their steps have run. */
  station = -1;
  kpi = -1;
  /** The harmonised value as a double, for the range check. */
  value = 0;
  flagged = false;
  /** The row's time as it is marked, offset known, once its writer has run; and whether it marks its period's end. */
  readonly time: Timestamp = noTimestamp();
  timeMarksEnd = true;
  /** The daily row's day. */
  day = 0;
  /** Which sentinel made the value EMPTY; undefined for an empty field. */
  sentinel: string | undefined;
  /** Whose fault a reject is, where it is not that of the field whose step or writer returned it; set with the reject. */
  atFault: string | undefined;

  batch(batch: Pick<Batch, "bytes" | "bounds">): void {
    this.bytes = batch.bytes;
    this.#bounds = batch.bounds;
  }

  row(row: number, fields: number): void {
    this.#base = row * fields * 2;
  }

  /** Begins a measurement of the record at hand. */
  measurement(): void {
    this.flagged = false;
    this.sentinel = undefined;
  }

  /** Negative when the field is absent. */
  start(column: number): number {
    return this.#bounds[this.#base + column * 2] ?? -1;
  }

  end(column: number): number {
    return this.#bounds[this.#base + column * 2 + 1] ?? -1;
  }
}

/** One thing to be done with every record. */
export interface Step {
  /** The field that it is about, for rejects. */
  readonly field: string;
  readonly run: (cursor: Cursor) => Outcome;
}

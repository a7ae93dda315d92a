/** What became of the records and measurements of an object, each counted once. */
import type { Batch, Reject } from "../decode/batch.ts";
import { type Cursor, DEFERRED, EMPTY, FILTERED, type Outcome, reasonOf } from "./cursor.ts";
import type { Plan } from "./plan.ts";
import { SliceRows } from "./slice-rows.ts";
import { ObjectSums } from "./sums.ts";

/** What waits for a key: a measurement of a row, or the whole record, its measurements not yet begun. */
export interface Waiting {
  readonly row: number;
  /** Its index in the plan; WHOLE_RECORD. */
  readonly measurement: number;
}

/** Stands for a measurement's index where the whole record is meant. */
export const WHOLE_RECORD = -1;

export class Outcomes {
  /** Of the load. */
  readonly slice: SliceRows;
  /** What the object at hand brought. */
  object = new ObjectSums();
  readonly #plan: Plan;
  readonly #cursor: Cursor;
  #waiting: Waiting[] = [];

  constructor(plan: Plan, cursor: Cursor) {
    this.#plan = plan;
    this.#cursor = cursor;
    this.slice = new SliceRows(plan.slice);
  }

  /** Begins an object. */
  begin(): void {
    this.object = new ObjectSums();
    // The object before may have failed halfway.
    this.#waiting = [];
  }

  /** What has come to wait for keys since the last call. */
  takeWaiting(): readonly Waiting[] {
    const waiting = this.#waiting;
    if (waiting.length > 0) this.#waiting = [];
    return waiting;
  }

  /** Stores a reject of the object at hand. */
  readonly reject = (reject: Reject): void => {
    this.object.rejects.add(this.#cursor.object.objectId, reject);
  };

  /** The filters do not want the record: counted as such or, where others of its rows may fit, as a measurement. */
  leftOut(): void {
    const { counts } = this.object;
    if (this.#plan.severalRows) {
      counts.measurements++;
      counts.filtered++;
    } else this.object.recordsFiltered++;
  }

  /** A row was written. */
  copied(): void {
    const { counts } = this.object;
    counts.measurements++;
    counts.copied++;
    const { stations, kpis, slice, measures } = this.#plan;
    const cursor = this.#cursor;
    if (stations === undefined) return;
    stations.note(cursor);
    const entry = kpis?.entries[cursor.kpi];
    if (entry === undefined) return;
    if (slice !== undefined) this.slice.add(cursor.station, entry.kpiKey ?? 0, cursor.day);
    if (cursor.flagged || !measures) return;
    entry.counts.unflagged++;
    if (cursor.value < entry.low || cursor.value > entry.high) {
      entry.counts.outside++;
      entry.counts.example ??= cursor.value;
    }
  }

  /**
   * No row was written, for this outcome of this field.
   * @param from The batch, the row in it, and the measurement's index in the plan or WHOLE_RECORD.
   */
  notCopied(outcome: Outcome, field: string, from: { batch: Batch; row: number; measurement: number }): void {
    if (outcome === DEFERRED) {
      this.#waiting.push({ row: from.row, measurement: from.measurement });
      return;
    }
    const { counts } = this.object;
    counts.measurements++;
    if (outcome === FILTERED) {
      counts.filtered++;
      return;
    }
    if (outcome === EMPTY) {
      this.object.addEmpty(this.#cursor.sentinel);
      return;
    }
    counts.rejected++;
    if (from.measurement === WHOLE_RECORD) this.object.whole.refused++;
    const atFault = this.#cursor.atFault ?? field;
    this.#cursor.atFault = undefined;
    this.reject({ reason: reasonOf(outcome) ?? "invalid text", field: atFault, ...stored(from) });
  }
}

/** Where the record stands in its object, and its bytes. */
function stored({ batch, row }: { batch: Batch; row: number }): Pick<Reject, "line" | "byte" | "raw"> {
  const start = batch.records[row * 2] ?? 0;
  return {
    line: batch.lines[row] ?? 0,
    byte: batch.offset + start,
    raw: batch.raw.subarray(start, batch.records[row * 2 + 1] ?? start),
  };
}

/** Records of a batch into COPY rows, each measurement counted as what became of it. */
import type { Batch, Reject } from "../decode/batch.ts";
import { CopyRows } from "./copy-rows.ts";
import {
  Cursor,
  DEFERRED,
  DONE,
  EMPTY,
  FILTERED,
  type Outcome,
  reasonOf,
  type SourceObject,
  type Step,
} from "./cursor.ts";
import type { MeasurementPlan, Plan } from "./plan.ts";
import { inTurn, type WriteRow } from "./row-maker.ts";
import { ObjectSums, SliceRows } from "./sums.ts";
import type { Writer } from "./writers.ts";

/** What waits for a key: a measurement of a row, or (-1) the whole record, its measurements not yet begun. */
export interface Waiting {
  readonly row: number;
  readonly measurement: number;
}

const WHOLE_RECORD = -1;

/** A measurement with its steps and writers each at a place of their own; see `inTurn`. */
interface Compiled {
  readonly first: Step;
  readonly second: Step;
  readonly writers: readonly Writer[];
  readonly write: WriteRow;
}

const NO_STEP: Step = { field: "", run: () => DONE };

function compiled({ steps, writers }: MeasurementPlan): Compiled {
  const [first = NO_STEP, second = NO_STEP] = steps;
  return { first, second, writers, write: inTurn(writers) };
}

const NO_BYTES = Buffer.alloc(0);
const NO_NUMBERS = new Int32Array(0);
const NO_BATCH: Batch = {
  bytes: NO_BYTES,
  bounds: NO_NUMBERS,
  fields: 0,
  rows: 0,
  raw: NO_BYTES,
  records: NO_NUMBERS,
  lines: NO_NUMBERS,
  offset: 0,
};

export class Records {
  readonly rows = new CopyRows();
  readonly days: SliceRows;
  /** What the object at hand brought. */
  object = new ObjectSums();
  readonly #plan: Plan;
  readonly #measurements: readonly Compiled[];
  /** The one measurement of a record that needs no more than that: most pipelines' way, without the detours. */
  readonly #only: Compiled | undefined;
  readonly #cursor = new Cursor();
  #batch: Batch = NO_BATCH;
  #deferred: Waiting[] = [];
  /** Which measurement is being made. */
  #measuring = WHOLE_RECORD;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#measurements = plan.measurements.map(compiled);
    const [only, ...others] = this.#measurements;
    const simple = plan.filters === undefined && plan.steps.length === 0 && others.length === 0;
    this.#only = simple ? only : undefined;
    this.days = new SliceRows(plan.slice);
  }

  /** Begins an object. */
  begin(object: SourceObject): void {
    this.#cursor.object = object;
    this.object = new ObjectSums();
    // The object before may have failed halfway.
    this.#deferred = [];
  }

  /** Begins a batch of the object. */
  batch(batch: Batch): void {
    this.#batch = batch;
    this.#cursor.batch(batch);
    this.object.whole.seen += batch.rows;
  }

  /** Stores a reject of the object at hand. */
  readonly reject = (reject: Reject): void => {
    this.object.rejects.add(this.#cursor.object.objectId, reject);
  };

  /** What has come to wait for keys since the last call. */
  takeWaiting(): readonly Waiting[] {
    const waiting = this.#deferred;
    if (waiting.length > 0) this.#deferred = [];
    return waiting;
  }

  /**
   * Normalises what waited, now that it has a key. Filters are not asked again, and what the record's other measurements
   * became is not touched.
   */
  again({ row, measurement }: Waiting): void {
    this.#cursor.row(row, this.#batch.fields);
    if (measurement === WHOLE_RECORD) this.#wanted(row);
    else if (this.#prepared(row)) this.#measurement(row, measurement);
  }

  /** Normalises rows from `row` on until there is enough to send; returns the next row. */
  fill(row: number): number {
    const { rows } = this;
    const batch = this.#batch;
    let next = row;
    const only = this.#only;
    if (only === undefined) {
      while (next < batch.rows && !rows.full) this.#record(next++);
      return next;
    }
    const cursor = this.#cursor;
    this.#measuring = 0;
    for (; next < batch.rows && !rows.full; next++) {
      cursor.row(next, batch.fields);
      this.#measure(next, only);
    }
    return next;
  }

  #record(row: number): void {
    const cursor = this.#cursor;
    const { filters } = this.#plan;
    cursor.row(row, this.#batch.fields);
    if (filters !== undefined) {
      const outcome = filters.run(cursor);
      if (outcome === FILTERED) {
        this.#leaveOut();
        return;
      }
      if (outcome !== DONE) {
        this.#measuring = WHOLE_RECORD;
        this.#refuse(row, outcome, "filter");
        return;
      }
    }
    this.#wanted(row);
  }

  /** A record that does not fit: as such, or, where others of its rows may fit, as a measurement. */
  #leaveOut(): void {
    if (!this.#plan.severalRows) {
      this.object.recordsFiltered++;
      return;
    }
    this.object.counts.measurements++;
    this.object.counts.filtered++;
  }

  /** A record that is wanted: what its measurements share, then each of them. */
  #wanted(row: number): void {
    if (!this.#prepared(row)) return;
    for (let index = 0; index < this.#measurements.length; index++) this.#measurement(row, index);
  }

  /** Runs what is done once a record; false when that refused it. May be done again: it counts nothing but a refusal. */
  #prepared(row: number): boolean {
    this.#measuring = WHOLE_RECORD;
    for (const step of this.#plan.steps) {
      const outcome = step.run(this.#cursor);
      if (outcome === DONE) continue;
      this.#refuse(row, outcome, step.field);
      return false;
    }
    return true;
  }

  #measurement(row: number, index: number): void {
    const measurement = this.#measurements[index];
    if (measurement === undefined) return;
    this.#measuring = index;
    this.#measure(row, measurement);
  }

  #measure(row: number, { first, second, writers, write }: Compiled): void {
    const cursor = this.#cursor;
    cursor.measurement();
    let outcome = first.run(cursor);
    if (outcome !== DONE) {
      this.#refuse(row, outcome, first.field);
      return;
    }
    outcome = second.run(cursor);
    if (outcome !== DONE) {
      this.#refuse(row, outcome, second.field);
      return;
    }
    const { rows } = this;
    rows.begin(writers.length);
    outcome = write(cursor, rows);
    if (outcome === DONE) this.#note();
    else this.#refuse(row, outcome, writers[rows.undo()]?.field ?? "");
  }

  /** A row was written. */
  #note(): void {
    const { counts } = this.object;
    counts.measurements++;
    counts.copied++;
    const { stations, kpis, slice, measures } = this.#plan;
    const cursor = this.#cursor;
    if (stations === undefined) return;
    stations.note(cursor);
    if (slice !== undefined) this.days.add(cursor.day);
    const entry = kpis?.entries[cursor.kpi];
    if (entry === undefined || cursor.flagged || !measures) return;
    entry.counts.unflagged++;
    if (cursor.value < entry.low || cursor.value > entry.high) {
      entry.counts.outside++;
      entry.counts.example ??= cursor.value;
    }
  }

  #refuse(row: number, outcome: Outcome, field: string): void {
    if (outcome === DEFERRED) {
      this.#deferred.push({ row, measurement: this.#measuring });
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
    if (this.#measuring === WHOLE_RECORD) this.object.whole.refused++;
    const batch = this.#batch;
    const start = batch.records[row * 2] ?? 0;
    this.reject({
      reason: reasonOf(outcome) ?? "invalid text",
      field,
      line: batch.lines[row] ?? 0,
      byte: batch.offset + start,
      raw: batch.raw.subarray(start, batch.records[row * 2 + 1] ?? start),
    });
  }
}

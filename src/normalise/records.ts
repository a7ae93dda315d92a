/** Records of a batch into COPY rows: each record's filters and steps, then each of its measurements. */
import type { Batch } from "../decode/batch.ts";
import { CopyRows } from "./copy-rows.ts";
import { Cursor, DONE, FILTERED, type Outcome, type SourceObject, type Step } from "./cursor.ts";
import { allowInlining } from "./inlining.ts";
import { Outcomes, type Waiting, WHOLE_RECORD } from "./outcomes.ts";
import type { MeasurementPlan, Plan } from "./plan.ts";
import { inTurn, type WriteRow } from "./row-maker.ts";
import type { Writer } from "./writers.ts";

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
  readonly outcomes: Outcomes;
  readonly #plan: Plan;
  readonly #measurements: readonly Compiled[];
  /** The one measurement of a record that needs no more than that: most pipelines' way, without the detours. */
  readonly #only: Compiled | undefined;
  readonly #cursor = new Cursor();
  #batch: Batch = NO_BATCH;

  constructor(plan: Plan) {
    allowInlining();
    this.#plan = plan;
    this.outcomes = new Outcomes(plan, this.#cursor);
    this.#measurements = plan.measurements.map(compiled);
    const [only, ...others] = this.#measurements;
    const simple = plan.filters === undefined && plan.steps.length === 0 && others.length === 0;
    this.#only = simple ? only : undefined;
  }

  /** Begins an object. */
  begin(object: SourceObject): void {
    this.#cursor.object = object;
    this.outcomes.begin();
  }

  /** Begins a batch of the object. */
  batch(batch: Batch): void {
    this.#batch = batch;
    this.#cursor.batch(batch);
    this.outcomes.object.whole.seen += batch.rows;
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
    for (; next < batch.rows && !rows.full; next++) {
      cursor.row(next, batch.fields);
      this.#measure(next, 0, only);
    }
    return next;
  }

  #record(row: number): void {
    const cursor = this.#cursor;
    const { filters } = this.#plan;
    cursor.row(row, this.#batch.fields);
    if (filters !== undefined) {
      const outcome = filters.run(cursor);
      if (outcome !== DONE) {
        if (outcome === FILTERED) this.outcomes.leftOut();
        else this.#notCopied(outcome, "filter", row, WHOLE_RECORD);
        return;
      }
    }
    this.#wanted(row);
  }

  /** A record that is wanted: what its measurements share, then each of them. */
  #wanted(row: number): void {
    if (!this.#prepared(row)) return;
    for (let index = 0; index < this.#measurements.length; index++) this.#measurement(row, index);
  }

  /** Runs what is done once a record; false when that refused it. May be done again: it counts nothing but a refusal. */
  #prepared(row: number): boolean {
    for (const step of this.#plan.steps) {
      const outcome = step.run(this.#cursor);
      if (outcome === DONE) continue;
      this.#notCopied(outcome, step.field, row, WHOLE_RECORD);
      return false;
    }
    return true;
  }

  #measurement(row: number, index: number): void {
    const measurement = this.#measurements[index];
    if (measurement !== undefined) this.#measure(row, index, measurement);
  }

  #measure(row: number, index: number, { first, second, writers, write }: Compiled): void {
    const cursor = this.#cursor;
    cursor.measurement();
    let outcome = first.run(cursor);
    if (outcome !== DONE) {
      this.#notCopied(outcome, first.field, row, index);
      return;
    }
    outcome = second.run(cursor);
    if (outcome !== DONE) {
      this.#notCopied(outcome, second.field, row, index);
      return;
    }
    const { rows } = this;
    rows.begin(writers.length);
    outcome = write(cursor, rows);
    if (outcome === DONE) this.outcomes.copied();
    else this.#notCopied(outcome, writers[rows.undo()]?.field ?? "", row, index);
  }

  #notCopied(outcome: Outcome, field: string, row: number, measurement: number): void {
    this.outcomes.notCopied(outcome, field, { batch: this.#batch, row, measurement });
  }
}

/**
 * Batches in, binary COPY rows out. Every measurement is counted as exactly one of copied, empty, rejected or
 * filtered. What an object brought is kept apart until it has been read to its end, so that a bad object of a
 * group leaves no trace.
 */
import type { Batch, Reject } from "../decode/batch.ts";
import type { MonthCoverage, RangeCount, StationDescription, Tally } from "../postgres/verdict.ts";
import { isoDay } from "./calendar.ts";
import { CopyRows } from "./copy-rows.ts";
import { Cursor, DEFERRED, DONE, EMPTY, FILTERED, reasonOf, type SourceObject } from "./cursor.ts";
import type { AllocateKpis, KpiCounts, KpiEntry } from "./kpi-map.ts";
import type { Plan } from "./plan.ts";
import { Rejects } from "./rejects.ts";
import type { AllocateStations } from "./stations.ts";

/** Gives keys to what is met for the first time. */
export interface Allocate {
  readonly stations: AllocateStations;
  readonly kpis: AllocateKpis;
}

/** measurements = copied + empty + rejected + filtered. */
export interface MeasurementCounts {
  measurements: number;
  copied: number;
  empty: number;
  rejected: number;
  filtered: number;
}

export function noMeasurements(): MeasurementCounts {
  return { measurements: 0, copied: 0, empty: 0, rejected: 0, filtered: 0 };
}

const NO_VALUE = "no value";
/** Different sentinels counted by name; more are counted together. */
const SENTINELS_NAMED = 100;
const OTHER = "(other)";

/** What one object brought. */
class ObjectResult {
  readonly counts = noMeasurements();
  readonly rejects = new Rejects();
  readonly empty = new Map<string, number>();
}

export class Normaliser {
  readonly counts = noMeasurements();
  readonly rejects = new Rejects();
  readonly descriptions: StationDescription[] = [];
  /** Keys of the stations that have rows. */
  readonly stationsSeen = new Set<number>();
  readonly #plan: Plan;
  readonly #allocate: Allocate;
  readonly #cursor = new Cursor();
  readonly #rows = new CopyRows();
  readonly #empty = new Map<string, number>();
  readonly #kpis = new Map<KpiEntry, KpiCounts>();
  readonly #days: Int32Array;
  #object = new ObjectResult();
  #deferred: number[] = [];

  constructor(plan: Plan, allocate: Allocate) {
    this.#plan = plan;
    this.#allocate = allocate;
    this.#days = new Int32Array(plan.slice === undefined ? 0 : plan.slice.last - plan.slice.first + 1);
  }

  /** Begins an object; what the one before brought must have been committed or discarded. */
  begin(object: SourceObject): void {
    this.#cursor.object = object;
    this.#object = new ObjectResult();
    this.#plan.stations?.begin();
  }

  /** Stores a decoder's reject of the object at hand. */
  readonly reject = (reject: Reject): void => {
    this.#object.rejects.add(this.#cursor.object.objectId, reject);
  };

  /** COPY bytes of the object's batches. */
  async *rows(batches: AsyncIterable<Batch>): AsyncGenerator<Buffer> {
    for await (const batch of batches) {
      this.#deferred = [];
      this.#cursor.batch(batch);
      for (let row = 0; row < batch.rows; ) {
        row = this.#fill(batch, row);
        if (this.#rows.full) yield* this.#taken();
      }
      if (this.#deferred.length > 0) yield* this.#retry(batch);
    }
    yield* this.#taken();
  }

  /** The counts of the object at hand so far. */
  get objectCounts(): Readonly<MeasurementCounts> {
    return this.#object.counts;
  }

  /** Takes what the object brought into the load's sums. */
  commit(): void {
    const { counts, rejects, empty } = this.#object;
    for (const name of ["measurements", "copied", "empty", "rejected", "filtered"] as const)
      this.counts[name] += counts[name];
    this.rejects.merge(rejects);
    for (const [name, count] of empty) this.#empty.set(name, (this.#empty.get(name) ?? 0) + count);
    for (const { entry, counts: added } of this.#plan.kpis?.take() ?? []) this.#addKpi(entry, added);
    const { seen, descriptions } = this.#plan.stations?.take() ?? { seen: [], descriptions: [] };
    for (const key of seen) this.stationsSeen.add(key);
    this.descriptions.push(...descriptions);
  }

  /** Forgets what the object brought: none of its rows may be sent. */
  discard(): void {
    this.#plan.kpis?.take();
    this.#rows.take();
    this.#object = new ObjectResult();
  }

  /** The numbers behind the receipt's sums. */
  tallies(): Tally[] {
    const filtered = new Map<string, number>();
    for (const [entry, { filtered: count }] of this.#kpis) {
      if (count > 0) filtered.set(entry.name, (filtered.get(entry.name) ?? 0) + count);
    }
    return [
      ...[...filtered].map(([name, count]) => ({ kind: "filtered" as const, name, field: "", count })),
      ...[...this.#empty].map(([name, count]) => ({ kind: "empty" as const, name, field: "", count })),
      ...this.rejects
        .counts()
        .map(({ reason, field, count }) => ({ kind: "rejected" as const, name: reason, field, count })),
    ];
  }

  /** For KPIs with a credible range, whatever units they came in. */
  ranges(): RangeCount[] {
    const ranges = new Map<string, RangeCount>();
    for (const [entry, { outside, unflagged, example }] of this.#kpis) {
      if (!Number.isFinite(entry.low) && !Number.isFinite(entry.high)) continue;
      const name = `${entry.commonName} ${entry.commonUnit}`;
      const sum = ranges.get(name);
      ranges.set(name, {
        kpi: entry.commonName,
        unit: entry.commonUnit,
        outside: outside + (sum?.outside ?? 0),
        total: unflagged + (sum?.total ?? 0),
        example: sum?.example ?? (example === undefined ? null : String(example)),
      });
    }
    return [...ranges.values()];
  }

  /** Rows per month of the slice, months without rows left out; empty without a slice. */
  coverage(): MonthCoverage[] {
    const months = new Map<string, { rows: number; newest: string }>();
    for (const [index, rows] of this.#days.entries()) {
      if (rows === 0) continue;
      const day = isoDay((this.#plan.slice?.first ?? 0) + index);
      const month = `${day.slice(0, 7)}-01`;
      months.set(month, { rows: (months.get(month)?.rows ?? 0) + rows, newest: day });
    }
    return [...months].map(([month, { rows, newest }]) => ({ month, rows, newest }));
  }

  /** Normalises rows from `row` on until there is enough to send; returns the next row. */
  #fill(batch: Batch, row: number): number {
    const rows = this.#rows;
    let next = row;
    while (next < batch.rows && !rows.full) this.#normalise(batch, next++);
    return next;
  }

  #normalise(batch: Batch, row: number): void {
    const cursor = this.#cursor;
    const { steps, writers } = this.#plan;
    cursor.row(row, batch.fields);
    for (const step of steps) {
      const outcome = step.run(cursor);
      if (outcome !== DONE) {
        this.#refuse(batch, row, outcome, step.field);
        return;
      }
    }
    const rows = this.#rows;
    rows.begin(writers.length);
    for (const writer of writers) {
      const outcome = writer.write(cursor, rows);
      if (outcome !== DONE) {
        rows.undo();
        this.#refuse(batch, row, outcome, writer.field);
        return;
      }
    }
    this.#note();
  }

  /** A row was written. */
  #note(): void {
    const { counts } = this.#object;
    counts.measurements++;
    counts.copied++;
    const { stations, kpis, slice, measures } = this.#plan;
    const cursor = this.#cursor;
    if (stations === undefined) return;
    stations.note(cursor);
    if (slice !== undefined) {
      const index = cursor.day - slice.first;
      this.#days[index] = (this.#days[index] ?? 0) + 1;
    }
    const entry = kpis?.entries[cursor.kpi];
    if (entry === undefined || cursor.flagged || !measures) return;
    entry.counts.unflagged++;
    if (cursor.value < entry.low || cursor.value > entry.high) {
      entry.counts.outside++;
      entry.counts.example ??= cursor.value;
    }
  }

  #refuse(batch: Batch, row: number, outcome: number, field: string): void {
    if (outcome === DEFERRED) {
      this.#deferred.push(row);
      return;
    }
    const { counts, empty } = this.#object;
    counts.measurements++;
    if (outcome === FILTERED) {
      counts.filtered++;
      return;
    }
    if (outcome === EMPTY) {
      counts.empty++;
      const name = this.#cursor.sentinel ?? NO_VALUE;
      const counted = empty.has(name) || empty.size < SENTINELS_NAMED ? name : OTHER;
      empty.set(counted, (empty.get(counted) ?? 0) + 1);
      return;
    }
    counts.rejected++;
    const start = batch.records[row * 2] ?? 0;
    this.reject({
      reason: reasonOf(outcome) ?? "invalid text",
      field,
      line: batch.lines[row] ?? 0,
      byte: batch.offset + start,
      raw: batch.raw.subarray(start, batch.records[row * 2 + 1] ?? start),
    });
  }

  /** Rows whose station or KPI had no key: keys first, then the rows, in their order. */
  async *#retry(batch: Batch): AsyncGenerator<Buffer> {
    const waiting = this.#deferred;
    this.#deferred = [];
    await this.#plan.kpis?.allocate(this.#allocate.kpis);
    await this.#plan.stations?.allocate(this.#allocate.stations);
    for (const row of waiting) {
      this.#normalise(batch, row);
      if (this.#rows.full) yield* this.#taken();
    }
    // A row may wait twice: for its KPI first and, once that is known, for its station.
    if (this.#deferred.length > 0) yield* this.#retry(batch);
  }

  *#taken(): Generator<Buffer> {
    const bytes = this.#rows.take();
    if (bytes !== undefined) yield bytes;
  }

  #addKpi(entry: KpiEntry, added: KpiCounts): void {
    const sums = this.#kpis.get(entry);
    if (sums === undefined) {
      this.#kpis.set(entry, added);
      return;
    }
    sums.filtered += added.filtered;
    sums.unflagged += added.unflagged;
    sums.outside += added.outside;
    sums.example ??= added.example;
  }
}

/**
 * Batches in, binary COPY rows out. Every measurement is counted as exactly one of copied, empty, rejected or
 * filtered; a record that the pipeline's filter leaves out is counted as that and has no measurements. What an object
 * brought is kept apart until it has been read to its end, so that a bad object of a group leaves no trace.
 */
import type { Batch, RejectSink } from "../decode/batch.ts";
import type { KeyProof, MonthCoverage, RangeCount, StationDescription, Tally } from "../postgres/verdict.ts";
import type { SourceObject } from "./cursor.ts";
import { Descriptions } from "./descriptions.ts";
import type { AllocateKpis } from "./kpi-map.ts";
import type { Waiting } from "./outcomes.ts";
import type { Plan } from "./plan.ts";
import { Records } from "./records.ts";
import type { KeptReject, Rejects } from "./rejects.ts";
import type { AllocateStations } from "./stations.ts";
import { LoadSums, type MeasurementCounts, ObjectSums, type WholeRecords } from "./sums.ts";

/** Gives keys to what is met for the first time. */
export interface Allocate {
  readonly stations: AllocateStations;
  readonly kpis: AllocateKpis;
}

export class Normaliser {
  readonly #descriptions = new Descriptions();
  /** Keys of the stations that have rows. */
  readonly stationsSeen = new Set<number>();
  readonly #plan: Plan;
  readonly #allocate: Allocate;
  readonly #records: Records;
  readonly #sums = new LoadSums();

  constructor(plan: Plan, allocate: Allocate) {
    this.#plan = plan;
    this.#allocate = allocate;
    this.#records = new Records(plan);
  }

  /** Begins an object; what the one before brought must have been committed or discarded. */
  begin(object: SourceObject): void {
    this.#records.begin(object);
    this.#plan.kpis?.begin();
    this.#plan.stations?.begin();
  }

  /** Stores a decoder's reject of the object at hand. */
  get reject(): RejectSink {
    return this.#records.outcomes.reject;
  }

  /** COPY bytes of the object's batches. */
  async *rows(batches: AsyncIterable<Batch>): AsyncGenerator<Buffer> {
    const records = this.#records;
    for await (const batch of batches) {
      records.batch(batch);
      for (let row = 0; row < batch.rows; ) {
        row = records.fill(row);
        if (records.rows.full) yield* this.#taken();
      }
      const waiting = records.outcomes.takeWaiting();
      if (waiting.length > 0) yield* this.#retry(waiting);
    }
    yield* this.#taken();
  }

  /** Of the objects that were committed. */
  get counts(): Readonly<MeasurementCounts> {
    return this.#sums.counts;
  }

  /** What the objects that were committed told about stations, since it was taken last. */
  takeDescriptions(): StationDescription[] {
    return this.#descriptions.take();
  }

  /** Of the objects that were committed: records that the filter left out. Decoders count them as decoded. */
  get recordsFiltered(): number {
    return this.#sums.recordsFiltered;
  }

  /** Of the objects that were committed: records, and those refused as a whole. */
  get wholeRecords(): Readonly<WholeRecords> {
    return this.#sums.whole;
  }

  /** Of the objects that were committed. */
  get rejects(): Rejects {
    return this.#sums.rejects;
  }

  /** The counts of the object at hand so far. */
  get objectCounts(): Readonly<MeasurementCounts> {
    return this.#records.outcomes.object.counts;
  }

  /** The rejects of the object at hand so far. */
  get objectRejects(): readonly KeptReject[] {
    return this.#records.outcomes.object.rejects.kept;
  }

  /** Takes what the object brought into the load's sums. */
  commit(): void {
    const { filters, kpis, stations } = this.#plan;
    this.#sums.addObject(this.#records.outcomes.object);
    for (const { name, count } of filters?.take() ?? []) this.#sums.addFiltered(name, count);
    for (const { entry, counts } of kpis?.take() ?? []) this.#sums.addKpi(entry, counts);
    const { seen, descriptions } = stations?.take() ?? { seen: [], descriptions: [] };
    for (const key of seen) this.stationsSeen.add(key);
    this.#descriptions.add(descriptions);
  }

  /** Forgets what the object brought: none of its rows may be sent. */
  discard(): void {
    this.#plan.filters?.take();
    this.#plan.kpis?.take();
    this.#records.rows.take();
    this.#records.outcomes.object = new ObjectSums();
  }

  /** The numbers behind the receipt's sums. */
  tallies(): Tally[] {
    return this.#sums.tallies();
  }

  /** For KPIs with a credible range, whatever units they came in. */
  ranges(): RangeCount[] {
    return this.#sums.ranges();
  }

  /** Rows per month of the slice, months without rows left out; empty without a slice. */
  coverage(): MonthCoverage[] {
    return this.#records.outcomes.slice.coverage();
  }

  /** Whether the rows of the slice have keys of their own. */
  get keys(): KeyProof {
    return this.#records.outcomes.slice.keys;
  }

  /** What had no key for its station or KPI: keys first, then the records and measurements, in their order. */
  async *#retry(waiting: readonly Waiting[]): AsyncGenerator<Buffer> {
    await this.#plan.kpis?.allocate(this.#allocate.kpis);
    await this.#plan.stations?.allocate(this.#allocate.stations);
    for (const one of waiting) {
      this.#records.again(one);
      if (this.#records.rows.full) yield* this.#taken();
    }
    // A measurement may wait twice: for its KPI first and, once that is known, for its station.
    const still = this.#records.outcomes.takeWaiting();
    if (still.length > 0) yield* this.#retry(still);
  }

  *#taken(): Generator<Buffer> {
    const bytes = this.#records.rows.take();
    if (bytes !== undefined) yield bytes;
  }
}

/**
 * A load of one object without a database and without writing anything: the same decompressing, decoding and
 * normalising, but told record by record. The normaliser gets batches of single records, cut from the decoder's, so
 * that its own way stays as fast as it is.
 */
import type { Pipeline } from "../config/pipeline.ts";
import { type Batch, noRecords, RAW_LIMIT, type Reject } from "../decode/batch.ts";
import { openDecoder } from "../decode/decoder.ts";
import { decompress, noBytes } from "../decode/decompress.ts";
import { requireRecords } from "../decode/require-records.ts";
import { MillraceError, type Place } from "../errors.ts";
import { withAddedColumns } from "../normalise/added-columns.ts";
import { compilePlan, type Plan } from "../normalise/plan.ts";
import { printable } from "../normalise/rejects.ts";
import type { MeasurementCounts } from "../normalise/sums.ts";
import { MemoryKeys } from "./keys.ts";
import { rowReader } from "./readable.ts";
import type { DryRecord, RecordField } from "./record.ts";
import { Refusals } from "./refusals.ts";
import { WatchedNormaliser } from "./watched.ts";

/** The object that is read. */
export interface DryRunSource {
  readonly key: string;
  /** What the key tells, by the pipeline's template. */
  readonly variables: Readonly<Record<string, string>>;
  /** The bytes as stored; destroyed when reading ends, if it is a stream. */
  readonly body: AsyncIterable<Buffer>;
  /** For errors. */
  readonly place: Place;
}

export interface DryRunOptions {
  /** Seconds since 1970 that count as now. */
  readonly now: number;
  /** Records after which reading ends; without it the object is read to its end. */
  readonly limit?: number;
}

/** measurements = copied + empty + rejected + filtered; records that the filter leaves out have none. */
export interface DryCounts extends MeasurementCounts {
  readonly recordsFiltered: number;
}

const NOTHING: DryCounts = {
  measurements: 0,
  copied: 0,
  empty: 0,
  rejected: 0,
  filtered: 0,
  recordsFiltered: 0,
};

/** To be read once. Its counts are complete when `records` has ended. Memory is bounded, whatever the object holds. */
export class DryRun {
  readonly bytes = noBytes();
  /** The decoder's, which may be ahead of the records yielded. */
  readonly recordCounts = noRecords();
  /** False when the limit came before the object's end. */
  complete = false;
  readonly #pipeline: Pipeline;
  readonly #source: DryRunSource;
  readonly #options: DryRunOptions;
  #normaliser: WatchedNormaliser | undefined;
  #refused = 0;
  #yielded = 0;

  constructor(pipeline: Pipeline, source: DryRunSource, options: DryRunOptions) {
    this.#pipeline = pipeline;
    this.#source = source;
    this.#options = options;
  }

  /** Of the records yielded so far. */
  get counts(): DryCounts {
    return this.#normaliser?.counts ?? NOTHING;
  }

  /** Of the records yielded so far, those that the decoder refused. */
  get refused(): number {
    return this.#refused;
  }

  get #limit(): number {
    return this.#options.limit ?? Number.POSITIVE_INFINITY;
  }

  /** Throws what the decompressor and the decoder throw about the object, and CONFIG_INVALID. */
  async *records(): AsyncGenerator<DryRecord> {
    try {
      for await (const record of this.#all()) {
        this.#yielded++;
        yield record;
        if (this.#yielded >= this.#limit) return;
      }
      this.complete = true;
    } catch (error) {
      throw error instanceof MillraceError ? error.at(this.#source.place) : error;
    }
  }

  async *#all(): AsyncGenerator<DryRecord> {
    const pipeline = this.#pipeline;
    const { key, variables, body, place } = this.#source;
    const { format } = pipeline;
    const keys = new MemoryKeys(pipeline);
    const plan = compilePlan({
      pipeline,
      ...yearOf(pipeline, variables),
      stations: keys.stations,
      kpis: keys.kpis,
      now: this.#options.now,
    });
    const object = { objectId: 0, key, variables };
    const normaliser = new WatchedNormaliser(plan, keys, rowReader(pipeline, keys), object);
    this.#normaliser = normaliser;
    const refusals = new Refusals();
    const context = {
      columns: plan.columns,
      rowsFor: plan.rowsFor,
      counts: this.recordCounts,
      reject: (reject: Reject) => {
        // A window of nothing but line ends holds more than anyone asked for.
        if (refusals.length < this.#limit - this.#yielded) refusals.add(refusedRecord(reject));
      },
    };
    const decode = withAddedColumns(openDecoder(format), plan, object);
    const chunks = refusals.hold(decompress(body, place, this.bytes, { format }));
    for await (const batch of refusals.between(decode(chunks, context))) {
      if (batch === "held") {
        yield* this.#told(refusals, Number.POSITIVE_INFINITY);
        continue;
      }
      for (let row = 0; row < batch.rows; row++) {
        const record = recordOf(batch, row, plan);
        // The decoder refuses records while it goes on to fill a batch; told are all in the order of the object.
        yield* this.#told(refusals, record.byte);
        yield { ...record, ...(await normaliser.normalise(single(batch, row))) };
      }
    }
    yield* this.#told(refusals, Number.POSITIVE_INFINITY);
    requireRecords(pipeline, this.recordCounts, place);
  }

  *#told(refusals: Refusals, before: number): Generator<DryRecord> {
    for (const record of refusals.before(before)) {
      this.#refused++;
      yield record;
    }
  }
}

/** The year that the object replaces, if it does. */
function yearOf({ merge }: Pipeline, variables: Readonly<Record<string, string>>): { year?: number } {
  if (merge.mode !== "replace" || merge.slice !== "year") return {};
  return { year: Number(variables[merge.year]) };
}

function refusedRecord({ reason, field, line, byte, raw }: Reject): DryRecord {
  const rejects = [{ reason, field: field ?? null }];
  return { line, byte, raw: printable(raw), fields: [], rows: [], rejects, leftOut: [] };
}

function recordOf(
  batch: Batch,
  row: number,
  { columns }: Plan,
): Pick<DryRecord, "line" | "byte" | "raw" | "fields"> {
  const start = batch.records[row * 2] ?? 0;
  const end = batch.records[row * 2 + 1] ?? start;
  return {
    line: batch.lines[row] ?? 0,
    byte: batch.offset + start,
    raw: printable(batch.raw.subarray(start, Math.min(end, start + RAW_LIMIT + 1))),
    fields: fieldsOf(batch, row, columns),
  };
}

/** In the order of the record, as far as that can be told, rather than that in which the plan asks for them. */
function fieldsOf(batch: Batch, row: number, columns: readonly string[]): RecordField[] {
  const places = columns.map((column, index) => {
    const at = (row * batch.fields + index) * 2;
    return { column, from: batch.bounds[at] ?? -1, to: batch.bounds[at + 1] ?? -1 };
  });
  const order = (from: number): number => (from < 0 ? Number.MAX_SAFE_INTEGER : from);
  return places
    .toSorted((one, other) => order(one.from) - order(other.from))
    .map(({ column, from, to }) => ({
      column,
      text: from < 0 ? null : batch.bytes.toString("utf8", from, to),
    }));
}

/** One row of a batch as a batch of its own: the same bytes, its own places. */
function single(batch: Batch, row: number): Batch {
  const { fields } = batch;
  return {
    ...batch,
    bounds: batch.bounds.subarray(row * fields * 2, (row + 1) * fields * 2),
    rows: 1,
    records: batch.records.subarray(row * 2, row * 2 + 2),
    lines: batch.lines.subarray(row, row + 1),
  };
}

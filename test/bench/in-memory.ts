/** The contenders that need no database: gunzip alone, and the reading half of a load with its rows thrown away. */
import { Readable } from "node:stream";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { noRecords } from "../../src/decode/batch.ts";
import { openDecoder } from "../../src/decode/decoder.ts";
import { decompress, noBytes } from "../../src/decode/decompress.ts";
import { KeyTable } from "../../src/normalise/key-table.ts";
import { type Allocate, Normaliser } from "../../src/normalise/normaliser.ts";
import { compilePlan } from "../../src/normalise/plan.ts";
import { expectEqual } from "./verify.ts";
import { YEAR, type YearFile } from "./worlds/years.ts";

/** A year in memory. */
export interface HeldYear {
  /** The file as it stands in the bucket. */
  readonly stored: Buffer;
  /** Its content in chunks, as gunzip delivers it. */
  readonly chunks: readonly Buffer[];
  readonly totals: YearFile;
}

const PLACE = { bucket: "bench", key: `${YEAR}.csv.gz` };

/** Gunzip with Millrace's own checks, the content thrown away: no reader of the file can be faster. */
export async function gunzipOnly(year: HeldYear): Promise<void> {
  const counts = noBytes();
  for await (const _ of content(year, counts));
  expectEqual("bytes", counts.decompressed, year.totals.bytes);
}

/** From the stored file to COPY bytes. */
export async function gunzipAndNormalise(year: HeldYear, pipeline: Pipeline): Promise<void> {
  await normalise(content(year, noBytes()), year, pipeline);
}

/** From the decompressed content, held in memory, to COPY bytes. */
export async function normaliseOnly(year: HeldYear, pipeline: Pipeline): Promise<void> {
  await normalise(Readable.from(year.chunks), year, pipeline);
}

function content({ stored }: HeldYear, counts: ReturnType<typeof noBytes>): AsyncGenerator<Buffer> {
  return decompress(Readable.from(slices(stored)), PLACE, counts);
}

/** As a socket delivers it. */
function* slices(stored: Buffer): Generator<Buffer> {
  const size = 64 * 1024;
  for (let at = 0; at < stored.length; at += size) yield stored.subarray(at, at + size);
}

async function normalise(
  chunks: AsyncIterable<Buffer>,
  { totals }: HeldYear,
  pipeline: Pipeline,
): Promise<void> {
  const kpis = pipeline.kpiList.map(({ to, unit }, index) => ({
    kpiKey: index + 1,
    commonName: to,
    commonUnit: unit,
  }));
  const plan = compilePlan({
    pipeline,
    year: YEAR,
    stations: { ids: new KeyTable(), keys: [] },
    kpis,
    now: Date.UTC(YEAR + 1) / 1000,
  });
  const normaliser = new Normaliser(plan, keysInMemory());
  const records = noRecords();
  normaliser.begin({ objectId: 1, key: PLACE.key, variables: { year: String(YEAR) } });
  const decode = openDecoder(pipeline.format);
  const context = { columns: plan.columns, counts: records, reject: normaliser.reject };
  let bytes = 0;
  for await (const piece of normaliser.rows(decode(chunks, context))) bytes += piece.length;
  normaliser.commit();
  expectEqual("records", records.decoded, totals.rows);
  expectEqual("rejects", records.rejected + normaliser.counts.rejected, 0);
  expectEqual("rows copied and filtered", normaliser.counts.copied + normaliser.counts.filtered, totals.rows);
  if (bytes === 0) throw new Error("no COPY bytes came out");
}

function keysInMemory(): Allocate {
  let next = 1;
  return {
    stations: (ids) => Promise.resolve(new Map(ids.map((id) => [id, next++]))),
    kpis: () => Promise.reject(new Error("the NOAA pipeline lists its KPIs")),
  };
}

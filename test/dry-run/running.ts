/** Dry runs in tests: a pipeline over some bytes; and what a load would make of them. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { noRecords } from "../../src/decode/batch.ts";
import { openDecoder } from "../../src/decode/decoder.ts";
import { copyFields } from "../../src/dry-run/copy-reader.ts";
import { DryRun } from "../../src/dry-run/dry-run.ts";
import { readKey } from "../../src/dry-run/key.ts";
import { MemoryKeys } from "../../src/dry-run/keys.ts";
import { rowReader } from "../../src/dry-run/readable.ts";
import type { DryRecord } from "../../src/dry-run/record.ts";
import { withAddedColumns } from "../../src/normalise/added-columns.ts";
import { Normaliser } from "../../src/normalise/normaliser.ts";
import { compilePlan } from "../../src/normalise/plan.ts";

/** 2026-01-01T00:00:00Z, in seconds. */
export const NOW = Date.UTC(2026, 0, 1) / 1000;

export interface RunOptions {
  readonly key?: string;
  readonly limit?: number;
}

/** A run over these bytes, and the stream that it reads. */
export function runOver(
  pipeline: Pipeline,
  bytes: string | Buffer,
  { key = "data/2020.csv.gz", limit }: RunOptions = {},
): { run: DryRun; body: Readable } {
  const body = Readable.from(pieces(Buffer.from(bytes)), { objectMode: true });
  const source = { ...readKey(pipeline, key), body, place: { bucket: "a-bucket", key } };
  return { run: new DryRun(pipeline, source, { now: NOW, ...(limit === undefined ? {} : { limit }) }), body };
}

/** All records of a run. */
export async function recordsOf(
  pipeline: Pipeline,
  bytes: string | Buffer,
  options: RunOptions = {},
): Promise<DryRecord[]> {
  return Array.fromAsync(runOver(pipeline, bytes, options).run.records());
}

/** Of a size that cuts records. */
function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 1000) yield bytes.subarray(at, at + 1000);
}

/** The same bytes through the normaliser in whole batches, as a load does it. */
export async function loadedRows(pipeline: Pipeline, text: string): Promise<object[]> {
  const keys = new MemoryKeys(pipeline);
  const { stations, kpis } = keys;
  const plan = compilePlan({ pipeline, year: 2020, stations, kpis, now: NOW });
  const normaliser = new Normaliser(plan, keys.allocate);
  const object = { objectId: 1, key: "data/2020.csv.gz", variables: { year: "2020" } };
  normaliser.begin(object);
  const context = { columns: plan.columns, counts: noRecords(), reject: normaliser.reject };
  const decode = withAddedColumns(openDecoder(pipeline.format), plan, object);
  const batches = decode(Readable.from([Buffer.from(text)]), context);
  const pieces = await Array.fromAsync(normaliser.rows(batches));
  const bytes = Buffer.concat(pieces);
  assert.equal(copyFields(bytes).length, normaliser.objectCounts.copied);
  return rowReader(pipeline, keys)(bytes);
}

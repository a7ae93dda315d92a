/** What `infer` makes of a sample, and what comes of that. */
import assert from "node:assert/strict";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { readPipeline } from "../../src/config/read.ts";
import { DryRun } from "../../src/dry-run/dry-run.ts";
import type { ReadableRow } from "../../src/dry-run/readable.ts";
import { openFile } from "../../src/dry-run/source.ts";
import { inferPipeline } from "../../src/infer/infer.ts";

interface Guess {
  readonly yaml: string;
  readonly pipeline: Pipeline;
  /** Of the whole file, under the guessed pipeline. */
  readonly rows: readonly ReadableRow[];
  readonly rejects: number;
}

/** Infers from a file, and runs what was inferred over it. */
export async function guess(t: TestContext, file: string): Promise<Guess> {
  const { yaml } = await inferPipeline(createReadStream(file), { sample: file, place: { file } });
  const folder = await mkdtemp(join(tmpdir(), "millrace-infer-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "guess.yaml"), yaml);
  const { pipeline, problems } = await readPipeline(join(folder, "guess.yaml"));
  assert.deepEqual(problems, [], yaml);
  assert(pipeline !== undefined);
  const run = new DryRun(pipeline, await openFile(pipeline, file), { now: Date.now() / 1000 });
  const records = await Array.fromAsync(run.records());
  const rows = records.flatMap((record) => record.rows);
  return { yaml, pipeline, rows, rejects: records.flatMap((record) => record.rejects).length };
}

/** The same from a file of this name and content. */
export async function guessText(t: TestContext, name: string, content: string | Buffer): Promise<Guess> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-sample-"));
  t.after(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), content);
  return guess(t, join(folder, name));
}

/** Values by what they are of. */
export function valuesOf(rows: readonly ReadableRow[]): (string | null | undefined)[][] {
  return rows.map((row) => [
    row["station_id"],
    row["time_"] ?? row["date_"],
    row["common_kpi_name"],
    row["data_value"],
  ]);
}

/** Where a load's reading half spends its time: gunzip, decode and normalise without endpoint and Postgres. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { Pipeline } from "../../../src/config/pipeline.ts";
import { readPipelines } from "../../../src/config/read.ts";
import type { Bench } from "../bench-context.ts";
import { withEndpoint } from "../endpoint.ts";
import { gunzipAndNormalise, gunzipOnly, type HeldYear, normaliseOnly } from "../in-memory.ts";
import type { Round, Section } from "../report.ts";
import { fileOf, keyOf, makeYear, NOAA_BUCKET, onlyYear, YEAR } from "../worlds/years.ts";
import { speedOf } from "./ceiling.ts";
import { type Contender, inTurn } from "./rounds.ts";

/** More rows would need more memory and tell nothing new. */
const MOST_ROWS = 5_000_000;

/** In this process, warmed up by a first run that does not count; processor time is the main thread's. */
export async function decode(bench: Bench): Promise<Section> {
  const rows = Math.min(bench.options.rows, MOST_ROWS);
  const years = await makeYear(bench.data, rows);
  const stored = await readFile(fileOf(years, YEAR));
  const chunks: Buffer[] = [];
  for await (const chunk of Readable.from([stored]).pipe(createGunzip({ chunkSize: 256 * 1024 }))) {
    chunks.push(chunk as Buffer);
  }
  const held: HeldYear = { stored, chunks, totals: onlyYear(years) };
  const pipeline = await noaaDaily();
  const contender = (name: string, work: () => Promise<void>): Contender => ({
    name,
    count: rows,
    unit: "rows",
    run: () => timed(work),
  });
  await gunzipAndNormalise(held, pipeline);
  const { figures } = await inTurn(bench, [
    contender("gunzip", () => gunzipOnly(held)),
    contender("gunzip, decode, normalise", () => gunzipAndNormalise(held, pipeline)),
    contender("decode, normalise", () => normaliseOnly(held, pipeline)),
  ]);
  const speed = await withEndpoint(years.folder, (endpoint) =>
    speedOf(endpoint, `${NOAA_BUCKET}/${keyOf(YEAR)}`),
  );
  return {
    title: `The reading half alone, ${rows} rows, nothing kept`,
    figures,
    goals: [],
    notes: [
      "In the bench's own process, which has warmed up; CPU s is the main thread's (gunzip has another one).",
      `The endpoint gives a plain client ${Math.round(speed / 1e6)} MB/s of the stored year, which has ${Math.round(stored.length / 1e6)} MB.`,
    ],
  };
}

async function noaaDaily(): Promise<Pipeline> {
  const { pipelines } = await readPipelines(join(import.meta.dirname, "../../../pipelines"));
  const found = pipelines.find(({ name }) => name === "noaa-daily");
  if (found === undefined) throw new Error("there is no pipeline noaa-daily");
  return found;
}

async function timed(work: () => Promise<void>): Promise<Round> {
  const before = process.threadCpuUsage();
  const began = performance.now();
  await work();
  const wall = (performance.now() - began) / 1000;
  const { user, system } = process.threadCpuUsage(before);
  return { wall, cpu: (user + system) / 1e6, peak: Number.NaN, postgresCpu: Number.NaN };
}

/** `npm run bench`: how fast Millrace is on this machine. See RESULTS.md for what is measured and how. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { readPipelines } from "../../src/config/read.ts";
import { openDatabase } from "../../src/postgres/connect.ts";
import { startEmbedded } from "../../src/postgres/embedded.ts";
import { type Endpoint, startEndpoint } from "./endpoint.ts";
import { gunzipAndNormalise, gunzipOnly, normaliseOnly } from "./in-memory.ts";
import { describeMachine, type Machine } from "./machine.ts";
import { type Figure, figureOf, print } from "./print.ts";
import { smallObjects } from "./small-objects.ts";
import { type Timing, time } from "./stopwatch.ts";
import { rawCopy, type Server, type WholeWay, wholeWay } from "./whole-way.ts";
import { type BenchYear, makeYear, YEAR } from "./year.ts";

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "2000000" },
    objects: { type: "string", default: "2000" },
    repeat: { type: "string", default: "5" },
    json: { type: "boolean", default: false },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs once to warm up (compiling is not what is measured), then as often as asked. */
async function repeatedly(name: string, times: number, work: () => Promise<void>): Promise<Timing[]> {
  say(name);
  await work();
  const timings: Timing[] = [];
  while (timings.length < times) timings.push(await time(work));
  return timings;
}

async function inMemory(year: BenchYear, pipeline: Pipeline, times: number): Promise<Figure[]> {
  const { rows } = year.totals;
  return [
    figureOf("gunzip alone", rows, await repeatedly("gunzip …", times, () => gunzipOnly(year))),
    figureOf(
      "gunzip, decode, normalise",
      rows,
      await repeatedly("gunzip, decode, normalise …", times, () => gunzipAndNormalise(year, pipeline)),
    ),
    figureOf(
      "decode, normalise",
      rows,
      await repeatedly("decode, normalise …", times, () => normaliseOnly(year, pipeline)),
    ),
  ];
}

/** The whole way and the raw COPY in turn, so that whatever else the machine does meets both. */
async function withDatabase(
  server: Server,
  year: BenchYear,
  pipeline: Pipeline,
  times: number,
): Promise<Figure[]> {
  const ways: WholeWay[] = [];
  const raws: Timing[] = [];
  for (let round = 0; round < times; round++) {
    say(`to production, and raw COPY: ${round + 1} of ${times} …`);
    ways.push(await wholeWay(server, year, pipeline));
    raws.push(await rawCopy(server, year));
  }
  const { rows } = year.totals;
  const runs = ways.map(({ run }) => run);
  const loads = ways.map(({ run, load }) => ({ ...run, wall: load }));
  return [
    figureOf("S3 to production: the load", rows, loads, raws),
    figureOf("with listing and mart", rows, runs, raws),
    figureOf("raw text COPY, no index (R)", rows, raws),
  ];
}

async function main(): Promise<void> {
  const [rows, objects, times] = [Number(values.rows), Number(values.objects), Number(values.repeat)];
  const { pipelines } = await readPipelines(join(import.meta.dirname, "..", "..", "pipelines"));
  const shipped = (name: string): Pipeline => {
    const found = pipelines.find((pipeline) => pipeline.name === name);
    if (found === undefined) throw new Error(`there is no pipeline ${name}`);
    return found;
  };
  say(`generating ${rows} rows …`);
  const year = makeYear(rows);
  const daily = shipped("noaa-daily");
  const figures = await inMemory(year, daily, times);

  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  const postgres = await startEmbedded(folder, { port: 0 });
  const administration = openDatabase(postgres.url, { applicationName: "millrace bench", max: 1 });
  const server = { url: postgres.url, administration };
  let endpoint: Endpoint | undefined;
  try {
    const key = `csv.gz/by_year/${YEAR}.csv.gz`;
    endpoint = await startEndpoint([{ bucket: daily.objects.bucket, key, body: year.stored }]);
    figures.push(...(await withDatabase(server, year, at(daily, endpoint), times)));
    await endpoint.stop();
    endpoint = undefined;
    say(`${objects} small objects …`);
    figures.push(...(await smallObjects(server, shipped("openaq-archive"), objects, times)));
    const machine: Machine = await describeMachine(administration);
    print(
      { machine, rows, bytes: year.bytes, stored: year.stored.length, repeat: times, figures },
      values.json,
    );
  } finally {
    await endpoint?.stop();
    await administration.close();
    await postgres.stop();
    await rm(folder, { recursive: true });
  }
}

function at(pipeline: Pipeline, { url }: Endpoint): Pipeline {
  return { ...pipeline, objects: { ...pipeline.objects, endpoint: url } };
}

await main();

/** The contenders with a database: the whole way to production, and the raw COPY that it is held against. */
import { Readable } from "node:stream";
import { pipeline as stream } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { Client, escapeIdentifier } from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Environment } from "../../src/config/environment.ts";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { connectionsFor, createEngine, prepareDatabase } from "../../src/daemon/engine.ts";
import { runOnce } from "../../src/daemon/once.ts";
import type { MillraceEvent } from "../../src/observe/events.ts";
import { type Database, openDatabase } from "../../src/postgres/connect.ts";
import { expectEqual } from "./in-memory.ts";
import { type Timing, time } from "./stopwatch.ts";
import { type BenchYear, YEAR } from "./year.ts";

/** Where contenders work: a server, on which each gets a database of its own. */
export interface Server {
  readonly url: string;
  readonly administration: Database;
}

export interface WholeWay {
  /** `run --once`: listing, load, marts. */
  readonly run: Timing;
  /** The load alone, in seconds: claim to commit. */
  readonly load: number;
}

/** One year file of noaa-daily from the endpoint to production, in a database that has never seen it. */
export async function wholeWay(server: Server, year: BenchYear, pipeline: Pipeline): Promise<WholeWay> {
  const { run, loads } = await runPipeline(server, pipeline, (database) => expectYear(database, year));
  return { run, load: loads };
}

/**
 * What `run --once` does, with one pipeline in a fresh database; `verify` then looks at what landed. `loads` are the
 * seconds of all loads together.
 */
export async function runPipeline(
  server: Server,
  pipeline: Pipeline,
  verify: (database: Database) => Promise<void>,
): Promise<{ run: Timing; loads: number }> {
  return withFreshDatabase(server, async (url) => {
    const environment = environmentFor(url);
    const database = openDatabase(url, {
      applicationName: "millrace bench",
      max: connectionsFor(environment.limits),
    });
    const events: MillraceEvent[] = [];
    const emit = (event: MillraceEvent): void => void events.push(event);
    const { signal } = new AbortController();
    const engine = createEngine(environment, database, emit, signal);
    try {
      await prepareDatabase(database, [pipeline], emit);
      await server.administration.query("checkpoint");
      const options = { pipelines: [pipeline], range: {}, reload: false, atOnce: 1 };
      const run = await time(async () => {
        if (await runOnce(options, { ...engine, signal })) return;
        throw new Error(`the run failed: ${JSON.stringify(events.filter(isTrouble))}`);
      });
      await verify(database);
      return { run, loads: secondsOfLoads(events) };
    } finally {
      engine.close();
      await database.close();
    }
  });
}

/** Every field of every row as text into an unlogged table without an index: what COPY can do at best. */
export async function rawCopy(server: Server, { stored, totals }: BenchYear): Promise<Timing> {
  return withFreshDatabase(server, async (url) => {
    const client = new Client(url);
    await client.connect();
    try {
      await client.query(
        "create unlogged table raw (a text, b text, c text, d text, e text, f text, g text, h text)",
      );
      await server.administration.query("checkpoint");
      const copy = copyFrom("copy raw from stdin (delimiter ',')");
      const timing = await time(async () => {
        const done = client.query(copy);
        await stream(Readable.from([stored]), createGunzip({ chunkSize: 256 * 1024 }), done);
      });
      expectEqual("raw rows", copy.rowCount, totals.rows);
      return timing;
    } finally {
      await client.end();
    }
  });
}

async function withFreshDatabase<T>(
  { url, administration }: Server,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const name = `bench_${process.pid}`;
  await administration.query(`create database ${escapeIdentifier(name)} template template0 encoding 'UTF8'`);
  try {
    const own = new URL(url);
    own.pathname = `/${name}`;
    return await work(own.href);
  } finally {
    await administration.query(`drop database ${escapeIdentifier(name)} with (force)`);
  }
}

function environmentFor(databaseUrl: string): Environment {
  return {
    databaseUrl,
    pipelines: "",
    dataDir: "",
    http: { host: "127.0.0.1", port: 0, explicit: false },
    s3: { region: "us-east-1", anonymous: true },
    logLevel: "silent",
    limits: { pipelines: 2, loads: 2, bytesInFlight: 2 ** 28 },
  };
}

/** Counts, flags and sums of what landed against what the generator says that it wrote. */
async function expectYear(database: Database, { totals }: BenchYear): Promise<void> {
  const rows = await database.query<{ kpi: string; rows: number; flagged: number; sum: string }>(
    `select common_kpi_name as kpi, count(*)::integer as rows, count(quality_flag)::integer as flagged,
       sum(data_value * factor_back) filter (where quality_flag is null)::bigint::text as sum
     from production.f_climate_data_flagged
     join (select distinct common_kpi_name, round(1 / factor) as factor_back from production.d_kpi_names) k
       using (common_kpi_name)
     where date_ >= $1 and date_ < $2
     group by common_kpi_name`,
    [`${YEAR}-01-01`, `${YEAR + 1}-01-01`],
  );
  for (const kpi of ["TMAX", "TMIN", "PRCP", "SNOW", "SNWD"] as const) {
    const found = rows.find((row) => row.kpi === kpi);
    const { rows: expected, flagged, sum } = totals.elements[kpi];
    expectEqual(`${kpi} rows`, found?.rows, expected);
    expectEqual(`${kpi} flagged rows`, found?.flagged, flagged);
    expectEqual(`${kpi} sum`, found?.sum, String(sum));
  }
  expectEqual("KPIs", rows.length, 5);
}

function secondsOfLoads(events: readonly MillraceEvent[]): number {
  return events.reduce((sum, event) => sum + (event.type === "load.finished" ? event.seconds : 0), 0);
}

function isTrouble(event: MillraceEvent): boolean {
  return event.type === "pass.failed" || (event.type === "load.finished" && event.outcome !== "loaded");
}

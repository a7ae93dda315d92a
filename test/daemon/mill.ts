/** The whole of Millrace in this process, on a real S3 endpoint and a real database of the test's own. */
import { gzipSync } from "node:zlib";
import type { Environment } from "../../src/config/environment.ts";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { readPipelines } from "../../src/config/read.ts";
import { createEngine, prepareDatabase } from "../../src/daemon/engine.ts";
import { runOnce } from "../../src/daemon/once.ts";
import { type DemoBucket, serveObjects } from "../../src/demo/endpoint.ts";
import type { DateRange } from "../../src/discover/job.ts";
import type { MillraceEvent } from "../../src/observe/events.ts";
import type { Database } from "../../src/postgres/connect.ts";
import { testDatabase } from "../database.ts";

export interface Mill {
  readonly bucket: DemoBucket;
  readonly database: Database;
  readonly url: string;
  /** Everything that was announced since the last run began. */
  readonly events: MillraceEvent[];
  /** What `run --once` does; resolves with whether all went well. */
  run(options?: RunOptions): Promise<boolean>;
}

interface RunOptions {
  readonly pipelines?: readonly Pipeline[];
  readonly range?: DateRange;
  readonly reload?: boolean;
  readonly signal?: AbortSignal;
}

interface Scope {
  after(cleanUp: () => Promise<void>): void;
}

export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
}

/** The shipped pipelines of these names. */
export async function shipped(...names: string[]): Promise<Pipeline[]> {
  const { pipelines, problems } = await readPipelines("pipelines");
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return pipelines.filter(({ name }) => names.includes(name));
}

/** Serves the objects and migrates a database; both are gone when the scope ends. */
export async function openMill(
  scope: Scope,
  pipelines: readonly Pipeline[],
  objects: readonly StoredObject[],
): Promise<Mill> {
  const bucket = await serveObjects(objects);
  scope.after(() => bucket.stop());
  const { database, url } = await testDatabase(scope);
  const events: MillraceEvent[] = [];
  const environment: Environment = {
    databaseUrl: url,
    pipelines: "pipelines",
    dataDir: "",
    http: { host: "127.0.0.1", port: 0, explicit: false },
    s3: { endpoint: bucket.endpoint, anonymous: true },
    logLevel: "silent",
    limits: { pipelines: 2, loads: 2, bytesInFlight: 2 ** 28 },
  };
  const run = async (options: RunOptions = {}): Promise<boolean> => {
    events.length = 0;
    const emit = (event: MillraceEvent): void => void events.push(event);
    const signal = options.signal ?? new AbortController().signal;
    const chosen = options.pipelines ?? pipelines;
    const engine = createEngine(environment, database, emit, signal);
    try {
      await prepareDatabase(database, chosen, emit);
      const { range = {}, reload = false } = options;
      return await runOnce({ pipelines: chosen, range, reload, atOnce: 2 }, { ...engine, signal });
    } finally {
      engine.close();
    }
  };
  return { bucket, database, url, events, run };
}

export const NOAA = "noaa-ghcn-pds";
export const ARCHIVE = "openaq-data-archive";
export const FETCHES = "openaq-fetches";

export function yearKey(year: number): string {
  return `csv.gz/by_year/${year}.csv.gz`;
}

/** A year file of GHCN-Daily from its lines. */
export function yearFile(year: number, lines: readonly string[]): StoredObject {
  return { bucket: NOAA, key: yearKey(year), body: gzipSync(lines.map((line) => `${line}\n`).join("")) };
}

export function archiveKey(location: number, day: string): string {
  const [year = "", month = ""] = day.split("-");
  const compact = day.replaceAll("-", "");
  return `records/csv.gz/locationid=${location}/year=${year}/month=${month}/location-${location}-${compact}.csv.gz`;
}

/** The whole of Millrace in this process, on a real S3 endpoint and a real database of the test's own. */
import { gzipSync } from "node:zlib";
import type { Environment } from "../../src/config/environment.ts";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { readPipelines } from "../../src/config/read.ts";
import { createEngine, prepareDatabase } from "../../src/daemon/engine.ts";
import { runOnce } from "../../src/daemon/once.ts";
import { type Pause, watch } from "../../src/daemon/watch.ts";
import { type DemoBucket, serveObjects } from "../../src/demo/endpoint.ts";
import type { DateRange } from "../../src/discover/job.ts";
import type { MillraceEvent } from "../../src/observe/events.ts";
import type { Database } from "../../src/postgres/connect.ts";
import { testDatabase } from "../database.ts";

export interface Mill {
  readonly bucket: DemoBucket;
  readonly database: Database;
  readonly url: string;
  /** What its runs are given, but for the S3 endpoint. */
  readonly environment: Environment;
  /** Everything that was announced since the last run began. */
  readonly events: MillraceEvent[];
  /** What `run --once` does; resolves with whether all went well. */
  run(options?: RunOptions): Promise<boolean>;
  /** What the daemon does, until the signal aborts; `pause` is how time passes between passes. */
  watch(pause: Pause, signal: AbortSignal): Promise<void>;
}

interface RunOptions {
  readonly pipelines?: readonly Pipeline[];
  readonly range?: DateRange;
  readonly reload?: boolean;
  readonly signal?: AbortSignal;
  /** Another S3 endpoint than the mill's own. */
  readonly endpoint?: string;
  /** Hears what this run announces. */
  readonly listener?: (event: MillraceEvent) => void;
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
    s3: { region: "us-east-1", anonymous: true },
    logLevel: "silent",
    limits: { pipelines: 2, loads: 2, bytesInFlight: 2 ** 28 },
    patience: { grace: 25_000, stall: 30_000, databaseSilence: 120_000 },
  };
  const emit = (event: MillraceEvent): void => void events.push(event);
  const run = async (options: RunOptions = {}): Promise<boolean> => {
    events.length = 0;
    const signal = options.signal ?? new AbortController().signal;
    const chosen = options.pipelines ?? pipelines;
    const s3 = { ...environment.s3, endpoint: options.endpoint ?? bucket.endpoint };
    const announce = (event: MillraceEvent): void => {
      emit(event);
      options.listener?.(event);
    };
    const engine = createEngine({ ...environment, s3 }, database, announce, signal);
    try {
      await prepareDatabase(database, chosen, announce);
      const { range = {}, reload = false } = options;
      return await runOnce(
        { pipelines: chosen, range, reload, patient: false, atOnce: 2 },
        { ...engine, signal },
      );
    } finally {
      engine.close();
    }
  };
  return {
    bucket,
    database,
    url,
    environment,
    events,
    run,
    watch: async (pause, signal) => {
      events.length = 0;
      const s3 = { ...environment.s3, endpoint: bucket.endpoint };
      const engine = createEngine({ ...environment, s3 }, database, emit, new AbortController().signal);
      try {
        await prepareDatabase(database, pipelines, emit);
        await watch({ pipelines, atOnce: 2, pause }, { ...engine, signal });
      } finally {
        engine.close();
      }
    },
  };
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

/** Millrace itself, as a user starts it: its own process, told by environment variables where everything is. */
import { cp, mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Document, parseDocument } from "yaml";
import type { Bench } from "../bench-context.ts";
import { type Command, type Running, startOutside } from "../outside.ts";
import type { Round } from "../report.ts";
import { onDatabase } from "../server.ts";
import { runOn } from "./measured.ts";

const PROJECT = join(import.meta.dirname, "..", "..", "..");
const SHIPPED = join(PROJECT, "pipelines");

/** Where Millrace finds things, and what else its environment says. */
export interface Surroundings {
  /** Undefined: it starts an embedded Postgres. */
  readonly database?: string;
  readonly endpoint: string;
  /** Default: the shipped ones. */
  readonly pipelines?: string;
  readonly more?: Readonly<Record<string, string>>;
}

/** `millrace <args>`. */
export function millrace(bench: Bench, args: readonly string[], surroundings: Surroundings): Command {
  const { database, endpoint, pipelines = SHIPPED, more = {} } = surroundings;
  return {
    argv: [process.execPath, join(PROJECT, "src", "millrace.js"), ...args],
    env: {
      PATH: process.env["PATH"] ?? "",
      // No AWS profile of whoever runs the bench: requests are anonymous.
      HOME: bench.scratch,
      ...(database === undefined ? {} : { DATABASE_URL: database }),
      AWS_ENDPOINT_URL_S3: endpoint,
      MILLRACE_PIPELINES: pipelines,
      MILLRACE_HTTP: "",
      ...more,
    },
  };
}

/** `millrace run --once <args>` to its end: the round, with the loads' own seconds from the ledger. */
export async function runOnce(
  bench: Bench,
  args: readonly string[],
  surroundings: Surroundings & { readonly database: string },
  codes: readonly number[] = [0],
): Promise<Round> {
  const before = await lastLoad(surroundings.database);
  const round = await runOn(bench.server, {
    ...millrace(bench, ["run", "--once", ...args], surroundings),
    codes,
  });
  return { ...round, load: await secondsOfLoads(surroundings.database, before) };
}

/** `millrace compact --all <pipeline>` to its end. */
export async function compactAll(
  bench: Bench,
  pipeline: string,
  surroundings: Surroundings & { readonly database: string },
): Promise<Round> {
  return runOn(bench.server, millrace(bench, ["compact", "--all", pipeline], surroundings));
}

/** The daemon, which is to be ended. */
export function startDaemon(bench: Bench, surroundings: Surroundings): Running {
  return startOutside(millrace(bench, ["run"], surroundings));
}

/** The options by which a run takes exactly one year. */
export function ofYear(year: number): readonly string[] {
  return ["--from", `${year}-01-01`, "--to", `${year}-12-31`];
}

/** Copies of shipped pipelines, changed; a folder for MILLRACE_PIPELINES. */
export async function pipelinesWith(
  { scratch }: Bench,
  changes: Readonly<Record<string, (pipeline: Document) => void>>,
): Promise<string> {
  await mkdir(scratch, { recursive: true });
  const folder = await mkdtemp(join(scratch, "pipelines-"));
  await cp(join(SHIPPED, "lookups"), join(folder, "lookups"), { recursive: true });
  for (const [name, change] of Object.entries(changes)) {
    const pipeline = parseDocument(await readFile(join(SHIPPED, `${name}.yaml`), "utf8"));
    change(pipeline);
    await writeFile(join(folder, `${name}.yaml`), pipeline.toString());
  }
  return folder;
}

async function lastLoad(database: string): Promise<number> {
  return onDatabase(database, async (ledger) => {
    const [row] = await ledger.query<{ last: number }>(
      "select coalesce(max(load_id), 0)::integer as last from millrace.load",
    );
    return row?.last ?? 0;
  });
}

/** From the first claim to the last commit of the loads after one; loads that overlap count once. */
async function secondsOfLoads(database: string, after: number): Promise<number> {
  return onDatabase(database, async (ledger) => {
    const [row] = await ledger.query<{ seconds: number }>(
      `select extract(epoch from max(finished_at) - min(started_at))::float8 as seconds
       from millrace.load where load_id > $1`,
      [after],
    );
    return row?.seconds ?? Number.NaN;
  });
}

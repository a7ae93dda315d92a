/** A Postgres of our own: started on a data directory, or adopted when another process has started it there. */
import { existsSync } from "node:fs";
import { mkdir, readFile, realpath, rename, rm, statfs } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { escapeIdentifier } from "pg";
import { MillraceError } from "../errors.ts";
import { type Database, openDatabase } from "./connect.ts";
import { findBinaries } from "./embedded/binaries.ts";
import {
  choosePort,
  clusterExists,
  createCluster,
  freePort,
  passwordFile,
  readPassword,
  readPostmaster,
  rememberPort,
  type Site,
  USER,
} from "./embedded/cluster.ts";
import { chooseIdentity, lastLines } from "./embedded/identity.ts";
import { POLL, startServer } from "./embedded/server.ts";
import { serverSettings } from "./embedded/settings.ts";
import { sqlState, systemCode } from "./errors.ts";

export interface EmbeddedOptions {
  /** The database to connect to, created when missing. Default: `millrace`. */
  readonly database?: string;
  /** Used when free and no other was used before. Default: 54329; 0: any free port. */
  readonly port?: number;
  /** Settings of Postgres in place of ours, by name. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface EmbeddedPostgres {
  /** With user and password: not for logs. */
  readonly url: string;
  /** A file with the password, readable by its owner alone. */
  readonly passwordFile: string;
  /** True when another process started it: then `stop` leaves it running. */
  readonly adopted: boolean;
  /** Shuts the server down, after which everything is on disk. Open transactions are rolled back. */
  stop(): Promise<void>;
}

const PREFERRED_PORT = 54_329;

/** How long somebody else's server may take to start (recover) or stop before we try ourselves. */
const ADOPT_LIMIT = 300_000;

/** Bytes below which a lack of space is a likely reason for a failed start; a new cluster takes 40 MB. */
const LEAST_SPACE = 64 * 1024 ** 2;

/** A contested start is tried so often, with a pause of so many milliseconds. */
const ATTEMPTS = 10;
const RETRY = 200;

/**
 * Starts Postgres on `dataDir` (made when missing), or adopts the one that runs there. The server ends with
 * this process, however that ends. Throws EMBEDDED_POSTGRES, saying what to do.
 */
export async function startEmbedded(
  dataDir: string,
  options: EmbeddedOptions = {},
): Promise<EmbeddedPostgres> {
  const home = resolve(dataDir);
  try {
    return await startAt(home, options);
  } catch (error) {
    throw await withReason(error, home);
  }
}

/** A start that failed for want of permission or of space says so; what Postgres writes then tells little. */
async function withReason(error: unknown, home: string): Promise<unknown> {
  const code = systemCode(error);
  if (code !== undefined) {
    const what = `cannot use the data directory ${home}: ${code}`;
    return new MillraceError("EMBEDDED_POSTGRES", what, {}, error);
  }
  if (!(error instanceof MillraceError) || error.code !== "EMBEDDED_POSTGRES") return error;
  const { bavail, bsize } = await statfs(home);
  if (bavail * bsize >= LEAST_SPACE) return error;
  const left = Math.floor((bavail * bsize) / 1024 ** 2);
  return new MillraceError(
    error.code,
    `${error.message} (${left} MB are left on that disk)`,
    error.place,
    error,
  );
}

async function startAt(home: string, options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const cluster = join(home, "postgres");
  await mkdir(home, { recursive: true, mode: 0o700 });
  const binaries = await findBinaries(home);
  const { identity, version } = await chooseIdentity(binaries, home, cluster);
  const site = { home, cluster, binaries, identity };
  const durable = options.settings?.["fsync"] !== "off";
  if (!(await clusterExists(cluster, version))) await createCluster(site, durable);
  for (let attempt = 1; ; attempt++) {
    const adopted = await adopt(site, options);
    if (adopted !== undefined) return adopted;
    const port = await choosePort(cluster, options.port ?? PREFERRED_PORT);
    const started = await launch(site, port, options);
    if (started.server !== undefined) return started.server;
    if (attempt === ATTEMPTS || !(await isContested(cluster, port))) {
      throw new MillraceError("EMBEDDED_POSTGRES", `Postgres does not start on ${cluster}: ${started.log}`);
    }
    await delay(RETRY);
  }
}

/**
 * Whether a failed start was in somebody's way: another server took the port or the directory, or processes of
 * a killed one have not ended yet. A start that fails by itself takes its lock file with it.
 */
async function isContested(cluster: string, port: number): Promise<boolean> {
  return existsSync(join(cluster, "postmaster.pid")) || (await freePort(port)) === undefined;
}

/** The server that owns the cluster, once it is ready; undefined when there is none. */
async function adopt(site: Site, options: EmbeddedOptions): Promise<EmbeddedPostgres | undefined> {
  const patience = AbortSignal.timeout(ADOPT_LIMIT);
  let postmaster = await readPostmaster(site.cluster);
  while (postmaster !== undefined && postmaster.status !== "ready" && !patience.aborted) {
    await delay(POLL);
    postmaster = await readPostmaster(site.cluster);
  }
  if (postmaster?.status !== "ready" || !(await answers(site, postmaster.port))) return undefined;
  const url = await databaseUrl(site, postmaster.port, options);
  return { url, passwordFile: passwordFile(site.cluster), adopted: true, stop: () => Promise.resolve() };
}

/** Whether the server on that port is this cluster's: after a crash its process id may be another program's. */
async function answers(site: Site, port: number): Promise<boolean> {
  try {
    return await asAdministrator(site, port, async (database) => {
      const [row] = await database.query<{ directory: string }>(
        "select current_setting('data_directory') as directory",
      );
      return row !== undefined && (await realpath(row.directory)) === (await realpath(site.cluster));
    });
  } catch (error) {
    if (error instanceof MillraceError && error.code === "DATABASE_UNREACHABLE") return false;
    throw error;
  }
}

/** Starts Postgres and waits until it is ready; without `server` it has ended, and `log` says why. */
async function launch(
  site: Site,
  port: number,
  options: EmbeddedOptions,
): Promise<{ server?: EmbeddedPostgres; log: string }> {
  // Of its own until it is ready: a start that loses against another must not touch the winner's log.
  const log = join(site.home, `postgres-${process.pid}.log`);
  const settings = { ...serverSettings(), ...options.settings, port: String(port) };
  const server = await startServer(site, settings, log);
  if (server === undefined) {
    const text = await readFile(log, "utf8");
    await rm(log);
    return { log: lastLines(text) };
  }
  try {
    await rename(log, join(site.home, "postgres.log"));
    await rememberPort(site.cluster, port);
    const url = await databaseUrl(site, port, options);
    return {
      server: { url, passwordFile: passwordFile(site.cluster), adopted: false, stop: () => server.stop() },
      log: "",
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The URL of the wanted database, which is made when missing. */
async function databaseUrl(site: Site, port: number, options: EmbeddedOptions): Promise<string> {
  const name = options.database ?? "millrace";
  await asAdministrator(site, port, async (database) => {
    const found = await database.query("select 1 from pg_database where datname = $1", [name]);
    if (found.length > 0) return;
    try {
      await database.query(`create database ${escapeIdentifier(name)}`);
    } catch (error) {
      // Another process made it since: duplicate_database, or unique_violation when at the same instant.
      if (!["42P04", "23505"].includes(sqlState(error) ?? "")) throw error;
    }
  });
  return urlOf(site, port, name);
}

async function asAdministrator<T>(
  site: Site,
  port: number,
  work: (database: Database) => Promise<T>,
): Promise<T> {
  const database = openDatabase(await urlOf(site, port, "postgres"), {
    applicationName: "millrace start",
    max: 1,
  });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function urlOf({ cluster }: Site, port: number, database: string): Promise<string> {
  return `postgres://${USER}:${await readPassword(cluster)}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}

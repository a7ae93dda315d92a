/** The Postgres that every contender works on, and the databases that each of them gets for itself. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { escapeIdentifier } from "pg";
import { type Database, openDatabase } from "../../src/postgres/connect.ts";
import { startEmbedded } from "../../src/postgres/embedded.ts";
import { migrate } from "../../src/postgres/migrate.ts";
import { readProc } from "./outside.ts";

export interface Server {
  /** `embedded`, or where DATABASE_URL points, without its password. */
  readonly name: string;
  readonly administration: Database;
  /**
   * Runs `work` with the URL of a database that nobody else has, after a checkpoint; the database is dropped
   * afterwards. `migrated`: with Millrace's schema in it.
   */
  readonly withDatabase: <T>(content: "empty" | "migrated", work: (url: string) => Promise<T>) => Promise<T>;
  /** Seconds of processor time that all of Postgres has used so far; NaN when it runs elsewhere. */
  readonly cpu: () => number;
  readonly stop: () => Promise<void>;
}

/** Uses the server of DATABASE_URL, or starts the embedded one, as Millrace tunes it, on a folder of its own. */
export async function startServer(folder: string, databaseUrl: string | undefined): Promise<Server> {
  if (databaseUrl !== undefined) return openServer(databaseUrl, () => Promise.resolve());
  const home = join(folder, "postgres");
  const embedded = await startEmbedded(home, { port: 0 });
  return openServer(
    embedded.url,
    async () => {
      await embedded.stop();
      await rm(home, { recursive: true });
    },
    "embedded",
  );
}

async function openServer(url: string, stop: () => Promise<void>, name?: string): Promise<Server> {
  const administration = openDatabase(url, { applicationName: "millrace bench", max: 2 });
  const template = `millrace_bench_template_${process.pid}`;
  await administration.query(
    `create database ${escapeIdentifier(template)} template template0 encoding 'UTF8'`,
  );
  await onDatabase(sibling(url, template), migrate);
  const postmaster = await postmasterOf(administration);
  let made = 0;
  return {
    name: name ?? administration.name,
    administration,
    withDatabase: async (content, work) => {
      const database = `millrace_bench_${process.pid}_${++made}`;
      const from = content === "empty" ? "template0 encoding 'UTF8'" : escapeIdentifier(template);
      await administration.query(`create database ${escapeIdentifier(database)} template ${from}`);
      try {
        await checkpoint(administration);
        return await work(sibling(url, database));
      } finally {
        await administration.query(`drop database ${escapeIdentifier(database)} with (force)`);
      }
    },
    cpu: () => (postmaster === undefined ? Number.NaN : cpuOfTree(postmaster)),
    stop: async () => {
      await administration.query(`drop database ${escapeIdentifier(template)}`);
      await administration.close();
      await stop();
    },
  };
}

/** Runs `work` on one connection to a database. */
export async function onDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase(url, { applicationName: "millrace bench", max: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** So that no contender writes what the one before it has left. A role that may not ask for it goes without. */
async function checkpoint(administration: Database): Promise<void> {
  const [role] = await administration.query<{ may: boolean }>(
    "select pg_has_role(current_user, 'pg_checkpoint', 'member') or rolsuper as may from pg_roles where rolname = current_user",
  );
  if (role?.may === true) await administration.query("checkpoint");
}

function sibling(url: string, database: string): string {
  const own = new URL(url);
  own.pathname = `/${database}`;
  return own.href;
}

/** The process id of the server itself, when it runs on this machine. */
async function postmasterOf(administration: Database): Promise<number | undefined> {
  const [backend] = await administration.query<{ pid: number }>("select pg_backend_pid() as pid");
  const backendStat = statOf(backend?.pid ?? 0);
  return backendStat?.name.startsWith("postgres") === true ? backendStat.parent : undefined;
}

interface Stat {
  readonly name: string;
  readonly parent: number;
  /** Seconds, of itself and of the children that have ended. */
  readonly cpu: number;
}

/** USER_HZ is 100 on every Linux that Node runs on. */
const TICKS = 100;

/** proc_pid_stat(5): behind the name in brackets, state, parent, …, utime, stime, cutime and cstime as fields 14 to 17. */
function statOf(pid: number): Stat | undefined {
  const [, name, rest] = /^\d+ \((.*)\) (.*)$/s.exec(readProc(`${pid}/stat`)) ?? [];
  if (name === undefined || rest === undefined) return undefined;
  const fields = rest.split(" ");
  const cpu = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS;
  return { name, parent: Number(fields[1]), cpu };
}

function cpuOfTree(postmaster: number): number {
  const backends = readProc(`${postmaster}/task/${postmaster}/children`).split(" ").filter(Boolean);
  return [postmaster, ...backends.map(Number)].reduce((sum, pid) => sum + (statOf(pid)?.cpu ?? 0), 0);
}

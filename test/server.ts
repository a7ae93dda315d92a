/** The Postgres that tests run on: an embedded cluster that lasts as long as this process, or an existing server. */
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { escapeIdentifier } from "pg";
import { type Database, openDatabase } from "../src/postgres/connect.ts";
import { startEmbedded } from "../src/postgres/embedded.ts";
import { migrate } from "../src/postgres/migrate.ts";

export interface TestServer {
  /** URL of the migrated template database, which admits no connections. */
  readonly url: string;
  stop(): Promise<void>;
}

/** No test survives a crash of the machine, so nothing needs to reach the disk. */
export const TEST_SETTINGS = {
  fsync: "off",
  full_page_writes: "off",
  shared_buffers: "64MB",
  max_connections: "200",
};

const FOLDER_PREFIX = "millrace-test-";

/** Starts the embedded server, unless MILLRACE_TEST_DATABASE_URL names one, and makes the template there. */
export async function startTestServer(): Promise<TestServer> {
  const existing = process.env["MILLRACE_TEST_DATABASE_URL"];
  if (existing !== undefined) {
    const url = await makeTemplate(existing);
    return { url, stop: () => dropTemplate(url, existing) };
  }
  await removeLeftovers();
  const folder = await mkdtemp(join(tmpdir(), `${FOLDER_PREFIX}${process.pid}-`));
  const server = await startEmbedded(folder, { port: 0, settings: TEST_SETTINGS });
  return {
    url: await makeTemplate(server.url),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Runs `work` on a connection to the database of a URL. */
export async function onDatabase<T>(url: string, work: (database: Database) => Promise<T>): Promise<T> {
  const database = openDatabase(url, { applicationName: "millrace test", max: 1 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The URL of another database of the same server. */
export function siblingUrl(url: string, database: string): string {
  const sibling = new URL(url);
  sibling.pathname = `/${encodeURIComponent(database)}`;
  return sibling.href;
}

/** The name of a URL's database. */
export function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

async function makeTemplate(serverUrl: string): Promise<string> {
  const name = `millrace_template_${randomBytes(4).toString("hex")}`;
  const url = siblingUrl(serverUrl, name);
  await onDatabase(serverUrl, (database) =>
    database.query(`create database ${escapeIdentifier(name)} template template0 encoding 'UTF8'`),
  );
  await onDatabase(url, migrate);
  // CREATE DATABASE refuses a template that somebody is connected to.
  await onDatabase(serverUrl, (database) =>
    database.query(`alter database ${escapeIdentifier(name)} allow_connections false`),
  );
  return url;
}

async function dropTemplate(url: string, serverUrl: string): Promise<void> {
  await onDatabase(serverUrl, (database) =>
    database.query(`drop database ${escapeIdentifier(databaseOf(url))}`),
  );
}

/** Folders of runs that were killed; their Postgres ended with them. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(FOLDER_PREFIX)) continue;
    const pid = Number.parseInt(name.slice(FOLDER_PREFIX.length), 10);
    if (!isAlive(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

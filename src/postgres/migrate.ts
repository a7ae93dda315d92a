/** Brings a database up to date: the numbered files of sql/migrations, each applied once and never edited. */
import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatabaseError } from "pg";
import { MillraceError } from "../errors.ts";
import type { Client, Database } from "./connect.ts";
import { databaseError } from "./errors.ts";

/** From src/postgres and, compiled, from dist/postgres alike. */
const FOLDER = fileURLToPath(new URL("../../sql/migrations", import.meta.url));

/** Any number will do as long as every Millrace uses the same: "millrace" as eight bytes. */
const LOCK = Buffer.from("millrace").readBigInt64BE().toString();

/** Another process may be migrating meanwhile; wait for it rather than fail. Milliseconds. */
const LOCK_TIMEOUT = 600_000;

interface Migration {
  /** File name such as `0001_tables.sql`. */
  readonly name: string;
  readonly sha256: string;
  readonly sql: string;
}

interface Applied {
  readonly name: string;
  readonly sha256: string;
}

/** What was applied, and what the program would apply next; file names in order. */
export interface MigrationState {
  readonly applied: readonly string[];
  readonly pending: readonly string[];
}

/**
 * Applies what is missing, all of it in one transaction; two processes that start at once wait for each other.
 * Throws DATABASE_NEWER when the database knows migrations that this program lacks, MIGRATION_CHANGED when an
 * applied file was edited, removed or preceded by a new one, and DATABASE_FAILED with file and line for a
 * mistake in the SQL. The role needs the right to create schemas in its database, no more.
 *
 * @returns the names of the files that were applied now
 */
export async function migrate(database: Database, folder = FOLDER): Promise<string[]> {
  const migrations = await readMigrations(folder);
  return database.transaction(
    async (client) => {
      await client.query("select pg_advisory_xact_lock($1)", [LOCK]);
      const pending = pendingOf(migrations, await readApplied(client), database.name);
      if (pending.length > 0) await createBookkeeping(client);
      for (const migration of pending) await apply(client, migration);
      return pending.map(({ name }) => name);
    },
    { lockTimeout: LOCK_TIMEOUT },
  );
}

/** Where the database stands, without changing anything. Throws like `migrate`. */
export async function migrationState(database: Database, folder = FOLDER): Promise<MigrationState> {
  const migrations = await readMigrations(folder);
  return database.transaction(async (client) => {
    const applied = await readApplied(client);
    const pending = pendingOf(migrations, applied, database.name);
    return { applied: applied.map(({ name }) => name), pending: pending.map(({ name }) => name) };
  });
}

/** Throws DATABASE_OUTDATED when a migration is missing, and what `migrate` throws. */
export async function requireMigrated(database: Database): Promise<void> {
  const { pending } = await migrationState(database);
  if (pending.length > 0) {
    throw new MillraceError("DATABASE_OUTDATED", `${database.name} lacks ${pending.join(", ")}.`);
  }
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_\w+\.sql$/.test(name)).sort();
  return Promise.all(
    names.map(async (name) => {
      // A checkout may have converted the line ends.
      const sql = (await readFile(join(folder, name), "utf8")).replaceAll("\r\n", "\n");
      return { name, sql, sha256: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function readApplied(client: Client): Promise<Applied[]> {
  const { rows: tables } = await client.query<{ found: boolean }>(
    "select to_regclass('millrace.migration') is not null as found",
  );
  if (tables[0]?.found !== true) return [];
  const { rows } = await client.query<Applied>(
    `select name, sha256 from millrace.migration order by name collate "C"`,
  );
  return rows;
}

/** Compares the files with what was applied: the applied ones must be the first of the files, unchanged. */
function pendingOf(
  migrations: readonly Migration[],
  applied: readonly Applied[],
  database: string,
): Migration[] {
  const newest = migrations.at(-1)?.name ?? "";
  const unknown = applied.find(({ name }) => name > newest);
  if (unknown !== undefined) {
    throw new MillraceError(
      "DATABASE_NEWER",
      `${database} has the migration ${unknown.name}; this program's newest is ${newest}`,
    );
  }
  applied.forEach(({ name, sha256 }, index) => {
    const file = migrations[index];
    if (file?.name === name && file.sha256 === sha256) return;
    const difference =
      file?.name === name
        ? `${name} is not what was applied to ${database}`
        : `${database} has the migration ${name} where this program has ${file?.name ?? "none"}`;
    throw new MillraceError("MIGRATION_CHANGED", difference, { file: file?.name ?? name });
  });
  return migrations.slice(applied.length);
}

async function createBookkeeping(client: Client): Promise<void> {
  await client.query(`
    create schema if not exists millrace;
    create table if not exists millrace.migration (
      name text primary key,
      sha256 text not null,
      applied_at timestamptz not null default now()
    );
    comment on table millrace.migration is 'The files of sql/migrations that made this schema, one row each.';
    comment on column millrace.migration.name is 'File name.';
    comment on column millrace.migration.sha256 is 'Of the file as it was applied: an edited file is refused.';
    comment on column millrace.migration.applied_at is 'When it was applied.';
  `);
}

async function apply(client: Client, { name, sql, sha256 }: Migration): Promise<void> {
  try {
    await client.query(sql);
  } catch (error) {
    throw databaseError(error, name).at({ file: name, ...placeOf(error, sql) });
  }
  await client.query("insert into millrace.migration (name, sha256) values ($1, $2)", [name, sha256]);
}

/** The line that the server points at: a 1-based position in characters, of the whole file that was sent. */
function placeOf(error: unknown, sql: string): { line?: number } {
  if (!(error instanceof DatabaseError) || error.position === undefined) return {};
  return {
    line: Array.from(sql)
      .slice(0, Number(error.position) - 1)
      .join("")
      .split("\n").length,
  };
}

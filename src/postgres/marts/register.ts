/** Brings the marts of the database in line with their files: tables with comments, and what they read. */
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { MillraceError } from "../../errors.ts";
import type { Emit } from "../../observe/events.ts";
import type { Client, Database } from "../connect.ts";
import { underShortLocks } from "../merge/locks.ts";
import { type MartDefinition, martFiles, readMart } from "./file.ts";
import { lockMart, MART_TRANSACTION, type MartFailure, reportFailure } from "./rebuild.ts";

/** From src/postgres/marts and, compiled, from dist/postgres/marts alike. */
const FOLDER = fileURLToPath(new URL("../../../sql/marts", import.meta.url));

/** How long to wait for readers of a table whose columns changed, in milliseconds. */
const DROP_PATIENCE = 60_000;

/**
 * Registers every mart of the folder. A new or changed definition gets its table in production, with comments, and is
 * marked stale; where the columns stay the same the table stays, with its rows and whatever stands on it, until it is
 * rebuilt. A mart whose file is gone keeps its table and is no longer rebuilt. A file with a mistake is reported and
 * leaves its mart as it was; the others are registered. Safe in several processes at once.
 */
export async function registerMarts(
  database: Database,
  emit?: Emit,
  folder = FOLDER,
): Promise<MartFailure[]> {
  const files = await martFiles(folder);
  const failures: MartFailure[] = [];
  const names = files.map((file) => basename(file, ".sql"));
  for (const [index, file] of files.entries()) {
    const mart = names[index] ?? "";
    try {
      const definition = await readMart(file, mart);
      await database.transaction((client) => register(client, definition), MART_TRANSACTION);
    } catch (error) {
      failures.push(reportFailure(mart, error, emit));
    }
  }
  await database.query("delete from millrace.mart where mart <> all ($1::text[])", [names]);
  return failures;
}

async function register(client: Client, definition: MartDefinition): Promise<void> {
  const { mart } = definition;
  await lockMart(client, mart);
  const { rows } = await client.query<{ fingerprint: string | null; oid: number | null }>(
    `select to_regclass(format('production.%I', $1::text))::oid as oid,
       (select fingerprint from millrace.mart where mart = $1) as fingerprint`,
    [mart],
  );
  const [known] = rows;
  if (known?.oid != null && known.fingerprint === definition.fingerprint) return;
  await createTable(client, definition, known?.oid ?? null);
  await describeTable(client, definition);
  await client.query(
    `insert into millrace.mart as known (mart, query, fingerprint, stale_since) values ($1, $2, $3, now())
     on conflict (mart) do update
     set query = excluded.query, fingerprint = excluded.fingerprint, changes = known.changes + 1,
       stale_since = coalesce(known.stale_since, now())`,
    [mart, definition.query, definition.fingerprint],
  );
  await client.query("delete from millrace.mart_input where mart = $1", [mart]);
  await client.query("insert into millrace.mart_input (mart, input) select $1, unnest($2::text[])", [
    mart,
    [...new Set(definition.inputs)],
  ]);
}

/**
 * Builds the table aside; it takes the place of the present one only where its shape differs, and then filled. Aside is
 * another name in the same schema, so that the rights that readers have by default hold for it.
 */
async function createTable(
  client: Client,
  definition: MartDefinition,
  present: number | null,
): Promise<void> {
  const { mart, file, key, query } = definition;
  const table = client.escapeIdentifier(mart);
  const aside = client.escapeIdentifier(`${mart}__new`);
  await client.query(`create table production.${aside} as select * from (\n${query}\n) as mart with no data`);
  const shape = await columnsOf(client, `production.${aside}`);
  const names = shape.map(({ name }) => name);
  requireSame(names, [...definition.columns.keys()], file);
  const missing = key.find((column) => !names.includes(column));
  if (missing !== undefined) {
    throw new MillraceError("MART_INVALID", `\`-- key:\` names ${missing}, which the query does not give`, {
      file,
    });
  }
  if (key.length > 0) {
    const columns = key.map((column) => client.escapeIdentifier(column)).join(", ");
    await client.query(
      `create unique index ${client.escapeIdentifier(`${mart}_key`)} on production.${aside} (${columns})`,
    );
  }
  if (present !== null) {
    if (await haveSameShape(client, `production.${table}`, `production.${aside}`)) {
      await client.query(`drop table production.${aside}`);
      return;
    }
    await client.query(`insert into production.${aside} select * from (\n${query}\n) as mart`);
    await underShortLocks(
      client,
      { table: `production.${mart}`, patience: DROP_PATIENCE, signal: undefined },
      () => client.query(`drop table production.${table}`),
    );
  }
  await client.query(`alter table production.${aside} rename to ${table}`);
}

async function columnsOf(client: Client, table: string): Promise<{ name: string; type: string }[]> {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type
     from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  return rows;
}

/** Whether two tables have the same columns in the same order and the same unique keys. */
async function haveSameShape(client: Client, one: string, other: string): Promise<boolean> {
  return (await shapeOf(client, one)) === (await shapeOf(client, other));
}

async function shapeOf(client: Client, table: string): Promise<string> {
  return JSON.stringify([await columnsOf(client, table), await keysOf(client, table)]);
}

async function keysOf(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ columns: string }>(
    `select indkey::text as columns from pg_index where indrelid = $1::regclass and indisunique order by 1`,
    [table],
  );
  return rows.map((row) => row.columns);
}

function requireSame(given: readonly string[], described: readonly string[], file: string): void {
  const silent = given.find((name) => !described.includes(name));
  if (silent !== undefined) {
    throw new MillraceError("MART_INVALID", `column ${silent} lacks its line \`-- column ${silent}: …\``, {
      file,
    });
  }
  const absent = described.find((name) => !given.includes(name));
  if (absent !== undefined) {
    throw new MillraceError(
      "MART_INVALID",
      `\`-- column ${absent}:\` describes a column that the query does not give`,
      { file },
    );
  }
}

async function describeTable(client: Client, { mart, comment, columns }: MartDefinition): Promise<void> {
  const table = `production.${client.escapeIdentifier(mart)}`;
  await client.query(`comment on table ${table} is ${client.escapeLiteral(comment)}`);
  for (const [name, text] of columns) {
    await client.query(
      `comment on column ${table}.${client.escapeIdentifier(name)} is ${client.escapeLiteral(text)}`,
    );
  }
}

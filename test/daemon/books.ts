/** What tests read from the database after a run: all of production, and whether the ledger adds up. */
import assert from "node:assert/strict";
import type { Database } from "../../src/postgres/connect.ts";

/** Every relation of the schema production, with its number of rows and their checksum. */
export async function production(database: Database): Promise<Record<string, string>> {
  const relations = await database.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = 'production'::regnamespace and relkind in ('r', 'p', 'v', 'm') order by 1`,
  );
  const all: Record<string, string> = {};
  for (const { name } of relations) {
    const [row] = await database.query<{ contents: string }>(
      `select count(*) || ' ' || coalesce(md5(string_agg(r::text, e'\\n' order by r::text)), '') as contents
       from production.${name} as r`,
    );
    all[name] = row?.contents ?? "";
  }
  return all;
}

/** Fails unless every receipt of the ledger adds up and no load is left running. */
export async function assertBooks(database: Database): Promise<void> {
  const wrong = await database.query(
    `select * from millrace.receipt join millrace.load using (load_id)
     where bytes_expected <> bytes_received
       or records_read <> headers + comments + blanks + decoded + records_rejected + records_filtered
       or measurements <> copied + empty + rejected + filtered
       or status = 'loaded' and copied <> inserted + updated + unchanged + duplicates
       or status in ('quarantined', 'superseded') and inserted + updated + unchanged + duplicates + deleted <> 0
       or records_rejected + rejected <> (
         select coalesce(sum(count), 0) from millrace.tally where tally.load_id = load.load_id and kind = 'rejected')`,
  );
  assert.deepEqual(wrong, []);
  const running = await database.query("select * from millrace.load where status = 'running'");
  assert.deepEqual(running, []);
  const withoutReceipt = await database.query(
    `select * from millrace.load left join millrace.receipt using (load_id)
     where status in ('loaded', 'quarantined', 'superseded') and receipt.load_id is null
       or status in ('failed', 'skipped') and receipt.load_id is not null`,
  );
  assert.deepEqual(withoutReceipt, []);
}

/** A load as the ledger tells it. */
export interface LoadEntry {
  readonly load: number;
  readonly name: string;
  readonly status: string;
  readonly code: string | null;
  readonly error: string | null;
  readonly place: string | null;
  readonly staging: string | null;
}

/** The loads after a given one, in their order. */
export async function loadsAfter(database: Database, load: number): Promise<LoadEntry[]> {
  return database.query<LoadEntry & Record<string, unknown>>(
    `select load_id as load, name, status, error_code as code, error, error_place as place, staging_table as staging
     from millrace.load where load_id > $1 order by load_id`,
    [load],
  );
}

/** The number of the newest load, 0 if there is none. */
export async function newestLoad(database: Database): Promise<number> {
  const [row] = await database.query<{ load: number }>(
    "select coalesce(max(load_id), 0) as load from millrace.load",
  );
  return row?.load ?? 0;
}

/** Names of the tables in the schema staging. */
export async function stagingTables(database: Database): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'staging'::regnamespace and relkind = 'r' order by 1",
  );
  return rows.map(({ name }) => name);
}

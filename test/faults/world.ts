/** A bucket whose objects change, the pipelines that read it, and what must be in a database that has loaded it. */
import assert from "node:assert/strict";
import type { DemoBucket } from "../../src/demo/endpoint.ts";
import type { Database } from "../../src/postgres/connect.ts";
import { assertBooks, production, stagingTables } from "../daemon/books.ts";
import { archiveDay, year, yearLines } from "../daemon/damage.ts";
import type { StoredObject } from "../daemon/mill.ts";

/** Pipelines of both ways of merging: whole years are replaced, measurements are merged with what is there. */
export const PIPELINES = ["noaa-daily", "openaq-archive"];

/** The command that loads the world. */
export const ONCE = ["run", "--once", ...PIPELINES, "--from", "2001-01-01"];

/** Round by round the same year in a new version, a year of its own, and a new day of a location. */
export function worldOf(round: number): StoredObject[] {
  const revised = yearLines(2001).map((line, at) =>
    at === round ? line.replace(/,(\d+),,,E/, ",77,,,E") : line,
  );
  const day = `2024-05-${String((round % 28) + 1).padStart(2, "0")}`;
  return [
    year(2001, revised),
    year(2002 + (round % 20), yearLines(2002 + (round % 20), 1 + (round % 3))),
    archiveDay(2178 + Math.floor(round / 28), day, [round, round + 1]),
  ];
}

/** Puts objects into a bucket. */
export async function putAll(bucket: DemoBucket, objects: readonly StoredObject[]): Promise<void> {
  for (const { bucket: name, key, body } of objects) await bucket.put(name, key, body);
}

/**
 * Fails unless the guarantee holds: the readable relations are those of a fault-free run, the ledger adds up, each
 * version of an object that is in the database was committed by exactly one load, and nothing is left of others.
 * `again`: a pipeline whose versions may be taken again, because rows of them were hidden by other objects.
 */
export async function assertGuarantee(
  database: Database,
  faultFree: Database,
  again: string | null = null,
): Promise<void> {
  assert.deepEqual(await production(database), await production(faultFree));
  await assertBooks(database);
  const twice = await database.query(
    `select object_id, etag, count(*) from millrace.load join millrace.load_object using (load_id)
     where status = 'loaded' and pipeline is distinct from $1 group by 1, 2 having count(*) > 1`,
    [again],
  );
  assert.deepEqual(twice, []);
  assert.deepEqual(await records(database), await records(faultFree));
  const known = await database.query<{ name: string }>(
    `select former_table as name from millrace.slice where former_table is not null
     union all select staging_table from millrace.load where status = 'quarantined' and staging_table is not null`,
  );
  const kept = new Set(known.map(({ name }) => name.replace(/^staging\./, "")));
  assert.deepEqual(
    (await stagingTables(database)).filter((name) => !kept.has(name)),
    [],
  );
}

/** What became of the records of the versions that are in the database now, as the receipts have it. */
async function records(database: Database): Promise<Record<string, unknown>[]> {
  return database.query(
    `select key, object.etag, records_read::int as read, records_rejected::int as rejected
     from millrace.object join millrace.load_object using (object_id, load_id) order by key`,
  );
}

/** Transactions that are open, and connections, of everybody but the asking one. */
export async function backendsOf(database: Database): Promise<{ open: number; connections: number }> {
  const [row] = await database.query<{ open: number; connections: number }>(
    `select count(*) filter (where xact_start is not null)::int as open, count(*)::int as connections
     from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'`,
  );
  return row ?? { open: 0, connections: 0 };
}

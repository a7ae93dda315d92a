/** The version of a slice before the present one: kept for a while, so that a load can be undone. */
import type { Client, Database } from "../connect.ts";
import { sqlState } from "../errors.ts";
import { quoteTable } from "../staging.ts";

const LOCK_NOT_AVAILABLE = "55P03";

/** How long dropping a table waits for those who read it, in milliseconds. */
const READERS_LIMIT = 1_000;

interface Kept {
  readonly source: string;
  readonly slice: string;
  /** The load that the slice holds now. */
  readonly loadId: number;
  /** The version before it, if there was one: its table, and for how many days that is kept. */
  readonly former?: { readonly table: string; readonly days: number };
}

/** Notes which load the slice holds now, and where its former version waits until its next merge or its time is over. */
export async function keepFormer(client: Client, { source, slice, loadId, former }: Kept): Promise<void> {
  await client.query(
    `insert into millrace.slice as s (source, slice, load_id) values ($1, $2, $3)
     on conflict (source, slice) do update set
       load_id = excluded.load_id,
       former_load_id = s.load_id,
       former_table = $4::text,
       former_until = now() + make_interval(days => $5::integer)`,
    [source, slice, loadId, former?.table ?? null, former?.days ?? null],
  );
}

/** Removes the former version of a slice, if one is still kept. */
export async function dropFormer(client: Client, source: string, slice: string): Promise<void> {
  const { rows } = await client.query<{ table: string }>(
    `select former_table as table from millrace.slice
     where source = $1 and slice = $2 and former_table is not null
     for update`,
    [source, slice],
  );
  for (const { table } of rows) {
    await client.query(`drop table if exists ${quoteTable(table)}`);
    await forget(client, source, slice);
  }
}

/**
 * Removes every former version whose time is over, each in a transaction of its own. Slices that a load is working on
 * are left for the next time, and so is what comes after a table that somebody reads. Returns how many were removed.
 * Throws what `Database.transaction` does.
 */
export async function dropExpiredFormers(database: Database): Promise<number> {
  let dropped = 0;
  try {
    while (await database.transaction(dropOneExpired, { lockTimeout: READERS_LIMIT })) dropped += 1;
  } catch (error) {
    if (sqlState(error) !== LOCK_NOT_AVAILABLE) throw error;
  }
  return dropped;
}

async function dropOneExpired(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ source: string; slice: string; table: string }>(
    `select source, slice, former_table as table from millrace.slice
     where former_table is not null and former_until < now()
     order by former_until limit 1
     for update skip locked`,
  );
  const [expired] = rows;
  if (expired === undefined) return false;
  await client.query(`drop table if exists ${quoteTable(expired.table)}`);
  await forget(client, expired.source, expired.slice);
  return true;
}

async function forget(client: Client, source: string, slice: string): Promise<void> {
  await client.query(
    `update millrace.slice set former_load_id = null, former_table = null, former_until = null
     where source = $1 and slice = $2`,
    [source, slice],
  );
}

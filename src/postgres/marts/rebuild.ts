/** Keeps marts up to date: loads mark them stale, and each is rebuilt in a transaction of its own. */
import { MillraceError } from "../../errors.ts";
import type { Emit } from "../../observe/events.ts";
import type { Client, Database, TransactionOptions } from "../connect.ts";

/** A mart that could not be registered or rebuilt; it keeps its former content. */
export interface MartFailure {
  readonly mart: string;
  readonly error: MillraceError;
}

export interface Rebuilt {
  /** Names of the marts that are up to date now. */
  readonly rebuilt: readonly string[];
  readonly failures: readonly MartFailure[];
}

/** Another process may be rebuilding the same mart; wait for it rather than fail. Milliseconds. */
export const MART_TRANSACTION: TransactionOptions = { lockTimeout: 3_600_000 };

/**
 * Marks the marts that read any of these inputs (`source.target`), in the transaction that changed them. To be called
 * last before its commit: until then other loads and rebuilds wait for the marks.
 */
export async function markStale(client: Client, inputs: readonly string[]): Promise<void> {
  if (inputs.length === 0) return;
  // Locked in order of their names, so that two loads that share marts do not wait for each other in a circle.
  await client.query(
    `with reader as (
       select mart
       from millrace.mart
       where mart in (select mart from millrace.mart_input where input = any ($1::text[]))
       order by mart
       for no key update
     )
     update millrace.mart
     set stale_since = coalesce(stale_since, clock_timestamp()), changes = changes + 1
     from reader
     where mart.mart = reader.mart`,
    [inputs],
  );
}

/**
 * Rebuilds every stale mart, each in a transaction of its own: readers see the former rows until it commits and never
 * wait. A mart that another process is rebuilding is waited for. One with an error keeps its rows, stays stale and is
 * reported; the others go on. Throws when the database cannot be reached.
 */
export async function rebuildStale(database: Database, emit?: Emit): Promise<Rebuilt> {
  const stale = await database.query<{ mart: string }>(
    "select mart from millrace.mart where stale_since is not null order by mart",
  );
  const rebuilt: string[] = [];
  const failures: MartFailure[] = [];
  for (const { mart } of stale) {
    const start = performance.now();
    try {
      const rows = await database.transaction((client) => rebuild(client, mart), MART_TRANSACTION);
      if (rows === undefined) continue;
      rebuilt.push(mart);
      emit?.({ type: "mart.rebuilt", mart, rows, seconds: (performance.now() - start) / 1000 });
    } catch (error) {
      const failure = reportFailure(mart, error, emit);
      failures.push(failure);
      await database.query("update millrace.mart set error = $2 where mart = $1", [
        mart,
        failure.error.message,
      ]);
    }
  }
  return { rebuilt, failures };
}

/** Held until commit by whoever registers or rebuilds a mart. */
export async function lockMart(client: Client, mart: string): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtext('millrace mart'), hashtext($1))", [mart]);
}

/** Tells of a mart's failure. What is no fault of the mart (no connection, a stop on request) is thrown on. */
export function reportFailure(mart: string, error: unknown, emit: Emit | undefined): MartFailure {
  if (!(error instanceof MillraceError)) throw error;
  if (error.code === "DATABASE_UNREACHABLE" || error.code === "LOAD_ABORTED") throw error;
  emit?.({ type: "mart.failed", mart, message: error.message });
  return { mart, error };
}

/** Returns the number of rows, or nothing when it is not stale any more. */
async function rebuild(client: Client, mart: string): Promise<number | undefined> {
  await lockMart(client, mart);
  const { rows } = await client.query<{ query: string; changes: number }>(
    "select query, changes from millrace.mart where mart = $1 and stale_since is not null",
    [mart],
  );
  const [stale] = rows;
  if (stale === undefined) return undefined;
  const table = `production.${client.escapeIdentifier(mart)}`;
  await client.query(`delete from ${table}`);
  const { rowCount } = await client.query(`insert into ${table} select * from (\n${stale.query}\n) as mart`);
  // The update waits for loads that have marked the mart and not yet committed. What they changed may not have been
  // visible to the query above, so a count that has moved leaves the mart stale.
  await client.query(
    `update millrace.mart
     set rebuilt_at = clock_timestamp(), rows = $2, error = null,
       stale_since = case when changes = $3 then null else stale_since end
     where mart = $1`,
    [mart, rowCount, stale.changes],
  );
  return rowCount ?? 0;
}

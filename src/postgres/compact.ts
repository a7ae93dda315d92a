/** Compaction: a replaced year that has settled is written anew, sorted for readers, and takes its own place. */
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import type { Client, Database } from "./connect.ts";
import { copyInto, copyQuery } from "./copy.ts";
import { COMPACT_ORDER, indexCompacted } from "./merge/layout.ts";
import { lockSource } from "./merge/locks.ts";
import { fitYear, swapYear, type Year, yearOf } from "./merge/swap.ts";
import { createLike, dropStaging, quoteIdentifier, quoteTable, REPLACED_YEAR } from "./staging.ts";

/** Most memory that sorting takes, in kilobytes; the rest goes through temporary files. */
const MOST_SORT_MEMORY = 256 * 1024;

/**
 * How long to wait for readers of the partition, in milliseconds. Other merges into the source wait meanwhile, and a
 * compaction can be done again at any time.
 */
const PATIENCE = 60_000;

/** A year that a load has replaced, as it stands in the ledger. */
export interface SettledYear {
  readonly source: string;
  readonly slice: string;
  readonly loadId: number;
}

/** What compaction made of a year. */
export interface Compacted {
  readonly rows: number;
  /** With indexes. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/**
 * The pipeline's years that are worth compacting, the newest first: replaced as a whole, `afterDays` ago or earlier, not
 * compacted since, and without rows that were merged one by one. None for pipelines that replace no years.
 */
export async function settledYears(
  database: Database,
  pipeline: Pipeline,
  afterDays: number,
): Promise<SettledYear[]> {
  if (pipeline.target !== "daily" || pipeline.merge.mode !== "replace") return [];
  const years = await database.query<{ slice: string; loadId: number }>(
    `select s.slice, s.load_id as "loadId"
     from millrace.slice s join millrace.load l using (load_id)
     where s.source = $1 and l.pipeline = $2 and s.slice ~ '^\\d{4}$'
       and s.compacted_load_id is distinct from s.load_id
       and l.finished_at <= now() - $3::float8 * interval '1 day'
       and ${isReplaced(`format('storage.%I', 'daily_' || s.source || '_' || s.slice)`)}
     order by s.slice desc`,
    [pipeline.source, pipeline.name, afterDays],
  );
  return years.map((year) => ({ ...year, source: pipeline.source }));
}

/**
 * Writes a year's rows anew, sorted and frozen, and puts them in its place. All of it is one transaction: whatever ends it,
 * the year is as it was and nothing is left. Loads and readers go on meanwhile; only the swap at the end locks readers
 * out, in short attempts.
 *
 * Returns undefined, and leaves everything as it was, when another process is at it, or when the year has changed
 * since it was listed. Throws TABLE_BUSY when readers leave no gap for a minute, LOAD_ABORTED after an abort, and what the
 * database throws.
 */
export async function compactYear(
  database: Database,
  settled: SettledYear,
  signal: AbortSignal,
): Promise<Compacted | undefined> {
  const year = yearOf(settled.source, settled.slice);
  const table = `staging.compact_${settled.source}_${settled.slice}`;
  return database.transaction(
    async (client) => {
      if (!(await claim(client, year))) return undefined;
      const copied = await copySorted({ database, client, table, settled, signal });
      if (copied === undefined) return undefined;
      await indexCompacted(client, table);
      await fitYear(client, table, year);
      await client.query(`analyze ${quoteTable(table)}`);

      await lockSource(client, settled.source);
      const now = await inspect(client, settled);
      if (now?.oid !== copied.oid) {
        await dropStaging(client, table);
        return undefined;
      }
      const bytesAfter = await bytesOf(client, table);
      await swapYear(client, year, { table, former: "drop" }, { patience: PATIENCE, signal });
      await client.query(
        "update millrace.slice set compacted_load_id = load_id where source = $1 and slice = $2",
        [settled.source, settled.slice],
      );
      return { rows: copied.rows, bytesBefore: now.bytes, bytesAfter };
    },
    { signal },
  );
}

/** Held until the transaction ends: two processes do not write the same year anew. */
async function claim(client: Client, { partition }: Year): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    "select pg_try_advisory_xact_lock(hashtext('millrace compaction'), hashtext($1)) as locked",
    [partition],
  );
  return rows[0]?.locked === true;
}

interface Standing {
  readonly oid: number;
  readonly bytes: number;
}

/** The year's partition, if it still holds what the load brought and nothing else. */
async function inspect(client: Client, settled: SettledYear): Promise<Standing | undefined> {
  const { source, slice, loadId } = settled;
  const { rows } = await client.query<Standing>(
    `select to_regclass($4)::oid as oid, pg_total_relation_size(to_regclass($4)) as bytes
     from millrace.slice where source = $1 and slice = $2 and load_id = $3 and ${isReplaced("$4")}`,
    [source, slice, loadId, quoteTable(yearOf(source, slice).partition)],
  );
  return rows[0];
}

/** That there is such a table, as SQL, and that its rows came as a whole: merging row by row makes a unique index first. */
function isReplaced(table: string): string {
  return `to_regclass(${table}) is not null
    and not exists (select from pg_index where indrelid = to_regclass(${table}) and indisunique)`;
}

interface CopyRequest {
  readonly database: Database;
  /** The transaction in which the new table is made. */
  readonly client: Client;
  readonly table: string;
  readonly settled: SettledYear;
  readonly signal: AbortSignal;
}

/**
 * Makes the new table and fills it, over a second connection that reads: what Postgres itself inserts from a query is
 * neither frozen nor kept out of the WAL. That connection's lock on the partition ends with the rows, so that it
 * stands neither in a load's way nor in the swap's. Returns what was read, undefined when the year has changed.
 */
async function copySorted(
  request: CopyRequest,
): Promise<{ readonly oid: number; readonly rows: number } | undefined> {
  const { database, client, table, settled, signal } = request;
  const { partition } = yearOf(settled.source, settled.slice);
  return database.transaction(
    async (reader) => {
      // As long as it is held no other table can take the name.
      await reader.query(`lock table ${quoteTable(partition)} in access share mode`);
      const found = await inspect(reader, settled);
      if (found === undefined) return undefined;
      await createLike(client, table, REPLACED_YEAR);
      const columns = await columnsOf(client, table);
      await boundSort(reader);
      const sink = copyInto(client, table, columns);
      const read = await copyQuery(
        reader,
        `select ${columns.map(quoteIdentifier).join(", ")} from ${quoteTable(partition)} order by ${COMPACT_ORDER}`,
        sink,
      );
      if (read !== sink.rowCount) {
        throw new MillraceError(
          "RECEIPT_MISMATCH",
          `${read} rows of ${partition} were read, and ${sink.rowCount} were written`,
        );
      }
      return { oid: found.oid, rows: read };
    },
    { signal },
  );
}

/** The columns of a table without dropped ones, in their order. */
async function columnsOf(client: Client, table: string): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [quoteTable(table)],
  );
  return rows.map(({ name }) => name);
}

/**
 * Sorting gets what the server's owner gives to maintenance, within bounds, and one process: nobody waits for it. Of parallel
 * workers each would take as much again.
 */
async function boundSort(client: Client): Promise<void> {
  await client.query(
    `select set_config('max_parallel_workers_per_gather', '0', true),
       set_config('work_mem', least(setting::integer, $1) || 'kB', true)
     from pg_settings where name = 'maintenance_work_mem'`,
    [MOST_SORT_MEMORY],
  );
}

async function bytesOf(client: Client, table: string): Promise<number> {
  const { rows } = await client.query<{ bytes: number }>(
    "select pg_total_relation_size($1::regclass) as bytes",
    [quoteTable(table)],
  );
  return rows[0]?.bytes ?? 0;
}

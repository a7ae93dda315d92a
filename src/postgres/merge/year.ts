/** Replacing a year of daily facts: the staging table becomes the year's partition. */
import { MillraceError } from "../../errors.ts";
import type { Client } from "../connect.ts";
import { quoteIdentifier, quoteTable } from "../staging.ts";
import { dropFormer, keepFormer } from "./former.ts";
import { lockSource, PATIENCE, underShortLocks, withLockTimeout } from "./locks.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { describeStations } from "./stations.ts";

/**
 * How long to wait for maintenance of the partition to get out of the way, in milliseconds. Longer than
 * Postgres's deadlock_timeout (1 s), after which it cancels an autovacuum that somebody waits for.
 */
const MAINTENANCE_LIMIT = 5_000;

/** The tables of one swap, each with its schema. */
interface Swap {
  readonly parent: string;
  readonly partition: string;
  readonly staging: string;
  readonly year: number;
}

/**
 * Makes the staging table the partition of the request's year and keeps the former one, detached, in the
 * schema staging for `keepDays`. Everything slow comes before the fact table is touched; the swap itself waits for readers
 * only in short attempts.
 */
export async function replaceYear(
  client: Client,
  request: MergeRequest,
  keepDays: number,
): Promise<MergeCounts> {
  const { staging, loadId, pipeline } = request;
  const year = yearOf(request);
  const parent = `storage.daily_${pipeline.source}`;
  const swap: Swap = { parent, partition: `${parent}_${request.slice ?? ""}`, staging, year };

  const duplicates = request.keys === "distinct" ? 0 : await removeRepeated(client, staging);
  await client.query(`alter table ${quoteTable(staging)} add column object_id integer`);
  await indexForReaders(client, staging);
  await boundByYear(client, staging, year);
  await client.query(`analyze ${quoteTable(staging)}`);
  // Merges row by row look for stored rows, and write, while they hold this lock.
  await lockSource(client, pipeline.source);
  const deleted = await countFormerRows(client, request, swap.partition);
  const described = await describeStations(client, request);
  await dropFormer(client, pipeline.source, String(request.slice));

  const attempts = { table: parent, patience: request.patience ?? PATIENCE, signal: request.signal };
  const replaced = await underShortLocks(client, attempts, () => swapPartitions(client, swap));
  await keepFormer(client, {
    source: pipeline.source,
    slice: String(request.slice),
    loadId,
    ...(replaced === null ? {} : { former: { table: replaced, days: keepDays } }),
  });

  const inserted = request.copied - duplicates;
  const changed = inserted + deleted > 0 ? ["daily", ...described] : described;
  return { inserted, updated: 0, unchanged: 0, duplicates, deleted, changed };
}

function yearOf({ slice, pipeline }: MergeRequest): number {
  if (slice === undefined || !/^\d{4}$/.test(slice)) {
    const place = { pipeline: pipeline.name };
    throw new MillraceError(
      "CONFIG_INVALID",
      `${slice ?? "(nothing)"} is not a year of four digits to replace`,
      place,
    );
  }
  return Number(slice);
}

/** Of rows with the same key only the one copied last stays; returns how many went. */
async function removeRepeated(client: Client, staging: string): Promise<number> {
  // COPY fills a new table in order, so the greatest ctid is the row copied last.
  const { rowCount } = await client.query(`
    delete from ${quoteTable(staging)} s
    using (
      select station_key, kpi_key, date_, max(ctid) as last
      from ${quoteTable(staging)}
      group by station_key, kpi_key, date_
      having count(*) > 1
    ) d
    where s.station_key = d.station_key and s.kpi_key = d.kpi_key and s.date_ = d.date_ and s.ctid <> d.last`);
  return rowCount ?? 0;
}

/**
 * Indexes the rows by station, and by day in the order in which they stand. A station's rows of a day stand side by side, so
 * that the KPI in the index would save no page; its entries share one key, which makes it a quarter of a unique index's size and
 * half its time (test/bench/RESULTS.md). Ranges of few pages: a year's day is a hundredth to a thousandth of the table.
 */
export async function indexForReaders(client: Client, table: string): Promise<void> {
  const { station, day } = indexNames(table);
  const on = quoteTable(table);
  await client.query(`create index ${quoteIdentifier(station)} on ${on} (station_key)`);
  await client.query(
    `create index ${quoteIdentifier(day)} on ${on} using brin (date_) with (pages_per_range = 32)`,
  );
}

/** A constraint that proves the partition's bounds, so that attaching does not scan the table under a lock. */
async function boundByYear(client: Client, staging: string, year: number): Promise<void> {
  const [from, until] = yearBounds(year);
  await client.query(
    `alter table ${quoteTable(staging)} add constraint within_year check (date_ >= ${from} and date_ < ${until})`,
  );
}

/** The first day of a year and of the next one, as SQL. */
function yearBounds(year: number): [from: string, until: string] {
  const first = (y: number): string => `date '${String(y).padStart(4, "0")}-01-01'`;
  return [first(year), first(year + 1)];
}

/** Rows of the partition to be replaced: what its load inserted according to the ledger, else counted. */
async function countFormerRows(client: Client, request: MergeRequest, partition: string): Promise<number> {
  if (!(await tableExists(client, partition))) return 0;
  const { rows } = await client.query<{ inserted: number }>(
    `select inserted from millrace.slice join millrace.receipt using (load_id) where source = $1 and slice = $2`,
    [request.pipeline.source, request.slice],
  );
  if (rows[0] !== undefined) return rows[0].inserted;
  const counted = await client.query<{ rows: number }>(
    `select count(*) as rows from ${quoteTable(partition)}`,
  );
  return counted.rows[0]?.rows ?? 0;
}

async function tableExists(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query("select where to_regclass($1) is not null", [quoteTable(table)]);
  return rows.length > 0;
}

/**
 * Swaps the partitions and returns where the old one went, or null when there was none. Only DETACH locks
 * readers out: from here to the end of the transaction.
 */
async function swapPartitions(
  client: Client,
  { parent, partition, staging, year }: Swap,
): Promise<string | null> {
  const name = unqualified(partition);
  const [from, until] = yearBounds(year);
  const replaced = (await tableExists(client, partition)) ? `staging.${name}` : null;
  if (replaced !== null) {
    await withLockTimeout(client, MAINTENANCE_LIMIT, () =>
      client.query(`lock table ${quoteTable(partition)} in share update exclusive mode`),
    );
    await client.query(`alter table ${quoteTable(parent)} detach partition ${quoteTable(partition)}`);
    await client.query(`alter table ${quoteTable(partition)} set schema staging`);
  }
  await client.query(`alter table ${quoteTable(staging)} reset (autovacuum_enabled)`);
  await client.query(`alter table ${quoteTable(staging)} set schema storage`);
  await client.query(
    `alter table storage.${quoteIdentifier(unqualified(staging))} rename to ${quoteIdentifier(name)}`,
  );
  const [own, final] = [indexNames(staging), indexNames(partition)];
  for (const index of ["station", "day"] as const) {
    await client.query(
      `alter index storage.${quoteIdentifier(own[index])} rename to ${quoteIdentifier(final[index])}`,
    );
  }
  await client.query(
    `alter table ${quoteTable(parent)} attach partition ${quoteTable(partition)} for values from (${from}) to (${until})`,
  );
  await client.query(`alter table ${quoteTable(partition)} drop constraint within_year`);
  return replaced;
}

function indexNames(table: string): { readonly station: string; readonly day: string } {
  return { station: `${unqualified(table)}_station`, day: `${unqualified(table)}_day` };
}

function unqualified(table: string): string {
  return table.slice(table.indexOf(".") + 1);
}

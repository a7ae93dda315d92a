/** Partitions that merges fill row by row: months of observations, years of daily facts and statistics. */
import type { Client } from "../connect.ts";
import { quoteIdentifier, quoteTable } from "../staging.ts";
import { type Attempts, underShortLocks } from "./locks.ts";

/** A partition to come: its bounds are SQL literals, `until` exclusive. */
export interface Partition {
  /** With its schema. */
  readonly name: string;
  readonly parent: string;
  readonly template: string;
  readonly from: string;
  readonly until: string;
  /** Columns of its unique index, which must be the parent's. */
  readonly key: readonly string[];
  /** A column whose values stand close together, to be found without reading the whole partition. */
  readonly clustered?: string;
}

/** What identifies a daily fact, in the order of the unique index. */
export const DAILY_KEY = ["station_key", "kpi_key", "date_"] as const;

/**
 * The years, as partitions of the source's daily table, that rows of a temporary table go to.
 *
 * @param rows what stands behind `from` in SQL; has a column date_
 */
export async function yearPartitions(
  client: Client,
  { source, rows, clustered }: { source: string; rows: string; clustered?: string },
): Promise<Partition[]> {
  const { rows: years } = await client.query<{ year: number }>(
    `select distinct extract(year from date_)::integer as year from ${rows} order by year`,
  );
  const parent = `storage.daily_${source}`;
  const digits = (year: number): string => String(year).padStart(4, "0");
  return years.map(({ year }) => ({
    name: `${parent}_${digits(year)}`,
    parent,
    template: "storage.daily_template",
    from: `date '${digits(year)}-01-01'`,
    until: `date '${digits(year + 1)}-01-01'`,
    key: DAILY_KEY,
    ...(clustered === undefined ? {} : { clustered }),
  }));
}

/**
 * The UTC months, as partitions of a table of observations, that rows of a temporary table go to.
 *
 * @param rows what stands behind `from` in SQL; has a column time_
 */
export async function monthPartitions(
  client: Client,
  { table, key, rows }: { table: string; key: readonly string[]; rows: string },
): Promise<Partition[]> {
  const { rows: months } = await client.query<{ month: string; next: string; suffix: string }>(
    `select to_char(month, 'YYYY-MM-DD') as month, to_char(month + interval '1 month', 'YYYY-MM-DD') as next,
       to_char(month, 'YYYYMM') as suffix
     from (select distinct date_trunc('month', time_ at time zone 'UTC') as month from ${rows}) m
     order by month`,
  );
  return months.map(({ month, next, suffix }) => ({
    name: `${table}_${suffix}`,
    parent: table,
    template: "storage.observations_template",
    from: `timestamptz '${month} 00:00:00+00'`,
    until: `timestamptz '${next} 00:00:00+00'`,
    key,
    clustered: "object_id",
  }));
}

/**
 * Creates those partitions that are missing: each is made like its template first, with its index, and only then
 * attached, which readers do not notice. Hold `lockSource`, so that no other load makes the same one.
 */
export async function ensurePartitions(
  client: Client,
  partitions: readonly Partition[],
  attempts: Omit<Attempts, "table">,
): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    "select name from unnest($1::text[]) as name where to_regclass(name) is null",
    [partitions.map((partition) => partition.name)],
  );
  const missing = new Set(rows.map((row) => row.name));
  for (const partition of partitions) {
    if (missing.has(partition.name)) await createPartition(client, partition, attempts);
  }
}

/** Gives a partition its unique index; does nothing if it has one of that name. */
export async function indexByKey(client: Client, partition: string, key: readonly string[]): Promise<void> {
  const index = quoteIdentifier(`${partition.slice(partition.indexOf(".") + 1)}_key`);
  await client.query(
    `create unique index if not exists ${index} on ${quoteTable(partition)} (${key.join(", ")})`,
  );
}

async function createPartition(
  client: Client,
  partition: Partition,
  attempts: Omit<Attempts, "table">,
): Promise<void> {
  const table = quoteTable(partition.name);
  await client.query(`create table ${table} (like ${quoteTable(partition.template)} including all)`);
  await indexByKey(client, partition.name, partition.key);
  if (partition.clustered !== undefined) {
    // A BRIN index costs next to nothing to keep; small ranges, since an object's rows fill only a page or two.
    await client.query(
      `create index on ${table} using brin (${partition.clustered}) with (pages_per_range = 16)`,
    );
  }
  await underShortLocks(client, { ...attempts, table: partition.parent }, () =>
    client.query(
      `alter table ${quoteTable(partition.parent)} attach partition ${table}
       for values from (${partition.from}) to (${partition.until})`,
    ),
  );
}

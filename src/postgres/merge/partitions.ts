/** Partitions that merges fill row by row: months of observations, years of daily statistics. */
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

async function createPartition(
  client: Client,
  partition: Partition,
  attempts: Omit<Attempts, "table">,
): Promise<void> {
  const table = quoteTable(partition.name);
  const index = quoteIdentifier(`${partition.name.slice(partition.name.indexOf(".") + 1)}_key`);
  await client.query(`create table ${table} (like ${quoteTable(partition.template)} including all)`);
  await client.query(`create unique index ${index} on ${table} (${partition.key.join(", ")})`);
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

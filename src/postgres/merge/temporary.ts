/** The temporary tables in which a merge notes its intermediate results. */
import type { Client } from "../connect.ts";

interface IndexOptions {
  readonly key: readonly string[];
  /** Other columns by which rows are chosen. */
  readonly chosenBy?: readonly string[];
}

/**
 * Gives a filled temporary table a unique index, and statistics of the columns by which rows are found (those of all
 * columns would cost as much as the joins). The planner knows next to nothing of a partition
 * that is minutes old; with the index even its worst guess, a nested loop, is a search for each row.
 */
export async function indexTemporary(
  client: Client,
  table: string,
  { key, chosenBy = [] }: IndexOptions,
): Promise<void> {
  await client.query(`create unique index on pg_temp.${table} (${key.join(", ")})`);
  await client.query(`analyze pg_temp.${table} (${[...key, ...chosenBy].join(", ")})`);
}

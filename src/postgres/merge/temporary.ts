/** The temporary tables in which a merge notes its intermediate results. */
import type { Client } from "../connect.ts";

/**
 * Gives a filled temporary table a unique index and statistics. The planner knows next to nothing of a partition
 * that is minutes old; with the index even its worst guess, a nested loop, is a search for each row.
 */
export async function indexTemporary(client: Client, table: string, key: readonly string[]): Promise<void> {
  await client.query(`create unique index on pg_temp.${table} (${key.join(", ")})`);
  await client.query(`analyze pg_temp.${table}`);
}

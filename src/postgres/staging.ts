/** Staging: the table of one load, which COPY fills and the merge consumes. */
import pg from "pg";
import type { PipelineFile, Target } from "../config/pipeline.ts";
import type { Client } from "./connect.ts";

/** The template of tables that become the partition of a year: see `fitYear` for what those lack at first. */
export const REPLACED_YEAR = "daily_replaced";

/** A name as SQL text: in quotes, inner quotes doubled. The one way in which names come into statements. */
export function quoteIdentifier(name: string): string {
  return pg.escapeIdentifier(name);
}

/** `schema.table` as SQL text. Neither part may hold a dot itself; Millrace's own names do not. */
export function quoteTable(qualifiedName: string): string {
  return qualifiedName.split(".").map(quoteIdentifier).join(".");
}

/** The name of a load's staging table, with its schema. */
export function stagingTable(loadId: number): string {
  return `staging.load_${loadId}`;
}

/**
 * Creates the staging table of a load, see `createLike`. Returns the table's name with its schema, as the ledger and the
 * functions of this folder take it.
 */
export async function createStaging(
  client: Client,
  { target, merge }: Pick<PipelineFile, "target" | "merge">,
  loadId: number,
): Promise<string> {
  const table = stagingTable(loadId);
  await createLike(client, table, target === "daily" && merge.mode === "replace" ? REPLACED_YEAR : target);
  return table;
}

/**
 * Creates a table LIKE a template, which no fact table hangs on, so that no load and no reader waits for it.
 * Call it in the transaction that fills it, outside of any savepoint: then COPY may write frozen rows. Autovacuum
 * leaves the table alone while it waits for a merge (quarantined loads may wait long, and their rows are frozen
 * already); whoever makes it a partition switches that back.
 */
export async function createLike(
  client: Client,
  table: string,
  kind: Target | typeof REPLACED_YEAR,
): Promise<void> {
  const template = quoteTable(`storage.${kind}_template`);
  // With wal_level minimal a table made in the transaction is written out when that commits. Told to pass on what it writes
  // meanwhile, the system does most of it beside the COPY, and the commit waits half as long (test/bench/RESULTS.md).
  await client.query(
    `set local backend_flush_after = '1MB';
     create table ${quoteTable(table)} (like ${template} including all) with (autovacuum_enabled = false)`,
  );
}

/** Removes a staging table, if it is still there. */
export async function dropStaging(client: Client, table: string): Promise<void> {
  await client.query(`drop table if exists ${quoteTable(table)}`);
}

/** Replacing a source's inventory. */
import type { Client } from "../connect.ts";
import { dropStaging, quoteTable } from "../staging.ts";
import { keepFormer } from "./former.ts";
import { lockSource } from "./locks.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { sourceKey } from "./sources.ts";

/**
 * Makes the source's inventory what the staging table holds, writing only the differences. Of several rows for
 * one station and KPI the last one counts. As for every replace, `inserted` are the rows that the inventory has
 * now and `deleted` those that it had.
 */
export async function replaceInventory(client: Client, request: MergeRequest): Promise<MergeCounts> {
  const { pipeline, staging, copied, loadId } = request;
  await lockSource(client, pipeline.source);
  const source = await sourceKey(client, pipeline.source);
  await client.query(`analyze ${quoteTable(staging)}`);
  const duplicates = await client.query(
    `delete from ${quoteTable(staging)} s
     using (
       select station_key, kpi_key, max(ctid) as last from ${quoteTable(staging)}
       group by station_key, kpi_key having count(*) > 1
     ) d
     where s.station_key = d.station_key and s.kpi_key = d.kpi_key and s.ctid <> d.last`,
  );
  // Whatever the planner believes of an inventory without statistics, with an index no plan is slow.
  await client.query(`create index on ${quoteTable(staging)} (station_key, kpi_key)`);
  const { rows: former } = await client.query<{ rows: number }>(
    "select count(*)::integer as rows from storage.inventory where source_key = $1",
    [source],
  );
  const differences = await writeDifferences(client, staging, source);
  await keepFormer(client, { source: pipeline.source, slice: "all", loadId });
  await dropStaging(client, staging);
  return {
    inserted: copied - (duplicates.rowCount ?? 0),
    updated: 0,
    unchanged: 0,
    duplicates: duplicates.rowCount ?? 0,
    deleted: former[0]?.rows ?? 0,
    changed: differences > 0 ? ["inventory"] : [],
  };
}

async function writeDifferences(client: Client, staging: string, source: number): Promise<number> {
  const table = quoteTable(staging);
  const deleted = await client.query(
    `delete from storage.inventory t
     where t.source_key = $1 and not exists (
       select from ${table} s where s.station_key = t.station_key and s.kpi_key = t.kpi_key)`,
    [source],
  );
  const updated = await client.query(
    `update storage.inventory t set from_year = s.from_year, until_year = s.until_year
     from ${table} s
     where t.source_key = $1 and t.station_key = s.station_key and t.kpi_key = s.kpi_key
       and (t.from_year, t.until_year) is distinct from (s.from_year, s.until_year)`,
    [source],
  );
  const inserted = await client.query(
    `insert into storage.inventory (source_key, station_key, kpi_key, from_year, until_year)
     select $1, s.station_key, s.kpi_key, s.from_year, s.until_year from ${table} s
     where not exists (
       select from storage.inventory t
       where t.source_key = $1 and t.station_key = s.station_key and t.kpi_key = s.kpi_key)
     order by s.station_key, s.kpi_key`,
    [source],
  );
  return (deleted.rowCount ?? 0) + (updated.rowCount ?? 0) + (inserted.rowCount ?? 0);
}

/** Merging facts row by row, where several objects may hold the same one. */
import type { Client } from "../connect.ts";
import { dropStaging, quoteTable } from "../staging.ts";
import {
  areAllNew,
  chooseWithinLoad,
  compareWithNothing,
  compareWithStored,
  spanOfChosen,
} from "./compare.ts";
import { type FactTable, type Span, sameFact, withinSpan } from "./fact-table.ts";
import { lockSource, PATIENCE } from "./locks.ts";
import { noteOverlaps, wantHiddenAgain } from "./overlaps.ts";
import { ensurePartitions } from "./partitions.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { indexTemporary } from "./temporary.ts";

type UpsertCounts = Omit<MergeCounts, "changed">;

/**
 * Merges a staging table of facts. Where several objects hold the same one, the object with the greatest key wins,
 * whatever the order of loading (of equal keys in two buckets the greater bucket, then the greater pipeline); within
 * an object the last row. Staged rows that lose are `duplicates`. With `deletes`, an object determines its rows:
 * those that it brought before and now lacks are deleted, and other objects that may hold them are marked, to be loaded
 * again. A reload deletes them in any case: another configuration may have given the same record another station or
 * KPI. Other merges into the source wait from here to the end of the transaction.
 *
 * Notes the newest day of the load's rows in millrace.load. Leaves two temporary relations: `compared`, what became of every
 * staged fact (`fate`) with its `former_date`, and `vanished`, the station-days and objects that lost a fact.
 */
export async function upsertFacts(
  client: Client,
  request: MergeRequest,
  table: FactTable,
): Promise<UpsertCounts> {
  const { pipeline, staging, copied } = request;
  await client.query(`analyze ${quoteTable(staging)} (object_id)`);
  await chooseWithinLoad(client, table, staging);
  const span = await spanOfChosen(client, table, request.loadId);

  await lockSource(client, pipeline.source);
  const deletes = pipeline.merge.mode === "upsert" && pipeline.merge.deletes;
  const determines = deletes || request.reload;
  const loaded = determines ? await loadedBefore(client, request.objectIds) : [];
  const fresh = loaded.length === 0 && (await areAllNew(client, table));
  if (fresh) await compareWithNothing(client);
  else await compareWithStored(client, table, span, determines ? request.objectIds : []);
  await client.query(
    "create temporary table vanished (object_id integer, station_key integer, date_ date) on commit drop",
  );
  const deleted = loaded.length > 0 ? await deleteVanished(client, table, loaded) : 0;
  const dropped = determines ? await noteDropped(client, table, request) : 0;
  if (deleted + dropped > 0) await wantHiddenAgain(client);
  const attempts = { patience: request.patience ?? PATIENCE, signal: request.signal };
  await ensurePartitions(client, await table.partitionsOfNewRows(client), attempts);
  const written = fresh ? await insertChosen(client, table) : await writeCompared(client, table, span);
  const { inserted, updated, duplicates, unchanged } = written;
  const lost = copied - (inserted + updated + duplicates + unchanged);
  if (fresh && lost > 0) await indexTemporary(client, "chosen", { key: table.key });
  // Even where this pipeline deletes nothing: another one of the source may, and so does every reload.
  await noteOverlaps(client, { staging, same: sameFact(table, "s", "c"), lost: lost > 0 });
  await dropStaging(client, staging);
  return { inserted, updated, unchanged, deleted, duplicates: duplicates + lost };
}

/** Which of the objects were loaded in an earlier version. */
async function loadedBefore(client: Client, objectIds: readonly number[]): Promise<number[]> {
  const { rows } = await client.query<{ object_id: number }>(
    "select object_id from millrace.object where object_id = any($1::integer[]) and load_id is not null",
    [objectIds],
  );
  return rows.map((row) => row.object_id);
}

/** Deletes what an earlier version of these objects brought and the present one lacks; notes the days. */
async function deleteVanished(client: Client, table: FactTable, loaded: readonly number[]): Promise<number> {
  const { rows } = await client.query<{ deleted: number }>(
    `with deleted as (
       delete from ${quoteTable(table.name)} t
       where t.object_id = any($1::integer[])
         and not exists (select from chosen c where ${sameFact(table, "c", "t")})
       returning object_id, station_key, date_
     ), days as (
       insert into vanished select distinct object_id, station_key, date_ from deleted
     )
     select count(*)::integer as deleted from deleted`,
    [loaded],
  );
  return rows[0]?.deleted ?? 0;
}

/**
 * Notes the facts that an earlier version of the load's objects brought, the present one lacks, and another object of the
 * same load has: they are not deleted, but an object hidden so far may come before that other one.
 */
async function noteDropped(
  client: Client,
  table: FactTable,
  { staging, objectIds }: MergeRequest,
): Promise<number> {
  const { rowCount } = await client.query(
    `insert into vanished
     select distinct c.former_object, c.station_key, c.former_date
     from compared c
     where c.former_object = any($1::integer[]) and c.former_object <> c.object_id
       and not exists (
         select from ${quoteTable(staging)} s where s.object_id = c.former_object and ${sameFact(table, "s", "c")}
       )`,
    [objectIds],
  );
  return rowCount ?? 0;
}

/** Inserts all that was chosen, which stands in the order of the key. */
async function insertChosen(client: Client, table: FactTable): Promise<Omit<UpsertCounts, "deleted">> {
  const columns = columnsOf(table);
  const { rowCount } = await client.query(
    `insert into ${quoteTable(table.name)} (${columns}) select ${columns} from chosen`,
  );
  return { inserted: rowCount ?? 0, updated: 0, duplicates: 0, unchanged: 0 };
}

function columnsOf({ key, implied, content }: FactTable): string {
  return [...key, ...implied, ...content, "object_id"].join(", ");
}

/** Carries out what `compared` says. A row taken over has its values already, but now belongs to another object. */
async function writeCompared(
  client: Client,
  table: FactTable,
  span: Span,
): Promise<Omit<UpsertCounts, "deleted">> {
  const { key, content } = table;
  const columns = columnsOf(table);
  await client.query(
    `insert into ${quoteTable(table.name)} (${columns})
     select ${columns} from compared where fate = 'insert' order by ${key.join(", ")}`,
  );
  await client.query(
    `update ${quoteTable(table.name)} t
     set ${[...content, "object_id"].map((column) => `${column} = c.${column}`).join(", ")}
     from compared c
     where c.fate in ('update', 'take over') and ${sameFact(table, "t", "c")} and ${withinSpan(table)}`,
    [span.from, span.until],
  );
  const { rows } = await client.query<Omit<UpsertCounts, "deleted">>(
    `select count(*) filter (where fate = 'insert')::integer as inserted,
       count(*) filter (where fate = 'update')::integer as updated,
       count(*) filter (where fate = 'lose')::integer as duplicates,
       count(*) filter (where fate in ('take over', 'leave'))::integer as unchanged
     from compared`,
  );
  return rows[0] ?? { inserted: 0, updated: 0, duplicates: 0, unchanged: 0 };
}

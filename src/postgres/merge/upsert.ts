/** Merging facts row by row, where several objects may hold the same one. */
import type { Client } from "../connect.ts";
import { dropStaging, quoteTable } from "../staging.ts";
import { lockSource, PATIENCE } from "./locks.ts";
import { noteOverlaps, wantHiddenAgain } from "./overlaps.ts";
import { ensurePartitions, type Partition } from "./partitions.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { indexTemporary } from "./temporary.ts";

/** A partitioned table of facts; its rows say which object brought them (`object_id`). */
export interface FactTable {
  /** With its schema. */
  readonly name: string;
  /** The columns that identify a fact. */
  readonly key: readonly string[];
  /** What a new version of a fact may change. */
  readonly content: readonly string[];
  /** The column of the key that the table is partitioned by. */
  readonly partitionedBy: { readonly column: string; readonly type: "date" | "timestamptz" };
  /** The partitions that the rows of the temporary table `compared` with the fate `insert` go to. */
  readonly partitionsOfNewRows: (client: Client) => Promise<Partition[]>;
}

type UpsertCounts = Omit<MergeCounts, "changed">;

/** The bounds between which the staged rows lie, as ISO texts; partitions outside are left alone. */
interface Span {
  readonly from: string;
  readonly until: string;
}

/**
 * Merges a staging table of facts. Where several objects hold the same one, the object with the greatest key wins,
 * whatever the order of loading (of equal keys in two buckets the greater bucket, then the greater pipeline); within
 * an object the last row. Staged rows that lose are `duplicates`. With `deletes`, an object determines its rows:
 * those that it brought before and now lacks are deleted, and other objects that may hold them are marked, to be loaded
 * again. A reload deletes them in any case: another configuration may have given the same record another station or
 * KPI. Other merges into the source wait from here to the end of the transaction.
 *
 * Notes the newest day of the load's rows in millrace.load. Leaves two temporary tables: `compared`, what became of every staged fact (`fate`) with its `former_date`, and
 * `vanished`, the station-days and objects that lost a fact.
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
  await compareWithStored(client, table, span, determines ? request.objectIds : []);
  const deleted = determines ? await deleteVanished(client, table, request.objectIds) : 0;
  const dropped = determines ? await noteDropped(client, table, request) : 0;
  if (deleted + dropped > 0) await wantHiddenAgain(client);
  const attempts = { patience: request.patience ?? PATIENCE, signal: request.signal };
  await ensurePartitions(client, await table.partitionsOfNewRows(client), attempts);
  const { inserted, updated, duplicates, unchanged } = await writeCompared(client, table, span);
  const lost = copied - (inserted + updated + duplicates + unchanged);
  // Even where this pipeline deletes nothing: another one of the source may, and so does every reload.
  await noteOverlaps(client, { staging, same: sameFact(table, "s", "c"), lost: lost > 0 });
  await dropStaging(client, staging);
  return { inserted, updated, unchanged, deleted, duplicates: duplicates + lost };
}

/** Two rows, by their aliases, of the same fact. */
function sameFact({ key }: FactTable, a: string, b: string): string {
  return key.map((column) => `${a}.${column} = ${b}.${column}`).join(" and ");
}

/** That a stored row `t` lies within the span, which comes as the parameters $1 and $2. */
function withinSpan({ partitionedBy: { column, type } }: FactTable): string {
  return `t.${column} >= $1::${type} and t.${column} <= $2::${type}`;
}

/** The columns of a row, by its alias. */
function list(columns: readonly string[], alias: string): string {
  return columns.map((column) => `${alias}.${column}`).join(", ");
}

/** The temporary table `chosen`: one row of the load for each fact. */
async function chooseWithinLoad(client: Client, { key }: FactTable, staging: string): Promise<void> {
  await client.query("drop table if exists pg_temp.chosen, pg_temp.compared, pg_temp.vanished");
  // COPY fills a new table in order, so the greatest ctid is the row copied last.
  await client.query(
    `create temporary table chosen on commit drop as
     with ranked as (
       select object_id, row_number() over (order by key, bucket collate "C", pipeline collate "C") as rank
       from millrace.object
       where object_id in (select object_id from ${quoteTable(staging)})
     )
     select distinct on (${list(key, "s")}) s.*
     from ${quoteTable(staging)} s join ranked using (object_id)
     order by ${list(key, "s")}, rank desc, s.ctid desc`,
  );
  await indexTemporary(client, "chosen", { key });
}

/** Also notes the newest local day in the ledger: this one statement reads all rows anyway. */
async function spanOfChosen(
  client: Client,
  { partitionedBy: { column } }: FactTable,
  loadId: number,
): Promise<Span> {
  const { rows } = await client.query<Span>(
    `with span as (
       select coalesce(min(${column}), 'epoch') as from, coalesce(max(${column}), 'epoch') as until,
         max(date_) as newest
       from chosen
     ), noted as (
       update millrace.load set newest_date = (select newest from span) where load_id = $1
     )
     select span.from, span.until from span`,
    [loadId],
  );
  return rows[0] ?? { from: "epoch", until: "epoch" };
}

/**
 * The temporary table `compared`: what is to become of every chosen row.
 *
 * @param determined objects of this load whose stored rows count only if they are staged again
 */
async function compareWithStored(
  client: Client,
  table: FactTable,
  span: Span,
  determined: readonly number[],
): Promise<void> {
  // The limit makes it one search of the right partition's index for each row, whatever the table's size: the planner
  // does not reckon with partitions that are left out at run time and would rather read all of them.
  await client.query(
    `create temporary table compared on commit drop as
     select c.*, t.date_ as former_date, t.object_id as former_object,
       case
         when t.is_stored is null then 'insert'
         when t.object_id <> c.object_id and t.object_id <> all ($3::integer[]) and (
           select (theirs.key, theirs.bucket collate "C", theirs.pipeline collate "C")
             > (ours.key, ours.bucket collate "C", ours.pipeline collate "C")
           from millrace.object theirs, millrace.object ours
           where theirs.object_id = t.object_id and ours.object_id = c.object_id
         ) then 'lose'
         when (${list(table.content, "t")}) is distinct from (${list(table.content, "c")}) then 'update'
         when t.object_id is distinct from c.object_id or scale(t.value) <> scale(c.value) then 'take over'
         else 'leave'
       end as fate
     from chosen c
     left join lateral (
       select true as is_stored, t.* from ${quoteTable(table.name)} t
       where ${sameFact(table, "t", "c")} and ${withinSpan(table)}
       limit 1
     ) t on true`,
    [span.from, span.until, determined],
  );
  await indexTemporary(client, "compared", { key: table.key, chosenBy: ["fate"] });
  await client.query(
    "create temporary table vanished (object_id integer, station_key integer, date_ date) on commit drop",
  );
}

/** Deletes what an earlier version of the load's objects brought and the present one lacks; notes the days. */
async function deleteVanished(
  client: Client,
  table: FactTable,
  objectIds: readonly number[],
): Promise<number> {
  const { rows: loaded } = await client.query<{ object_id: number }>(
    "select object_id from millrace.object where object_id = any($1::integer[]) and load_id is not null",
    [objectIds],
  );
  if (loaded.length === 0) return 0;
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
    [loaded.map((row) => row.object_id)],
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

/** Carries out what `compared` says. A row taken over has its values already, but now belongs to another object. */
async function writeCompared(
  client: Client,
  table: FactTable,
  span: Span,
): Promise<Omit<UpsertCounts, "deleted">> {
  const { key, content } = table;
  const columns = [...key, ...content, "object_id"].join(", ");
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

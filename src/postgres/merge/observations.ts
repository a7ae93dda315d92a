/** Merging measurements at their own grain. */
import type { Pipeline } from "../../config/pipeline.ts";
import type { Client } from "../connect.ts";
import { dropStaging, quoteTable } from "../staging.ts";
import { lockSource, PATIENCE } from "./locks.ts";
import { ensurePartitions, type Partition } from "./partitions.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { recomputeDays } from "./statistics.ts";
import { indexTemporary } from "./temporary.ts";

type Observations = Extract<Pipeline, { target: "observations" }>;

/** What identifies a measurement. */
const KEY = ["station_key", "time_", "kpi_key", "sensor_id"] as const;

/** Two rows, by their aliases, of the same measurement. */
function sameMeasurement(a: string, b: string): string {
  return KEY.map((column) => `${a}.${column} = ${b}.${column}`).join(" and ");
}

/** The moments between which the staged rows lie, as ISO texts; partitions outside are left alone. */
interface Span {
  readonly from: string;
  readonly until: string;
}

/**
 * Merges measurements. Where several objects hold the same one, the object with the greatest key wins, whatever
 * the order of loading (of equal keys in two buckets the greater bucket, then the greater pipeline); within an
 * object the last row. Staged rows that lose are `duplicates`. With `deletes`, an object determines its rows:
 * those that it brought before and now lacks are deleted. A reload deletes them in any case: another configuration
 * may have given the same record another station or KPI. Then daily rows are recomputed for the station-days in
 * which something changed. Other observations of the source wait from here to the end of the transaction.
 */
export async function upsertObservations(
  client: Client,
  request: MergeRequest<Observations>,
): Promise<MergeCounts> {
  const { pipeline, staging, copied } = request;
  const attempts = { patience: request.patience ?? PATIENCE, signal: request.signal };
  const table = `storage.observations_${pipeline.source}`;
  await client.query(`analyze ${quoteTable(staging)} (object_id)`);
  await chooseWithinLoad(client, staging);
  const span = await spanOfChosen(client);

  await lockSource(client, pipeline.source);
  const determines = pipeline.merge.deletes || request.reload;
  await compareWithStored(client, table, span, determines ? request.objectIds : []);
  const deleted = determines ? await deleteVanished(client, table, request.objectIds) : 0;
  await ensurePartitions(client, await monthsOfNewRows(client, table), attempts);
  const { inserted, updated, duplicates, unchanged } = await writeCompared(client, table, span);
  await dropStaging(client, staging);

  const daysChanged = await recomputeDays(client, request, attempts);
  const changed = inserted + updated + deleted > 0 ? ["observations"] : [];
  if (daysChanged) changed.push("daily");
  const lost = copied - (inserted + updated + duplicates + unchanged);
  return { inserted, updated, unchanged, deleted, duplicates: duplicates + lost, changed };
}

/** The temporary table `chosen`: one row of the load for each measurement. */
async function chooseWithinLoad(client: Client, staging: string): Promise<void> {
  const key = KEY.map((column) => `s.${column}`).join(", ");
  await client.query(
    "drop table if exists pg_temp.chosen, pg_temp.compared, pg_temp.touched, pg_temp.computed",
  );
  // COPY fills a new table in order, so the greatest ctid is the row copied last.
  await client.query(
    `create temporary table chosen on commit drop as
     with ranked as (
       select object_id, row_number() over (order by key, bucket collate "C", pipeline collate "C") as rank
       from millrace.object
       where object_id in (select object_id from ${quoteTable(staging)})
     )
     select distinct on (${key}) s.*
     from ${quoteTable(staging)} s join ranked using (object_id)
     order by ${key}, rank desc, s.ctid desc`,
  );
  await indexTemporary(client, "chosen", { key: KEY });
}

async function spanOfChosen(client: Client): Promise<Span> {
  const { rows } = await client.query<Span>(
    `select coalesce(min(time_), 'epoch') as from, coalesce(max(time_), 'epoch') as until from chosen`,
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
  table: string,
  span: Span,
  determined: readonly number[],
): Promise<void> {
  // The limit makes it one search of the right partition's index for each row, whatever the table's size: the planner
  // does not reckon with partitions that are left out at run time and would rather read all of them.
  await client.query(
    `create temporary table compared on commit drop as
     select c.*, t.date_ as former_date,
       case
         when t.object_id is null then 'insert'
         when t.object_id <> c.object_id and t.object_id <> all ($3::integer[]) and (
           select (theirs.key, theirs.bucket collate "C", theirs.pipeline collate "C")
             > (ours.key, ours.bucket collate "C", ours.pipeline collate "C")
           from millrace.object theirs, millrace.object ours
           where theirs.object_id = t.object_id and ours.object_id = c.object_id
         ) then 'lose'
         when (t.value, t.averaging, t.date_) is distinct from (c.value, c.averaging, c.date_) then 'update'
         when t.object_id <> c.object_id or scale(t.value) <> scale(c.value) then 'take over'
         else 'leave'
       end as fate
     from chosen c
     left join lateral (
       select * from ${quoteTable(table)} t
       where ${sameMeasurement("t", "c")} and t.time_ >= $1::timestamptz and t.time_ <= $2::timestamptz
       limit 1
     ) t on true`,
    [span.from, span.until, determined],
  );
  await indexTemporary(client, "compared", { key: KEY, chosenBy: ["fate"] });
  await client.query("create temporary table touched (station_key integer, date_ date) on commit drop");
}

/** Deletes what an earlier version of the load's objects brought and the present one lacks; notes the days. */
async function deleteVanished(client: Client, table: string, objectIds: readonly number[]): Promise<number> {
  const { rows: loaded } = await client.query<{ object_id: number }>(
    "select object_id from millrace.object where object_id = any($1::integer[]) and load_id is not null",
    [objectIds],
  );
  if (loaded.length === 0) return 0;
  const { rows } = await client.query<{ deleted: number }>(
    `with vanished as (
       delete from ${quoteTable(table)} t
       where t.object_id = any($1::integer[])
         and not exists (select from chosen c where ${sameMeasurement("c", "t")})
       returning station_key, date_
     ), days as (
       insert into touched select distinct station_key, date_ from vanished
     )
     select count(*)::integer as deleted from vanished`,
    [loaded.map((row) => row.object_id)],
  );
  return rows[0]?.deleted ?? 0;
}

async function monthsOfNewRows(client: Client, table: string): Promise<Partition[]> {
  const { rows } = await client.query<{ month: string; next: string; suffix: string }>(
    `select to_char(month, 'YYYY-MM-DD') as month, to_char(month + interval '1 month', 'YYYY-MM-DD') as next,
       to_char(month, 'YYYYMM') as suffix
     from (select distinct date_trunc('month', time_ at time zone 'UTC') as month from compared where fate = 'insert') m
     order by month`,
  );
  return rows.map(({ month, next, suffix }) => ({
    name: `${table}_${suffix}`,
    parent: table,
    template: "storage.observations_template",
    from: `timestamptz '${month} 00:00:00+00'`,
    until: `timestamptz '${next} 00:00:00+00'`,
    key: KEY,
    clustered: "object_id",
  }));
}

interface Written {
  readonly inserted: number;
  readonly updated: number;
  readonly duplicates: number;
  readonly unchanged: number;
}

/** Carries out what `compared` says. A row taken over has its values already, but now belongs to another object. */
async function writeCompared(client: Client, table: string, span: Span): Promise<Written> {
  const columns = "time_, sensor_id, station_key, date_, object_id, averaging, kpi_key, value";
  await client.query(
    `insert into ${quoteTable(table)} (${columns})
     select ${columns} from compared where fate = 'insert' order by ${KEY.join(", ")}`,
  );
  await client.query(
    `update ${quoteTable(table)} t
     set object_id = c.object_id, averaging = c.averaging, date_ = c.date_, value = c.value
     from compared c
     where c.fate in ('update', 'take over') and ${sameMeasurement("t", "c")}
       and t.time_ >= $1::timestamptz and t.time_ <= $2::timestamptz`,
    [span.from, span.until],
  );
  const { rows } = await client.query<Written>(
    `select count(*) filter (where fate = 'insert')::integer as inserted,
       count(*) filter (where fate = 'update')::integer as updated,
       count(*) filter (where fate = 'lose')::integer as duplicates,
       count(*) filter (where fate in ('take over', 'leave'))::integer as unchanged
     from compared`,
  );
  return rows[0] ?? { inserted: 0, updated: 0, duplicates: 0, unchanged: 0 };
}

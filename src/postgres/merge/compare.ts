/** What is to become of staged facts, beside those that are stored already. */
import type { Client } from "../connect.ts";
import { quoteTable } from "../staging.ts";
import { type FactTable, list, type Span, sameFact, withinSpan } from "./fact-table.ts";
import { indexTemporary } from "./temporary.ts";

/** The temporary table `chosen`: one row of the load for each fact. */
export async function chooseWithinLoad(client: Client, { key }: FactTable, staging: string): Promise<void> {
  // What was compared may be a view of what was chosen.
  await client.query("drop table if exists pg_temp.chosen cascade");
  await client.query("drop table if exists pg_temp.compared, pg_temp.vanished");
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
}

/** Also notes the newest local day in the ledger: this one statement reads all rows anyway. */
export async function spanOfChosen(
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
 * Whether no series (what the key has before its time) has a stored row in the time that its chosen rows span: history that is loaded for the first time, and
 * every new day of most sources. One search of the index for each series.
 */
export async function areAllNew(client: Client, table: FactTable): Promise<boolean> {
  const { column } = table.partitionedBy;
  const series = table.key.slice(0, table.key.indexOf(column));
  const same = series.map((name) => `t.${name} = s.${name}`).join(" and ");
  const { rows } = await client.query(
    `select from (
       select ${series.join(", ")}, min(${column}) as first, max(${column}) as last
       from chosen group by ${series.join(", ")}
     ) s cross join lateral (
       select from ${quoteTable(table.name)} t
       where ${same} and t.${column} >= s.first and t.${column} <= s.last
       limit 1
     ) stored
     limit 1`,
  );
  return rows.length === 0;
}

/** `compared` as a view: every chosen row is to be inserted. Goes when `chosen` goes. */
export async function compareWithNothing(client: Client): Promise<void> {
  await client.query(
    `create temporary view compared as
     select c.*, null::date as former_date, null::integer as former_object, 'insert' as fate from chosen c`,
  );
}

/**
 * The temporary table `compared`: what is to become of every chosen row.
 *
 * @param determined objects of this load whose stored rows count only if they are staged again
 */
export async function compareWithStored(
  client: Client,
  table: FactTable,
  span: Span,
  determined: readonly number[],
): Promise<void> {
  await indexTemporary(client, "chosen", { key: table.key });
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
}

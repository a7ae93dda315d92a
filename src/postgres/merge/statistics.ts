/** Daily statistics of observations, recomputed from all of a station's measurements of the day. */
import type { Pipeline } from "../../config/pipeline.ts";
import type { Client } from "../connect.ts";
import { quoteTable } from "../staging.ts";
import { addDirections } from "./directions.ts";
import type { Attempts } from "./locks.ts";
import { type Days, measurementsOfDay } from "./measurements-of-day.ts";
import { DAILY_KEY, ensurePartitions, yearPartitions } from "./partitions.ts";
import type { MergeRequest } from "./request.ts";
import { type PlannedStatistic, planStatistics } from "./statistic-plan.ts";
import { indexTemporary } from "./temporary.ts";
import { addTotals } from "./totals.ts";

type Observations = Extract<Pipeline, { target: "observations" }>;

/**
 * Recomputes the daily rows of every station-day in which a measurement changed, from all of the station's
 * measurements of that local day, old and new, that did not fail quality control. Writes only rows that differ; what
 * has no such measurement any more is deleted, and so is what the configuration no longer wants. A mean is rounded to
 * four decimals (the sources have at most that many that mean anything); see `addTotals` and `addDirections` for sums
 * and directions. No result depends on the order of rows.
 *
 * Reads the temporary tables that `upsertFacts` made. Returns whether any daily row changed.
 */
export async function recomputeDays(
  client: Client,
  request: MergeRequest<Observations>,
  attempts: Omit<Attempts, "table">,
): Promise<boolean> {
  const { source } = request.pipeline;
  const days = await touchedDays(client, request.reload);
  if (days === undefined) return false;
  await computeStatistics(client, source, days);
  const plan = await planStatistics(client, request.pipeline);
  await nameStatistics(client, plan);
  if (plan.some(({ statistic }) => statistic === "sum")) await addTotals(client, source, days, plan);
  if (plan.some(({ statistic }) => statistic === "mean_direction")) {
    await addDirections(client, source, days, plan);
  }
  await settleNames(client, plan);
  await ensurePartitions(client, await yearPartitions(client, { source, rows: "computed" }), attempts);
  return writeDaily(client, source, days);
}

/** The temporary table `day`: distinct station-days in which something changed or, if asked for, was staged. */
async function touchedDays(client: Client, everyStagedDay: boolean): Promise<Days | undefined> {
  await client.query("drop table if exists pg_temp.day, pg_temp.computed");
  // Bounds as columns, so that the index on station and time is searched with them.
  await client.query(
    `create temporary table day on commit drop as
     select station_key, date_,
       (date_ - 1)::timestamp at time zone 'UTC' as from_time,
       (date_ + 2)::timestamp at time zone 'UTC' as until_time
     from (
       select station_key, date_ from compared where $1 or fate in ('insert', 'update')
       union
       select station_key, former_date from compared
       where former_date is not null and ($1 or fate in ('insert', 'update'))
       union
       select station_key, date_ from vanished
     ) touched`,
    [everyStagedDay],
  );
  await indexTemporary(client, "day", { key: ["station_key", "date_"] });
  const { rows } = await client.query<{ first: string | null; last: string | null }>(
    "select min(date_) as first, max(date_) as last from day",
  );
  const { first, last } = rows[0] ?? { first: null, last: null };
  return first === null || last === null ? undefined : { first, last };
}

/**
 * The temporary table `statistic`: mean, least and greatest value of each station-day and measured KPI, of the
 * measurements that passed quality control or (flag with a ? before it) were never judged.
 */
async function computeStatistics(client: Client, source: string, { first, last }: Days): Promise<void> {
  await client.query("drop table if exists pg_temp.statistic");
  // Equal numbers may be written with more or fewer zeros; without them the result does not depend on the order.
  // The grouping inside makes it one search of the index for each day, whatever the table's size.
  await client.query(
    `create temporary table statistic on commit drop as
     select d.station_key, d.date_, measured.*
     from day d cross join lateral (
       select o.kpi_key, count(*)::integer as n_measurements, trim_scale(round(avg(o.value), 4)) as mean,
         trim_scale(min(o.value)) as min, trim_scale(max(o.value)) as max
       from ${measurementsOfDay(source)}
       group by o.kpi_key
     ) measured`,
    [first, last],
  );
}

/** The temporary table `computed`: the daily rows as they should be, and where their statistics stand in the plan. */
async function nameStatistics(client: Client, plan: readonly PlannedStatistic[]): Promise<void> {
  await client.query(
    `create temporary table computed on commit drop as
     select s.station_key, s.date_, p.daily_key::smallint as kpi_key, s.n_measurements,
       case p.statistic when 'mean' then s.mean when 'min' then s.min else s.max end as value,
       p.place::integer as place
     from statistic s
     join unnest($1::smallint[], $2::smallint[], $3::text[]) with ordinality
       as p (measured_key, daily_key, statistic, place) on p.measured_key = s.kpi_key
     where p.statistic in ('mean', 'min', 'max')`,
    [
      plan.map(({ measuredKey }) => measuredKey),
      plan.map(({ dailyKey }) => dailyKey),
      plan.map(({ statistic }) => statistic),
    ],
  );
}

/** Where two statistics have one name, that of the plan's earlier place stays. */
async function settleNames(client: Client, plan: readonly PlannedStatistic[]): Promise<void> {
  if (new Set(plan.map(({ dailyKey }) => dailyKey)).size < plan.length) {
    await client.query(
      `delete from computed c using computed better
       where better.station_key = c.station_key and better.date_ = c.date_ and better.kpi_key = c.kpi_key
         and better.place < c.place`,
    );
  }
  await indexTemporary(client, "computed", { key: DAILY_KEY });
}

/** Makes the touched days' rows equal to `computed`; returns whether any was written. */
async function writeDaily(client: Client, source: string, { first, last }: Days): Promise<boolean> {
  const table = quoteTable(`storage.daily_${source}`);
  const within = "t.date_ >= $1::date and t.date_ <= $2::date";
  const same = "t.station_key = c.station_key and t.kpi_key = c.kpi_key and t.date_ = c.date_";
  const deleted = await client.query(
    `delete from ${table} t using day d
     where t.station_key = d.station_key and t.date_ = d.date_ and ${within}
       and not exists (select from computed c where ${same})`,
    [first, last],
  );
  const updated = await client.query(
    `update ${table} t set value = c.value, n_measurements = c.n_measurements, quality_flag = null, observ_time = null
     from computed c
     where ${same} and ${within}
       and (t.value, t.n_measurements, t.quality_flag, t.observ_time)
         is distinct from (c.value, c.n_measurements, null, null)`,
    [first, last],
  );
  const inserted = await client.query(
    `insert into ${table} (station_key, date_, kpi_key, common_kpi_name, n_measurements, value)
     select c.station_key, c.date_, c.kpi_key, kpi.common_kpi_name, c.n_measurements, c.value
     from computed c join storage.kpi using (kpi_key)
     where not exists (select from ${table} t where ${same} and ${within})
     order by c.station_key, c.kpi_key, c.date_`,
    [first, last],
  );
  return (deleted.rowCount ?? 0) + (updated.rowCount ?? 0) + (inserted.rowCount ?? 0) > 0;
}

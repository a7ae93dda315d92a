/** Daily statistics of observations, recomputed from all of a station's measurements of the day. */
import type { Pipeline } from "../../config/pipeline.ts";
import type { Client } from "../connect.ts";
import { lockSources, storeKpiNames } from "../keys.ts";
import { quoteTable } from "../staging.ts";
import type { Attempts } from "./locks.ts";
import { DAILY_KEY, ensurePartitions, yearPartitions } from "./partitions.ts";
import type { MergeRequest } from "./request.ts";
import { indexTemporary } from "./temporary.ts";

type Observations = Extract<Pipeline, { target: "observations" }>;

/** The days between which all touched days lie, ISO dates, both inclusive. */
interface Days {
  readonly first: string;
  readonly last: string;
}

/**
 * Recomputes the daily rows of every station-day in which a measurement changed, from all of the station's
 * measurements of that local day, old and new, that did not fail quality control. Writes only rows that differ; what
 * has no such measurement any more is deleted. A mean is rounded to four decimals (the sources have at most that many that mean anything). A
 * measurement whose UTC time lies more than 24 hours outside of the local day that its record states is no part
 * of the day: no time zone is that far from UTC.
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
  await createKpis(client, Object.keys(request.pipeline.daily));
  await nameStatistics(client, request.pipeline.daily);
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
       select station_key, unnest(array[date_, former_date]) as date_ from compared
       where $1 or fate in ('insert', 'update')
       union
       select station_key, date_ from vanished
     ) touched
     where date_ is not null`,
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
       from ${quoteTable(`storage.observations_${source}`)} o
       where o.station_key = d.station_key and o.date_ = d.date_
         and o.time_ >= d.from_time and o.time_ <= d.until_time
         and o.time_ >= ($1::date - 1)::timestamp at time zone 'UTC'
         and o.time_ <= ($2::date + 2)::timestamp at time zone 'UTC'
         and (o.quality_flag is null or o.quality_flag like '?%')
       group by o.kpi_key
     ) measured`,
    [first, last],
  );
}

/** KPIs that are kept without being listed get those of their statistics when they first have one. */
async function createKpis(client: Client, suffixes: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ commonName: string; commonUnit: string }>(
    `select distinct measured.common_kpi_name || suffix as "commonName", measured.common_unit as "commonUnit"
     from (select distinct kpi_key from statistic) s join storage.kpi measured using (kpi_key)
     cross join unnest($1::text[]) as suffix
     where not exists (
       select from storage.kpi k
       where k.common_kpi_name = measured.common_kpi_name || suffix and k.common_unit = measured.common_unit)`,
    [suffixes],
  );
  if (rows.length === 0) return;
  await lockSources(client);
  await storeKpiNames(client, rows);
}

/** The temporary table `computed`: the daily rows as they should be. */
async function nameStatistics(client: Client, daily: Observations["daily"]): Promise<void> {
  await client.query(
    `create temporary table computed on commit drop as
     select s.station_key, s.date_, k.kpi_key, s.n_measurements,
       case d.statistic when 'mean' then s.mean when 'min' then s.min when 'max' then s.max end as value
     from statistic s
     join storage.kpi measured using (kpi_key)
     cross join unnest($1::text[], $2::text[]) as d (suffix, statistic)
     join storage.kpi k
       on k.common_kpi_name = measured.common_kpi_name || d.suffix and k.common_unit = measured.common_unit`,
    [Object.keys(daily), Object.values(daily)],
  );
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
    `insert into ${table} (station_key, date_, kpi_key, n_measurements, value)
     select c.station_key, c.date_, c.kpi_key, c.n_measurements, c.value
     from computed c
     where not exists (select from ${table} t where ${same} and ${within})
     order by c.station_key, c.kpi_key, c.date_`,
    [first, last],
  );
  return (deleted.rowCount ?? 0) + (updated.rowCount ?? 0) + (inserted.rowCount ?? 0) > 0;
}

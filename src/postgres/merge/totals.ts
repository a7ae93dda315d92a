/** Sums of a day: what fell, not what was read twice. */
import type { Client } from "../connect.ts";
import { type Days, measurementsOfDay } from "./measurements-of-day.ts";
import { type PlannedStatistic, planOf } from "./statistic-plan.ts";
import { indexTemporary } from "./temporary.ts";

/** The longest local day in seconds: the clocks go back, at most by two hours. */
const LONGEST_DAY = 26 * 3600;

/**
 * Adds the planned sums to `computed`. Measurements are added only within a series, that is one sensor's with one
 * averaging period: two gauges at one station do not double the rain, and a total of six hours is not added to those of
 * its hours. Of periods that overlap each other some are chosen that do not (see `addChains`). Of several series the one
 * that covers most of the day counts (chosen periods × their length; where that is unknown, the one with the most
 * measurements); of several that cover as much, the one with the most measurements, and of several such, their mean.
 *
 * Where the length is unknown nobody can say what overlaps: all measurements of the series are added.
 *
 * Sums are exact; a mean of several has four decimals, or as many as the sums. n_measurements counts what was added.
 */
export async function addTotals(
  client: Client,
  source: string,
  days: Days,
  plan: readonly PlannedStatistic[],
): Promise<void> {
  const { measured, daily, places } = planOf(plan, "sum");
  await client.query("drop table if exists pg_temp.series, pg_temp.period");
  await addSeries(client, source, days, measured);
  await addChains(client, source, days);
  await client.query(
    `insert into computed (station_key, date_, kpi_key, n_measurements, value, place)
     select total.station_key, total.date_, p.daily_key, total.n_measurements, trim_scale(total.value), p.place
     from (
       select station_key, date_, kpi_key, sum(n)::integer as n_measurements,
         case when count(*) = 1 then max(total) else round(avg(total), greatest(max(scale(total)), 4)) end as value
       from (
         select s.*, rank() over (
           partition by station_key, date_, kpi_key order by n::bigint * averaging desc nulls last, n desc
         ) as preference
         from series s
         where adds_up
       ) ranked
       where preference = 1
       group by station_key, date_, kpi_key
     ) total
     join unnest($1::smallint[], $2::smallint[], $3::integer[]) as p (measured_key, daily_key, place)
       on p.measured_key = total.kpi_key`,
    [measured, daily, places],
  );
}

/**
 * The temporary table `series`: number and sum of the measurements of each station-day, measured KPI, sensor and
 * averaging period, and whether they may all be added: no period begins before the one before it ends, and together
 * they are no longer than a day can be.
 */
async function addSeries(
  client: Client,
  source: string,
  { first, last }: Days,
  measured: readonly number[],
): Promise<void> {
  await client.query(
    `create temporary table series on commit drop as
     select row_number() over () as series_id, d.station_key, d.date_, found.*
     from day d cross join lateral (
       select kpi_key, sensor_id, averaging, count(*)::integer as n, sum(trim_scale(value)) as total,
         averaging is null or count(*) * averaging <= $4
           and bool_and(former is null or time_ >= former + make_interval(secs => averaging)) as adds_up
       from (
         select o.kpi_key, o.sensor_id, o.averaging, o.time_, o.value,
           lag(o.time_) over (partition by o.kpi_key, o.sensor_id, o.averaging order by o.time_) as former
         from ${measurementsOfDay(source)} and o.kpi_key = any ($3::smallint[])
       ) measured
       group by kpi_key, sensor_id, averaging
     ) found`,
    [first, last, measured, LONGEST_DAY],
  );
}

/**
 * Adds to `series`, for each that does not add up, the most of its periods that do not overlap: the last of the day, then
 * the last that ends no later than that one begins, and so on, as long as together they are no longer than a day can be.
 * Periods of one length: no other choice has more of them. From the end, because what ends last lies within the
 * day, and what ends first mostly in the day before. A period that is longer than any day is no part of one.
 */
async function addChains(client: Client, source: string, { first, last }: Days): Promise<void> {
  const { rowCount } = await client.query(
    `create temporary table period on commit drop as
     select s.series_id, o.time_, trim_scale(o.value) as value
     from (select * from series where not adds_up and averaging <= $3) s
     join day d using (station_key, date_)
     cross join lateral (
       select o.time_, o.value
       from ${measurementsOfDay(source)}
         and o.kpi_key = s.kpi_key and o.sensor_id = s.sensor_id and o.averaging = s.averaging
     ) o`,
    [first, last, LONGEST_DAY],
  );
  if (rowCount === 0) return;
  await indexTemporary(client, "period", { key: ["series_id", "time_"] });
  await client.query(
    `insert into series (series_id, station_key, date_, kpi_key, sensor_id, averaging, n, total, adds_up)
     with recursive chosen as (
       select s.series_id, s.averaging, final.time_, final.value, 1 as place
       from series s cross join lateral (
         select time_, value from period p where p.series_id = s.series_id order by time_ desc limit 1
       ) final
       union all
       select c.series_id, c.averaging, former.time_, former.value, c.place + 1
       from chosen c cross join lateral (
         select time_, value from period p
         where p.series_id = c.series_id and p.time_ <= c.time_ - make_interval(secs => c.averaging)
         order by time_ desc limit 1
       ) former
       where (c.place + 1)::bigint * c.averaging <= $1
     )
     select s.series_id, s.station_key, s.date_, s.kpi_key, s.sensor_id, s.averaging, chain.n, chain.total, true
     from (
       select series_id, count(*)::integer as n, sum(value) as total from chosen group by series_id
     ) chain
     join series s using (series_id)`,
    [LONGEST_DAY],
  );
}

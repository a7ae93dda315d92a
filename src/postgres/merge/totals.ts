/** Sums of a day: what fell, not what was read twice. */
import type { Client } from "../connect.ts";
import { type Days, measurementsOfDay } from "./measurements-of-day.ts";
import { type PlannedStatistic, planOf } from "./statistic-plan.ts";

/** The longest local day: the clocks go back, at most by two hours. */
const LONGEST_DAY = 26 * 3600;

/**
 * Adds the planned sums to `computed`. Measurements are added only within a series, that is one sensor's with one
 * averaging period: two gauges at one station do not double the rain, and a total of six hours is not added to those of
 * its hours. Of several series the one that covers most of the day counts (periods × their length; where that is unknown,
 * the one with the most measurements); of several that cover as much, the one with the most measurements, and of
 * several such, their mean. A series whose periods are longer together than any day overlap each other: it has no sum.
 *
 * Sums are exact; a mean of several has four decimals, or as many as the sums. n_measurements counts what was added.
 */
export async function addTotals(
  client: Client,
  source: string,
  { first, last }: Days,
  plan: readonly PlannedStatistic[],
): Promise<void> {
  const { measured, daily, places } = planOf(plan, "sum");
  await client.query(
    `insert into computed (station_key, date_, kpi_key, n_measurements, value, place)
     select d.station_key, d.date_, p.daily_key, total.n_measurements, trim_scale(total.value), p.place
     from day d cross join lateral (
       select kpi_key, sum(n)::integer as n_measurements,
         case when count(*) = 1 then max(total) else round(avg(total), greatest(max(scale(total)), 4)) end as value
       from (
         select o.kpi_key, sum(trim_scale(o.value)) as total, count(*) as n,
           rank() over (
             partition by o.kpi_key order by count(*) * o.averaging desc nulls last, count(*) desc
           ) as preference
         from ${measurementsOfDay(source)} and o.kpi_key = any ($3::smallint[])
         group by o.kpi_key, o.sensor_id, o.averaging
         having o.averaging is null or count(*) * o.averaging <= $6
       ) series
       where preference = 1
       group by kpi_key
     ) total
     join unnest($3::smallint[], $4::smallint[], $5::integer[]) as p (measured_key, daily_key, place)
       on p.measured_key = total.kpi_key`,
    [first, last, measured, daily, places, LONGEST_DAY],
  );
}

/** Mean directions of a day: where the wind came from. */
import type { Client } from "../connect.ts";
import { type Days, measurementsOfDay } from "./measurements-of-day.ts";
import { type PlannedStatistic, planOf } from "./statistic-plan.ts";

/**
 * Adds the planned mean directions to `computed`: the direction of the sum of unit vectors, degrees in [0, 360), rounded
 * to two decimals (350° and 20° give 5°, not 185°). There is none where the vectors cancel each other out: where the mean
 * vector is no longer than a millionth. The vectors' parts are rounded to twelve decimals and added exactly, so
 * that their order does not matter; degrees are reduced to [0, 360) before they become doubles, whose range they may exceed.
 */
export async function addDirections(
  client: Client,
  source: string,
  { first, last }: Days,
  plan: readonly PlannedStatistic[],
): Promise<void> {
  const { measured, daily, places } = planOf(plan, "mean_direction");
  await client.query(
    `insert into computed (station_key, date_, kpi_key, n_measurements, value, place)
     select d.station_key, d.date_, p.daily_key, v.n,
       trim_scale(mod(round(atan2d(v.east::double precision, v.north::double precision)::numeric + 360, 2), 360)),
       p.place
     from day d cross join lateral (
       select o.kpi_key, count(*)::integer as n,
         sum(round(cosd(mod(o.value, 360)::double precision)::numeric, 12)) as north,
         sum(round(sind(mod(o.value, 360)::double precision)::numeric, 12)) as east
       from ${measurementsOfDay(source)} and o.kpi_key = any ($3::smallint[])
       group by o.kpi_key
     ) v
     join unnest($3::smallint[], $4::smallint[], $5::integer[]) as p (measured_key, daily_key, place)
       on p.measured_key = v.kpi_key
     where v.north * v.north + v.east * v.east > 1e-12 * v.n * v.n`,
    [first, last, measured, daily, places],
  );
}

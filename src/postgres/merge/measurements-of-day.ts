/** The measurements that a day's statistics are computed from. */
import { quoteTable } from "../staging.ts";

/** The days between which all touched days lie, ISO dates, both inclusive. */
export interface Days {
  readonly first: string;
  readonly last: string;
}

/**
 * What stands behind `from` in SQL, and its conditions: the measurements `o` of the station-day `d` (a row of the
 * temporary table `day`) that passed quality control or (flag with a ? before it) were never judged. A measurement whose
 * UTC time lies more than 24 hours outside of the local day that its record states is no part of the day: no time
 * zone is that far from UTC. The bounds of `Days` are the parameters $1 and $2: they say which partitions there can be.
 */
export function measurementsOfDay(source: string): string {
  return `${quoteTable(`storage.observations_${source}`)} o
       where o.station_key = d.station_key and o.date_ = d.date_
         and o.time_ >= d.from_time and o.time_ <= d.until_time
         and o.time_ >= ($1::date - 1)::timestamp at time zone 'UTC'
         and o.time_ <= ($2::date + 2)::timestamp at time zone 'UTC'
         and (o.quality_flag is null or o.quality_flag like '?%')`;
}

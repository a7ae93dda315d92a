/** What the demo prints when its first pass is over. */
import type { Column } from "../observe/table.ts";
import { formatTable } from "../observe/table.ts";

export interface Showing {
  /** Runs one statement; dates and numerics come as text or number. */
  readonly query: (sql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Takes a line of text without its end. */
  readonly print: (line: string) => void;
  /** What goes on running; absent when the demo ends now. */
  readonly access?: Access;
}

export interface Access {
  /** How to connect to the database, as a person should see it. */
  readonly database: string;
  /** Where the buckets are. */
  readonly endpoint: string;
  readonly statusPage: string | undefined;
}

/** A query with the columns of its answer. */
interface Question {
  readonly title: string;
  readonly sql: string;
  readonly columns: readonly Column[];
}

const MART: Question = {
  title: "production.ol_mthly_analytic_ger: months of German stations (°C, mm)",
  columns: [
    { title: "station_id" },
    { title: "month" },
    { title: "max_tmax_c", align: "right" },
    { title: "min_tmin_c", align: "right" },
    { title: "avg_tmax_c", align: "right" },
    { title: "avg_tmin_c", align: "right" },
    { title: "sum_prcp", align: "right" },
  ],
  sql: `select station_id, month, max_tmax_c, min_tmin_c, avg_tmax_c, avg_tmin_c, sum_prcp
from production.ol_mthly_analytic_ger
where station_id = (select min(station_id) from production.ol_mthly_analytic_ger)
order by month desc
limit 12`,
};

/** The place's nearest station with temperatures is found by its position; a degree of longitude shrinks with the cosine. */
const CITY: Question = {
  title: "Temperature (NOAA, °C) beside fine particles (OpenAQ, µg/m³) in Berlin",
  columns: [
    { title: "date_" },
    { title: "climate_station" },
    { title: "air_station" },
    { title: "tmin", align: "right" },
    { title: "tmax", align: "right" },
    { title: "pm25", align: "right" },
  ],
  sql: `with air_station as (
  select station_id, name, latitude, longitude
  from production.d_stations
  where source = 'openaq' and name like 'Berlin%' and latitude is not null
  order by station_id
  limit 1
), climate_station as (
  select s.station_id, s.name
  from production.d_stations s, air_station a
  where s.source = 'noaa'
    and (s.station_id, 'TMAX') in (
      select station_id, common_kpi_name from production.d_inventory where source = 'noaa')
  order by (s.latitude - a.latitude) ^ 2
    + ((s.longitude - a.longitude) * cos(radians(a.latitude))::numeric) ^ 2
  limit 1
)
select
  air.date_,
  climate_station.name as climate_station,
  air_station.name as air_station,
  max(climate.data_value) filter (where climate.common_kpi_name = 'TMIN') as tmin,
  max(climate.data_value) filter (where climate.common_kpi_name = 'TMAX') as tmax,
  round(max(air.data_value), 1) as pm25
from air_station
join production.f_climate_data air
  on air.source = 'openaq'
  and air.station_id = air_station.station_id
  and air.common_kpi_name = 'PM25'
cross join climate_station
join production.f_climate_data climate
  on climate.source = 'noaa'
  and climate.station_id = climate_station.station_id
  and climate.date_ = air.date_
  and climate.common_kpi_name in ('TMIN', 'TMAX')
group by air.date_, climate_station.name, air_station.name
order by air.date_
limit 12`,
};

/**
 * Prints the mart of German months, the join of both sources, each with its SQL, and how to go on. Rejects
 * with what `query` rejects with.
 */
export async function showDemo({ query, print, access }: Showing): Promise<void> {
  for (const { title, sql, columns } of [MART, CITY]) {
    print(title);
    print("");
    for (const line of sql.split("\n")) print(`  ${line}`);
    print("");
    const rows = await query(sql);
    for (const line of table(columns, rows).split("\n")) print(line);
    print("");
  }
  if (access === undefined) {
    print("Without --once the demo goes on as a daemon, with its database, buckets and status page.");
    return;
  }
  print(`Database  ${access.database}`);
  print(`Buckets   ${access.endpoint} (S3 protocol, path-style addresses, no credentials)`);
  if (access.statusPage !== undefined) print(`Status    ${access.statusPage}`);
}

function table(columns: readonly Column[], rows: readonly Readonly<Record<string, unknown>>[]): string {
  if (rows.length === 0) return "(no rows)";
  return formatTable(
    columns,
    rows.map((row) => columns.map(({ title }) => cell(row[title]))),
  );
}

/** A missing value is a dash, as an empty cell could be an empty text. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return "–";
  return typeof value === "string" || typeof value === "number" ? String(value) : JSON.stringify(value);
}

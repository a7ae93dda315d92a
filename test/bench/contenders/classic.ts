/**
 * S: the classic design. Raw text is staged, and INSERT … SELECT … JOIN … ON CONFLICT brings it into a partitioned table
 * with text keys and numeric values.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "../bench-context.ts";
import type { Round } from "../report.ts";
import { onDatabase } from "../server.ts";
import { runOn } from "./measured.ts";
import { copyAnd, createRaw } from "./raw.ts";

export const CLASSIC_NAME = "S: staging + INSERT … JOIN … ON CONFLICT, text keys";

const COUNTRIES = join(import.meta.dirname, "../../../pipelines/lookups/fips-countries.csv");

/** The table that readers ask, its dimensions and partitions. */
export async function createClassic(database: string, years: readonly number[]): Promise<void> {
  await createRaw(database);
  const countries = (await readFile(COUNTRIES, "utf8"))
    .split("\n")
    .map((line) => /^([A-Z]{2}),([A-Z]{2})\b/.exec(line))
    .flatMap((match) => (match === null ? [] : [`('${match[1]}', '${match[2]}')`]));
  await onDatabase(database, async (connection) => {
    for (const statement of [
      `create table kpi_names (orig_kpi_name text primary key, common_kpi_name text not null, common_unit text not null,
         factor numeric not null)`,
      `insert into kpi_names values ('PRCP', 'PRCP', 'mm', 0.1), ('SNOW', 'SNOW', 'mm', 1), ('SNWD', 'SNWD', 'mm', 1),
         ('TMAX', 'TMAX', '°C', 0.1), ('TMIN', 'TMIN', '°C', 0.1)`,
      "create table countries (fips text primary key, country_id char(2) not null)",
      `insert into countries values ${countries.join(", ")}`,
      `create table climate (station_id text not null, date_ date not null, common_kpi_name text not null,
         common_unit text not null, data_value numeric not null, observ_time text, country_id char(2), quality_flag text,
         primary key (station_id, date_, common_kpi_name, common_unit)) partition by range (date_)`,
      ...years.map(
        (year) =>
          `create table climate_${year} partition of climate for values from ('${year}-01-01') to ('${year + 1}-01-01')`,
      ),
      "analyze kpi_names, countries",
    ]) {
      await connection.query(statement);
    }
  });
}

const MERGE = `insert into climate
  select r.station_id, to_date(r.date, 'YYYYMMDD'), k.common_kpi_name, k.common_unit, r.value::numeric * k.factor,
    nullif(r.obs_time, ''), c.country_id, nullif(r.q_flag, '')
  from raw r
  join kpi_names k on k.orig_kpi_name = r.element
  left join countries c on c.fips = substr(r.station_id, 1, 2)
  where r.value <> '-9999'
  on conflict (station_id, date_, common_kpi_name, common_unit) do update
    set data_value = excluded.data_value, observ_time = excluded.observ_time, country_id = excluded.country_id,
      quality_flag = excluded.quality_flag`;

/** One year file into `climate`, which must be there; the raw rows are gone afterwards. */
export function loadClassic(bench: Bench, database: string, file: string): Promise<Round> {
  return runOn(
    bench.server,
    copyAnd(bench, database, [file], {
      copy: "copy raw from stdin with (delimiter ',')",
      then: [MERGE, "truncate raw"],
    }),
  );
}

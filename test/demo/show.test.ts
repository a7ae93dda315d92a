import assert from "node:assert/strict";
import { test } from "node:test";
import { readPipelines } from "../../src/config/read.ts";
import { showDemo } from "../../src/demo/show.ts";
import type { Database } from "../../src/postgres/connect.ts";
import { rebuildStale } from "../../src/postgres/marts/rebuild.ts";
import { registerMarts } from "../../src/postgres/marts/register.ts";
import { ensurePipeline } from "../../src/postgres/source.ts";
import { testDatabase } from "../database.ts";

/** A Berlin with an air station, a climate station beside it, a nearer one that measures rain only, and a far one. */
const SETUP = `
insert into storage.station (source_key, station_id, name, latitude, longitude, country_id, listed)
select source_key, station_id, name, latitude, longitude, country_id, true
from (values
  ('noaa', 'GM000010147', 'HAMBURG', 53.63, 9.99, 'DE'),
  ('noaa', 'GM000010384', 'BERLIN', 52.468, 13.402, 'DE'),
  ('noaa', 'GME00100999', 'BERLIN, RAIN', 52.52, 13.4, 'DE'),
  ('openaq', '2011', 'Berlin Centre-2011', 52.52, 13.41, null)
) as station (source, station_id, name, latitude, longitude, country_id)
join storage.source using (source);

insert into storage.inventory (source_key, station_key, kpi_key, from_year, until_year)
select source_key, station_key, kpi_key, 1900, 2024
from storage.station join storage.source using (source_key), storage.kpi
where source = 'noaa' and (common_kpi_name = 'PRCP' or common_kpi_name = 'TMAX' and name not like '%RAIN');

create table storage.daily_noaa_2024 partition of storage.daily_noaa for values from ('2024-01-01') to ('2025-01-01');
create table storage.daily_openaq_2024 partition of storage.daily_openaq for values from ('2024-01-01') to ('2025-01-01');

insert into storage.daily_noaa (station_key, date_, kpi_key, common_kpi_name, value)
select station_key, date_::date, kpi_key, common_kpi_name, measured.value + (station_id = 'GM000010147')::integer * 10
from (values ('TMAX', 4.4), ('TMIN', -2.2), ('PRCP', 0.3)) as measured (common_kpi_name, value)
join storage.kpi using (common_kpi_name),
  generate_series(date '2024-11-25', date '2024-12-05', interval '1 day') as date_,
  storage.station
where station_id in ('GM000010147', 'GM000010384');

insert into storage.daily_openaq (station_key, date_, kpi_key, common_kpi_name, value, n_measurements)
select station_key, date '2024-12-01' + n, kpi_key, common_kpi_name, 12.345 + n, 24
from storage.station, storage.kpi, generate_series(0, 2) as n
where station_id = '2011' and common_kpi_name = 'PM25';
`;

async function prepare(database: Database): Promise<void> {
  const { pipelines } = await readPipelines("pipelines");
  for (const name of ["noaa-daily", "openaq-archive"]) {
    const pipeline = pipelines.find((candidate) => candidate.name === name);
    assert.ok(pipeline !== undefined, name);
    await ensurePipeline(database, pipeline);
  }
}

async function show(database: Database): Promise<string[]> {
  const lines: string[] = [];
  await showDemo({
    query: (sql) => database.query(sql),
    print: (line) => lines.push(line),
    access: { database: "psql …", endpoint: "http://127.0.0.1:4000", statusPage: "http://127.0.0.1:1/" },
  });
  return lines;
}

test("the demo shows the German mart and the join of both sources", async (t) => {
  const { database } = await testDatabase(t);
  await prepare(database);
  assert.deepEqual(
    (await registerMarts(database)).map(({ error }) => error),
    [],
  );
  const empty = await show(database);
  assert.equal(empty.filter((line) => line === "(no rows)").length, 2);

  await database.query(SETUP);
  await database.query("update millrace.mart set stale_since = now()");
  assert.deepEqual((await rebuildStale(database)).failures, []);
  const lines = await show(database);
  const rows = lines.map((line) => line.trim().split(/ {2,}/));
  const has = (...cells: string[]) => {
    assert.ok(
      rows.some((row) => row.join("|") === cells.join("|")),
      `${cells.join("|")} in\n${lines.join("\n")}`,
    );
  };

  assert.ok(lines.some((line) => line.includes("production.ol_mthly_analytic_ger")));
  has("station_id", "month", "max_tmax_c", "min_tmin_c", "avg_tmax_c", "avg_tmin_c", "sum_prcp");
  has("GM000010147", "2024-12-01", "14.4", "7.8", "14.400", "7.800", "51.5");
  has("GM000010147", "2024-11-01", "14.4", "7.8", "14.400", "7.800", "61.8");

  has("date_", "climate_station", "air_station", "tmin", "tmax", "pm25");
  has("2024-12-01", "BERLIN", "Berlin Centre-2011", "-2.2", "4.4", "12.3");
  has("2024-12-03", "BERLIN", "Berlin Centre-2011", "-2.2", "4.4", "14.3");
  assert.equal(rows.filter((row) => row[1] === "BERLIN").length, 3);

  assert.ok(
    lines.some((line) => line.includes("join production.f_climate_data climate")),
    "the SQL is shown",
  );
  has("Database", "psql …");
  assert.ok(lines.some((line) => line.includes("http://127.0.0.1:4000")));
});

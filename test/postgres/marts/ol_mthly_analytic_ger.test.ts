import assert from "node:assert/strict";
import { test } from "node:test";
import { rebuildStale } from "../../../src/postgres/marts/rebuild.ts";
import { registerMarts } from "../../../src/postgres/marts/register.ts";
import { ensurePipeline } from "../../../src/postgres/source.ts";
import { testDatabase } from "../../database.ts";
import { dailyPipeline } from "../pipelines.ts";

test("ol_mthly_analytic_ger: German stations' months from NOAA's unflagged values", async (t) => {
  const { database } = await testDatabase(t);
  await ensurePipeline(database, dailyPipeline("a", "noaa"));
  await ensurePipeline(database, dailyPipeline("b", "dwd"));
  await database.query(
    "insert into storage.kpi (common_kpi_name, common_unit) values ('TMIN', '°C'), ('PRCP', 'mm')",
  );
  await database.query(
    `insert into storage.station (source_key, station_id, country_id)
     select source_key, station_id, country_id
     from storage.source join (values
       ('noaa', 'G1', 'DE'), ('noaa', 'G2', 'DE'), ('noaa', 'F1', 'FR'), ('noaa', 'X', null), ('dwd', 'G1', 'DE')
     ) as station (source, station_id, country_id) using (source)`,
  );
  for (const source of ["noaa", "dwd"]) {
    await database.query(
      `create table storage.daily_${source}_all partition of storage.daily_${source} default`,
    );
  }
  const store = (
    source: string,
    facts: [station: string, date: string, kpi: string, value: number, flag?: string][],
  ) =>
    database.query(
      `insert into storage.daily_${source} (station_key, date_, kpi_key, common_kpi_name, value, quality_flag)
       select station_key, date, kpi_key, common_kpi_name, value, flag
       from jsonb_to_recordset($1) as fact (station text, date date, kpi text, value numeric, flag text)
       join storage.source on source = $2
       join storage.station using (source_key)
       join storage.kpi on common_kpi_name = fact.kpi
       where station_id = fact.station`,
      [
        JSON.stringify(
          facts.map(([station, date, kpi, value, flag]) => ({ station, date, kpi, value, flag })),
        ),
        source,
      ],
    );
  await store("noaa", [
    ["G1", "1872-01-01", "TMAX", 1.2],
    ["G1", "1872-01-02", "TMAX", -0.5],
    ["G1", "1872-01-31", "TMAX", 3.3],
    ["G1", "1872-01-03", "TMAX", 99, "G"],
    ["G1", "1872-01-01", "TMIN", -10.1],
    ["G1", "1872-02-29", "PRCP", 0],
    ["G1", "1872-02-01", "PRCP", 12.7],
    ["G2", "1873-01-01", "TMIN", -4],
    ["G2", "1873-02-01", "TMIN", -40, "I"],
    ["F1", "1872-01-01", "TMAX", 50],
    ["X", "1872-01-01", "TMAX", 50],
  ]);
  await store("dwd", [["G1", "1872-01-01", "TMAX", 60]]);

  assert.deepEqual(await registerMarts(database), []);
  assert.deepEqual((await rebuildStale(database)).rebuilt, ["ol_mthly_analytic_ger"]);
  const none = { max_tmax_c: null, min_tmin_c: null, avg_tmax_c: null, avg_tmin_c: null, sum_prcp: null };
  assert.deepEqual(await database.query("select * from production.ol_mthly_analytic_ger order by 1, 2"), [
    {
      ...none,
      station_id: "G1",
      month: "1872-01-01",
      max_tmax_c: "3.3",
      min_tmin_c: "-10.1",
      avg_tmax_c: "1.333",
      avg_tmin_c: "-10.100",
    },
    { ...none, station_id: "G1", month: "1872-02-01", sum_prcp: "12.7" },
    { ...none, station_id: "G2", month: "1873-01-01", min_tmin_c: "-4", avg_tmin_c: "-4.000" },
  ]);
  const inputs = await database.query<{ input: string }>("select input from millrace.mart_input order by 1");
  assert.deepEqual(
    inputs.map(({ input }) => input),
    ["noaa.daily", "noaa.stations"],
  );
});

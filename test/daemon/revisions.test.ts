/** What becomes of measurements when their object, or the configuration that shapes them, changes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Database } from "../../src/postgres/connect.ts";
import { archiveDay } from "./damage.ts";
import { ARCHIVE, archiveKey, FETCHES, openMill, shipped } from "./mill.ts";

async function counts(database: Database): Promise<{ measurements: number; facts: number } | undefined> {
  const [row] = await database.query<{ measurements: number; facts: number }>(
    `select (select count(*)::int from production.o_openaq) as measurements,
       (select count(*)::int from production.f_climate_data) as facts`,
  );
  return row;
}

test("a day file that holds nothing but its header any more takes its measurements with it", async (context) => {
  const mill = await openMill(context, await shipped("openaq-archive"), [
    archiveDay(2178, "2024-05-01", [1, 2, 3]),
    archiveDay(2178, "2024-05-02", [4, 5]),
  ]);
  assert.equal(await mill.run(), true, JSON.stringify(mill.events));
  assert.deepEqual(await counts(mill.database), { measurements: 5, facts: 6 });
  const header = "location_id,sensors_id,location,datetime,lat,lon,parameter,units,value\n";
  await mill.bucket.put(ARCHIVE, archiveKey(2178, "2024-05-01"), gzipSync(header));
  assert.equal(await mill.run(), true, JSON.stringify(mill.events));
  assert.deepEqual(await counts(mill.database), { measurements: 2, facts: 3 });
});

test("a reload under another mapping leaves no row of the former one", async (context) => {
  const record = {
    date: { utc: "2017-09-28T00:00:00.000Z", local: "2017-09-28T10:00:00+10:00" },
    parameter: "no2",
    location: "Exeter",
    value: 0.01,
    unit: "parts/million",
    city: "Tasmania",
    country: "AU",
  };
  const key = "realtime-gzipped/2017-09-28/1506558318.ndjson.gz";
  const pipelines = await shipped("openaq-fetches");
  const mill = await openMill(context, pipelines, [
    { bucket: FETCHES, key, body: gzipSync(`${JSON.stringify(record)}\n`) },
  ]);
  const values = () =>
    mill.database.query("select common_kpi_name, common_unit, data_value::text from production.o_openaq");
  assert.equal(await mill.run(), true, JSON.stringify(mill.events));
  assert.deepEqual(await values(), [
    { common_kpi_name: "NO2", common_unit: "parts/million", data_value: "0.01" },
  ]);
  const changed = pipelines.map((pipeline) => ({
    ...pipeline,
    unitAliases: { ...pipeline.unitAliases, ppm: ["parts/million"] },
    fingerprint: "another",
  }));
  assert.equal(await mill.run({ pipelines: changed, reload: true }), true, JSON.stringify(mill.events));
  assert.deepEqual(await values(), [{ common_kpi_name: "NO2", common_unit: "µg/m³", data_value: "18.82" }]);
  assert.deepEqual(await counts(mill.database), { measurements: 1, facts: 3 });
});

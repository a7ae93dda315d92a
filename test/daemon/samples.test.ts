/** The main job on real files, with every figure taken from the files by other means. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { skipWithoutSamples } from "../samples.ts";
import { ARCHIVE, archiveKey, type Mill, NOAA, openMill, shipped, yearKey } from "./mill.ts";
import { fetchObject, noaaObjects, sample } from "./sample-objects.ts";

const HISTORY = { range: { from: "1763-01-01" } };

suite("NOAA samples", { skip: skipWithoutSamples }, () => {
  let mill: Mill;
  const cleanUps: (() => Promise<void>)[] = [];
  const one = async <Value>(sql: string, values: readonly unknown[] = []): Promise<Value | undefined> => {
    const [row] = await mill.database.query<{ value: Value }>(sql, values);
    return row?.value;
  };

  // A hook registered inside `before` would run when that has ended.
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });
  before(async () => {
    const pipelines = await shipped("noaa-daily", "noaa-stations", "noaa-countries", "noaa-inventory");
    mill = await openMill({ after: (cleanUp) => cleanUps.push(cleanUp) }, pipelines, noaaObjects());
    assert.equal(
      await mill.run(HISTORY),
      true,
      JSON.stringify(mill.events.filter(({ type }) => type === "load.finished")),
    );
  });

  test("every fact of 1800 and 1872 is there, failed ones marked", async () => {
    const rows = await mill.database.query<{ year: number; rows: number; flagged: number }>(
      `select extract(year from date_)::int as year, count(*)::int as rows, count(quality_flag)::int as flagged
       from production.f_climate_data_flagged group by 1 order by 1`,
    );
    assert.deepEqual(rows, [
      { year: 1800, rows: 1825, flagged: 11 },
      { year: 1872, rows: 133_470, flagged: 165 },
    ]);
    assert.equal(
      await one("select count(*)::int as value from production.f_climate_data"),
      1825 - 11 + 133_470 - 165,
    );
  });

  test("the receipt adds up and names what was filtered", async () => {
    const [receipt] = await mill.database.query<Record<string, number>>(
      `select receipt.* from millrace.receipt join millrace.load using (load_id) where slice = '1872'`,
    );
    assert.equal(receipt?.["records_read"], 134_036);
    assert.equal(receipt["copied"], 133_470);
    assert.equal(receipt["filtered"], 566);
    assert.equal(receipt["bytes_received"], 613_278);
    const tallies = await mill.database.query<{ name: string; count: number }>(
      `select tally.name, count::int from millrace.tally join millrace.load using (load_id) where slice = '1872' and kind = 'filtered'`,
    );
    const expected = new Map<string, number>();
    for (const line of gunzipSync(sample("noaa-ghcn", "by_year", "1872.csv.gz"))
      .toString()
      .split("\n")) {
      const element = line.split(",")[2];
      if (element === undefined || ["TMAX", "TMIN", "PRCP", "SNOW", "SNWD"].includes(element)) continue;
      expected.set(element, (expected.get(element) ?? 0) + 1);
    }
    assert.deepEqual(new Map(tallies.map(({ name, count }) => [name, count])), expected);
  });

  test("stations, countries and inventory", async () => {
    assert.equal(await one("select count(*)::int as value from production.d_stations"), 129_658);
    assert.equal(
      await one("select count(*)::int as value from production.d_stations where elevation is null"),
      4619,
    );
    assert.equal(
      await one("select count(*)::int as value from production.d_stations where country_id = 'DE'"),
      1123,
    );
    assert.equal(
      await one("select country as value from production.d_countries where country_id = 'DE'"),
      "Germany",
    );
    assert.equal(await one("select count(*)::int as value from production.d_inventory"), 767_085);
    assert.equal(
      await one("select count(*)::int as value from production.d_stations where country_id is null"),
      0,
    );
  });

  test("the mart agrees with sums taken from the file", async () => {
    const months = new Map<string, { tmax: number[]; tmin: number[]; prcp: number[] }>();
    for (const line of gunzipSync(sample("noaa-ghcn", "by_year", "1872.csv.gz"))
      .toString()
      .split("\n")) {
      const [station = "", date = "", element = "", value = "", , flag = ""] = line.split(",");
      if (!station.startsWith("GM") || flag !== "" || !["TMAX", "TMIN", "PRCP"].includes(element)) continue;
      const key = `${station} ${date.slice(0, 4)}-${date.slice(4, 6)}-01`;
      const month = months.get(key) ?? { tmax: [], tmin: [], prcp: [] };
      months.set(key, month);
      month[element.toLowerCase() as "tmax" | "tmin" | "prcp"].push(Number(value));
    }
    const rows = await mill.database.query<Record<string, string | null>>(
      `select station_id, month::text, max_tmax_c::text, min_tmin_c::text, avg_tmax_c::text, avg_tmin_c::text, sum_prcp::text
       from production.ol_mthly_analytic_ger where extract(year from month) = 1872`,
    );
    assert.equal(rows.length, months.size);
    assert.ok(rows.length > 40);
    const number = (value: string | null | undefined) => (value == null ? null : Number(value));
    const near = (actual: number | null, expected: number | null, what: string) => {
      assert.equal(actual === null, expected === null, what);
      assert.ok(Math.abs((actual ?? 0) - (expected ?? 0)) < 0.0006, `${what}: ${actual} and ${expected}`);
    };
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0) / 10;
    const orNull = (values: readonly number[], take: (all: readonly number[]) => number) =>
      values.length === 0 ? null : take(values);
    for (const row of rows) {
      const key = `${row["station_id"] ?? ""} ${row["month"] ?? ""}`;
      const month = months.get(key);
      assert.ok(month, key);
      near(
        number(row["max_tmax_c"]),
        orNull(month.tmax, (all) => Math.max(...all) / 10),
        `${key} max`,
      );
      near(
        number(row["min_tmin_c"]),
        orNull(month.tmin, (all) => Math.min(...all) / 10),
        `${key} min`,
      );
      near(
        number(row["avg_tmax_c"]),
        orNull(month.tmax, (all) => sum(all) / all.length),
        `${key} avg max`,
      );
      near(
        number(row["avg_tmin_c"]),
        orNull(month.tmin, (all) => sum(all) / all.length),
        `${key} avg min`,
      );
      near(number(row["sum_prcp"]), orNull(month.prcp, sum), `${key} rain`);
    }
  });

  test("a second run loads nothing", async () => {
    const loads = await one("select count(*)::int as value from millrace.load");
    assert.equal(await mill.run(HISTORY), true);
    assert.equal(await one("select count(*)::int as value from millrace.load"), loads);
    assert.ok(!mill.events.some(({ type }) => type === "load.started" || type === "mart.rebuilt"));
  });

  test("one changed, one deleted and one added row differ afterwards, and nothing else", async () => {
    const contents = `select station_id, date_::text, common_kpi_name, data_value::text, quality_flag
       from production.f_climate_data_flagged where date_ between '1872-01-01' and '1872-12-31'`;
    const key = (row: Record<string, unknown>) => JSON.stringify(Object.values(row));
    const former = new Set((await mill.database.query(contents)).map(key));
    const lines = gunzipSync(sample("noaa-ghcn", "by_year", "1872.csv.gz"))
      .toString()
      .trimEnd()
      .split("\n");
    const changed = lines.findIndex((line) => line.startsWith("ITE00100550,18720101,TMAX,30,"));
    assert.ok(changed >= 0);
    lines[changed] = "ITE00100550,18720101,TMAX,31,,,E,";
    const [deleted = ""] = lines.splice(1000, 1);
    lines.push("GM000004204,18721231,SNWD,7,,,E,");
    await mill.bucket.put(NOAA, yearKey(1872), gzipSync(`${lines.join("\n")}\n`));
    assert.equal(await mill.run(HISTORY), true);
    const latter = new Set((await mill.database.query(contents)).map(key));
    assert.deepEqual([...former].filter((row) => !latter.has(row)).length, 2, deleted);
    assert.deepEqual([...latter].filter((row) => !former.has(row)).sort(), [
      JSON.stringify(["GM000004204", "1872-12-31", "SNWD", "7", null]),
      JSON.stringify(["ITE00100550", "1872-01-01", "TMAX", "3.1", null]),
    ]);
  });

  test("a rewrite with the same content costs no load", async () => {
    const current = gunzipSync(sample("noaa-ghcn", "by_year", "1872.csv.gz"));
    await mill.bucket.put(NOAA, yearKey(1872), gzipSync(current));
    assert.equal(await mill.run(HISTORY), true);
    const rewritten = gzipSync(current);
    // Another time stamp in the header: another etag, the same content.
    rewritten.writeUInt32LE(1_700_000_000, 4);
    await mill.bucket.put(NOAA, yearKey(1872), rewritten);
    assert.equal(await mill.run(HISTORY), true);
    assert.ok(!mill.events.some(({ type }) => type === "load.started"));
    assert.equal(await mill.run(HISTORY), true);
  });
});

suite("OpenAQ samples", { skip: skipWithoutSamples }, () => {
  test("the fetch of 2017-09-28: every record accounted for, no error code anywhere", async (context) => {
    const object = fetchObject();
    const mill = await openMill(context, await shipped("openaq-fetches"), [object]);
    assert.equal(await mill.run(HISTORY), true, JSON.stringify(mill.events));
    const [receipt] = await mill.database.query<Record<string, number>>("select * from millrace.receipt");
    assert.equal(receipt?.["records_read"], 8918);
    assert.equal(receipt["measurements"], 8918);
    const records = gunzipSync(object.body)
      .toString()
      .split("\n")
      .map((line) => JSON.parse(line) as { value: number });
    const codes = records.filter(({ value }) => value <= -900).length;
    assert.equal(receipt["empty"], codes);
    assert.equal(receipt["copied"], 8918 - codes);
    assert.equal(receipt["rejected"], 0);
    const [low] = await mill.database.query<{ facts: number; measurements: number; negative: number }>(
      `select (select count(*)::int from production.f_climate_data_flagged where data_value <= -900) as facts,
         (select count(*)::int from production.o_openaq where data_value <= -900) as measurements,
         (select count(*)::int from production.o_openaq where data_value < 0 and data_value > -1) as negative`,
    );
    assert.equal(low?.facts, 0);
    assert.equal(low.measurements, 0);
    assert.ok(low.negative > 100);
    const units = await mill.database.query<{ common_kpi_name: string; units: number }>(
      "select common_kpi_name, count(distinct common_unit)::int as units from production.o_openaq group by 1",
    );
    assert.deepEqual(units.map(({ common_kpi_name }) => common_kpi_name).sort(), [
      "CO",
      "NO2",
      "O3",
      "PM10",
      "PM25",
      "SO2",
    ]);
    assert.ok(units.every((row) => row.units === 1));
  });

  test("the same record in both archive dialects gives the same row", async (context) => {
    const header = "location_id,sensors_id,location,datetime,lat,lon,parameter,units,value";
    const old = `${header}\n8118,23534,New Delhi-8118,2026-04-15T01:00:00+05:30,28.63576,77.22445,pm25,µg/m³,71.0\n`;
    const young = sample("openaq-archive", "quoted-8118-20260415.head.csv")
      .toString()
      .split("\n")
      .slice(0, 2)
      .join("\n");
    const rows: unknown[] = [];
    for (const body of [old, `${young}\n`]) {
      const object = { bucket: ARCHIVE, key: archiveKey(8118, "2026-04-15"), body: gzipSync(body) };
      const mill = await openMill(context, await shipped("openaq-archive"), [object]);
      assert.equal(await mill.run(), true, JSON.stringify(mill.events));
      rows.push(await mill.database.query("select * from production.o_openaq"));
      rows.push(
        await mill.database.query("select * from production.f_climate_data_flagged order by common_kpi_name"),
      );
      rows.push(await mill.database.query("select * from production.d_stations"));
    }
    assert.equal((rows[0] as unknown[]).length, 1);
    assert.equal((rows[1] as unknown[]).length, 3);
    assert.deepEqual(rows.slice(0, 3), rows.slice(3));
  });

  test("archive samples: commas in names, ends of periods, daily statistics", async (context) => {
    const gz = (location: number, day: string, file: string) => ({
      bucket: ARCHIVE,
      key: archiveKey(location, day),
      body: gzipSync(sample("openaq-archive", file)),
    });
    const mill = await openMill(context, await shipped("openaq-archive"), [
      gz(2178, "2023-02-22", "docs-location-2178-20230222.head.csv"),
      gz(6983, "2019-07-15", "comma-in-name-6983-20190715.row.csv"),
    ]);
    assert.equal(await mill.run(), true, JSON.stringify(mill.events));
    const stations = await mill.database.query(
      "select station_id, name, latitude::text from production.d_stations order by 1",
    );
    assert.deepEqual(stations, [
      { station_id: "2178", name: "Del Norte-2178", latitude: "35.1353" },
      { station_id: "6983", name: "Hombegowda Nagar, Bengaluru - KSPCB-6983", latitude: "12.938539" },
    ]);
    const daily = await mill.database.query<Record<string, unknown>>(
      `select common_kpi_name, common_unit, date_::text, data_value::text, n_measurements
       from production.f_climate_data_flagged where station_id = '2178' order by 1`,
    );
    const values = [14, 4, 7, 6, 5, 9, 20, 28, 19, 26, 127, 318, 241, 9];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const of = (common_kpi_name: string, value: number) => ({
      common_kpi_name,
      common_unit: "µg/m³",
      date_: "2023-02-22",
      value,
      n_measurements: 14,
    });
    assert.deepEqual(
      daily.map(({ data_value, ...row }) => ({ ...row, value: Number(data_value) })),
      [of("PM10", Number(mean.toFixed(4))), of("PM10_MAX", 318), of("PM10_MIN", 4)].map(
        ({ value, ...row }) => ({ ...row, value }),
      ),
    );
  });
});

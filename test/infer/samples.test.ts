/** First pipelines from real files: they validate, and bring rows that make sense. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, test } from "node:test";
import { samples, skipWithoutSamples } from "../samples.ts";
import { guess, valuesOf } from "./guessing.ts";

suite("infer, from real files", { skip: skipWithoutSamples }, () => {
  const sample = (...path: string[]): string => join(samples ?? "", ...path);

  for (const { what, path, target, rows, kpis, first } of [
    {
      what: "sensor.community: wide, no zone",
      path: ["sensor-community", "2018-07-01", "2018-07-01_sds011_sensor_5331.csv"],
      target: "observations",
      rows: 1130,
      kpis: ["PM10", "PM25"],
      first: ["3121", "2018-07-01T00:00:32Z", "PM10", "17.20"],
    },
    {
      what: "NOAA's Climate Data Online: wide, American units",
      path: ["noaa-cdo-wide", "central_park_weather.csv"],
      target: "daily",
      rows: 20_000,
      kpis: ["PRCP", "SNOW", "SNWD", "TMAX", "TMIN", "WSPD"],
      first: ["USW00094728", "2009-01-01", "WSPD", "4.9979072"],
    },
    {
      what: "Iowa's airports: comments, tabs, M",
      path: ["iem-asos", "VOHY-201403.tsv"],
      target: "observations",
      rows: 3000,
      kpis: ["ALTIMETER", "DEWP", "RH", "TEMP", "VIS", "WDIR", "WSPD"],
      first: ["VOHY", "2014-03-01T00:40:00Z", "TEMP", "21.00000"],
    },
    {
      what: "Deutscher Wetterdienst: one of the files of a zip, -999, padding",
      path: ["dwd-cdc", "tageswerte_KL_00011_akt.zip"],
      target: "daily",
      rows: 300,
      kpis: ["WGUST", "WSPD"],
      first: ["11", "2020-02-27", "WGUST", "28.5"],
    },
    {
      what: "US EPA: a JSON document, a station of three codes",
      path: ["epa-aqs", "dailyData-byCounty-37-183-88101-2016.json"],
      target: "daily",
      rows: 600,
      kpis: ["PM25"],
      first: ["37-183-0014", "2016-01-01", "PM25", "4.3"],
    },
    {
      what: "OpenAQ's archive: long, with units",
      path: ["openaq-archive", "docs-location-2178-20230222.head.csv"],
      target: "observations",
      rows: 14,
      kpis: ["PM10"],
      first: ["2178", "2023-02-22T08:00:00Z", "PM10", "14.0"],
    },
    {
      what: "OpenAQ's fetches: JSON lines",
      path: ["openaq-fetches", "1506558318.ndjson.gz"],
      target: "observations",
      rows: 4000,
      kpis: ["CO", "NO2", "O3", "PM10", "PM25", "SO2"],
      first: undefined,
    },
    {
      what: "GHCN-Daily: no header",
      path: ["noaa-ghcn", "by_year", "1800.csv"],
      target: "daily",
      rows: 1825,
      kpis: ["PRCP", "TMAX", "TMIN"],
      first: ["ITE00100554", "1800-01-01", "TMAX", "-7.5"],
    },
  ]) {
    test(what, async (t) => {
      const found = await guess(t, sample(...path));
      assert.equal(found.pipeline.target, target);
      assert.ok(found.rows.length >= rows, `${found.rows.length} rows`);
      assert.ok(found.rejects <= found.rows.length / 50, `${found.rejects} rejects`);
      const names = new Set(found.rows.map((row) => row["common_kpi_name"]));
      for (const kpi of kpis) assert.ok(names.has(kpi), `${kpi} is not among ${[...names].join(", ")}`);
      if (first !== undefined) assert.deepEqual(valuesOf(found.rows)[0], first);
    });
  }
});

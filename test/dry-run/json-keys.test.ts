/** Providers whose JSON has data for keys, from the pipeline file to the rows. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { pipelineOf } from "../config/folder.ts";
import { recordsOf } from "./running.ts";

/** German Environment Agency: an answer of `measures/json` of its air data API. */
const UBA = JSON.stringify({
  request: { component: "5", scope: "2", station: "282" },
  indices: {
    data: { "station id": { "date start": ["component id", "scope id", "value", "date end", "index"] } },
  },
  data: {
    282: {
      "2023-12-31 22:00:00": [5, 2, 31.5, "2023-12-31 23:00:00", "1"],
      "2023-12-31 23:00:00": [5, 2, 33, "2024-01-01 00:00:00", "1"],
      "2024-01-01 00:00:00": [5, 2, null, "2024-01-01 01:00:00", null],
    },
    "0007": { "2024-01-01 00:00:00": [5, 2, 12, "2024-01-01 01:00:00", "0"] },
    9: [],
  },
});

function ubaYaml(format: string): string {
  return `description: A test.
source: uba
target: observations
objects: { url: "https://www.umweltbundesamt.de/api/air_data/v3/", key: "measures-{query}.json" }
format:
  type: json
${format}
fields:
  station_id: station
  # By the clock of winter, all year round.
  time: { column: end, format: yyyy-MM-dd HH:mm:ss, zone: "+01:00" }
  date: { of: time, local: "+01:00", day_of: end }
  value: value
  averaging: { literal: 3600 }
kpis:
  element: component
  list:
    - { from: "5", in: µg/m³, to: NO2, unit: µg/m³, description: Nitrogen dioxide. }
daily: { "": mean }
merge: { mode: upsert }
`;
}

/** NASA POWER: an answer of \`temporal/daily/point\`, cut to what is read. */
const POWER = JSON.stringify({
  type: "Feature",
  geometry: { type: "Point", coordinates: [13.4, 52.5, 45.2] },
  properties: {
    parameter: {
      T2M: { 20240101: 4.51, 20240102: -1.25, 20240103: -999 },
      PRECTOTCORR: { 20240101: 0.2, 20240102: 0, 20240104: 3.5 },
    },
  },
  header: { fill_value: -999, start: "20240101", end: "20240104" },
  parameters: { T2M: { units: "C" }, PRECTOTCORR: { units: "mm/day" } },
});

function powerYaml(layout: string): string {
  return `description: A test.
source: power
target: daily
objects: { url: "https://power.larc.nasa.gov/", key: "daily-{place}.json" }
${layout}
station: { country_id: { literal: DE }, longitude: longitude, latitude: latitude }
merge: { mode: upsert }
`;
}

const POWER_FIELDS = `fields:
  station_id: { variable: place }
  date: { column: date, format: yyyyMMdd }
  value: { sentinels: [-999] }`;
const POWER_KPIS = `  list:
    - { from: T2M, in: °C, to: TAVG, unit: °C, description: Mean. }
    - { from: PRECTOTCORR, in: mm, to: PRCP, unit: mm, description: Rain. }`;
const POSITION = "longitude: geometry.coordinates.0, latitude: geometry.coordinates.1";

suite("JSON whose keys are data", () => {
  const formats = {
    "a document of one record":
      '  columns: { station: "data{key}", component: "data{}{}.0", value: "data{}{}.2", end: "data{}{}.3" }',
    "a record for each station":
      '  records: "data{}"\n  columns: { station: "^{key}", component: "{}.0", value: "{}.2", end: "{}.3" }',
    "a record for each hour":
      '  records: "data{}{}"\n  columns: { station: "^^{key}", component: "0", value: "2", end: "3" }',
  };
  for (const [name, format] of Object.entries(formats)) {
    test(`UBA, ${name}`, async (t) => {
      const pipeline = await pipelineOf(t, ubaYaml(format));
      const records = await recordsOf(pipeline, UBA, { key: "measures-1.json" });
      assert.deepEqual(
        records
          .flatMap(({ rows }) => rows)
          .map((row) => [
            row["station_id"],
            row["time_"],
            row["date_"],
            row["common_kpi_name"],
            row["data_value"],
          ])
          .sort(),
        [
          ["0007", "2024-01-01T00:00:00Z", "2024-01-01", "NO2", "12"],
          ["282", "2023-12-31T22:00:00Z", "2023-12-31", "NO2", "31.5"],
          ["282", "2023-12-31T23:00:00Z", "2023-12-31", "NO2", "33"],
        ],
      );
      const left = records.flatMap(({ leftOut, rejects }) => [...leftOut, ...rejects]);
      assert.deepEqual(left, [{ kind: "empty", name: "no value", count: 1 }]);
    });
  }

  const layouts = {
    "a column for each parameter": `format:
  type: json
  columns:
    date: properties.parameter.T2M{key}
    T2M: properties.parameter.T2M{}
    PRECTOTCORR: properties.parameter.PRECTOTCORR{}
    ${POSITION.replace(", ", "\n    ")}
${POWER_FIELDS}
measurements: [T2M, PRECTOTCORR]
kpis:
${POWER_KPIS}`,
    "parameters as they come": `format:
  type: json
  columns:
    element: properties.parameter{key}
    date: properties.parameter{}{key}
    value: properties.parameter{}{}
    ${POSITION.replace(", ", "\n    ")}
${POWER_FIELDS.replace("value: {", "value: { column: value,")}
kpis:
  element: element
${POWER_KPIS}`,
  };
  for (const [name, layout] of Object.entries(layouts)) {
    test(`NASA POWER, ${name}`, async (t) => {
      const pipeline = await pipelineOf(t, powerYaml(layout));
      const records = await recordsOf(pipeline, POWER, { key: "daily-berlin.json" });
      assert.deepEqual(
        records
          .flatMap(({ rows }) => rows)
          .map((row) => [row["station_id"], row["date_"], row["common_kpi_name"], row["data_value"]])
          .sort(),
        [
          ["berlin", "2024-01-01", "PRCP", "0.2"],
          ["berlin", "2024-01-01", "TAVG", "4.51"],
          ["berlin", "2024-01-02", "PRCP", "0"],
          ["berlin", "2024-01-02", "TAVG", "-1.25"],
          ["berlin", "2024-01-04", "PRCP", "3.5"],
        ],
      );
      assert.deepEqual(
        records.flatMap(({ rejects }) => rejects),
        [],
      );
      assert.equal(records[0]?.station?.latitude, "52.5");
    });
  }

  test("empty inner lists: a value around them is a row, what only describes is none", async (t) => {
    const yaml = (format: string): string => `description: A test.
source: air
target: daily
objects: { url: "https://example.org/", key: "{place}.json" }
format:
  type: json
${format}
merge: { mode: upsert }
`;
    const narrow = await pipelineOf(
      t,
      yaml(`  columns: { station: id, name: name, day: day, kind: "values[].kind", value: "values[].value" }
fields:
  station_id: station
  date: { column: day, format: yyyy-MM-dd }
  value: value
kpis:
  element: kind
  list: [{ from: T, in: °C, to: TAVG, unit: °C, description: Mean. }]
station: { name: name, country_id: { literal: DE } }`),
    );
    const stations = [
      { id: "a", name: "A", day: "2024-01-01", values: [{ kind: "T", value: 1 }] },
      { id: "b", name: "B", day: "2024-01-01", values: [] },
      { id: "c", name: "C", day: "2024-01-01" },
    ];
    const records = await recordsOf(narrow, JSON.stringify(stations), { key: "x.json" });
    assert.deepEqual(
      records.map(({ rows, rejects, leftOut }) => [rows.length, rejects.length, leftOut.length]),
      [[1, 0, 0]],
    );
    const wide = await pipelineOf(
      t,
      yaml(`  columns: { day: "days{key}", T: "days{}.tmax", Q: "days{}.hours[].q", note: "days{}.note" }
fields:
  station_id: { variable: place }
  date: { column: day, format: yyyy-MM-dd }
measurements: [T, Q]
filter:
  - { column: note, is_not: [bad] }
kpis:
  list:
    - { from: T, in: °C, to: TMAX, unit: °C, description: Maximum. }
    - { from: Q, in: mm, to: PRCP, unit: mm, description: Rain. }
station: { country_id: { literal: DE } }`),
    );
    const days = {
      "2024-01-01": { tmax: 1, hours: [{ q: 1 }] },
      "2024-01-02": { tmax: 2, hours: [] },
      "2024-01-03": { tmax: 3 },
      "2024-01-04": { tmax: null, hours: [], note: "none" },
      "2024-01-05": { tmax: 5, note: "bad" },
    };
    const rows = await recordsOf(wide, JSON.stringify({ days }), { key: "x.json" });
    assert.deepEqual(
      rows
        .flatMap((record) => record.rows)
        .map((row) => [row["date_"], row["common_kpi_name"], row["data_value"]]),
      [
        ["2024-01-01", "TMAX", "1"],
        ["2024-01-01", "PRCP", "1"],
        ["2024-01-02", "TMAX", "2"],
        ["2024-01-03", "TMAX", "3"],
      ],
    );
    assert.equal(rows.length, 4);
    assert.deepEqual(
      rows.flatMap(({ rejects }) => rejects),
      [],
    );
  });
});

/** Dry runs: record by record what a load would make of an object. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { MillraceError } from "../../src/errors.ts";
import { dailyYaml, observationsYaml, pipelineOf } from "../config/folder.ts";
import { loadedRows, recordsOf, runOver } from "./running.ts";

const WIDE = `description: A test.
source: test
target: daily
objects: { bucket: a-bucket, key: "data/{year:yyyy}.csv.gz" }
format: { type: delimited, header: always }
filter: [{ name: drafts, column: state, is_not: [draft] }]
fields:
  station_id: station
  date: { column: date, format: yyyy-MM-dd }
  value: { sentinels: [-999] }
measurements: [TMAX, TMIN, RAIN]
kpis:
  list:
    - { from: TMAX, in: °F, to: TMAX, unit: °C, description: Maximum. }
    - { from: TMIN, in: °F, to: TMIN, unit: °C, description: Minimum. }
    - { from: RAIN, in: mm, to: PRCP, unit: mm, description: Rain. }
station: { name: name, latitude: lat, longitude: lon }
merge: { mode: upsert }
`;

suite("dry run", () => {
  test("a record: where it stands, its fields, its row under production's names", async (t) => {
    const pipeline = await pipelineOf(t, dailyYaml());
    const [first, second] = await recordsOf(pipeline, "A,20200102,TMAX,-125,X\nB,20200103,PRCP,7,\n");
    assert.deepEqual(first, {
      line: 1,
      byte: 0,
      raw: "A,20200102,TMAX,-125,X",
      fields: first?.fields,
      rows: [
        {
          station_id: "A",
          date_: "2020-01-02",
          common_kpi_name: "TMAX",
          common_unit: "°C",
          data_value: "-12.5",
          quality_flag: "X",
          observ_time: null,
        },
      ],
      rejects: [],
      leftOut: [],
    });
    const texts = Object.fromEntries(first.fields.map(({ column, text }) => [column, text]));
    assert.deepEqual(texts, { station: "A", date: "20200102", element: "TMAX", value: "-125", flag: "X" });
    assert.equal(second?.line, 2);
    assert.equal(second.byte, 23);
    assert.equal(second.rows[0]?.["data_value"], "0.7");
    assert.equal(second.rows[0]["quality_flag"], null);
  });

  test("what is rejected, empty and filtered, and why, in the order of the object", async (t) => {
    const pipeline = await pipelineOf(t, dailyYaml());
    const records = await recordsOf(
      pipeline,
      [
        "A,20200101,TMAX,1x,",
        "A,20200101",
        "A,20200101,WT01,1,",
        "A,20200101,TMAX,-9999,",
        "A,20200101,TMAX,,",
        "A,20210101,TMAX,5,",
        "A,20200101,TMAX,5,",
      ].join("\n"),
    );
    assert.deepEqual(
      records.map(({ line, rows, rejects, leftOut }) => ({
        line,
        rows: rows.length,
        why: [
          ...rejects.map(({ reason, field }) => `${reason}: ${field ?? ""}`),
          ...leftOut.map(({ kind, name, count }) => `${kind}: ${name} ${count}`),
        ],
      })),
      [
        { line: 1, rows: 0, why: ["not a number: value"] },
        { line: 2, rows: 0, why: ["too few fields: "] },
        { line: 3, rows: 0, why: ["filtered: WT01 1"] },
        { line: 4, rows: 0, why: ["empty: -9999 1"] },
        { line: 5, rows: 0, why: ["empty: no value 1"] },
        { line: 6, rows: 0, why: ["outside the slice: date"] },
        { line: 7, rows: 1, why: [] },
      ],
    );
    // What the decoder refused has no fields; what the normaliser refused has.
    assert.deepEqual(
      records.slice(0, 2).map(({ fields }) => fields.length),
      [5, 0],
    );
  });

  test("a wide record: rows, a bad cell, an empty one, what it tells of its station; a filtered one", async (t) => {
    const pipeline = await pipelineOf(t, WIDE);
    const [wide, draft] = await recordsOf(
      pipeline,
      "station,name,lat,lon,date,state,TMAX,TMIN,RAIN\n007,Bond,1.5,2.5,2020-01-02,final,50,5o,-999\n007,Bond,1.5,2.5,2020-01-03,draft,50,5,1\n",
    );
    assert.deepEqual(
      wide?.rows.map((row) => [row["station_id"], row["common_kpi_name"], row["data_value"]]),
      [["007", "TMAX", "10.000"]],
    );
    assert.deepEqual(wide.rejects, [{ reason: "not a number", field: "TMIN" }]);
    assert.deepEqual(wide.leftOut, [{ kind: "empty", name: "-999", count: 1 }]);
    assert.deepEqual(wide.station, {
      station_id: "007",
      name: "Bond",
      country_id: null,
      latitude: "1.5",
      longitude: "2.5",
      elevation: null,
    });
    assert.deepEqual(draft?.leftOut, [{ kind: "filtered", name: "drafts", count: 1 }]);
    assert.equal(draft.station, undefined);
  });

  test("observations; an element that nobody listed keeps its name and unit", async (t) => {
    const yaml = observationsYaml({ "  list:\n": "  unknown: keep\n  list:\n" });
    const pipeline = await pipelineOf(t, yaml);
    const key = "loc=12/2020/12-20200102.csv.gz";
    const records = await recordsOf(
      pipeline,
      "id,time,parameter,unit,value,span,span_unit\n1,2020-01-02T01:00:00+02:00,o3,ppb,10,1,hours\n1,2020-01-02T01:00:00.25+02:00,soot index,steps,3,,\n",
      { key },
    );
    assert.deepEqual(
      records.flatMap(({ rows }) => rows),
      [
        {
          station_id: "x:12",
          sensor_id: "0",
          time_: "2020-01-01T23:00:00Z",
          averaging_seconds: "3600",
          date_: "2020-01-02",
          common_kpi_name: "O3",
          common_unit: "µg/m³",
          data_value: "19.630",
          quality_flag: null,
        },
        {
          station_id: "x:12",
          sensor_id: "0",
          time_: "2020-01-01T23:00:00.25Z",
          averaging_seconds: null,
          date_: "2020-01-02",
          common_kpi_name: "SOOT_INDEX",
          common_unit: "steps",
          data_value: "3",
          quality_flag: null,
        },
      ],
    );
  });

  test("its rows are those of a load, whatever the records", async (t) => {
    const pipeline = await pipelineOf(t, dailyYaml());
    const cell = (...texts: string[]) => fc.constantFrom(...texts);
    const record = fc.tuple(
      cell("A", "B", "CC", ""),
      cell("20200101", "20200229", "20201301", "20190101", ""),
      cell("TMAX", "PRCP", "WT01", ""),
      cell("1", "-250", "-9999", "1.5", "x", ""),
      cell("", "X"),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 60 }), async (records) => {
        const text = records.map((cells) => `${cells.join(",")}\n`).join("");
        const dry = await recordsOf(pipeline, text);
        assert.equal(dry.length, records.length);
        const asRows = await loadedRows(pipeline, text);
        // A load sends rows that wait for keys behind the others of their batch.
        const texts = (rows: readonly object[]): string[] => rows.map((row) => JSON.stringify(row)).sort();
        assert.deepEqual(texts(dry.flatMap(({ rows }) => rows)), texts(asRows));
      }),
      { numRuns: 50 },
    );
  });

  test("a limit ends the reading, closes the body, and meets no damage behind it", async (t) => {
    const pipeline = await pipelineOf(t, dailyYaml());
    const lines = Array.from(
      { length: 20_000 },
      (_, index) => `S${index},20200101,TMAX,${index % 300},\n`,
    ).join("");
    const packed = gzipSync(lines);
    const { run, body } = runOver(pipeline, packed.subarray(0, packed.length - 9000), { limit: 3 });
    const records = await Array.fromAsync(run.records());
    assert.equal(records.length, 3);
    assert.equal(run.complete, false);
    assert.equal(run.counts.copied, 3);
    assert.equal(body.destroyed, true);
  });

  test("the counts of a whole object add up", async (t) => {
    const pipeline = await pipelineOf(t, WIDE);
    const { run } = runOver(
      pipeline,
      "station,name,lat,lon,date,state,TMAX,TMIN,RAIN\nA,,,,2020-01-02,final,1,x,\nA,,,,2020-01-02,draft,1,2,3\nA\n",
    );
    await Array.fromAsync(run.records());
    assert.equal(run.complete, true);
    assert.deepEqual(run.counts, {
      measurements: 3,
      copied: 1,
      empty: 1,
      rejected: 1,
      filtered: 0,
      recordsFiltered: 1,
    });
    const { headers, decoded, rejected } = run.recordCounts;
    assert.deepEqual({ headers, decoded, rejected }, { headers: 1, decoded: 2, rejected: 1 });
  });

  for (const [code, bytes] of [
    ["OBJECT_NOT_DATA", Buffer.from("<!DOCTYPE html><html></html>")],
    ["OBJECT_TRUNCATED", gzipSync("A,20200101,TMAX,5,\n").subarray(0, -4)],
    ["OBJECT_EMPTY", Buffer.from("\n\n")],
  ] as const) {
    test(`${code}, with its place`, async (t) => {
      const pipeline = await pipelineOf(t, dailyYaml());
      await assert.rejects(recordsOf(pipeline, bytes), (error) => {
        assert(error instanceof MillraceError);
        assert.equal(error.code, code);
        assert.deepEqual(error.place, { bucket: "a-bucket", key: "data/2020.csv.gz" });
        return true;
      });
    });
  }
});

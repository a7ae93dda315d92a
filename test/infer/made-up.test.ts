/** First pipelines from samples that are made up. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { guessText, valuesOf } from "./guessing.ts";

suite("infer, from samples that are made up", () => {
  test("semicolons, decimal commas, lines before the header, units in the header, date and time apart", async (t) => {
    const { pipeline, rows, rejects, yaml } = await guessText(
      t,
      "werte_2020.csv",
      [
        "Messnetz;Test",
        "",
        "Station;Datum;Zeit;Temperatur (°C);Wind [km/h];PM10 (µg/m³)",
        "A1;13.02.2020;01:00;-3,5;36,0;1.234,5",
        "A1;14.02.2020;02:00;;18,0;-999",
        "A2;15.02.2020;03:00;0,5;9,0;12,5",
        "",
      ].join("\r\n"),
    );
    assert.equal(pipeline.target, "observations");
    assert.equal(rejects, 0);
    assert.deepEqual(valuesOf(rows).slice(0, 3), [
      ["A1", "2020-02-13T01:00:00Z", "TEMP", "-3.5"],
      ["A1", "2020-02-13T01:00:00Z", "WSPD", "10.0000"],
      ["A1", "2020-02-13T01:00:00Z", "PM10", "1234.5"],
    ]);
    assert.equal(rows.length, 7);
    assert.match(yaml, /sentinels: \[-999\].*UNSURE/);
    assert.match(yaml, /zone: UTC.*UNSURE: in which zone/);
    assert.match(yaml, /key: "werte_\{day:yyyy\}\.csv"/);
  });

  test("day and month that could change places are said so", async (t) => {
    const { yaml, rows } = await guessText(
      t,
      "a.csv",
      "site,date,pm25\nS1,03/04/2020,12.1\nS1,04/04/2020,NA\nS2,05/04/2020,9\n",
    );
    assert.match(yaml, /format: dd\/MM\/yyyy \} # UNSURE: all dates of the sample could be MM\/dd\/yyyy/);
    assert.deepEqual(valuesOf(rows), [
      ["S1", "2020-04-03", "PM25", "12.1"],
      ["S2", "2020-04-05", "PM25", "9"],
    ]);
    const certain = await guessText(t, "b.csv", "site,date,pm25\nS1,12/31/2020,1\nS1,01/01/2021,2\n");
    assert.match(certain.yaml, /format: MM\/dd\/yyyy \}\n/);
  });

  test("long layout without a header: told by what is in the columns", async (t) => {
    const lines = ["A1", "A2"].flatMap((station) =>
      ["20200101", "20200102", "20200103"].flatMap((day) => [
        `${station}001,${day},TMAX,${day.endsWith("3") ? -50 : 250}`,
        `${station}001,${day},PRCP,5`,
      ]),
    );
    const { pipeline, rows, rejects } = await guessText(t, "year.csv.gz", gzipSync(`${lines.join("\n")}\n`));
    assert.equal(pipeline.target, "daily");
    assert.equal(rejects, 0);
    assert.deepEqual(valuesOf(rows)[0], ["A1001", "2020-01-01", "TMAX", "25.0"]);
    assert.equal(rows.length, 12);
  });

  test("year, month and day in columns of their own, blanks between columns, -99.9", async (t) => {
    const { rows, yaml } = await guessText(
      t,
      "a.txt",
      "id   year month day tmax  tmin\n001  2020  1    2   10.5  -2.0\n001  2020  1    3  -99.9  -3.0\n002  2020 12   31   12.5   1.0\n",
    );
    assert.match(yaml, /delimiter: whitespace/);
    assert.deepEqual(
      valuesOf(rows).map((row) => row.join(" ")),
      [
        "001 2020-01-02 TMAX 10.5",
        "001 2020-01-02 TMIN -2.0",
        "001 2020-01-03 TMIN -3.0",
        "002 2020-12-31 TMAX 12.5",
        "002 2020-12-31 TMIN 1.0",
      ],
    );
  });

  test("a line of units below the header, a header that repeats, quality columns beside the values", async (t) => {
    const { rows, yaml, rejects } = await guessText(
      t,
      "a.csv",
      "station,time,o3,o3_flag,rh\n,,ppb,,%\nX1,2020-01-01T01:00:00Z,10,V,50\nstation,time,o3,o3_flag,rh\nX1,2020-01-01T02:00:00Z,20,V,60\n",
    );
    assert.equal(rejects, 0);
    assert.match(yaml, /skip_after_header: 1/);
    assert.match(yaml, /quality_flag: .*o3_flag/);
    assert.deepEqual(valuesOf(rows)[0], ["X1", "2020-01-01T01:00:00Z", "O3", "19.630"]);
  });

  test("latin-1", async (t) => {
    const { yaml, rows } = await guessText(
      t,
      "a.csv",
      Buffer.from("station;name;date;temp (°C)\n1;Köln;2020-01-01;3.5\n1;Köln;2020-01-02;4.5\n", "latin1"),
    );
    assert.match(yaml, /encoding: latin-1/);
    assert.deepEqual(valuesOf(rows)[0], ["1", "2020-01-01", "TEMP", "3.5"]);
  });

  test("stations in columns of fixed width", async (t) => {
    const { pipeline, rows } = await guessText(
      t,
      "stations.txt",
      "GM000001  52.4639   13.3017 BERLIN TEST\nGM000002  53.1000    8.2000 SEA\nGM000003  48.5000   11.5000 SOME HILL\n",
    );
    assert.equal(pipeline.target, "stations");
    assert.deepEqual(
      rows.map((row) => [row["station_id"], row["name"], row["latitude"], row["longitude"]]),
      [
        ["GM000001", "BERLIN TEST", "52.4639", "13.3017"],
        ["GM000002", "SEA", "53.1000", "8.2000"],
        ["GM000003", "SOME HILL", "48.5000", "11.5000"],
      ],
    );
  });

  test("a JSON document with records at a path, and one of series", async (t) => {
    const records = [1, 2].map((value) => ({
      site: { id: `s${value}`, lat: 1.25, lon: 2.25 },
      when: `2020-01-0${value}T00:30:00+01:00`,
      readings: { pm10: value * 10, no2_ppb: value },
    }));
    const nested = await guessText(
      t,
      "a.json",
      JSON.stringify({ meta: { n: 2 }, result: { data: records } }, undefined, 2),
    );
    assert.match(nested.yaml, /records: result\.data/);
    assert.deepEqual(valuesOf(nested.rows).slice(0, 2), [
      ["s1", "2019-12-31T23:30:00Z", "PM10", "10"],
      ["s1", "2019-12-31T23:30:00Z", "NO2", "1.882"],
    ]);
    const series = await guessText(
      t,
      "b.json",
      JSON.stringify({
        station: "S",
        hourly: { time: ["2020-01-01T01:00", "2020-01-01T02:00"], temperature_2m: [1.5, 2.5] },
      }),
    );
    assert.deepEqual(valuesOf(series.rows), [
      ["S", "2020-01-01T01:00:00Z", "TEMP", "1.5"],
      ["S", "2020-01-01T02:00:00Z", "TEMP", "2.5"],
    ]);
  });

  test("names that YAML and other tables would take for something else", async (t) => {
    const { rows } = await guessText(
      t,
      "a.csv",
      'station,date,no,"odd: {name} #1",y\nA,2020-01-01,1,2,3\nA,2020-01-02,2,3,4\n',
    );
    assert.equal(rows.length, 6);
    assert.equal(rows[0]?.["common_kpi_name"], "NO");
  });

  test("what is no table is refused in words", async (t) => {
    await assert.rejects(guessText(t, "a.txt", "one word\n"), {
      code: "OBJECT_NOT_DATA",
      message: /neither delimited/,
    });
    await assert.rejects(guessText(t, "a.html", "<!doctype html><html></html>"), { code: "OBJECT_NOT_DATA" });
    await assert.rejects(guessText(t, "empty", ""), { code: "OBJECT_EMPTY" });
  });
});

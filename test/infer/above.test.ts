/** What stands above and below a header: the station's id and position, units, elements. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { toldAbove } from "../../src/infer/above.ts";
import { guessText, valuesOf } from "./guessing.ts";

const DAYS = Array.from({ length: 6 }, (_, day) => `2020-01-0${day + 1}`);

suite("infer, a station that is told above the records", () => {
  test("its id, its name and where it is", async (t) => {
    const { yaml, rows, pipeline, rejects } = await guessText(
      t,
      "a.csv",
      [
        "Station ID: 12345",
        "Station Name: Some Hill, East",
        "Latitude: 52.1",
        "Longitude: -7.25",
        "Elevation: 12 m",
        "",
        "Date;Rain (mm)",
        ...DAYS.map((day, index) => `${day};${index}.5`),
        "",
      ].join("\n"),
    );
    assert.match(yaml, /station_id: \{ preamble: "\^Station \*ID: .* \} # UNSURE: .* here 12345\?/);
    assert.doesNotMatch(yaml, /literal/);
    assert.equal(rejects, 0);
    assert.deepEqual(valuesOf(rows)[0], ["12345", "2020-01-01", "PRCP", "0.5"]);
    assert("station" in pipeline && pipeline.station !== undefined);
    for (const [key, pattern] of [
      ["name", "^Station *Name: *"],
      ["latitude", "^Latitude: *"],
      ["longitude", "^Longitude: *"],
      ["elevation", "^Elevation: *"],
    ] as const) {
      assert.match(yaml, new RegExp(`${key}: \\{ preamble: "${pattern.replace(/[\\^*]/g, "\\$&")}`));
    }
  });

  test("in comments", async (t) => {
    const { rows } = await guessText(
      t,
      "a.csv",
      ["# station_id = AB-7", "Date,Rain (mm)", ...DAYS.map((day) => `${day},1.5`), ""].join("\n"),
    );
    assert.equal(valuesOf(rows)[0]?.[0], "AB-7");
  });

  test("a column of ids goes before, and its stations are not where the preamble says", async (t) => {
    const { yaml } = await guessText(
      t,
      "a.csv",
      [
        "Site ID: 7",
        "Latitude: 5.5",
        "and a note",
        "Site,Date,Rain (mm)",
        ...DAYS.map((day) => `S1,${day},1.5`),
        "",
      ].join("\n"),
    );
    assert.match(yaml, /station_id: Site\n/);
    assert.doesNotMatch(yaml, /preamble/);
  });

  for (const [line, what, text, pattern] of [
    ["Station ID: 12345", "id", "12345", '^Station *ID: *([^\\s;,"]+)'],
    ["# Station: 00123 ", "id", "00123", '^# *Station: *([^\\s;,"]+)'],
    ['"Station Number","A-1",,', "id", "A-1", '^"Station *Number","([^\\s;,"]+)'],
    ["Station (name): A", "id", undefined, undefined],
    ["Station\t 17\t\t", "id", "17", '^Station\\s*([^\\s;,"]+)'],
    ["Station ID:", "id", undefined, undefined],
    ["Station: Berlin Mitte", "id", undefined, undefined],
    ["Station: Berlin Mitte", "name", "Berlin Mitte", '^Station: *(.*[^\\s;,"])'],
    ["Station name = St. Anna (old);;", "name", "St. Anna (old)", '^Station *name *= *(.*[^\\s;,"])'],
    ["Latitude;52.1;;", "latitude", "52.1", "^Latitude;([-+]?[0-9]+(?:\\.[0-9]+)?)"],
    ["LAT: +52.1° N", "latitude", "+52.1", "^LAT: *([-+]?[0-9]+(?:\\.[0-9]+)?)"],
    // South and minutes are told in ways that a number alone does not tell.
    ["LAT: 52.1 S", "latitude", undefined, undefined],
    ["Latitude: 52° 10' N", "latitude", undefined, undefined],
    ["Latitude: 52,1", "latitude", undefined, undefined],
    ["Longitude (E): 7", "longitude", "7", "^Longitude \\*\\(E\\): *"],
  ] as const) {
    test(`\`${JSON.stringify(line)}\`: ${what} ${text ?? "is not told"}`, () => {
      const told = toldAbove([line])[what];
      assert.equal(told?.text, text);
      if (what === "longitude") return;
      assert.equal(told?.pattern, pattern);
      if (told === undefined) return;
      // RE2 and JavaScript read it alike.
      assert.equal(new RegExp(told.pattern).exec(line.trim())?.[1], text);
    });
  }
});

suite("infer, several lines below the header", () => {
  const RECORDS = DAYS.map((day, index) => `"${day} 00:00:00",${index},1${index}.5,5${index}`);

  test("names, units, and what the values are (Campbell's TOA5)", async (t) => {
    const { yaml, rows, rejects } = await guessText(
      t,
      "a.dat",
      [
        '"TOA5","St1","CR1000","1234","CR1000.Std.31","CPU:x.CR1","1","Table1"',
        '"TIMESTAMP","RECORD","Temp","RH"',
        '"TS","RN","Deg C","%"',
        '"","","Avg","Smp"',
        ...RECORDS,
        "",
      ].join("\n"),
    );
    assert.match(yaml, /skip_after_header: 2/);
    assert.match(yaml, /from: Temp, in: Deg C, to: TEMP, unit: °C/);
    assert.equal(rejects, 0);
    assert.equal(rows.filter((row) => row["common_kpi_name"] === "TEMP").length, DAYS.length);
  });

  test("elements above the units: the units are those", async (t) => {
    const { yaml } = await guessText(
      t,
      "a.csv",
      ["Site,Date,C1,C2", ",,Ozone,Wind", ",,ppb,km/h", ...DAYS.map((day) => `S1,${day},10,20`), ""].join(
        "\n",
      ),
    );
    assert.match(yaml, /skip_after_header: 2/);
    assert.match(yaml, /from: C1, in: ppb/);
    assert.match(yaml, /from: C2, in: km\/h/);
  });

  test("a first record without values is none of them", async (t) => {
    const { yaml, rows } = await guessText(
      t,
      "a.csv",
      ["Site,Date,Ozone (ppb)", "S1,2019-12-31,n/a", ...DAYS.map((day) => `S1,${day},10`), ""].join("\n"),
    );
    assert.doesNotMatch(yaml, /skip_after_header/);
    assert.equal(rows.length, DAYS.length);
  });
});

suite("infer, headers that repeat names", () => {
  test("columns are told by what they stand behind, flags with their values", async (t) => {
    const { yaml, rows, rejects } = await guessText(
      t,
      "a.csv",
      [
        "Site,Date,Ozone,unit,status,PM10,unit,status,NO2",
        ...DAYS.map((day, index) => `S1,${day},1${index}.5,µg/m³,V,2${index},µg/m³,F,3${index}`),
        "",
      ].join("\n"),
    );
    assert.match(yaml, /value: Ozone, quality_flag: \{ column: status after Ozone,/);
    assert.match(yaml, /value: PM10, quality_flag: \{ column: status after PM10,/);
    assert.match(yaml, /element: NO2, value: NO2 \}/);
    assert.doesNotMatch(yaml, /columns:/);
    assert.equal(rejects, 0);
    assert.equal(rows.length, 3 * DAYS.length);
  });

  test("what has no other name is told by its number; the names of a comment, by their places", async (t) => {
    const records = DAYS.map((day, index) => `${day},1${index}.5,2${index}.5`);
    const header = await guessText(t, "a.csv", ["date,temp,temp", ...records, ""].join("\n"));
    assert.match(
      header.yaml,
      /measurements: \["temp after date", "temp #2"\]|measurements: \[temp after date/,
    );
    assert.equal(header.rows.length, 2 * DAYS.length);
  });
});

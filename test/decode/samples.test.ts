/** The decoders on real files of the providers. */
import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { decompress, noBytes } from "../../src/decode/decompress.ts";
import { samples, skipWithoutSamples } from "../samples.ts";
import { type Decoded, decodeAll, valuesOf } from "./decoding.ts";

const pathOf = (file: string): string => join(samples ?? "", file);

async function decodeFile(file: string, format: object, wanted?: readonly string[]): Promise<Decoded> {
  const place = { file };
  return decodeAll(format, decompress(createReadStream(pathOf(file)), place, noBytes()), wanted);
}

const daily = {
  type: "delimited",
  header: "detect",
  columns: ["id", "date", "element", "value", "m_flag", "q_flag", "s_flag", "time"],
};

suite("real files", { skip: skipWithoutSamples }, () => {
  test("GHCN-Daily years, against a plain split", async () => {
    for (const [file, rows, flagged] of [
      ["1800.csv", 1_825, 11],
      ["1872.csv.gz", 134_036, 165],
    ] as const) {
      const path = `noaa-ghcn/by_year/${file}`;
      const decoded = await decodeFile(path, daily, ["q_flag", "value", "id"]);
      const stored = readFileSync(pathOf(path));
      const text = (file.endsWith(".gz") ? gunzipSync(stored) : stored).toString();
      const expected = text
        .trimEnd()
        .split("\n")
        .map((line) => line.split(","))
        .map((fields) => [fields[5], fields[3], fields[0]]);
      assert.deepEqual(valuesOf(decoded), expected);
      assert.equal(decoded.counts.decoded, rows);
      assert.equal(decoded.counts.read, rows);
      assert.equal(decoded.records.filter(({ values }) => values[0] !== "").length, flagged);
    }
  });

  test("GHCN stations: fixed width, UTF-8 names, quotes and commas in names", async () => {
    const columns = { id: "1-11", elevation: "32-37", name: "42-71", wmo: "81-85" };
    const decoded = await decodeFile("noaa-ghcn/meta/ghcnd-stations.txt.gz", {
      type: "fixed-width",
      columns,
    });
    assert.equal(decoded.counts.decoded, 129_658);
    assert.equal(decoded.records.filter(({ values }) => values[1] === "-999.9").length, 4_619);
    assert.equal(decoded.records.filter(({ values }) => /[^\0-\x7f]/.test(values[2] ?? "")).length, 9);
    assert.equal(decoded.records.filter(({ values }) => values[0]?.startsWith("GM")).length, 1_123);
  });

  test("both dialects of the OpenAQ archive", async () => {
    const columns = [
      "location_id",
      "sensors_id",
      "location",
      "datetime",
      "lat",
      "lon",
      "parameter",
      "units",
      "value",
    ];
    const format = { type: "delimited", header: "always", columns };
    const older = await decodeFile("openaq-archive/docs-location-2178-20230222.head.csv", format, [
      "units",
      "value",
    ]);
    const newer = await decodeFile("openaq-archive/quoted-8118-20260415.head.csv", format, [
      "location",
      "units",
      "value",
    ]);
    const comma = await decodeFile("openaq-archive/comma-in-name-6983-20190715.row.csv", format, [
      "location",
    ]);
    assert.deepEqual(older.records[0]?.values, ["µg/m³", "14.0"]);
    assert.deepEqual(newer.records[0]?.values, ["New Delhi-8118", "µg/m³", "71.0"]);
    assert.deepEqual(valuesOf(comma), [["Hombegowda Nagar, Bengaluru - KSPCB-6983"]]);
    for (const { counts } of [older, newer, comma])
      assert.deepEqual([counts.headers, counts.rejected], [1, 0]);
  });

  test("OpenAQ fetches, against JSON.parse", async () => {
    const columns = {
      value: "value",
      unit: "unit",
      latitude: "coordinates.latitude",
      period: "averagingPeriod.value",
    };
    const path = "openaq-fetches/1506558318.ndjson.gz";
    const decoded = await decodeFile(path, { type: "json-lines", columns });
    assert.equal(decoded.counts.decoded, 8_918);
    assert.equal(decoded.records.filter(({ values }) => values[2] === null).length, 315);
    assert.equal(decoded.records.filter(({ values }) => values[3] === null).length, 101);
    assert.equal(decoded.records.filter(({ values }) => values[0] === "-999").length, 58);
    const lines = gunzipSync(readFileSync(pathOf(path)))
      .toString()
      .split("\n");
    assert.deepEqual(
      decoded.records.map(({ raw }) => raw),
      lines,
    );
    const units = lines.map((line) => (JSON.parse(line) as { unit: string }).unit);
    assert.deepEqual(
      decoded.records.map(({ values }) => values[1]),
      units,
    );
  });

  test("one big JSON document of the EPA", async () => {
    const columns = { state: "state_code", mean: "arithmetic_mean", latitude: "latitude", aqi: "aqi" };
    const decoded = await decodeFile("epa-aqs/dailyData-byCounty-37-183-88101-2016.json", {
      type: "json",
      records: "Data",
      columns,
    });
    assert.equal(decoded.counts.decoded, 750);
    assert.deepEqual(decoded.records[0]?.values, ["37", "4.3", "35.856111", "24"]);
    const whole = JSON.parse(
      readFileSync(pathOf("epa-aqs/dailyData-byCounty-37-183-88101-2016.json"), "utf8"),
    ) as {
      Data: unknown[];
    };
    assert.deepEqual(
      decoded.records.map(({ raw }) => JSON.parse(raw) as unknown),
      whole.Data,
    );
  });

  test("tabs and comments, semicolons, everything quoted", async () => {
    const airport = {
      type: "delimited",
      delimiter: "\t",
      comment: "#",
      header: "always",
      columns: ["station", "tmpf"],
    };
    const asos = await decodeFile("iem-asos/VOHY-201403.tsv", airport);
    assert.equal(asos.counts.decoded, 414);
    assert.equal(asos.counts.comments, 5);
    assert.deepEqual(asos.records[0]?.values, ["VOHY", "69.80"]);
    const particles = {
      type: "delimited",
      delimiter: ";",
      header: "always",
      columns: ["sensor_id", "P2", "durP2"],
    };
    const sensor = await decodeFile(
      "sensor-community/2018-07-01/2018-07-01_sds011_sensor_5331.csv",
      particles,
    );
    assert.deepEqual(sensor.records[0]?.values, ["5331", "6.33", ""]);
    assert.equal(sensor.counts.rejected, 0);
    const wide = await decodeFile("noaa-cdo-wide/central_park_weather.csv", {
      type: "delimited",
      header: "always",
      columns: ["NAME", "TMAX"],
    });
    assert.equal(wide.counts.decoded, 5_538);
    assert.deepEqual(wide.records[0]?.values, ["NY CITY CENTRAL PARK, NY US", "26"]);
  });

  test("what is no data", async () => {
    const files = [
      ["malformed/bucket-index.html", "an HTML page"],
      ["malformed/git-lfs-pointer-ghcnd-stations.txt", "a git-lfs pointer"],
    ] as const;
    for (const [file, what] of files) {
      const expected = { code: "OBJECT_NOT_DATA", message: `This is ${what}, not data.`, place: { file } };
      await assert.rejects(decodeFile(file, daily), expected);
    }
    const broken = await decodeFile("malformed/broken-zip-archive.zip", daily);
    assert.deepEqual(broken.rejects, [{ reason: "too few fields", line: 1, byte: 0, raw: "foobar" }]);
  });
});

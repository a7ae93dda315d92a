import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { dayOf } from "../../src/demo/calendar.ts";
import { fetchFiles } from "../../src/demo/openaq-fetches.ts";

interface FetchRecord {
  readonly date: { readonly utc: string; readonly local: string };
  readonly parameter: string;
  readonly location: string;
  readonly value: number;
  readonly unit: string;
  readonly city?: string;
  readonly country?: string;
  readonly averagingPeriod?: { readonly value: number; readonly unit: string };
  readonly coordinates?: { readonly latitude: number; readonly longitude: number };
  readonly attribution?: readonly unknown[];
}

suite("generated OpenAQ fetches", () => {
  const files = fetchFiles(7, dayOf("2024-12-18")).map(({ key, text }) => ({
    key,
    text,
    records: text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as FetchRecord),
  }));
  const records = files.flatMap((file) => file.records);
  const values = records.map(({ value }) => value);
  const measurement = (record: FetchRecord) => `${record.location} ${record.parameter} ${record.date.utc}`;

  test("are the same for the same seed", () => {
    assert.deepEqual(fetchFiles(7, 20_000), fetchFiles(7, 20_000));
    assert.notDeepEqual(fetchFiles(8, 20_000), fetchFiles(7, 20_000));
  });

  test("lie below the day on which they were fetched", () => {
    for (const { key } of files) {
      const [, date, unix] = /^realtime-gzipped\/(\d{4}-\d\d-\d\d)\/(\d+)\.ndjson\.gz$/.exec(key) ?? [];
      assert.equal(new Date(Number(unix) * 1000).toISOString().slice(0, 10), date);
    }
    assert.equal(new Set(files.map(({ key }) => key)).size, files.length);
    assert.equal(new Set(files.map(({ key }) => key.split("/")[1])).size, 2);
  });

  test("tell the same moment in UTC and on the local clock", () => {
    for (const { date } of records) {
      assert.match(date.utc, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/);
      assert.match(date.local, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
      assert.equal(Date.parse(date.utc), Date.parse(date.local));
    }
  });

  test("deliver measurements again, and one with another value", () => {
    const delivered = Map.groupBy(records, measurement);
    const again = [...delivered.values()].filter((group) => group.length > 1);
    assert.ok(again.length > 50, `${again.length} redelivered`);
    const corrected = again.filter((group) => new Set(group.map(({ value }) => value)).size > 1);
    assert.equal(corrected.length, 1);
    const inFiles = files.filter((file) =>
      file.records.some((record) => measurement(record) === measurement(corrected[0]?.[0] ?? record)),
    );
    assert.ok(inFiles.length > 1, "the correction comes in a later file");
  });

  test("lack what real records lack", () => {
    for (const name of ["city", "country", "coordinates", "averagingPeriod", "attribution"] as const) {
      const lacking = records.filter((record) => record[name] === undefined).length;
      assert.ok(lacking > 0 && lacking < records.length, `${lacking} of ${records.length} lack ${name}`);
    }
  });

  test("hold every error code, also scaled, and small real negatives", () => {
    for (const code of [-9999, -1111, -999, -998, -996, -995, -9.999])
      assert.ok(values.includes(code), String(code));
    assert.ok(values.some((value) => value < 0 && value > -0.01));
  });

  test("hold unknown countries, positions at 0,0 and one date in the far future", () => {
    assert.ok(records.some(({ country }) => country === "99"));
    assert.ok(records.some(({ coordinates }) => coordinates?.latitude === 0 && coordinates.longitude === 0));
    const future = files.map(
      (file) => file.records.filter(({ date }) => date.utc > "2100").length / file.records.length,
    );
    assert.equal(future.filter((share) => share > 0).length, 1);
    // Else the load would rightly be held back.
    assert.ok(Math.max(...future) < 0.01);
  });

  test("spell units in every way, the same gas in several in one file", () => {
    const units = new Set(records.map(({ unit }) => unit));
    const expected = ["\u00b5g/m³", "\u03bcg/m³", "ug/m3", "\ufffd\ufffdg/m³", "ppm", "ppb"];
    assert.deepEqual([...units].sort(), expected.sort());
    for (const file of files) {
      const gas = new Set(file.records.filter(({ parameter }) => parameter === "o3").map(({ unit }) => unit));
      assert.ok(gas.size > 1);
    }
  });

  test("vary the order of keys, and mostly end without a line feed", () => {
    const orders = new Set(records.map((record) => Object.keys(record).join()));
    assert.ok(orders.size > 5);
    const inner = new Set(
      records.flatMap(({ coordinates }) => (coordinates ? [Object.keys(coordinates).join()] : [])),
    );
    assert.equal(inner.size, 2);
    const ended = files.filter(({ text }) => text.endsWith("\n")).length;
    assert.ok(ended > 0 && ended < files.length / 2);
  });

  test("have names in other scripts, late data, and three dates in one file", () => {
    assert.ok(records.some(({ city = "" }) => /\p{Script=Han}/u.test(city)));
    assert.ok(records.some(({ location }) => /\p{Script=Hebrew}/u.test(location)));
    assert.ok(records.some(({ location }) => location.includes('"')));
    const days = (file: (typeof files)[number]) =>
      new Set(file.records.map(({ date }) => date.utc.slice(0, 10)).filter((date) => date < "2100"));
    assert.ok(files.some((file) => days(file).size >= 3));
    const averages = new Set(records.map(({ averagingPeriod }) => averagingPeriod?.value));
    assert.deepEqual(averages, new Set([0.25, 1, 24, undefined]));
  });
});

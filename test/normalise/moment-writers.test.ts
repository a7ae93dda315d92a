import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { dateField } from "../../src/config/moments.ts";
import { dateWriter, durationWriter } from "../../src/normalise/moment-writers.ts";
import type { Writer, WriterContext } from "../../src/normalise/writers.ts";
import { averagingOf, day, pipelineOf, type RecordTexts, run, time } from "./moments.ts";

suite("dates", () => {
  test("dates of their own, blanks around them, and texts that mean none", () => {
    const field = { column: "d", missing: ["99999999", "-"] };
    for (const [format, text, expected] of [
      ["yyyyMMdd", "20240229", "2024-02-29"],
      ["yyyyMMdd", "  20240229 ", "2024-02-29"],
      ["yyyy-MM-dd", "2024-02-29", "2024-02-29"],
      ["dd/MM/yyyy", "29/02/2024 ", "2024-02-29"],
      ["d MMM yyyy", "1 Feb 2024", "2024-02-01"],
      ["yyyyDDD", "2024060", "2024-02-29"],
      ["unix", "1709164800", "2024-02-29"],
      ["iso", "2024-02-29T23:59:59-07:00", "2024-02-29"],
      ["yyyyMMdd", "99999999", "date: missing"],
      ["dd/MM/yyyy", "-", "date: missing"],
      ["yyyyMMdd", "   ", "date: missing"],
      ["iso", "", "date: missing"],
      ["yyyyMMdd", "20240230", "date: not a date"],
      ["dd/MM/yyyy", "30/02/2024", "date: not a date"],
      ["iso", "2024-02-29", "date: not a date"],
      ["yyyyMMdd", "16991231", "date: not a date"],
      ["yyyyMMdd", "17000101", "1700-01-01"],
      ["yyyyMMdd", "22000101", "date: not a date"],
    ] as const) {
      assert.equal(day({ ...field, format }, { d: text }), expected, `${format} ${text}`);
    }
    assert.equal(day({ ...field, format: "yyyyMMdd" }, { d: undefined }), "date: missing");
  });

  test("any origin and operation", () => {
    assert.equal(
      day({ template: "{y}-{m:02}-{d:02}", format: "yyyy-MM-dd" }, { y: "2024", m: "2", d: "9" }),
      "2024-02-09",
    );
    assert.equal(day({ template: "{y}{m}", format: "yyyyMM'x'dd" }, { y: "2024", m: "" }), "date: missing");
    assert.equal(day({ variable: "day", format: "yyyyMMdd" }, {}), "2024-06-01");
    assert.equal(day({ literal: "20240601", format: "yyyyMMdd" }, {}), "2024-06-01");
    assert.equal(day({ column: "d", part: "3-10", format: "yyyyMMdd" }, { d: "xx20240601yy" }), "2024-06-01");
    assert.equal(
      day({ column: "d", replace: { janv: "Jan" }, format: "d MMM yyyy" }, { d: "5 janv 2024" }),
      "2024-01-05",
    );
    assert.equal(day({ column: "d", format: "yyyyMMdd" }, { d: "2".repeat(5000) }), "date: not a date");
    assert.equal(
      day({ column: "d", case: "upper", format: "yyyyMMdd" }, { d: "2".repeat(5000) }),
      "date: not a date",
    );
  });

  test("outside the slice", () => {
    const slice = { first: Date.UTC(2024, 0, 1) / 864e5, last: Date.UTC(2024, 11, 31) / 864e5 };
    const field = { column: "d", format: "yyyyMMdd" };
    assert.equal(day(field, { d: "20240101" }, slice), "2024-01-01");
    assert.equal(day(field, { d: "20241231" }, slice), "2024-12-31");
    assert.equal(day(field, { d: "20231231" }, slice), "date: outside the slice");
    assert.equal(day(field, { d: "20250101" }, slice), "date: outside the slice");
  });

  test("in the future", () => {
    const latest = Date.UTC(2024, 0, 2) / 864e5;
    const field = dateField.parse({ column: "d", format: "yyyyMMdd" });
    const written = (text: string) => run({ d: text }, (context) => [dateWriter(context, field, { latest })]);
    assert.ok(Array.isArray(written("20240102")));
    assert.equal(written("20240103"), "date: date in the future");
  });

  test("the time of daily rows is no one's", () => {
    const pipeline = pipelineOf({
      target: "daily",
      fields: { station_id: "id", date: { column: "d", format: "yyyyMMdd" }, value: "v" },
    });
    const context = { pipeline, columnOf: () => 0, workedOut: () => 0, required: new Set<string>() };
    assert.throws(() => dateWriter(context, { of: "time" }), { name: "RangeError" });
  });
});

suite("times", () => {
  test("by the offset in the text, else by the zone", () => {
    const berlin = { column: "t", format: "yyyy-MM-dd HH:mm", zone: "Europe/Berlin" };
    assert.equal(time(berlin, { t: "2024-01-15 12:00" }), "2024-01-15T11:00:00.000Z");
    assert.equal(time(berlin, { t: "2024-07-15 24:00" }), "2024-07-15T22:00:00.000Z");
    assert.equal(time(berlin, { t: "2024-03-31 02:30" }), "2024-03-31T01:30:00.000Z");
    const iso = { column: "t", format: "iso", zone: "Asia/Kolkata" };
    assert.equal(time(iso, { t: "2024-01-15T12:00:00.25" }), "2024-01-15T06:30:00.250Z");
    assert.equal(time(iso, { t: "2024-01-15T12:00:00+01:00" }), "2024-01-15T11:00:00.000Z");
    assert.equal(
      time({ column: "t", format: "unix-ms" }, { t: "1705312800123" }),
      "2024-01-15T10:00:00.123Z",
    );
  });

  test("without offset and zone there is no time, and none is guessed", () => {
    assert.equal(time({ column: "t", format: "iso" }, { t: "2024-01-15T12:00:00" }), "time: not a time");
    assert.equal(
      time({ column: "t", format: "yyyy-MM-dd HH:mm" }, { t: "2024-01-15 12:00" }),
      "time: not a time",
    );
  });

  test("the zone in the record, in the key, in a side table", () => {
    const at = (zone: unknown, record: RecordTexts) =>
      time({ column: "t", format: "yyyyMMddHHmm", zone }, { t: "202401151200", ...record });
    assert.equal(at({ column: "tz" }, { tz: " America/St_Johns " }), "2024-01-15T15:30:00.000Z");
    assert.equal(at({ column: "tz" }, { tz: "-05:00" }), "2024-01-15T17:00:00.000Z");
    assert.equal(at({ column: "tz" }, { tz: "Mars/Olympus" }), "time: unknown time zone");
    assert.equal(at({ column: "tz" }, { tz: "" }), "time: unknown time zone");
    assert.equal(at({ variable: "site" }, {}), "2024-01-15T11:00:00.000Z");
    assert.equal(
      at({ template: "{area}/{city}" }, { area: "Asia", city: "Tokyo" }),
      "2024-01-15T03:00:00.000Z",
    );
    const lookup = { column: "id", lookup: { file: "zones.csv", key: "id", value: "zone" } };
    assert.equal(at(lookup, { id: "7" }), "2024-01-15T06:30:00.000Z");
    assert.equal(at(lookup, { id: "8" }), "time: unknown time zone");
  });

  test("the zone of the record's position", () => {
    const zone = { latitude: "lat", longitude: "lon" };
    const at = (lat: string, lon: string, more: object = {}) =>
      time(
        { column: "t", format: "yyyyMMddHHmm", zone: { ...zone, ...more } },
        { t: "202401151200", lat, lon },
      );
    assert.equal(at("52.52", "13.405"), "2024-01-15T11:00:00.000Z");
    assert.equal(at("28.63576", "77.22445"), "2024-01-15T06:30:00.000Z");
    assert.equal(at("35.1353", "-106.584702"), "2024-01-15T19:00:00.000Z");
    // On the open sea.
    assert.equal(at("30", "-45"), "2024-01-15T15:00:00.000Z");
    assert.match(at("90", "180") ?? "", /Z$/);
    assert.match(at("-90", "-180") ?? "", /Z$/);
    assert.equal(at("91", "0"), "time: position out of range");
    assert.equal(at("0", "360.01"), "time: position out of range");
    assert.equal(at("0", "-180.01"), "time: position out of range");
    assert.equal(at("-28.5", "283.75"), at("-28.5", "-76.25"));
    assert.equal(at("35.1353", "253.415298"), "2024-01-15T19:00:00.000Z");
    assert.equal(at("north", "0"), "time: unknown time zone");
    assert.equal(at("", "0"), "time: unknown time zone");
    assert.equal(at("", "0", { otherwise: "+01:00" }), "2024-01-15T11:00:00.000Z");
    const unknown = { latitude: { column: "lat", sentinels: [-999] }, otherwise: "UTC" };
    assert.equal(at("-999.0", "-999", unknown), "2024-01-15T12:00:00.000Z");
  });

  test("kept is the period's end", () => {
    const field = { column: "t", format: "iso", marks: "start" };
    const record = { t: "2024-01-15T23:00:00.5Z", n: "1.5", unit: "hours" };
    assert.equal(time(field, record, { literal: 3600 }), "2024-01-16T00:00:00.500Z");
    assert.equal(time(field, record, { column: "n", unit: "unit" }), "2024-01-16T00:30:00.500Z");
    assert.equal(time({ ...field, marks: "end" }, record, { literal: 3600 }), "2024-01-15T23:00:00.500Z");
    for (const unknown of [{ n: "" }, { n: "x" }, { n: "0" }, { unit: "moons" }]) {
      assert.equal(time(field, { ...record, ...unknown }, { column: "n", unit: "unit" }), "time: missing");
    }
    assert.throws(() => time(field, record), { name: "RangeError", message: /averaging/ });
  });

  test("the future and the distant past", () => {
    const field = { column: "t", format: "iso" };
    assert.equal(time(field, { t: "2026-01-01T00:00:00Z" }), "2026-01-01T00:00:00.000Z");
    assert.equal(time(field, { t: "2026-01-01T00:00:01Z" }), "time: date in the future");
    assert.equal(
      time({ ...field, not_after_now: false }, { t: "2199-12-31T23:59:59Z" }),
      "2199-12-31T23:59:59.000Z",
    );
    assert.equal(time({ ...field, not_after_now: false }, { t: "2200-01-01T00:00:00Z" }), "time: not a time");
    assert.equal(time(field, { t: "1699-12-31T23:59:59Z" }), "time: not a time");
    const start = { ...field, marks: "start" };
    assert.equal(time(start, { t: "2025-12-31T23:30:00Z" }, { literal: 3600 }), "time: date in the future");
  });

  const lookups = new Map([
    ["spans.csv\ntext\nseconds", new Map([["8-HR RUN AVG", "28800"]])],
    ["spans.csv\ntext\nunit", new Map([["Std", "hours"]])],
  ]);
  const seconds = (record: RecordTexts, field: object | undefined) => {
    const write = (context: WriterContext): Writer[] => [durationWriter(context, averagingOf(field))];
    const fields = run(record, (context) =>
      write({ ...context, pipeline: { ...context.pipeline, lookups } }),
    );
    return typeof fields === "string" ? fields : (fields[0]?.readInt32BE(0) ?? null);
  };

  test("durations", () => {
    const field = { column: "n", unit: "u" };
    assert.equal(seconds({}, undefined), null);
    assert.equal(seconds({}, { literal: 900 }), 900);
    assert.equal(seconds({}, { literal: "15", unit: { literal: "min" } }), 900);
    for (const [n, u, expected] of [
      ["1", "hours", 3600],
      ["0.25", "hours", 900],
      [" 10 ", " minutes ", 600],
      ["30", "seconds", 30],
      ["2", "days", 172_800],
      ["8", "HR", 28_800],
      ["2", "H", 7200],
      ["30000", "days", null],
      ["-1", "hours", null],
      ["1", "fortnights", null],
      ["1", "", null],
      ["", "hours", null],
      ["1x", "hours", null],
    ] as const) {
      assert.equal(seconds({ n, u }, field), expected, `${n} ${u}`);
    }
  });

  test("durations in words, by side tables, and of several parts of one text", () => {
    const words = { column: "n", words: { "1 hour": 3600, "24-hr": 86_400 }, missing: ["varies"] };
    for (const [n, expected] of [
      ["1 hour", 3600],
      [" 24-hr ", 86_400],
      ["900", 900],
      ["varies", null],
      ["weekly", null],
    ] as const) {
      assert.equal(seconds({ n }, words), expected, n);
    }
    const parts = (text: string) => {
      const split = (take: number) => ({ column: "n", replace: { "-": " " }, split: { by: " ", take } });
      return seconds({ n: text }, { ...split(1), unit: split(2) });
    };
    assert.deepEqual(["1 HOUR", "15 min", "1"].map(parts), [3600, 900, null]);
    const lookup = { file: "spans.csv", key: "text", value: "seconds", otherwise: "reject" };
    assert.equal(seconds({ n: "8-HR RUN AVG" }, { column: "n", lookup }), 28_800);
    assert.equal(seconds({ n: "yearly" }, { column: "n", lookup }), "averaging: not in lookup");
    assert.equal(seconds({ n: "yearly" }, { column: "n", lookup: { ...lookup, otherwise: "null" } }), null);
    const unit = { column: "u", lookup: { ...lookup, value: "unit" } };
    assert.equal(seconds({ n: "2", u: "Std" }, { column: "n", unit }), 7200);
    assert.equal(seconds({ n: "2", u: "?" }, { column: "n", unit }), "averaging: not in lookup");
    assert.equal(
      time({ column: "t", format: "iso", marks: "start" }, { t: "2024-01-15T23:00:00Z", n: "24-hr" }, words),
      "2024-01-16T23:00:00.000Z",
    );
  });

  test("a required duration", () => {
    const written = (n: string) =>
      run({ n }, (context) => [
        durationWriter({ ...context, required: new Set(["averaging"]) }, averagingOf({ column: "n" })),
      ]);
    assert.equal(written(""), "averaging: missing");
    assert.notEqual(typeof written("60"), "string");
  });
});

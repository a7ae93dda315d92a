import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { both, day } from "./moments.ts";

suite("local days", () => {
  const DAYS = { column: "t", format: "iso" };

  test("a stamp of 00:00 that ends its period belongs to the day before", () => {
    const ends = { ...DAYS, day_of: "end" };
    assert.equal(day(ends, { t: "2024-01-16T00:00:00-07:00" }), "2024-01-15");
    assert.equal(day(ends, { t: "2024-01-15T24:00:00-07:00" }), "2024-01-15");
    assert.equal(day(ends, { t: "2024-01-16T00:00:00.000001-07:00" }), "2024-01-16");
    assert.equal(day(ends, { t: "2024-01-16T00:00:01-07:00" }), "2024-01-16");
    assert.equal(day(DAYS, { t: "2024-01-16T00:00:00-07:00" }), "2024-01-16");
    assert.equal(day({ column: "t", format: "yyyyMMdd", day_of: "end" }, { t: "20240101" }), "2023-12-31");
  });

  test("days that begin at 06:00", () => {
    const starts = { ...DAYS, day_starts: "06:00" };
    assert.equal(day(starts, { t: "2024-01-16T05:59:59Z" }), "2024-01-15");
    assert.equal(day(starts, { t: "2024-01-16T06:00:00Z" }), "2024-01-16");
    const ends = { ...starts, day_of: "end" };
    assert.equal(day(ends, { t: "2024-01-16T06:00:00Z" }), "2024-01-15");
    assert.equal(day(ends, { t: "2024-01-16T06:00:01Z" }), "2024-01-16");
  });

  test("the calendar of another zone than the clock's", () => {
    const delhi = { ...DAYS, local: "Asia/Kolkata" };
    assert.equal(day(delhi, { t: "2024-01-15T18:29:59Z" }), "2024-01-15");
    assert.equal(day(delhi, { t: "2024-01-15T18:30:00Z" }), "2024-01-16");
    const wall = { column: "t", format: "yyyy-MM-dd HH:mm", zone: "America/New_York", local: "Pacific/Apia" };
    assert.equal(day(wall, { t: "2011-12-30 04:59" }), "2011-12-29");
    assert.equal(day(wall, { t: "2011-12-30 05:00" }), "2011-12-31");
    assert.equal(day({ ...wall, zone: undefined }, { t: "2011-12-30 05:00" }), "date: not a time");
    const place = { ...DAYS, local: { latitude: "lat", longitude: "lon" } };
    assert.equal(day(place, { t: "2024-01-15T20:00:00Z", lat: "28.6", lon: "77.2" }), "2024-01-16");
    assert.equal(day(place, { t: "2024-01-15T20:00:00Z", lat: "", lon: "" }), "date: unknown time zone");
  });

  test("the day of the time, as it is marked", () => {
    const hourly = { column: "t", format: "yyyyMMddHH", zone: "UTC" };
    const at = (marks: string, date: Record<string, unknown>, t: string) =>
      both({ ...hourly, marks }, date, { t }, { literal: 3600 });
    assert.equal(at("end", {}, "2024011600"), "2024-01-16T00:00:00.000Z 2024-01-15");
    assert.equal(at("start", {}, "2024011600"), "2024-01-16T01:00:00.000Z 2024-01-16");
    assert.equal(at("start", {}, "2024011523"), "2024-01-16T00:00:00.000Z 2024-01-15");
    assert.equal(at("end", { day_of: "start" }, "2024011600"), "2024-01-16T00:00:00.000Z 2024-01-16");
    assert.equal(at("end", { local: "Asia/Tokyo" }, "2024011515"), "2024-01-15T15:00:00.000Z 2024-01-15");
    assert.equal(at("end", { local: "Asia/Tokyo" }, "2024011516"), "2024-01-15T16:00:00.000Z 2024-01-16");
  });

  test("any rule, against a slow oracle", () => {
    const zones = ["UTC", "Europe/Berlin", "Asia/Kolkata", "America/St_Johns", "Pacific/Apia"];
    const moment = fc
      .tuple(fc.integer({ min: -600_000, max: 490_000 }), fc.constantFrom(0, 0, 0, 1, 59, 1799))
      // On the hour, the half hour, or next to it: where days begin.
      .map(([hours, seconds]) => hours * 3600 + (hours % 2) * 1800 + seconds);
    fc.assert(
      fc.property(
        moment,
        fc.constantFrom(...zones),
        fc.constantFrom("start", "end"),
        fc.constantFrom(undefined, "00:00", "06:00", "09:30"),
        (at, zone, marks, starts) => {
          const rules = {
            local: zone,
            day_of: marks,
            ...(starts === undefined ? {} : { day_starts: starts }),
          };
          const expected = slowDay(at, zone, marks, starts ?? "00:00");
          const text = new Date(at * 1000).toISOString();
          assert.equal(day({ ...DAYS, ...rules }, { t: text }), expected, `${text} ${JSON.stringify(rules)}`);
        },
      ),
      { numRuns: 400 },
    );
  });
});

/** By what Intl writes on the wall, in texts. */
function slowDay(seconds: number, zone: string, marks: string, starts: string): string {
  const shown = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone,
    dateStyle: "short",
    timeStyle: "medium",
  }).format(seconds * 1000);
  const [date = "", clock = ""] = shown.split(" ");
  const begin = `${starts}:00`;
  if (marks === "end" ? clock > begin : clock >= begin) return date;
  return new Date(Date.parse(date) - 86_400_000).toISOString().slice(0, 10);
}

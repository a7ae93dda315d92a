import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { NAMED_FORMATS } from "../../src/config/moment-format.ts";
import { NO_OFFSET, noTimestamp, type Timestamp } from "../../src/normalise/calendar.ts";
import { compileMoment } from "../../src/normalise/moment.ts";

function read(format: string, text: string): Timestamp | undefined {
  const stamp = noTimestamp();
  const bytes = Buffer.from(`4${text}5`);
  return compileMoment(format)(bytes, 1, bytes.length - 1, stamp) ? stamp : undefined;
}

/** What the clock showed, to the millisecond. */
function shown(format: string, text: string): string | undefined {
  const stamp = read(format, text);
  return stamp && new Date(stamp.wall * 1000 + stamp.microseconds / 1000).toISOString().slice(0, 23);
}

suite("counts since a start", () => {
  test("whole counts agree with Date", () => {
    const units = { days: 86_400, hours: 3600, minutes: 60, seconds: 1 };
    const start = fc.date({ min: new Date("1600-01-01"), max: new Date("2100-01-01"), noInvalidDate: true });
    fc.assert(
      fc.property(
        fc.constantFrom("days", "hours", "minutes", "seconds"),
        start,
        fc.integer({ min: -100_000, max: 100_000 }),
        (unit, from, count) => {
          const written = `${from.toISOString().slice(0, 19)}Z`;
          const expected = Date.parse(written) / 1000 + count * units[unit];
          assert.deepEqual(read(`${unit} since ${written}`, String(count)), {
            wall: expected,
            microseconds: 0,
            offset: 0,
          });
        },
      ),
    );
  });

  test("any second of a day survives being written as days, with five decimals or more", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.integer({ min: 5, max: 18 }),
        (second, decimals) => {
          const days = (BigInt(second) * 10n ** BigInt(decimals) * 2n + 86_400n) / 172_800n;
          const digits = String(days).padStart(decimals + 1, "0");
          const text = `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
          assert.deepEqual(read("days since 1900-01-01", text), {
            wall: second - 25_567 * 86_400,
            microseconds: 0,
            offset: NO_OFFSET,
          });
        },
      ),
    );
  });

  test("a double in full is the second that it was made of", () => {
    fc.assert(
      fc.property(fc.integer({ min: 86_400 * 61, max: 86_400 * 73_000 }), (second) => {
        const expected = new Date(second * 1000 + Date.UTC(1899, 11, 30)).toISOString().slice(0, 19);
        assert.equal(shown("excel", String(second / 86_400))?.slice(0, 19), expected, String(second));
      }),
    );
  });

  test("examples", () => {
    for (const [format, text, expected] of [
      ["excel", "45292.5", "2024-01-01T12:00:00.000"],
      ["excel", "45292.52083", "2024-01-01T12:30:00.000"],
      ["excel", "4.52925E4", "2024-01-01T12:00:00.000"],
      ["excel", "61", "1900-03-01T00:00:00.000"],
      ["days since 1950-01-01", "-0.25", "1949-12-31T18:00:00.000"],
      ["hours since 1900-01-01 00:00:0.0", "1087008.5", "2024-01-03T00:30:00.000"],
      ["days since 1-1-1", "738885.75", "2024-01-01T18:00:00.000"],
      ["nanoseconds since 1970-01-01T00:00Z", "1704067200123456789", "2024-01-01T00:00:00.123"],
      ["ms since 1970-01-01", "-1", "1969-12-31T23:59:59.999"],
      ["decimal-year", "2024", "2024-01-01T00:00:00.000"],
      ["decimal-year", "2024.5", "2024-07-02T00:00:00.000"],
      ["decimal-year", "2023.5", "2023-07-02T12:00:00.000"],
      ["julian-day", "2451545", "2000-01-01T12:00:00.000"],
      ["matlab", "719529", "1970-01-01T00:00:00.000"],
    ] as const)
      assert.equal(shown(format, text), expected, `${format} ${text}`);
    assert.equal(read("nanoseconds since 1970-01-01T00:00Z", "1704067200123456789")?.microseconds, 123_457);
    assert.equal(read("hours since 1992-10-8 15:15:42 -6:00", "0")?.offset, -21_600);
  });

  test("the examples of the reference are all one moment", () => {
    const utc = Date.UTC(2024, 1, 7, 14, 5, 9, 250);
    for (const [format, [, example]] of Object.entries(NAMED_FORMATS)) {
      const stamp = read(format, example);
      assert.ok(stamp, format);
      const offset = stamp.offset === NO_OFFSET ? 3600 : stamp.offset;
      assert.ok(Math.abs((stamp.wall - offset) * 1000 + stamp.microseconds / 1000 - utc) < 1, format);
    }
  });

  test("what is none", () => {
    for (const text of ["", "-", "x", "1 ", "5-", "1e", "1,5", "60.99", "-45292", "9999999", "1e60"])
      assert.equal(read("excel", text), undefined, text);
    for (const text of ["0.5", "-2024", "10000", "2024-01", ""])
      assert.equal(read("decimal-year", text), undefined, text);
    assert.equal(read("days since 1950-01-01", "-800000"), undefined);
  });
});

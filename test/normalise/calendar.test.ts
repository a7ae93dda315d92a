import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  compactDateReader,
  daysFromCivil,
  isoDay,
  NO_DATE,
  noTimestamp,
  readIsoDate,
  readTimestamp,
} from "../../src/normalise/calendar.ts";

const compact = (text: string) => compactDateReader()(Buffer.from(text), 0, text.length);
const iso = (text: string) => readIsoDate(Buffer.from(text), 0, text.length);

suite("dates", () => {
  test("every day from 1600 to 2200 agrees with Date", () => {
    for (let day = Date.UTC(1600, 0, 1) / 86_400_000; day < Date.UTC(2200, 0, 1) / 86_400_000; day++) {
      const text = new Date(day * 86_400_000).toISOString().slice(0, 10);
      assert.equal(iso(text), day);
      assert.equal(isoDay(day), text);
    }
  });

  test("eight digits are a date or none, as Date says", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1600, max: 2200 }), fc.nat(19), fc.nat(39), (year, month, day) => {
        const text = `${year}${String(month).padStart(2, "0")}${String(day).padStart(2, "0")}`;
        const date = new Date(Date.UTC(year, month - 1, day));
        const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        assert.equal(compact(text), exists ? daysFromCivil(year, month, day) : NO_DATE);
      }),
    );
  });

  test("30 February, letters and wrong lengths are no dates", () => {
    for (const text of ["18720230", "19000229", "2020010", "202001011", "2020o101", "00000101", ""]) {
      assert.equal(compact(text), NO_DATE, text);
    }
    for (const text of ["2021-02-29", "2021/01/01", "2021-1-1", "21-01-01"])
      assert.equal(iso(text), NO_DATE, text);
  });
});

suite("time stamps", () => {
  const read = (text: string) => {
    const stamp = noTimestamp();
    return readTimestamp(Buffer.from(text), 0, text.length, stamp) ? stamp : undefined;
  };

  test("agree with Date.parse for any moment and offset", () => {
    const part = (max: number) => fc.nat(max).map((value) => String(value).padStart(2, "0"));
    const text = fc
      .tuple(
        fc.integer({ min: 0, max: 50_000 }),
        part(23),
        part(59),
        part(59),
        fc.constantFrom("", ".5", ".123"),
        fc.constantFrom("Z", "+05:30", "-07:00", "+14:00"),
      )
      .map(
        ([day, hour, minute, second, fraction, offset]) =>
          `${isoDay(day)}T${hour}:${minute}:${second}${fraction}${offset}`,
      );
    fc.assert(
      fc.property(text, (value) => {
        const stamp = read(value);
        assert.ok(stamp, value);
        assert.equal(stamp.seconds * 1000 + stamp.microseconds / 1000, Date.parse(value));
        assert.equal(isoDay(stamp.localDay), value.slice(0, 10));
      }),
    );
  });

  test("midnight ends the day before, also when it is written as 24:00", () => {
    const midnight = read("2023-02-23T00:00:00-07:00");
    assert.equal(midnight?.midnight, true);
    assert.equal(isoDay(midnight.localDay), "2023-02-23");
    const late = read("2023-02-22T24:00:00-07:00");
    assert.deepEqual(late, midnight);
    assert.equal(read("2023-02-23T00:00:00.000001-07:00")?.midnight, false);
    assert.equal(read("2023-02-23T00:00:01-07:00")?.midnight, false);
  });

  test("other ways to write an offset", () => {
    const reference = read("2023-02-23T01:00:00+05:30");
    assert.deepEqual(read("2023-02-23 01:00:00+0530"), reference);
    assert.equal(read("2023-02-23T01:00:00+05")?.seconds, (reference?.seconds ?? 0) + 1800);
  });

  test("what is no time stamp", () => {
    for (const text of [
      "2023-02-23T01:00:00",
      "2023-02-30T01:00:00Z",
      "2023-02-23T25:00:00Z",
      "2023-02-23T24:00:01Z",
      "2023-02-23T01:60:00Z",
      "2023-02-23T01:00:00.Z",
      "2023-02-23T01:00:00+5:30",
      "2023-02-23T01:00:00+05:99",
      "2023-02-23T01:00:00Zjunk",
      "2023-02-23X01:00:00Z",
      "",
    ]) {
      assert.equal(read(text), undefined, text);
    }
  });
});

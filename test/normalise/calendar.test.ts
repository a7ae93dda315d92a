import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  compactDateReader,
  daysFromCivil,
  isoDay,
  NO_DATE,
  NO_OFFSET,
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
        assert.equal((stamp.wall - stamp.offset) * 1000 + stamp.microseconds / 1000, Date.parse(value));
        assert.equal(stamp.wall * 1000, Date.parse(`${value.slice(0, 19)}Z`));
      }),
    );
  });

  test("24:00 is the next midnight, and nothing comes after it", () => {
    assert.deepEqual(read("2023-02-28T24:00:00-07:00"), read("2023-03-01T00:00:00-07:00"));
    assert.equal(read("2023-02-28T24:00:00.000001Z"), undefined);
    assert.equal(read("2023-02-28T24:01Z"), undefined);
  });

  test("without seconds, without an offset", () => {
    assert.deepEqual(read("2023-02-23 01:30Z"), read("2023-02-23T01:30:00Z"));
    assert.equal(read("2023-02-23T01:30:15")?.offset, NO_OFFSET);
    assert.equal(read("2023-02-23T01:30")?.wall, Date.UTC(2023, 1, 23, 1, 30) / 1000);
  });

  test("reads nothing of what follows the field", () => {
    const bytes = Buffer.from("2023-02-23T01:30:15.25+05:30");
    for (const [end, expected] of [
      [16, { wall: "2023-02-23T01:30:00Z", microseconds: 0, offset: NO_OFFSET }],
      [19, { wall: "2023-02-23T01:30:15Z", microseconds: 0, offset: NO_OFFSET }],
      [21, { wall: "2023-02-23T01:30:15Z", microseconds: 200_000, offset: NO_OFFSET }],
      [25, { wall: "2023-02-23T01:30:15Z", microseconds: 250_000, offset: 18_000 }],
    ] as const) {
      const stamp = noTimestamp();
      assert.ok(readTimestamp(bytes, 0, end, stamp), String(end));
      assert.deepEqual(stamp, { ...expected, wall: Date.parse(expected.wall) / 1000 });
    }
    for (const end of [10, 13, 15, 17, 18, 20, 23, 24, 26, 27]) {
      assert.equal(readTimestamp(bytes, 0, end, noTimestamp()), false, String(end));
    }
  });

  test("other ways to write an offset", () => {
    const reference = read("2023-02-23T01:00:00+05:30");
    assert.deepEqual(read("2023-02-23 01:00:00+0530"), reference);
    assert.deepEqual(read("2023-02-23t01:00:00+05"), { ...reference, offset: 5 * 3600 });
    assert.deepEqual(read("2023-02-23 01:00:00 +05:30"), reference);
    assert.equal(read("2023-02-23T01:00:00-00:00")?.offset, 0);
    assert.deepEqual(read("2023-02-23 01:00:00 UTC"), read("2023-02-23T01:00:00Z"));
    assert.deepEqual(read("2023-02-23 01:00:00,5 GMT"), read("2023-02-23T01:00:00.5Z"));
  });

  test("without marks the same as with them", () => {
    const part = (max: number) => fc.nat(max).map((value) => String(value).padStart(2, "0"));
    const second = fc.option(fc.tuple(part(60), fc.constantFrom("", ".5", ",123456")), { nil: undefined });
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 0, max: 50_000 }), part(24), part(60), second),
        fc.constantFrom("", "Z", "+05:30", "-0700", "+14", " UTC"),
        ([day, hour, minute, seconds], offset) => {
          const long = `${isoDay(day)}T${hour}:${minute}${seconds ? `:${seconds.join("")}` : ""}${offset}`;
          const short = `${isoDay(day).replaceAll("-", "")}T${hour}${minute}${seconds?.join("") ?? ""}${offset}`;
          assert.deepEqual(read(short), read(long), short);
        },
      ),
    );
    assert.equal((read("20240101T0030Z")?.wall ?? 0) * 1000, Date.UTC(2024, 0, 1, 0, 30));
  });

  test("what is no time stamp", () => {
    for (const text of [
      "2023-02-23T01",
      "2023-02-23T01:00:0",
      "2023-02-30T01:00:00Z",
      "2023-02-23T25:00:00Z",
      "2023-02-23T24:00:01Z",
      "2023-02-23T01:60:00Z",
      "2023-02-23T01:00:00.Z",
      "2023-02-23T01:00:00+5:30",
      "2023-02-23T01:00:00+05:99",
      "2023-02-23T01:00:00Zjunk",
      "2023-02-23X01:00:00Z",
      "2023-02-23T01:00:00  +01:00",
      "2023-02-23T01:00:00 ",
      "2023-02-23T01:00:00UTX",
      "20230223T01",
      "20230223T010",
      "20230223T01003",
      "20230223T0100.5",
      "20230230T0100Z",
      "20230223 0100",
      "202302230100",
      "",
    ]) {
      assert.equal(read(text), undefined, text);
    }
  });
});

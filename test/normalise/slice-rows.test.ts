import * as assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { isoDay } from "../../src/normalise/calendar.ts";
import { SliceRows } from "../../src/normalise/slice-rows.ts";

const FIRST = 19_000;

function rowsOf(rows: readonly (readonly [station: number, kpi: number, day: number])[], days = 366) {
  const slice = new SliceRows({ first: FIRST, last: FIRST + days - 1 });
  for (const [station, kpi, day] of rows) slice.add(station, kpi, FIRST + day);
  return slice;
}

suite("rows of a slice", () => {
  test("a key that comes again is noticed, whatever stands between", () => {
    const station = fc.oneof(fc.nat(40), fc.nat(150_000));
    const kpi = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 32_767 }));
    const row = fc.tuple(station, kpi, fc.nat(365));
    fc.assert(
      fc.property(fc.array(row, { maxLength: 300 }), (rows) => {
        const distinct = new Set(rows.map(String)).size === rows.length;
        assert.equal(rowsOf(rows).keys, distinct ? "distinct" : "repeated");
      }),
    );
  });

  test("every day of many series stands for itself", () => {
    const rows = Array.from({ length: 3000 }, (_, station) => station).flatMap((station) =>
      [1, 2, 5].flatMap((kpi) => [0, 31, 32, 365].map((day) => [station, kpi, day] as const)),
    );
    assert.equal(rowsOf(rows).keys, "distinct");
    assert.equal(rowsOf([...rows, [2999, 5, 365]]).keys, "repeated");
    assert.equal(rowsOf([...rows, [0, 1, 0]]).keys, "repeated");
  });

  test("beyond so many series nothing is known, and a repeated key remains one", () => {
    const many = Array.from({ length: (1 << 19) + 1 }, (_, station) => [station, 1, 0] as const);
    assert.equal(rowsOf(many.slice(1), 1).keys, "distinct");
    assert.equal(rowsOf(many, 1).keys, "unknown");
    assert.notEqual(rowsOf([[0, 1, 0], [0, 1, 0], ...many.slice(1)], 1).keys, "distinct");
  });

  test("stations of great numbers in many KPIs are not kept count of without bound", () => {
    const far = Array.from({ length: 100 }, (_, kpi) => [200_000, kpi + 1, 0] as const);
    assert.equal(rowsOf(far.slice(0, 30)).keys, "distinct");
    assert.equal(rowsOf(far).keys, "unknown");
  });

  test("rows are counted by month", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.constant(1), fc.nat(365))), (rows) => {
        const days = rows.map(([, , day]) => isoDay(FIRST + day)).sort();
        const expected = [...new Set(days.map((day) => day.slice(0, 7)))].map((month) => {
          const own = days.filter((day) => day.startsWith(month));
          return { month: `${month}-01`, rows: own.length, newest: own.at(-1) };
        });
        assert.deepEqual(rowsOf(rows).coverage(), expected);
      }),
    );
  });
});

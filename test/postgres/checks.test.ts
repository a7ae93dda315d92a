import * as assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { Checks, Pipeline } from "../../src/config/pipeline.ts";
import {
  type CheckInput,
  evaluateChecks,
  type ReadReceipt,
  requireReceipt,
} from "../../src/postgres/checks.ts";
import { dailyPipeline, observationsPipeline } from "./merging.ts";

const RECEIPT: ReadReceipt = {
  bytesExpected: 5000,
  bytesReceived: 5000,
  bytesDecompressed: 40000,
  recordsRead: 1011,
  headers: 1,
  comments: 4,
  blanks: 6,
  decoded: 900,
  recordsRejected: 10,
  recordsFiltered: 90,
  measurements: 990,
  copied: 880,
  empty: 15,
  rejected: 5,
  filtered: 90,
};

function checked(checks: Partial<Checks>, input: Partial<CheckInput> = {}): Record<string, boolean> {
  const daily = dailyPipeline();
  const pipeline: Pipeline = { ...daily, checks: { ...daily.checks, ...checks } };
  const all = { pipeline, receipt: RECEIPT, ranges: [], coverage: [], former: [], ...input };
  return Object.fromEntries(evaluateChecks(all).map(({ name, passed }) => [name, passed]));
}

suite("the receipt", () => {
  test("passes when everything is accounted for", () => {
    requireReceipt(RECEIPT, 880);
  });

  test("any number that is off by one is a mismatch that names both sides", () => {
    const numbers = Object.keys(RECEIPT).filter(
      (name) => name !== "bytesDecompressed",
    ) as (keyof ReadReceipt)[];
    for (const name of numbers) {
      assert.throws(
        () => {
          requireReceipt({ ...RECEIPT, [name]: RECEIPT[name] + 1 }, 880);
        },
        {
          code: "RECEIPT_MISMATCH",
        },
      );
    }
    assert.throws(
      () => {
        requireReceipt(RECEIPT, 879);
      },
      {
        code: "RECEIPT_MISMATCH",
        message: "the load's numbers do not add up: 880 rows sent to COPY, but 879 rows reported by Postgres",
      },
    );
  });

  test("is among the results", () => {
    assert.deepEqual(checked({ rejects: { share: 1 } }), {
      receipt: true,
      "rejects.share": true,
      rows: true,
    });
  });
});

suite("rejects", () => {
  // 15 rejects of 1,000 records that hold data.
  test("by share, the limit included", () => {
    assert.equal(checked({ rejects: { share: 0.015 } })["rejects.share"], true);
    assert.equal(checked({ rejects: { share: 0.0149 } })["rejects.share"], false);
    assert.equal(checked({})["rejects.share"], false);
  });

  test("by number", () => {
    assert.equal(checked({ rejects: { share: 1, count: 15 } })["rejects.count"], true);
    assert.equal(checked({ rejects: { share: 1, count: 14 } })["rejects.count"], false);
  });
});

suite("a load without rows", () => {
  const nothing: ReadReceipt = {
    ...RECEIPT,
    copied: 0,
    empty: 0,
    filtered: 0,
    recordsFiltered: 0,
    decoded: 0,
  };

  test("is held back, unless all was left out on purpose", () => {
    assert.equal(checked({}, { receipt: nothing })["rows"], false);
    assert.equal(checked({}, { receipt: { ...nothing, filtered: 3 } })["rows"], true);
    assert.equal(checked({}, { receipt: { ...nothing, recordsFiltered: 3 } })["rows"], true);
    assert.equal(checked({}, { receipt: { ...nothing, empty: 3 } })["rows"], true);
  });

  test("is nothing unusual among objects of measurements", () => {
    assert.equal(checked({}, { receipt: nothing, pipeline: observationsPipeline(true) })["rows"], true);
  });
});

test("values out of range are held against each KPI's own number of values", () => {
  const ranges = [
    { kpi: "TMAX", unit: "°C", outside: 2, total: 100, example: "70.1" },
    { kpi: "TMIN", unit: "°C", outside: 0, total: 0, example: null },
  ];
  const at = (share: number) => checked({ out_of_range: { share } }, { ranges });
  assert.deepEqual([at(0.02)["range.TMAX (°C)"], at(0.02)["range.TMIN (°C)"]], [true, true]);
  assert.deepEqual([at(0.019)["range.TMAX (°C)"], at(0)["range.TMIN (°C)"]], [false, true]);
});

suite("coverage against the former version", () => {
  const month = (name: string, rows: number, day = "28") => ({
    month: `${name}-01`,
    rows,
    newest: `${name}-${day}`,
  });
  const former = [month("1872-01", 1000), month("1872-02", 10), month("1872-03", 1)];

  function coverage(now: ReturnType<typeof month>[], checks: Partial<Checks["coverage"]> = {}) {
    const results = checked(
      { coverage: { newest: true, month_loss: 0.05, ...checks } },
      { coverage: now, former },
    );
    return [results["coverage.newest"], results["coverage.months"], results["coverage.month_loss"]];
  }

  test("a first load has nothing to be compared with", () => {
    const names = Object.keys(checked({}, { coverage: former }));
    assert.deepEqual(
      names.filter((name) => name.startsWith("coverage")),
      [],
    );
  });

  test("the same, more, and one row less of a small month pass", () => {
    assert.deepEqual(coverage(former), [true, true, true]);
    assert.deepEqual(coverage([...former, month("1872-04", 1)]), [true, true, true]);
    assert.deepEqual(coverage([month("1872-01", 950), month("1872-02", 9), month("1872-03", 1)]), [
      true,
      true,
      true,
    ]);
  });

  test("a month that loses more than the share does not", () => {
    assert.deepEqual(coverage([month("1872-01", 949), month("1872-02", 10), month("1872-03", 1)]), [
      true,
      true,
      false,
    ]);
    assert.deepEqual(coverage([month("1872-01", 1000), month("1872-02", 8), month("1872-03", 1)]), [
      true,
      true,
      false,
    ]);
  });

  test("a month that vanishes does not, however small; nor does an empty version", () => {
    assert.deepEqual(coverage([month("1872-01", 1000), month("1872-03", 5)]), [true, false, true]);
    assert.deepEqual(coverage([]), [false, false, true]);
  });

  test("a newest date that moves back does not, unless the pipeline allows it", () => {
    const now = [month("1872-01", 1000), month("1872-02", 10), month("1872-03", 1, "27")];
    assert.deepEqual(coverage(now), [false, true, true]);
    assert.deepEqual(coverage(now, { newest: false }), [undefined, true, true]);
  });

  test("one deletion always merges where other rows of its month and day remain", () => {
    const months = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1 });
    fc.assert(
      fc.property(
        months,
        fc.integer({ min: 2, max: 60 }),
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (numbers, rows, which, share) => {
          const before = numbers.map((number) => month(`1872-${String(number).padStart(2, "0")}`, rows));
          const after = before.map((one, at) =>
            at === which % before.length ? { ...one, rows: one.rows - 1 } : one,
          );
          const results = checked(
            { rejects: { share: 1 }, coverage: { newest: true, month_loss: share } },
            { coverage: after, former: before },
          );
          assert.ok(Object.values(results).every(Boolean));
        },
      ),
    );
  });
});

test("a station file may lose stations up to the share, and one in any case", () => {
  const stations = (former: number, kept: number) =>
    checked({}, { stations: { former, kept } })["coverage.stations"];
  assert.equal(stations(0, 0), undefined);
  assert.equal(stations(2, 2), true);
  assert.equal(stations(2, 1), true);
  assert.equal(stations(2, 0), false);
  assert.equal(stations(200, 190), true);
  assert.equal(stations(200, 189), false);
});

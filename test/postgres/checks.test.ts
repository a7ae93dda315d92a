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
import { dailyPipeline, dimensionPipeline, observationsPipeline } from "./merging.ts";

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
  const whole = { seen: 1080, refused: 0 };
  const all = { pipeline, receipt: RECEIPT, whole, ranges: [], coverage: [], former: [], ...input };
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
    // 10 records and 5 measurements of the 990 measurements, 10 refused and 90 filtered records that there were.
    assert.equal(checked({ rejects: { share: 15 / 1090 } })["rejects.share"], true);
    assert.equal(checked({ rejects: { share: 14.99 / 1090 } })["rejects.share"], false);
    assert.equal(checked({})["rejects.share"], false);
  });

  test("of wide records: measurements and whole records each against the share", () => {
    // 100 records of 24 measurements each, of which some are refused as a whole; none is filtered.
    const results = (refused: number, cells: number, undecoded = 0) => {
      const measurements = (100 - refused) * 24 + refused;
      const receipt: ReadReceipt = {
        ...RECEIPT,
        decoded: 100,
        recordsRejected: undecoded,
        recordsFiltered: 0,
        measurements,
        copied: measurements - refused - cells,
        empty: 0,
        rejected: refused + cells,
        filtered: 0,
      };
      const { pipeline, ...rest } = { pipeline: dailyPipeline(), ranges: [], coverage: [], former: [] };
      const checks = { ...pipeline.checks, rejects: { share: 0.05 } };
      const whole = { seen: 100, refused };
      const all = evaluateChecks({ pipeline: { ...pipeline, checks }, receipt, whole, ...rest });
      const { passed, observed } = all.find(({ name }) => name === "rejects.share") ?? {};
      return [passed, observed];
    };
    assert.deepEqual(results(5, 0), [
      true,
      "0 of 2280 measurements (0 %), 5 of 100 records refused as a whole (5 %)",
    ]);
    assert.deepEqual(results(6, 0), [
      false,
      "0 of 2256 measurements (0 %), 6 of 100 records refused as a whole (6 %)",
    ]);
    assert.deepEqual(results(5, 114), [
      true,
      "114 of 2280 measurements (5 %), 5 of 100 records refused as a whole (5 %)",
    ]);
    assert.equal(results(5, 115)[0], false);
    // Records that the decoder could not read are refused as a whole, too.
    assert.deepEqual(results(3, 0, 3), [
      false,
      "0 of 2328 measurements (0 %), 6 of 103 records refused as a whole (5.83 %)",
    ]);
    assert.deepEqual(results(100, 0), [false, "100 of 100 records (100 %)"]);
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

  test("is nothing unusual among objects that add to each other", () => {
    const stations = dailyPipeline("dwd", { mode: "upsert", deletes: true });
    for (const pipeline of [observationsPipeline(true), stations]) {
      assert.equal(checked({}, { receipt: nothing, pipeline })["rows"], true);
    }
    assert.equal(checked({}, { receipt: nothing, pipeline: dimensionPipeline("stations") })["rows"], false);
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

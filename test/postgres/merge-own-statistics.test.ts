/** Statistics that KPIs have for themselves: sums, directions, none; against a person's arithmetic, in any order. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import type { DailyStatistics } from "../../src/config/pipeline.ts";
import { bring, days, rowsOf } from "./measuring.ts";
import { Loader, observationsPipeline } from "./merging.ts";
import { expectedDays } from "./statistics-oracle.ts";
import { assertDay, dailyOf, entry, hour, value, WEATHER, weather } from "./weather.ts";

suite("statistics of single KPIs", () => {
  test("a sum under a name of its own, a direction, none, and the pipeline's", async (context) => {
    const load = await weather(context);
    const temperature = ["1", "2", "6"].map((value, at) => hour(at, "TEMP", value));
    const rain = ["0.1", "0.20", "12.7"].map((value, at) => hour(at, "PRCP_1H", value));
    const wind = ["350", "20"].map((value, at) => hour(at, "WDIR", value));
    await bring(load, [...temperature, ...rain, ...wind, hour(1, "WX", "61")]);
    assert.deepEqual(await days(load), [
      "S 2024-05-01 PRCP 13 3",
      "S 2024-05-01 PRCP_1H_MAX 12.7 3",
      "S 2024-05-01 TEMP 3 3",
      "S 2024-05-01 TEMP_MAX 6 3",
      "S 2024-05-01 TEMP_MIN 1 3",
      "S 2024-05-01 WDIR_MEAN 5 2",
    ]);
  });

  const directions: [what: string, values: string[], mean: string | undefined][] = [
    ["around north", ["359", "1"], "0"],
    ["just below a whole turn rounds to north", ["359.999"], "0"],
    ["beyond a turn, and below none", ["370", "-350"], "10"],
    ["that cancel out: none", ["90", "270"], undefined],
    ["three that cancel out: none", ["10", "130", "250"], undefined],
    ["as written, where there is one", ["123.45"], "123.45"],
    ["a number that no double can hold", [`36${"0".repeat(400)}`, "90"], "45"],
  ];
  for (const [what, values, mean] of directions) {
    test(`directions ${what}`, async (context) => {
      const load = await weather(context);
      await bring(
        load,
        values.map((value, at) => hour(at, "WDIR", value)),
      );
      const expected = mean === undefined ? [] : [`S 2024-05-01 WDIR_MEAN ${mean} ${values.length}`];
      assert.deepEqual(await days(load), expected);
    });
  }

  test("a reload without the entry's statistics removes them, with them brings them back", async (context) => {
    const load = await weather(context);
    const rows = [hour(1, "PRCP_1H", "2"), hour(2, "PRCP_1H", "3")];
    await bring(load, rows);
    const reloaded = async (list: typeof WEATHER) => {
      const changed = await Loader.of(load.database, observationsPipeline(false, { "": "mean" }, list));
      const objectIds = [await load.object("a")];
      return changed.load(await rowsOf(changed, rows), { objectIds, reload: true });
    };
    const { changedInputs } = await reloaded([entry("PRCP_1H", "mm")]);
    assert.deepEqual([...changedInputs], ["openaq.daily"]);
    assert.deepEqual(await days(load), ["S 2024-05-01 PRCP_1H 2.5 2"]);
    await reloaded([entry("PRCP_1H", "mm", {})]);
    assert.deepEqual(await days(load), []);
    await reloaded(WEATHER);
    assert.deepEqual(await days(load), ["S 2024-05-01 PRCP 5 2", "S 2024-05-01 PRCP_1H_MAX 3 2"]);
  });

  test("an element that is kept as TEMP_MAX does not take the place of TEMP's greatest", async (context) => {
    const load = await weather(context);
    // Its key exists already: it is that of the statistic.
    await bring(load, [hour(1, "TEMP_MAX", "99"), hour(1, "TEMP", "4")]);
    const both = ["TEMP 4", "TEMP_MAX 4", "TEMP_MAX_MAX 99", "TEMP_MAX_MIN 99", "TEMP_MIN 4"];
    assert.deepEqual(
      await days(load),
      both.map((text) => `S 2024-05-01 ${text} 1`),
    );
    await bring(load, [hour(1, "TEMP_MAX", "99", { date: "2024-05-02" })]);
    assert.deepEqual(await days(load), [
      ...["TEMP 4", "TEMP_MAX 4", "TEMP_MIN 4"].map((text) => `S 2024-05-01 ${text} 1`),
      ...["TEMP_MAX 99", "TEMP_MAX_MAX 99", "TEMP_MAX_MIN 99"].map((text) => `S 2024-05-02 ${text} 1`),
    ]);
  });
});

const STATISTICS: Readonly<Record<string, DailyStatistics>> = {
  TEMP: { TEMP: "mean", TEMP_MAX: "max", TEMP_MIN: "min" },
  PRCP_1H: { PRCP: "sum", PRCP_1H_MAX: "max" },
  WDIR: { WDIR_MEAN: "mean_direction" },
  WX: {},
};

const measurement = fc
  .record({
    kpi: fc.constantFrom("TEMP", "PRCP_1H", "PRCP_1H", "WDIR", "WDIR", "WX"),
    sensor: fc.nat(2),
    // Near enough to either day for every zone.
    at: fc.nat(48),
    date: fc.constantFrom("2024-05-01", "2024-05-02"),
    value: fc.oneof(value, fc.constantFrom("0", "90", "180.0", "270")),
    averaging: fc.constantFrom(null, 3600, 3600, 10_800, 21_600, 86_400),
    flag: fc.constantFrom(null, null, null, "?", "X"),
    object: fc.constantFrom("a", "b", "c"),
  })
  .map(({ kpi, at, value: written, ...more }) => hour(at, kpi, written, more));

const day = fc.uniqueArray(measurement, {
  selector: ({ kpi, sensor, time }) => `${kpi} ${sensor} ${time}`,
  minLength: 1,
  maxLength: 60,
});

test("statistics are those of the oracle, in whatever order and number of loads", async (context) => {
  const load = await weather(context);
  let station = 0;
  const property = fc.asyncProperty(day, fc.func(fc.nat(1000)), async (measurements, order) => {
    const [one, other] = [`A${++station}`, `B${station}`];
    await bring(
      load,
      measurements.map((row) => ({ ...row, station: one })),
    );
    const expected = expectedDays(measurements, (kpi) => STATISTICS[kpi] ?? {});
    const found = await dailyOf(load, one);
    assertDay(found, expected);
    const shuffled = measurements.toSorted((a, b) => order(a.time, a.kpi) - order(b.time, b.kpi));
    for (const object of ["b", "a", "c"]) {
      const part = shuffled.filter((row) => row.object === object);
      if (part.length > 0)
        await bring(
          load,
          part.map((row) => ({ ...row, station: other })),
        );
    }
    assert.deepEqual(await dailyOf(load, other), found);
  });
  await fc.assert(property, { numRuns: 60 });
});

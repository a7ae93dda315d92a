/** Sums of a day: of periods that overlap each other, of several gauges, of lengths that nobody knows. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { bring, days, type Measurement } from "./measuring.ts";
import { expectedDays } from "./statistics-oracle.ts";
import { assertDay, dailyOf, entry, hour, value, weather } from "./weather.ts";

const RAIN = [entry("PRCP_1H", "mm", { "": "sum" })];

const rain = (at: number, written: string, sensor = 0, averaging: number | null = null) =>
  hour(at, "PRCP_1H", written, { sensor, averaging });

const HOURS = Array.from({ length: 24 }, (_, at) => at);

const sums: [what: string, rows: Measurement[], sum: string | undefined][] = [
  [
    "of two sensors are not added",
    [rain(1, "1", 7), rain(2, "2", 7), rain(1, "2", 8), rain(2, "2", 8)],
    "3.5 4",
  ],
  [
    "of a sensor that was out for hours do not count",
    [rain(1, "1", 7), rain(2, "2", 7), rain(1, "9", 8)],
    "3 2",
  ],
  ["of six hours are not added to those of one", [rain(5, "1", 0, 3600), rain(6, "2", 0, 21_600)], "2 1"],
  [
    "of equal cover: the finer one",
    [...[1, 2, 3, 4, 5, 6].map((at) => rain(at, "1", 1, 3600)), rain(6, "7", 2, 21_600)],
    "6 6",
  ],
  [
    "of a length that is known go before others",
    [rain(1, "1", 1, 60), rain(1, "8", 2), rain(2, "8", 2)],
    "1 1",
  ],
  ["of a length that nobody knows: all", [rain(1, "1"), rain(1.25, "2"), rain(1.5, "4")], "7 3"],
  ["of six hours, told every three", [6, 9, 12, 15].map((at) => rain(at, "1", 0, 21_600)), "2 2"],
  [
    "of six hours, told every hour: the last",
    [1, 2, 3, 4, 5].map((at) => rain(at, `${at}`, 0, 21_600)),
    "5 1",
  ],
  [
    "of an hour, told every twenty minutes",
    Array.from({ length: 24 }, (_, at) => rain((at + 1) / 3, "1", 0, 3600)),
    "8 8",
  ],
  [
    "of synoptic and of routine reports in one series: one kind, that which lies within the day",
    HOURS.flatMap((at) => [rain(at, "100", 0, 3600), rain(at + 51 / 60, "1", 0, 3600)]),
    "24 24",
  ],
  [
    "of both kinds, where one has a gap: the other steps in",
    HOURS.flatMap((at) => [rain(at, "100", 0, 3600), ...(at < 12 ? [] : [rain(at + 51 / 60, "1", 0, 3600)])]),
    "1212 24",
  ],
  [
    "of periods that overlap in a corner of a day with gaps",
    [rain(1, "1", 0, 3600), rain(1.5, "2", 0, 3600), rain(20, "4", 0, 3600)],
    "6 2",
  ],
  ["of periods that touch: both", [rain(1, "1", 0, 3600), rain(2, "2", 0, 3600)], "3 2"],
  ["of periods that overlap by a second: the later", [rain(1, "1", 0, 3601), rain(2, "2", 0, 3601)], "2 1"],
  [
    "of periods that are longer together than any day: the last of them",
    [0.5, 7.5, 14.5, 21.5].map((at) => rain(at, "1", 0, 25_200)),
    "3 3",
  ],
  ["of a month are no day's", [rain(6, "90", 0, 30 * 86_400)], undefined],
  ["of a month give way to anything", [rain(6, "90", 0, 30 * 86_400), rain(7, "1")], "1 1"],
  [
    "of the chosen periods decide between gauges, not all that were told",
    [
      ...[1, 2].map((at) => rain(at, "1", 1, 3600)),
      ...[1, 1.2, 1.4, 1.6].map((at) => rain(at, "9", 2, 3600)),
    ],
    "2 2",
  ],
  [
    "of several gauges that overlap themselves: their mean",
    [1, 2].flatMap((sensor) => [1, 1.5, 2].map((at) => rain(at, `${sensor}`, sensor, 3600))),
    "3 4",
  ],
  [
    "of what failed quality control make room",
    [rain(1, "1", 0, 3600), { ...rain(1.5, "9", 0, 3600), flag: "X" }, rain(2, "2", 0, 3600)],
    "3 2",
  ],
];

suite("sums of a day", () => {
  for (const [what, rows, sum] of sums) {
    test(`sums ${what}`, async (context) => {
      const load = await weather(context, RAIN);
      await bring(load, rows);
      assert.deepEqual(await days(load), sum === undefined ? [] : [`S 2024-05-01 PRCP_1H ${sum}`]);
    });
  }

  test("a period that arrives late changes the choice", async (context) => {
    const load = await weather(context, RAIN);
    await bring(load, [rain(1, "1", 0, 3600), rain(2, "2", 0, 3600)]);
    await bring(load, [{ ...rain(2.5, "8", 0, 3600), object: "b" }]);
    assert.deepEqual(await days(load), ["S 2024-05-01 PRCP_1H 9 2"]);
  });
});

/** Few sensors and lengths, so that series are dense; ends at any second, at fives of minutes, at hours. */
const told = fc
  .record({
    sensor: fc.nat(1),
    at: fc.oneof(
      fc.nat(25 * 3600).map((second) => second / 3600),
      fc.nat(25 * 12).map((five) => five / 12),
      fc.nat(25),
    ),
    written: value,
    averaging: fc.constantFrom(600, 3599, 3600, 3600, 3601, 10_800, 21_600, 25_200, 46_800, 93_601, null),
    flag: fc.constantFrom(null, null, null, null, "?", "X"),
    object: fc.constantFrom("a", "b", "c"),
  })
  .map(({ at, written, ...more }) => hour(at, "PRCP_1H", written, more));

/** Of any lengths, or all of one; a measurement for each sensor and time. */
const dayOfRain = fc
  .tuple(
    fc.uniqueArray(told, {
      selector: ({ sensor, time }) => `${sensor} ${time}`,
      minLength: 1,
      maxLength: 80,
    }),
    fc.option(fc.integer({ min: 1, max: 30_000 })),
  )
  .map(([rows, averaging]) => (averaging === null ? rows : rows.map((row) => ({ ...row, averaging }))));

test("sums are those of the oracle, in whatever order and number of loads", async (context) => {
  const load = await weather(context, RAIN);
  let station = 0;
  const property = fc.asyncProperty(dayOfRain, fc.func(fc.nat(1000)), async (rows, order) => {
    const [one, other] = [`A${++station}`, `B${station}`];
    await bring(
      load,
      rows.map((row) => ({ ...row, station: one })),
    );
    const found = await dailyOf(load, one);
    assertDay(
      found,
      expectedDays(rows, () => ({ PRCP_1H: "sum" })),
    );
    const shuffled = rows.toSorted((a, b) => order(a.time, a.sensor) - order(b.time, b.sensor));
    for (const part of Map.groupBy(shuffled, ({ object }) => object).values()) {
      await bring(
        load,
        part.map((row) => ({ ...row, station: other })),
      );
    }
    assert.deepEqual(await dailyOf(load, other), found);
  });
  await fc.assert(property, { numRuns: 100 });
});

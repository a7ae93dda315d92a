/** What tests of the statistics of rain and wind share. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import fc from "fast-check";
import type { DailyStatistics } from "../../src/config/pipeline.ts";
import { testDatabase } from "../database.ts";
import type { Measurement } from "./measuring.ts";
import { Loader, observationsPipeline } from "./merging.ts";
import type { Expected } from "./statistics-oracle.ts";

const DAILY = { "": "mean", _MAX: "max", _MIN: "min" } as const;

export const entry = (to: string, unit: string, daily?: DailyStatistics) => ({
  from: to.toLowerCase(),
  in: unit,
  to,
  unit,
  factor: 1,
  description: to,
  ...(daily === undefined ? {} : { daily }),
});

const RAIN = entry("PRCP_1H", "mm", { PRCP: "sum", _MAX: "max" });
const WIND = entry("WDIR", "°", { _MEAN: "mean_direction" });
export const WEATHER = [entry("TEMP", "°C"), RAIN, WIND, entry("WX", "1", {})];

export async function weather(context: TestContext, list = WEATHER): Promise<Loader> {
  const { database } = await testDatabase(context);
  return Loader.of(database, observationsPipeline(false, DAILY, list));
}

/** A measurement at this hour, or fraction of one, of 2024-05-01. */
export const hour = (
  at: number,
  kpi: string,
  written: string,
  more: Partial<Measurement> = {},
): Measurement => ({
  object: "a",
  kpi,
  time: new Date(Date.UTC(2024, 4, 1) + Math.round(at * 3600) * 1000).toISOString(),
  date: "2024-05-01",
  value: written,
  ...more,
});

/** Decimals as they are written, with needless zeros too. */
export const value = fc.tuple(fc.integer({ min: -9999, max: 99_999 }), fc.nat(4)).map(([digits, scale]) => {
  const padded = Math.abs(digits)
    .toString()
    .padStart(scale + 1, "0");
  const [whole, fraction] = [padded.slice(0, padded.length - scale), padded.slice(padded.length - scale)];
  return `${digits < 0 ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
});

/** The daily rows of a station, by date and name: value and number of measurements. */
export async function dailyOf(load: Loader, station: string): Promise<Map<string, [string, number]>> {
  const rows = await load.database.query<{ name: string; value: string; n: number }>(
    `select concat_ws(' ', date_, common_kpi_name) as name, data_value as value, n_measurements as n
     from production.f_climate_data_flagged where station_id = $1`,
    [station],
  );
  return new Map(rows.map(({ name, value: found, n }) => [name, [found, n]]));
}

/** Fails unless both have the same rows; directions may differ by their rounding. */
export function assertDay(found: Map<string, [string, number]>, expected: Map<string, Expected>): void {
  assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
  for (const [name, { n, value: wanted }] of expected) {
    const [written, count] = found.get(name) ?? ["", 0];
    assert.equal(count, n, name);
    if (typeof wanted === "string") assert.equal(written, wanted, name);
    else {
      assert.match(written, /^(\d|[1-9]\d|[12]\d\d|3[0-5]\d)(\.\d{1,2})?$/, name);
      const apart = Math.abs(((Number(written) - wanted.direction + 540) % 360) - 180);
      assert.ok(apart < 0.005 + 1e-5, `${name} ${written} against ${wanted.direction}`);
    }
  }
}

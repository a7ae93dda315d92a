/** What a day's single measurements are made into, where the pipeline's mean, greatest and least would mean nothing. */
import type { DailyStatistics } from "../config/daily.ts";
import { isSameUnit } from "../config/units.ts";
import type { KpiGuess } from "./quantities.ts";

/** An element that a pipeline of single measurements lists. */
export interface Measured {
  /** The provider's name. */
  readonly from: string;
  /** Its harmonised name and unit, among others. */
  readonly guess: KpiGuess;
  /** Some of its values. */
  readonly values: readonly number[];
}

/** What the name of a direction has in it. */
const DIRECTION = /dir|drct|richt|bearing|heading|azimut/i;
/** Amounts that add up, by the name that their sum has where it comes from the provider. */
const AMOUNT = /^(?:PRCP|SNOW)$/;

/**
 * The same element as single measurements: none is called like the sum or an extreme of a day; directions have a mean
 * direction and amounts a sum (`daily`, undefined for all others), with what a person must look at for that to be true.
 */
export function asMeasured({ from, guess, values }: Measured): {
  readonly to: string;
  readonly doubt?: string;
  readonly daily?: DailyStatistics;
} {
  const { to, unit } = guess;
  if (AMOUNT.test(to)) {
    const doubt =
      "amounts of which period? `averaging` says how long it is; without it a day's sum adds all, also what overlaps";
    return { to: `${to}_AMOUNT`, doubt, daily: { [to]: "sum", _MAX: "max" } };
  }
  if (isSameUnit(unit, "°") && (to === "WDIR" || DIRECTION.test(from))) {
    const daily = { _MEAN: "mean_direction" } as const;
    const isCode = values.some((value) => value <= 0 || value > 360);
    return isCode
      ? {
          to,
          doubt: "do 0 and numbers above 360 stand for calm or variable winds? Make them `sentinels`",
          daily,
        }
      : { to, daily };
  }
  return { to: /_(?:MAX|MIN)$/.test(to) ? `${to}_VALUE` : to };
}

/** The same statistics where another element has the whole names already: a sum is called `…_SUM`. */
export function underSuffixes(daily: DailyStatistics): DailyStatistics {
  return Object.fromEntries(
    Object.entries(daily).map(([key, statistic]) => [key.startsWith("_") ? key : "_SUM", statistic]),
  );
}

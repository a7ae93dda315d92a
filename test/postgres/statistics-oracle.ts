/** Daily statistics as a person would work them out: one station-day at a time, in exact fractions. */
import type { DailyStatistics, Statistic } from "../../src/config/pipeline.ts";
import type { Measurement } from "./measuring.ts";

/** What a daily row should say: an exact decimal, or a direction in degrees before it is rounded. */
export interface Expected {
  readonly n: number;
  readonly value: string | { readonly direction: number };
}

/** A decimal as an integer and a number of decimals. */
interface Decimal {
  readonly digits: bigint;
  readonly scale: number;
}

function decimal(text: string): Decimal {
  const [whole = "", fraction = ""] = text.split(".");
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

const at = ({ digits, scale }: Decimal, wanted: number): bigint => digits * 10n ** BigInt(wanted - scale);

function sum(values: readonly Decimal[]): Decimal {
  const scale = Math.max(...values.map((value) => value.scale));
  return { digits: values.reduce((total, value) => total + at(value, scale), 0n), scale };
}

/** value ÷ count, halves away from zero, with this many decimals. */
function divided(value: Decimal, count: number, scale: number): Decimal {
  const more = Math.max(0, value.scale - scale);
  const numerator = at(value, Math.max(scale, value.scale));
  const denominator = BigInt(count) * 10n ** BigInt(more);
  const size = numerator < 0n ? -numerator : numerator;
  const rounded = (size * 2n + denominator) / (denominator * 2n);
  return { digits: numerator < 0n ? -rounded : rounded, scale };
}

/** Without needless zeros. */
function text({ digits, scale }: Decimal): string {
  const sign = digits < 0n ? "-" : "";
  const padded = (digits < 0n ? -digits : digits).toString().padStart(scale + 1, "0");
  const whole = padded.slice(0, padded.length - scale);
  const fraction = padded.slice(padded.length - scale).replace(/0+$/, "");
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

const byValue = (one: Decimal, other: Decimal): number => {
  const scale = Math.max(one.scale, other.scale);
  const difference = at(one, scale) - at(other, scale);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
};

/** No local day is longer. */
const DAY = 26 * 3600;

/**
 * The most measurements whose periods do not overlap and are no longer than a day together; of several choices the one
 * whose last period is latest, then whose last but one is, and so on.
 *
 * @param averaging length of each period in seconds
 */
function apart(rows: readonly Measurement[], averaging: number): Measurement[] {
  const ends = rows
    .map((row) => ({ row, end: Date.parse(row.time) / 1000 }))
    .sort((one, other) => one.end - other.end);
  // How many periods the longest chain has that ends with this one.
  const longest: number[] = [];
  for (const { end } of ends) {
    const before = longest.filter((_, index) => (ends[index]?.end ?? end) <= end - averaging);
    longest.push(1 + Math.max(0, ...before));
  }
  const chosen: Measurement[] = [];
  let begin = Number.POSITIVE_INFINITY;
  for (let wanted = Math.min(Math.max(...longest), Math.floor(DAY / averaging)); wanted > 0; wanted--) {
    const index = ends.findLastIndex(({ end }, at) => end <= begin && (longest[at] ?? 0) >= wanted);
    const found = ends[index];
    if (found === undefined) throw new RangeError("no chain of this length");
    chosen.push(found.row);
    begin = found.end - averaging;
  }
  return chosen;
}

function total(day: readonly Measurement[]): Expected | undefined {
  const series = Map.groupBy(day, ({ sensor = 0, averaging }) => `${sensor}/${averaging ?? "?"}`);
  const sums = [...series.values()].flatMap((rows) => {
    const averaging = rows[0]?.averaging ?? undefined;
    const counted = averaging === undefined ? rows : apart(rows, averaging);
    if (counted.length === 0) return [];
    const covered = averaging === undefined ? -1 : averaging * counted.length;
    return [{ covered, n: counted.length, sum: sum(counted.map(({ value }) => decimal(value))) }];
  });
  sums.sort((a, b) => b.covered - a.covered || b.n - a.n);
  const best = sums.filter(({ covered, n }) => covered === sums[0]?.covered && n === sums[0].n);
  const [first] = best;
  if (first === undefined) return undefined;
  const all = sum(best.map((one) => one.sum));
  const value = best.length === 1 ? all : divided(all, best.length, Math.max(all.scale, 4));
  return { n: first.n * best.length, value: text(value) };
}

function direction(day: readonly Measurement[]): Expected | undefined {
  let [north, east] = [0, 0];
  for (const { value } of day) {
    north += Math.cos((Number(value) * Math.PI) / 180);
    east += Math.sin((Number(value) * Math.PI) / 180);
  }
  if (Math.hypot(north, east) / day.length < 1e-6) return undefined;
  const degrees = (Math.atan2(east, north) * 180) / Math.PI;
  return { n: day.length, value: { direction: (degrees + 360) % 360 } };
}

function statisticOf(day: readonly Measurement[], statistic: Statistic): Expected | undefined {
  if (statistic === "sum") return total(day);
  if (statistic === "mean_direction") return direction(day);
  const values = day.map(({ value }) => decimal(value)).sort(byValue);
  const [least, greatest] = [values[0], values.at(-1)];
  if (least === undefined || greatest === undefined) return undefined;
  const mean = () => divided(sum(values), values.length, 4);
  const value = statistic === "mean" ? mean() : statistic === "min" ? least : greatest;
  return { n: values.length, value: text(value) };
}

/**
 * The daily rows of one station by `date name`.
 *
 * @param statisticsOf the statistics of a measured KPI by the names of their own KPIs
 */
export function expectedDays(
  measurements: readonly Measurement[],
  statisticsOf: (kpi: string) => DailyStatistics,
): Map<string, Expected> {
  const counted = measurements.filter(({ flag }) => flag === null || flag?.startsWith("?") !== false);
  const expected = new Map<string, Expected>();
  for (const day of Map.groupBy(counted, ({ kpi = "", date = "" }) => `${date} ${kpi}`).values()) {
    const { kpi = "", date = "" } = day[0] ?? {};
    for (const [name, statistic] of Object.entries(statisticsOf(kpi))) {
      const found = statisticOf(day, statistic);
      if (found !== undefined) expected.set(`${date} ${name}`, found);
    }
  }
  return expected;
}

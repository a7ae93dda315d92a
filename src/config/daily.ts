/** Daily statistics of observations: which ones there are, and under which names their daily rows stand. */
import * as z from "zod";

const NAMES = ["mean", "min", "max", "sum", "mean_direction"] as const;

export type Statistic = (typeof NAMES)[number];

/** What a day's measurements can be made into, and how. */
export const STATISTICS: Readonly<Record<Statistic, string>> = {
  mean: "Of all measurements, whichever sensor's; rounded to four decimals.",
  min: "The least.",
  max: "The greatest.",
  sum:
    "Exact. Only measurements of one sensor with one averaging period are added: two gauges do not double the rain, and " +
    "a total of six hours is not added to those of its hours. Nor are periods added that overlap: the day's last counts, " +
    "then the last that ends no later than that one begins, and so on; together never more than 26 hours, the longest " +
    "day. `n_measurements` says how many were added. Of several series that counts which covers most of the day; of equal " +
    "ones that with more measurements, else their mean. Where `averaging` does not say how long periods are, all are added; " +
    "such series count, that with the most measurements, only where no other is.",
  mean_direction:
    "Of degrees: the direction of the mean of unit vectors, from 0 to below 360, rounded to two decimals; 350 and 20 " +
    "give 5. None where they cancel each other out. Leave out what stands for calm or variable winds (`sentinels`).",
};

/** Statistics by suffix of the KPI's name or, in an entry of `kpis.list`, by whole name. */
export type DailyStatistics = Readonly<Record<string, Statistic>>;

const statistic = z.enum(NAMES);

/** Of the whole pipeline: for each KPI whose entry does not say otherwise. */
export const dailyStatistics = z
  .record(z.string().regex(/^(_[A-Z0-9]+)?$/, "expected '' or a suffix such as _MAX"), statistic)
  .describe(
    "Daily statistics: suffix of the KPI's name → statistic. `{}`: none but those of `kpis.list`. Not needed where every entry of that has its own, and others are left out.",
  )
  .meta({ examples: [{ "": "mean", _MAX: "max" }] });

/** Of one entry of `kpis.list`. */
export const ownStatistics = z
  .record(
    z
      .string()
      .regex(
        /^((_[A-Z0-9]+)?|[A-Z][A-Z0-9_]{0,62})$/,
        "expected '', a suffix such as _MAX or a name such as PRCP",
      ),
    statistic,
  )
  .optional()
  .describe(
    "Daily statistics of this KPI instead of the pipeline's `daily`: suffix or whole name → statistic; `{}`: none. " +
      "Only for observations. What becomes one KPI has one set: it is enough to say it once.",
  )
  .meta({ examples: [{ PRCP: "sum" }, { _MEAN: "mean_direction" }] });

/** The name of a KPI's daily statistic: a suffix is put behind the KPI's own, a name stands for itself. */
export function statisticName(kpi: string, key: string): string {
  return key === "" || key.startsWith("_") ? `${kpi}${key}` : key;
}

/** Which statistics each listed KPI has for itself, by its harmonised name; the first entry that says it counts. */
export function ownStatisticsOf(
  list: readonly { readonly to: string; readonly daily?: DailyStatistics | undefined }[],
): Map<string, DailyStatistics> {
  const own = new Map<string, DailyStatistics>();
  for (const { to, daily } of list) if (daily !== undefined && !own.has(to)) own.set(to, daily);
  return own;
}

/** The KPIs that an observations pipeline's daily rows stand under: `PM25`, `PM25_MAX`, … in the unit of what is measured. */
export function dailyKpis(pipeline: {
  readonly daily: DailyStatistics;
  readonly kpiList: readonly {
    readonly to: string;
    readonly unit: string;
    readonly daily?: DailyStatistics | undefined;
  }[];
}): { readonly commonName: string; readonly commonUnit: string }[] {
  const own = ownStatisticsOf(pipeline.kpiList);
  return pipeline.kpiList.flatMap(({ to, unit }) =>
    Object.keys(own.get(to) ?? pipeline.daily).map((key) => ({
      commonName: statisticName(to, key),
      commonUnit: unit,
    })),
  );
}

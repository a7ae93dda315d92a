/** Which daily statistics the measured KPIs of a load's days get, and the keys of the KPIs that these are. */
import { ownStatisticsOf, type Statistic, statisticName } from "../../config/daily.ts";
import type { Pipeline } from "../../config/pipeline.ts";
import type { Client } from "../connect.ts";
import { lockSources, storeKpiNames } from "../keys.ts";

type Observations = Extract<Pipeline, { target: "observations" }>;

/** A statistic of a measured KPI, and the KPI that its daily rows stand under. */
export interface PlannedStatistic {
  readonly measuredKey: number;
  readonly dailyKey: number;
  readonly statistic: Statistic;
}

interface Wanted {
  readonly measuredKey: number;
  readonly dailyKey: number | null;
  readonly statistic: Statistic;
  readonly name: string;
  readonly unit: string;
}

/** Listed KPIs that have statistics of their own: these. All others, also those that nobody lists: the pipeline's. */
interface Choice {
  /** Names of the KPIs that have their own, even if none. */
  readonly choosers: readonly string[];
  /** One item for each of their statistics, and (KPI null, name the suffix) for each of the pipeline's. */
  readonly kpis: readonly (string | null)[];
  readonly names: readonly string[];
  readonly statistics: readonly Statistic[];
}

/**
 * The statistics of every KPI that the temporary table `statistic` holds. Names that are new (of elements kept without
 * being listed) get their keys here. Where two measured KPIs would have daily rows of one name (the greatest `X`, and
 * the mean of an element kept as `X_MAX`), the better one comes first: listed before kept, shorter before longer.
 */
export async function planStatistics(
  client: Client,
  pipeline: Pick<Observations, "daily" | "kpiList">,
): Promise<PlannedStatistic[]> {
  const choice = chosen(pipeline);
  const listed = pipeline.kpiList.map(({ to }) => to);
  let wanted = await wantedStatistics(client, choice, listed);
  const unnamed = wanted.filter(({ dailyKey }) => dailyKey === null);
  if (unnamed.length > 0) {
    await lockSources(client);
    await storeKpiNames(
      client,
      unnamed.map(({ name, unit }) => ({ commonName: name, commonUnit: unit })),
    );
    wanted = await wantedStatistics(client, choice, listed);
  }
  return wanted.map(({ measuredKey, dailyKey, statistic, name }) => {
    if (dailyKey === null) throw new RangeError(`no key for the daily statistic ${name}`);
    return { measuredKey, dailyKey, statistic };
  });
}

function chosen({ daily, kpiList }: Pick<Observations, "daily" | "kpiList">): Choice {
  const own = ownStatisticsOf(kpiList);
  const items = [
    ...Object.entries(daily).map(([suffix, statistic]) => ({ kpi: null, name: suffix, statistic })),
    ...[...own].flatMap(([kpi, statistics]) =>
      Object.entries(statistics).map(([key, statistic]) => ({
        kpi,
        name: statisticName(kpi, key),
        statistic,
      })),
    ),
  ];
  return {
    choosers: [...own.keys()],
    kpis: items.map(({ kpi }) => kpi),
    names: items.map(({ name }) => name),
    statistics: items.map(({ statistic }) => statistic),
  };
}

async function wantedStatistics(
  client: Client,
  { choosers, kpis, names, statistics }: Choice,
  listed: readonly string[],
): Promise<Wanted[]> {
  const { rows } = await client.query<Wanted>(
    `with wanted as (
       select measured.kpi_key, measured.common_kpi_name as kpi, measured.common_unit as unit, statistic,
         case when choice.kpi is null then measured.common_kpi_name || choice.name else choice.name end as name
       from (select distinct kpi_key from statistic) s
       join storage.kpi measured using (kpi_key)
       join unnest($2::text[], $3::text[], $4::text[]) as choice (kpi, name, statistic)
         on choice.kpi = measured.common_kpi_name
           or choice.kpi is null and measured.common_kpi_name <> all ($1::text[])
     )
     select wanted.kpi_key as "measuredKey", daily.kpi_key as "dailyKey", statistic, name, unit
     from wanted left join storage.kpi daily on daily.common_kpi_name = name and daily.common_unit = unit
     order by kpi <> all ($5::text[]), length(kpi), kpi collate "C", unit collate "C", name collate "C"`,
    [choosers, kpis, names, statistics, listed],
  );
  return rows;
}

/** The parts of a plan that are this statistic, as lists of one length; places are those in the plan, from 1. */
export function planOf(
  plan: readonly PlannedStatistic[],
  statistic: Statistic,
): { readonly measured: number[]; readonly daily: number[]; readonly places: number[] } {
  const parts = plan
    .map((planned, index) => ({ ...planned, place: index + 1 }))
    .filter((planned) => planned.statistic === statistic);
  return {
    measured: parts.map(({ measuredKey }) => measuredKey),
    daily: parts.map(({ dailyKey }) => dailyKey),
    places: parts.map(({ place }) => place),
  };
}

/** What tests of merging measurements share. */
import type { TestContext } from "node:test";
import { testDatabase } from "../database.ts";
import { Loader, observationsPipeline } from "./merging.ts";

export interface Measurement {
  readonly object: string;
  readonly station?: string;
  readonly kpi?: string;
  readonly sensor?: number;
  /** End of the period, an ISO time. */
  readonly time: string;
  /** Local day; that of `time` when absent. */
  readonly date?: string;
  readonly value: string;
  readonly averaging?: number | null;
  /** What quality control says; null: passed. */
  readonly flag?: string | null;
}

export async function observationsLoader(
  context: TestContext,
  deletes = false,
  daily?: object,
): Promise<Loader> {
  const { database } = await testDatabase(context);
  return Loader.of(database, observationsPipeline(deletes, daily));
}

export async function rowsOf(load: Loader, measurements: readonly Measurement[]) {
  const rows: Record<string, string | number | null>[] = [];
  for (const m of measurements) {
    rows.push({
      time_: m.time,
      sensor_id: m.sensor ?? 0,
      station_key: await load.station(m.station ?? "S"),
      date_: m.date ?? m.time.slice(0, 10),
      object_id: await load.object(m.object),
      averaging: m.averaging ?? null,
      kpi_key: await load.kpi(m.kpi ?? "PM25"),
      value: m.value,
      quality_flag: m.flag ?? null,
    });
  }
  return rows;
}

/** Loads one version of each of these objects; objects without measurements are named apart. */
export async function bring(
  load: Loader,
  measurements: readonly Measurement[],
  empty: readonly string[] = [],
  reload = false,
) {
  const keys = [...new Set([...measurements.map(({ object }) => object), ...empty])];
  const objectIds: number[] = [];
  for (const key of keys) objectIds.push(await load.object(key));
  const result = await load.load(await rowsOf(load, measurements), { objectIds, reload });
  return { ...result, changedInputs: [...result.changedInputs] };
}

export async function observations(load: Loader): Promise<string[]> {
  const rows = await load.database.query<{ text: string }>(
    `select concat_ws(' ', station_id, common_kpi_name, time_, date_, data_value, object) as text
     from production.o_openaq`,
  );
  return rows.map(({ text }) => text).sort();
}

export async function days(load: Loader): Promise<string[]> {
  const rows = await load.database.query<{ text: string }>(
    `select concat_ws(' ', station_id, date_, common_kpi_name, data_value, n_measurements) as text
     from production.f_climate_data_flagged`,
  );
  return rows.map(({ text }) => text).sort();
}

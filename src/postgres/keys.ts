/** The small keys that facts carry instead of texts: of stations and of KPIs. */
import type { Conversion } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import type { Client, Database } from "./connect.ts";

/** One of a source's elements and the KPI that it becomes. */
export interface KpiOrigin {
  readonly origName: string;
  readonly origUnit: string;
  readonly kpiKey: number;
  readonly commonName: string;
  readonly commonUnit: string;
}

/** An element that no pipeline lists. */
export interface UnlistedKpi {
  readonly origName: string;
  readonly origUnit: string;
  readonly commonName: string;
  readonly commonUnit: string;
}

/** What d_kpi_names is to say about an element; harmonised value = (the provider's number + add) × multiply ÷ divide. */
export interface KpiDefinition extends UnlistedKpi, Conversion {
  readonly description: string;
}

/** Elements that one source may have: keys are small integers, and what is beyond this is no element but garbage. */
export const KPI_LIMIT = 2000;

/** All stations of a source, stubs included, as pairs of its own id and our key, in no order. */
export async function loadStationKeys(
  database: Database,
  source: string,
): Promise<[stationId: string, stationKey: number][]> {
  const rows = await database.query<{ station_id: string; station_key: number }>(
    `select station_id, station_key from storage.station join storage.source using (source_key) where source = $1`,
    [source],
  );
  return rows.map((row) => [row.station_id, row.station_key]);
}

/**
 * Gives keys to stations of a registered source, committed at once: unknown ones become stubs that a station
 * pipeline or a load's records fill in later. Any number of processes may ask for the same ones at once.
 *
 * @returns the keys of all `ids`, by id
 */
export async function allocateStations(
  database: Database,
  source: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const keys = await findOrAddStations(database, source, ids);
  const missing = ids.filter((id) => !keys.has(id));
  if (missing.length === 0) return keys;
  // What another process added while the statement ran is in neither of its halves, but can be seen now.
  return new Map([...keys, ...(await findOrAddStations(database, source, missing))]);
}

/** One statement and so one round trip: small objects bring their stations one by one. */
async function findOrAddStations(
  database: Database,
  source: string,
  ids: readonly string[],
): Promise<Map<string, number>> {
  // Added in the order of the ids, so that two processes with the same new stations wait for each other in one
  // direction only. The anti-join keeps known stations from using up numbers of the sequence.
  const rows = await database.query<{ station_id: string; station_key: number }>(
    `with wanted as (
       select source_key, station_id
       from storage.source cross join (select distinct unnest($2::text[]) as station_id) as named
       where source = $1
     ), added as (
       insert into storage.station (source_key, station_id)
       select source_key, station_id from wanted
       where not exists (
         select from storage.station known
         where known.source_key = wanted.source_key and known.station_id = wanted.station_id
       )
       order by station_id collate "C"
       on conflict (source_key, station_id) do nothing
       returning station_id, station_key
     )
     select station_id, station_key from added
     union all
     select station_id, station_key from wanted join storage.station using (source_key, station_id)`,
    [source, ids],
  );
  return new Map(rows.map((row) => [row.station_id, row.station_key]));
}

/** All elements of a source and the KPIs that they become, those kept by `unknown: keep` included. */
export async function loadKpiKeys(database: Database, source: string): Promise<KpiOrigin[]> {
  return database.query<KpiOrigin>(
    `select orig_kpi_name as "origName", orig_unit as "origUnit", kpi_key as "kpiKey",
       common_kpi_name as "commonName", common_unit as "commonUnit"
     from storage.kpi_origin join storage.source using (source_key) join storage.kpi using (kpi_key)
     where source = $1
     order by orig_kpi_name, orig_unit`,
    [source],
  );
}

/**
 * Keeps elements that no pipeline lists under their own name and unit (`unknown: keep`), in a short transaction of
 * its own. An element that is known already keeps what it has.
 *
 * @returns the KPI keys, by `origName + "\n" + origUnit`
 * @throws TOO_MANY_KPIS when the source would have more than KPI_LIMIT elements
 */
export async function allocateKpis(
  database: Database,
  source: string,
  kpis: readonly UnlistedKpi[],
): Promise<Map<string, number>> {
  return database.transaction(async (client) => {
    await lockSources(client);
    const unknown = await withoutKnown(client, source, kpis);
    await storeKpis(
      client,
      source,
      unknown.map((kpi) => ({
        ...kpi,
        add: 0,
        multiply: 1,
        divide: 1,
        description: `The provider's element ${kpi.origName}; no pipeline lists it, so it is kept as it came.`,
      })),
    );
    const { rows } = await client.query<{ name: string; unit: string; kpi_key: number }>(
      `select orig_kpi_name as name, orig_unit as unit, kpi_key
       from storage.kpi_origin join storage.source using (source_key)
       where source = $1 and orig_kpi_name = any ($2::text[])`,
      [source, kpis.map((kpi) => kpi.origName)],
    );
    return new Map(rows.map((row) => [`${row.name}\n${row.unit}`, row.kpi_key]));
  });
}

/** Held until commit by whoever registers sources or KPIs, so that two processes do it one after the other. */
export async function lockSources(client: Client): Promise<void> {
  await client.query("select pg_advisory_xact_lock(hashtext('millrace'), hashtext('sources'))");
}

/** The KPIs of these definitions and what they come from; writes only what differs. Needs `lockSources`. */
export async function storeKpis(
  client: Client,
  source: string,
  kpis: readonly KpiDefinition[],
): Promise<void> {
  if (kpis.length === 0) return;
  await storeKpiNames(client, kpis);
  await client.query(
    `insert into storage.kpi_origin as known
       (source_key, orig_kpi_name, orig_unit, kpi_key, addend, factor, description)
     select source_key, "origName", "origUnit", kpi_key, add, trim_scale(multiply / divide), description
     from jsonb_to_recordset($2) as wanted (
       "origName" text, "origUnit" text, "commonName" text, "commonUnit" text,
       add numeric, multiply numeric, divide numeric, description text
     )
     join storage.source on source = $1
     join storage.kpi on common_kpi_name = "commonName" and common_unit = "commonUnit"
     on conflict (source_key, orig_kpi_name, orig_unit) do update
     set kpi_key = excluded.kpi_key, addend = excluded.addend, factor = excluded.factor,
       description = excluded.description
     where (known.kpi_key, known.addend, known.factor, known.description)
       is distinct from (excluded.kpi_key, excluded.addend, excluded.factor, excluded.description)`,
    [source, JSON.stringify(kpis)],
  );
}

/** Harmonised names alone, such as those of daily statistics, which no provider's element becomes directly. */
export async function storeKpiNames(
  client: Client,
  kpis: readonly Pick<UnlistedKpi, "commonName" | "commonUnit">[],
): Promise<void> {
  await client.query(
    `insert into storage.kpi (common_kpi_name, common_unit)
     select distinct "commonName", "commonUnit"
     from jsonb_to_recordset($1) as wanted ("commonName" text, "commonUnit" text)
     where not exists (
       select from storage.kpi where common_kpi_name = "commonName" and common_unit = "commonUnit"
     )
     order by "commonName", "commonUnit"
     on conflict (common_kpi_name, common_unit) do nothing`,
    [JSON.stringify(kpis)],
  );
}

async function withoutKnown(
  client: Client,
  source: string,
  kpis: readonly UnlistedKpi[],
): Promise<UnlistedKpi[]> {
  const { rows } = await client.query<{ name: string; unit: string }>(
    `select orig_kpi_name as name, orig_unit as unit
     from storage.kpi_origin join storage.source using (source_key) where source = $1`,
    [source],
  );
  const known = new Set(rows.map((row) => `${row.name}\n${row.unit}`));
  const unknown = new Map(kpis.map((kpi) => [`${kpi.origName}\n${kpi.origUnit}`, kpi]));
  for (const key of known) unknown.delete(key);
  if (known.size + unknown.size > KPI_LIMIT) {
    const example = unknown.values().next().value?.origName ?? "";
    throw new MillraceError(
      "TOO_MANY_KPIS",
      `source ${source} has ${known.size} elements, and ${unknown.size} more (such as ${JSON.stringify(example)}) would exceed the limit of ${KPI_LIMIT}`,
    );
  }
  return [...unknown.values()];
}

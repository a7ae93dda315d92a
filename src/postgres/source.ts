/** Makes the database ready for a pipeline: its source's fact tables, its KPIs and its row in the ledger. */
import { setTimeout as pause } from "node:timers/promises";
import { dailyKpis } from "../config/daily.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import type { Client, Database } from "./connect.ts";
import { sqlState } from "./errors.ts";
import { type KpiDefinition, lockSources, storeKpiNames, storeKpis } from "./keys.ts";

/** How long a new source waits for readers of the united view before it steps back and lets others pass. */
const VIEW_LOCK_LIMIT = "500ms";
const VIEW_ATTEMPTS = 60;
const VIEW_PAUSE = 500;

/** SQLSTATE lock_not_available: lock_timeout ran out. */
const LOCK_TIMEOUT = "55P03";

/** These would take the names of templates or of other sources' partitions. */
const TAKEN_NAMES = /^template$|_\d{4}$|_\d{6}$/;

/**
 * Registers what a pipeline needs: source, fact tables, the source's place in the readable views, KPIs with their
 * daily statistics, d_kpi_names, d_sources, and the pipeline's row in the ledger. Follows changed factors, providers and fingerprints.
 * Any number of processes may call it at once. When nothing is new it changes no row and
 * touches no fact table.
 *
 * @throws CONFIG_INVALID when the source's name cannot become table names; DATABASE_FAILED when readers kept the
 *   united view locked for a minute
 */
export async function ensurePipeline(database: Database, pipeline: Pipeline): Promise<void> {
  if (TAKEN_NAMES.test(pipeline.source)) {
    throw new MillraceError(
      "CONFIG_INVALID",
      `the source name ${pipeline.source} would collide with names of tables; choose one without a year at its end`,
      { pipeline: pipeline.name, file: pipeline.file },
    );
  }
  for (let attempt = 1; ; attempt++) {
    try {
      await database.transaction((client) => ensure(client, pipeline));
      return;
    } catch (error) {
      if (sqlState(error) !== LOCK_TIMEOUT || attempt === VIEW_ATTEMPTS) throw error;
      await pause(VIEW_PAUSE);
    }
  }
}

async function ensure(client: Client, pipeline: Pipeline): Promise<void> {
  await lockSources(client);
  await ensureSource(client, pipeline);
  await storeProvider(client, pipeline);
  await client.query(
    `insert into millrace.pipeline as known (pipeline, source, target, fingerprint) values ($1, $2, $3, $4)
     on conflict (pipeline) do update
     set source = excluded.source, target = excluded.target, fingerprint = excluded.fingerprint
     where (known.source, known.target, known.fingerprint)
       is distinct from (excluded.source, excluded.target, excluded.fingerprint)`,
    [pipeline.name, pipeline.source, pipeline.target, pipeline.fingerprint],
  );
  await storeKpis(client, pipeline.source, pipeline.kpiList.map(definition));
  if (pipeline.target === "observations") await storeKpiNames(client, dailyKpis(pipeline));
}

async function ensureSource(client: Client, { source, target }: Pipeline): Promise<void> {
  const { rows } = await client.query<{ has_observations: boolean }>(
    "select has_observations from storage.source where source = $1",
    [source],
  );
  const [known] = rows;
  const observationsMissing = target === "observations" && known?.has_observations !== true;
  if (known !== undefined && !observationsMissing) return;
  await client.query("select set_config('lock_timeout', $1, true)", [VIEW_LOCK_LIMIT]);
  if (known === undefined) await client.query("select storage.add_source($1)", [source]);
  if (observationsMissing) await client.query("select storage.add_observations($1)", [source]);
}

/** What d_sources says; a pipeline that does not name its provider leaves what another one of the source told. */
async function storeProvider(client: Client, { source, provider }: Pipeline): Promise<void> {
  if (provider === undefined) return;
  await client.query(
    `update storage.source set provider = $2, url = $3, licence = $4, attribution = $5
     where source = $1 and (provider, url, licence, attribution) is distinct from ($2, $3, $4, $5)`,
    [source, provider.name, provider.url, provider.licence, provider.attribution],
  );
}

function definition(kpi: Pipeline["kpiList"][number]): KpiDefinition {
  return {
    origName: kpi.from,
    origUnit: kpi.in,
    commonName: kpi.to,
    commonUnit: kpi.unit,
    add: kpi.add,
    multiply: kpi.multiply,
    divide: kpi.divide,
    description: kpi.description,
  };
}

/** Merging measurements at their own grain. */
import type { Pipeline } from "../../config/pipeline.ts";
import type { Client } from "../connect.ts";
import type { FactTable } from "./fact-table.ts";
import { PATIENCE } from "./locks.ts";
import { monthPartitions } from "./partitions.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { recomputeDays } from "./statistics.ts";
import { upsertFacts } from "./upsert.ts";

type Observations = Extract<Pipeline, { target: "observations" }>;

/**
 * Merges measurements as `upsertFacts` does; then daily rows are recomputed for the station-days in which something
 * changed.
 */
export async function upsertObservations(
  client: Client,
  request: MergeRequest<Observations>,
): Promise<MergeCounts> {
  const counts = await upsertFacts(client, request, observationsOf(request.pipeline.source));
  const attempts = { patience: request.patience ?? PATIENCE, signal: request.signal };
  const daysChanged = await recomputeDays(client, request, attempts);
  const changed = counts.inserted + counts.updated + counts.deleted > 0 ? ["observations"] : [];
  if (daysChanged) changed.push("daily");
  return { ...counts, changed };
}

function observationsOf(source: string): FactTable {
  const name = `storage.observations_${source}`;
  const key = ["station_key", "time_", "kpi_key", "sensor_id"];
  return {
    name,
    key,
    implied: [],
    content: ["value", "averaging", "date_", "quality_flag"],
    partitionedBy: { column: "time_", type: "timestamptz" },
    partitionsOfNewRows: (client) =>
      monthPartitions(client, { table: name, key, rows: "compared where fate = 'insert'" }),
  };
}

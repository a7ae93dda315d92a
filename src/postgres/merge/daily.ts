/** Merging daily facts that come in objects of any shape: a file per station, a file per element, an API's answer. */
import type { Client } from "../connect.ts";
import type { FactTable } from "./fact-table.ts";
import { DAILY_KEY, yearPartitions } from "./partitions.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { upsertFacts } from "./upsert.ts";

/** Merges daily facts as `upsertFacts` does. Rows of a year that a pipeline has replaced lose to every object. */
export async function upsertDaily(client: Client, request: MergeRequest): Promise<MergeCounts> {
  const counts = await upsertFacts(client, request, dailyOf(request.pipeline.source));
  const changed = counts.inserted + counts.updated + counts.deleted > 0 ? ["daily"] : [];
  return { ...counts, changed };
}

function dailyOf(source: string): FactTable {
  return {
    name: `storage.daily_${source}`,
    key: DAILY_KEY,
    content: ["value", "observ_time", "quality_flag"],
    partitionedBy: { column: "date_", type: "date" },
    partitionsOfNewRows: (client) =>
      yearPartitions(client, { source, rows: "compared where fate = 'insert'", clustered: "object_id" }),
  };
}

/** Merging daily facts that come in objects of any shape: a file per station, a file per element, an API's answer. */
import type { Client } from "../connect.ts";
import { quoteTable } from "../staging.ts";
import type { FactTable } from "./fact-table.ts";
import { DAILY_KEY, indexByKey, yearPartitions } from "./partitions.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { upsertFacts } from "./upsert.ts";

/** Merges daily facts as `upsertFacts` does. Rows of a year that a pipeline has replaced lose to every object. */
export async function upsertDaily(client: Client, request: MergeRequest): Promise<MergeCounts> {
  await indexReplacedYears(client, request);
  const counts = await upsertFacts(client, request, dailyOf(request.pipeline.source));
  const changed = counts.inserted + counts.updated + counts.deleted > 0 ? ["daily"] : [];
  return { ...counts, changed };
}

/** A year that was replaced as a whole has no index by key, in which single rows are looked for. */
async function indexReplacedYears(client: Client, { pipeline, staging }: MergeRequest): Promise<void> {
  const years = await yearPartitions(client, { source: pipeline.source, rows: quoteTable(staging) });
  const { rows } = await client.query<{ name: string }>(
    `select name from unnest($1::text[]) as name
     where to_regclass(name) is not null
       and not exists (select from pg_index where indrelid = to_regclass(name) and indisunique)`,
    [years.map(({ name }) => name)],
  );
  for (const { name } of rows) await indexByKey(client, name, DAILY_KEY);
}

function dailyOf(source: string): FactTable {
  return {
    name: `storage.daily_${source}`,
    key: DAILY_KEY,
    implied: ["common_kpi_name"],
    content: ["value", "observ_time", "quality_flag"],
    partitionedBy: { column: "date_", type: "date" },
    partitionsOfNewRows: (client) =>
      yearPartitions(client, { source, rows: "compared where fate = 'insert'", clustered: "object_id" }),
  };
}

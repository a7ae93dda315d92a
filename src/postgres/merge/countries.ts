/** Merging a file of countries. */
import type { Client } from "../connect.ts";
import { dropStaging, quoteTable } from "../staging.ts";
import { lockSource } from "./locks.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { sourceKey } from "./sources.ts";
import { keepLast } from "./stations.ts";

/** The table of countries is one for all sources, so their merges wait for each other under this name. */
const ALL_SOURCES = "*";

/**
 * Merges a file of countries; only rows that differ are written, countries that the file lacks stay. Several
 * lines for one country (one per territory, say) collapse into the last one. Where two sources name a country,
 * the one whose name sorts first counts, whatever the order of loading.
 */
export async function upsertCountries(client: Client, request: MergeRequest): Promise<MergeCounts> {
  const { pipeline, staging, copied } = request;
  await lockSource(client, ALL_SOURCES);
  const source = await sourceKey(client, pipeline.source);
  const duplicates = await keepLast(client, staging, "country_id");
  const inserted = await client.query(
    `insert into storage.country (country_id, country, source_key)
     select s.country_id, s.country, $1 from ${quoteTable(staging)} s
     where not exists (select from storage.country t where t.country_id = s.country_id)`,
    [source],
  );
  const updated = await client.query(
    `update storage.country t set country = s.country, source_key = $1
     from ${quoteTable(staging)} s, storage.source former
     where t.country_id = s.country_id and former.source_key = t.source_key
       and (t.country, t.source_key) is distinct from (s.country, $1::smallint)
       and $2::text collate "C" <= former.source`,
    [source, pipeline.source],
  );
  await dropStaging(client, staging);
  const counts = { inserted: inserted.rowCount ?? 0, updated: updated.rowCount ?? 0, deleted: 0, duplicates };
  const changes = counts.inserted + counts.updated;
  return { ...counts, unchanged: copied - duplicates - changes, changed: changes > 0 ? ["countries"] : [] };
}

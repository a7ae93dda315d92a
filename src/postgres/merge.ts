/** The last step of a load into production: from the staging table to what people read. */
import { MillraceError } from "../errors.ts";
import type { Client } from "./connect.ts";
import { upsertCountries } from "./merge/countries.ts";
import { upsertDaily } from "./merge/daily.ts";
import { replaceInventory } from "./merge/inventory.ts";
import { upsertObservations } from "./merge/observations.ts";
import type { MergeCounts, MergeRequest } from "./merge/request.ts";
import { describeStations, upsertStations } from "./merge/stations.ts";
import { replaceYear } from "./merge/year.ts";
import type { MergeResult } from "./verdict.ts";

export type { MergeRequest } from "./merge/request.ts";

/**
 * Merges a checked staging table into production, in the load's transaction (READ COMMITTED), and lists and
 * describes the stations of its rows. The staging table is gone afterwards. Every staged row is accounted for:
 * copied = inserted + updated + unchanged + duplicates, else RECEIPT_MISMATCH is thrown. For a `replace`,
 * `inserted` are the rows that the slice now holds and `deleted` those that it held before.
 *
 * Make it the transaction's last heavy step: replacing a year locks the source's fact table against readers
 * until the transaction ends. Throws TABLE_BUSY when that lock cannot be had, LOAD_ABORTED when the request's
 * signal aborts the wait, and the driver's errors.
 */
export async function merge(client: Client, request: MergeRequest): Promise<MergeResult> {
  // Plans over many partitions take longer to compile than to run.
  await client.query("select set_config('jit', 'off', true)");
  const counts = await mergeTarget(client, request);
  const accounted = counts.inserted + counts.updated + counts.unchanged + counts.duplicates;
  if (accounted !== request.copied) {
    throw new MillraceError(
      "RECEIPT_MISMATCH",
      `${request.copied} rows were copied, but merging accounted for ${accounted} of them`,
      { pipeline: request.pipeline.name },
    );
  }
  const { changed, ...numbers } = counts;
  return {
    ...numbers,
    changedInputs: [...new Set(changed)].map((target) => `${request.pipeline.source}.${target}`),
  };
}

async function mergeTarget(client: Client, request: MergeRequest): Promise<MergeCounts> {
  const { pipeline } = request;
  switch (pipeline.target) {
    case "daily":
      return pipeline.merge.mode === "replace"
        ? replaceYear(client, request, pipeline.merge.keep_days)
        : withStations(client, request, await upsertDaily(client, request));
    case "observations":
      return withStations(client, request, await upsertObservations(client, { ...request, pipeline }));
    case "inventory":
      return replaceInventory(client, request);
    case "stations":
      return upsertStations(client, request);
    case "countries":
      return upsertCountries(client, request);
  }
}

/** Lists and describes the stations of merged facts. */
async function withStations(
  client: Client,
  request: MergeRequest,
  counts: MergeCounts,
): Promise<MergeCounts> {
  const described = await describeStations(client, request);
  return { ...counts, changed: [...counts.changed, ...described] };
}

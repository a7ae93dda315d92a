/** Replacing a year of daily facts: the staging table becomes the year's partition. */
import { MillraceError } from "../../errors.ts";
import type { Client } from "../connect.ts";
import { quoteTable } from "../staging.ts";
import { dropFormer, keepFormer } from "./former.ts";
import { indexAsLoaded } from "./layout.ts";
import { lockSource, PATIENCE } from "./locks.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { describeStations } from "./stations.ts";
import { fitYear, swapYear, tableExists, type Year, yearOf } from "./swap.ts";

/**
 * Makes the staging table the partition of the request's year and keeps the former one, detached, in the
 * schema staging for `keepDays`. Everything slow comes before the fact table is touched; the swap itself waits for readers
 * only in short attempts.
 */
export async function replaceYear(
  client: Client,
  request: MergeRequest,
  keepDays: number,
): Promise<MergeCounts> {
  const { staging, loadId, pipeline } = request;
  const year = requireYear(request);

  const duplicates = request.keys === "distinct" ? 0 : await removeRepeated(client, staging);
  await indexAsLoaded(client, staging);
  await fitYear(client, staging, year);
  await client.query(`analyze ${quoteTable(staging)}`);
  // Merges row by row look for stored rows, and write, while they hold this lock.
  await lockSource(client, pipeline.source);
  const deleted = await countFormerRows(client, request, year.partition);
  const described = await describeStations(client, request);
  await dropFormer(client, pipeline.source, String(request.slice));

  const attempts = { patience: request.patience ?? PATIENCE, signal: request.signal };
  const replaced = await swapYear(client, year, { table: staging, former: "keep" }, attempts);
  await keepFormer(client, {
    source: pipeline.source,
    slice: String(request.slice),
    loadId,
    ...(replaced === null ? {} : { former: { table: replaced, days: keepDays } }),
  });

  const inserted = request.copied - duplicates;
  const changed = inserted + deleted > 0 ? ["daily", ...described] : described;
  return { inserted, updated: 0, unchanged: 0, duplicates, deleted, changed };
}

function requireYear({ slice, pipeline }: MergeRequest): Year {
  if (slice === undefined || !/^\d{4}$/.test(slice)) {
    const place = { pipeline: pipeline.name };
    throw new MillraceError(
      "CONFIG_INVALID",
      `${slice ?? "(nothing)"} is not a year of four digits to replace`,
      place,
    );
  }
  return yearOf(pipeline.source, slice);
}

/** Of rows with the same key only the one copied last stays; returns how many went. */
async function removeRepeated(client: Client, staging: string): Promise<number> {
  // COPY fills a new table in order, so the greatest ctid is the row copied last.
  const { rowCount } = await client.query(`
    delete from ${quoteTable(staging)} s
    using (
      select station_key, kpi_key, date_, max(ctid) as last
      from ${quoteTable(staging)}
      group by station_key, kpi_key, date_
      having count(*) > 1
    ) d
    where s.station_key = d.station_key and s.kpi_key = d.kpi_key and s.date_ = d.date_ and s.ctid <> d.last`);
  return rowCount ?? 0;
}

/** Rows of the partition to be replaced: what its load inserted according to the ledger, else counted. */
async function countFormerRows(client: Client, request: MergeRequest, partition: string): Promise<number> {
  if (!(await tableExists(client, partition))) return 0;
  const { rows } = await client.query<{ inserted: number }>(
    `select inserted from millrace.slice join millrace.receipt using (load_id) where source = $1 and slice = $2`,
    [request.pipeline.source, request.slice],
  );
  if (rows[0] !== undefined) return rows[0].inserted;
  const counted = await client.query<{ rows: number }>(
    `select count(*) as rows from ${quoteTable(partition)}`,
  );
  return counted.rows[0]?.rows ?? 0;
}

/** A load's verdict: everything that the ledger keeps of it, written in the load's own transaction. */
import type { LoadJob } from "../../discover/job.ts";
import type { Client } from "../connect.ts";
import type { CheckResult, MonthCoverage, Verdict } from "../verdict.ts";
import { supersede } from "./supersede.ts";

/**
 * Writes receipt, objects, tallies, rejects, checks and coverage, the load's status, and which versions are in the
 * database now (or, of a quarantined load, which were refused). Earlier quarantined loads of the same are superseded.
 * Does not commit, and leaves millrace.slice to the merge.
 */
export async function settleLoad(client: Client, job: LoadJob, verdict: Verdict): Promise<void> {
  const { loadId } = verdict;
  const ofLoad = <Row extends object>(rows: readonly Row[]) => rows.map((row) => ({ ...row, loadId }));
  await settleStatus(client, verdict);
  await insertRows(client, "receipt", RECEIPT_COLUMNS, ofLoad([verdict.receipt]));
  await insertRows(client, "load_object", OBJECT_COLUMNS, ofLoad(verdict.objects));
  await insertRows(client, "tally", ["load_id", "kind", "name", "field", "count"], ofLoad(verdict.tallies));
  await insertRows(
    client,
    "reject",
    ["load_id", "object_id", "line", "byte_offset", "field", "reason", "raw"],
    ofLoad(verdict.rejects.map(({ byte, ...reject }) => ({ ...reject, byteOffset: byte }))),
  );
  await insertRows(
    client,
    "check_result",
    ["load_id", "name", "passed", "observed", "expected"],
    ofLoad(verdict.checks),
  );
  await insertRows(client, "coverage", ["load_id", "month", "rows", "newest"], ofLoad(verdict.coverage));
  await (verdict.outcome === "loaded" ? markLoaded(client, job, verdict) : markRefused(client, verdict));
  await supersede(client, job, loadId);
}

/** Rows per month of the load that a slice holds now; empty when it holds none. */
export async function formerCoverage(
  client: Client,
  source: string,
  slice: string,
): Promise<MonthCoverage[]> {
  const { rows } = await client.query<MonthCoverage>(
    `select month, rows, newest
     from millrace.slice join millrace.coverage using (load_id)
     where source = $1 and slice = $2
     order by month`,
    [source, slice],
  );
  return rows;
}

const RECEIPT_COLUMNS = [
  "load_id",
  "bytes_expected",
  "bytes_received",
  "bytes_decompressed",
  "records_read",
  "headers",
  "comments",
  "blanks",
  "decoded",
  "records_rejected",
  "records_filtered",
  "measurements",
  "copied",
  "empty",
  "rejected",
  "filtered",
  "inserted",
  "updated",
  "unchanged",
  "duplicates",
  "deleted",
];

const OBJECT_COLUMNS = [
  "load_id",
  "object_id",
  "etag",
  "size",
  "content_crc",
  "content_length",
  "bytes_received",
  "bytes_decompressed",
  "records_read",
  "records_rejected",
];

async function settleStatus(
  client: Client,
  { loadId, outcome, stagingTable, checks }: Verdict,
): Promise<void> {
  const failed = checks.filter((check) => !check.passed);
  const { rowCount } = await client.query(
    `update millrace.load
     set status = $2, finished_at = clock_timestamp(), staging_table = $3, error_code = null, error = $4,
       error_place = null
     where load_id = $1`,
    [loadId, outcome, stagingTable, failed.length === 0 ? null : failed.map(complaint).join("; ")],
  );
  if (rowCount !== 1) throw new RangeError(`load ${loadId} is not in the ledger`);
}

function complaint(check: CheckResult): string {
  return `check ${check.name} found ${check.observed}, expected ${check.expected}`;
}

async function markLoaded(client: Client, { pipeline }: LoadJob, { loadId }: Verdict): Promise<void> {
  await client.query(
    `update millrace.object
     set etag = read.etag, size = read.size, content_crc = read.content_crc, content_length = read.content_length,
       fingerprint = $2, load_id = $1, incomplete = false, refused_etag = null, refused_load_id = null, refused_outcome = null,
       refused_size = null, refused_content_crc = null, refused_content_length = null,
       refused_attempts = null, refused_until = null
     from millrace.load_object as read
     where read.load_id = $1 and object.object_id = read.object_id`,
    [loadId, pipeline.fingerprint],
  );
}

async function markRefused(client: Client, { loadId }: Verdict): Promise<void> {
  await client.query(
    `update millrace.object
     set refused_etag = read.etag, refused_load_id = $1, refused_outcome = 'quarantined',
       refused_size = read.size, refused_content_crc = read.content_crc,
       refused_content_length = read.content_length, refused_attempts = null, refused_until = null
     from millrace.load_object as read
     where read.load_id = $1 and object.object_id = read.object_id`,
    [loadId],
  );
}

/** One statement for all rows. Their properties are the columns in camel case. */
async function insertRows(
  client: Client,
  table: string,
  columns: readonly string[],
  rows: readonly object[],
): Promise<void> {
  if (rows.length === 0) return;
  const list = columns.join(", ");
  await client.query(
    `insert into millrace.${table} (${list}) select ${list} from jsonb_populate_recordset(null::millrace.${table}, $1)`,
    [JSON.stringify(rows.map(inSnakeCase), storable)],
  );
}

function inSnakeCase(row: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]: [string, unknown]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ]),
  );
}

/** Postgres stores neither NUL nor half a surrogate pair; names of elements may hold whatever a provider writes. */
function storable(_name: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed().replaceAll("\0", "\\x00") : value;
}

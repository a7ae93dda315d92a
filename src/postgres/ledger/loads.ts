/**
 * The life of a load in the ledger. An attempt is written before its transaction; the claim is made inside it and
 * decides who loads; what becomes of it is written by `settleLoad` in that transaction, or by `failLoad` or `skipLoad`
 * after it. A claim is made of locks of the transaction, so it dies with the database connection.
 */
import { hostname } from "node:os";
import type { JobObject, LoadJob } from "../../discover/job.ts";
import { formatPlace, type MillraceError, type Retries } from "../../errors.ts";
import type { Client, Database } from "../connect.ts";
import { sqlState } from "../errors.ts";
import { inSavepoint, withLockTimeout } from "../merge/locks.ts";
import type { KnownObject } from "./objects.ts";

/** A load that its process left behind. */
export interface AbandonedLoad {
  readonly loadId: number;
  readonly pipeline: string;
  readonly name: string;
}

/** An attempt without a claim is either about to make it or abandoned; making it takes milliseconds. */
export const CLAIM_WITHIN = "10 seconds";

/** Of a fault that passes only when a person corrects something. */
const NEVER_AGAIN: Retries = { attempts: 1, firstPause: 0, longestPause: 0 };

/** How long a claim waits for whoever holds one of its objects, in milliseconds. */
const CLAIM_PATIENCE = 1_000;

/** SQLSTATE lock_not_available: lock_timeout ran out. */
const LOCK_TIMEOUT = "55P03";

/** The advisory lock that a load's transaction holds: its number, which for the lock may wrap. */
const LOAD_LOCK = "hashtext('millrace load'), (load_id % 2147483647)::integer";

/** Whether some transaction holds that lock: tells a load that runs from one whose process is gone. */
export const LOAD_LOCK_HELD = `exists (
  select from pg_locks
  where locktype = 'advisory' and objsubid = 2
    and database = (select oid from pg_database where datname = current_database())
    and classid = (hashtext('millrace load')::bigint & 4294967295)::oid and objid = (load_id % 2147483647)::oid)`;

/** Writes the attempt, with status `running`, in a transaction of its own; returns the load's number. */
export async function attemptLoad(database: Database, job: LoadJob): Promise<number> {
  const [row] = await database.query<{ load_id: number }>(
    `insert into millrace.load (pipeline, name, slice, status, fingerprint, host, pid)
     values ($1, $2, $3, 'running', $4, $5, $6)
     returning load_id`,
    [job.pipeline.name, job.name, job.slice ?? null, job.pipeline.fingerprint, hostname(), process.pid],
  );
  if (row === undefined) throw new RangeError("insert … returning gave no row");
  return row.load_id;
}

/**
 * Claims a job for this transaction; to be called first in it. The claim is an advisory lock on the slice, and the
 * ledger's rows of the objects, locked. (Row locks, unlike ten thousand advisory ones, need no shared memory.) Then
 * looks whether the versions are in the database already, which decides between processes that planned the same job.
 *
 * @returns false when another transaction holds the slice or one of the objects, or when nothing is left to do
 */
export async function claimLoad(client: Client, job: LoadJob, loadId: number): Promise<boolean> {
  await client.query(
    `select pg_advisory_xact_lock(${LOAD_LOCK}) from (select $1::bigint as load_id) as load`,
    [loadId],
  );
  if (job.slice !== undefined && !(await lockSlice(client, job.pipeline.source, job.slice))) return false;
  const stored = await lockObjects(client, job);
  return stored !== undefined && dueOf(job, stored).length > 0;
}

/**
 * The objects of a claimed job that are still to be loaded. Since the job was planned another process may have loaded
 * some of a group and failed to load others: what is in the database is not read again.
 */
export async function dueObjects(client: Client, job: LoadJob): Promise<readonly JobObject[]> {
  if (job.objects.length === 1) return job.objects;
  const { rows } = await client.query<StoredVersion>(STORED_VERSIONS, [idsOf(job)]);
  return dueOf(job, byId(rows));
}

function dueOf(job: LoadJob, stored: ReadonlyMap<number, StoredVersion>): JobObject[] {
  return job.objects.filter(({ objectId, object }) => {
    const known = stored.get(objectId);
    if (known === undefined) return false;
    if (known.etag !== object.etag) return true;
    return job.reload && (known.incomplete || known.fingerprint !== job.pipeline.fingerprint);
  });
}

function idsOf({ objects }: LoadJob): number[] {
  return objects.map(({ objectId }) => objectId);
}

function byId(rows: readonly StoredVersion[]): Map<number, StoredVersion> {
  return new Map(rows.map((row) => [row.objectId, row]));
}

type StoredVersion = Pick<KnownObject, "objectId" | "etag" | "fingerprint" | "incomplete">;

const STORED_VERSIONS = `select object_id as "objectId", etag, fingerprint, incomplete
  from millrace.object where object_id = any ($1::integer[])`;

/** Locks the objects' rows and reads them; nothing when another load has one of them. */
async function lockObjects(client: Client, job: LoadJob): Promise<Map<number, StoredVersion> | undefined> {
  try {
    // A listing holds such locks for moments, a load for as long as it runs: the limit tells one from the other.
    const { rows } = await inSavepoint(client, () =>
      withLockTimeout(client, CLAIM_PATIENCE, () =>
        client.query<StoredVersion>(`${STORED_VERSIONS} order by object_id for no key update`, [idsOf(job)]),
      ),
    );
    return byId(rows);
  } catch (error) {
    if (sqlState(error) === LOCK_TIMEOUT) return undefined;
    throw error;
  }
}

async function lockSlice(client: Client, source: string, slice: string): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    "select pg_try_advisory_xact_lock(hashtext('millrace slice'), hashtext($1)) as locked",
    [`${source}/${slice}`],
  );
  return rows[0]?.locked === true;
}

/**
 * Writes that a load failed, in a transaction of its own after the load's was rolled back. Its versions are marked:
 * all of them, or the one that the error's place names. By the error's disposition they are due again after a pause, as
 * often as its `Retries` say, or a person must look first (`quarantine`) or correct something (`stop`). A load that was
 * stopped on request marks none. Should the load be in the database after all (the connection broke during COMMIT,
 * which had taken effect), it stays.
 */
export async function failLoad(
  database: Database,
  loadId: number,
  error: MillraceError,
  job: LoadJob,
): Promise<void> {
  const named = job.objects.filter(({ object }) => object.key === error.place.key);
  const failed = error.code === "LOAD_ABORTED" ? [] : named.length > 0 ? named : job.objects;
  await database.transaction(async (client) => {
    await client.query(
      `update millrace.load
       set status = 'failed', finished_at = clock_timestamp(), error_code = $2, error = $3, error_place = $4
       where load_id = $1 and status = 'running'`,
      [loadId, error.code, error.message, formatPlace(error.place)],
    );
    await markFailed(client, { loadId, error, job, failed });
  });
}

interface Failed {
  readonly loadId: number;
  readonly error: MillraceError;
  readonly job: LoadJob;
  readonly failed: LoadJob["objects"];
}

/** Marks the versions that are still wanted. What failed before with this version and configuration counts as well. */
async function markFailed(client: Client, { loadId, error, job, failed }: Failed): Promise<void> {
  const { attempts, firstPause, longestPause } = error.retries ?? NEVER_AGAIN;
  await client.query(
    `with refused as (
       select object_id, refused.etag, case
           when known.refused_etag = refused.etag and known.refused_outcome = 'failed' and former.fingerprint = $5
           then known.refused_attempts else 0
         end + 1 as attempt
       from millrace.object as known
       join unnest($2::integer[], $3::text[]) as refused (object_id, etag) using (object_id)
       left join millrace.load as former on former.load_id = known.refused_load_id
       where known.etag is distinct from refused.etag
         or ($6 and (known.incomplete or known.fingerprint is distinct from $5))
       for no key update of known skip locked
     )
     update millrace.object
     set refused_etag = refused.etag, refused_load_id = $1, refused_outcome = $4,
       refused_size = null, refused_content_crc = null, refused_content_length = null,
       refused_attempts = case when $4 = 'failed' then attempt end,
       refused_until = case when $4 = 'failed' and attempt < $7::float8
         then clock_timestamp() + make_interval(secs => least($8::float8 * power(2, least(attempt, 32) - 1), $9::float8))
       end
     from refused
     where object.object_id = refused.object_id`,
    [
      loadId,
      failed.map(({ objectId }) => objectId),
      failed.map(({ object }) => object.etag),
      error.disposition === "quarantine" ? "quarantined" : "failed",
      job.pipeline.fingerprint,
      job.reload,
      attempts,
      firstPause,
      longestPause,
    ],
  );
}

/** Writes that another process loads, or has loaded, the same. */
export async function skipLoad(database: Database, loadId: number): Promise<void> {
  await database.query(
    "update millrace.load set status = 'skipped', finished_at = clock_timestamp() where load_id = $1",
    [loadId],
  );
}

/**
 * Marks attempts as failed whose process is gone: nobody holds their claim, and their process is not about to make it.
 * Should that process have been merely slow, its own verdict replaces this one.
 */
export async function settleAbandoned(database: Database): Promise<AbandonedLoad[]> {
  return database.transaction(async (client) => {
    const { rows } = await client.query<AbandonedLoad & { host: string; pid: number; overdue: boolean }>(
      `select load_id as "loadId", pipeline, name, host, pid,
         started_at < clock_timestamp() - interval '${CLAIM_WITHIN}' as overdue
       from (select * from millrace.load where status = 'running' offset 0) as running
       where pg_try_advisory_xact_lock(${LOAD_LOCK})`,
    );
    const abandoned = rows.filter((row) => row.overdue || (row.host === hostname() && !isAlive(row.pid)));
    await client.query(
      `update millrace.load
       set status = 'failed', finished_at = clock_timestamp(), error_code = 'LOAD_ABORTED',
         error = 'the process that made this load ended before it was done'
       where load_id = any ($1::bigint[])`,
      [abandoned.map((row) => row.loadId)],
    );
    return abandoned.map(({ loadId, pipeline, name }) => ({ loadId, pipeline, name }));
  });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

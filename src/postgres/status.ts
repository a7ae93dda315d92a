/** What the ledger says about pipelines, loads and marts: for the status command, the page and the metrics. */
import type { QueryResultRow } from "pg";
import type { Database } from "./connect.ts";
import { CLAIM_WITHIN, LOAD_LOCK_HELD } from "./ledger/loads.ts";

/** One load that runs or waits for somebody. Times are ISO texts. */
export interface LoadStatus {
  readonly load: number;
  readonly pipeline: string;
  readonly name: string;
  readonly status: "running" | "failed" | "quarantined";
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly errorCode: string | null;
  readonly error: string | null;
  readonly place: string | null;
  /** Of a failed load: how often its version has failed, and when it is due again; null: not by itself. */
  readonly attempts: number | null;
  readonly retryAt: string | null;
  /** Of a running load: whether it holds its claim or has just begun; otherwise its process is gone. */
  readonly alive: boolean;
  /** The process that made it. */
  readonly host: string;
  readonly pid: number;
}

/** One pipeline as the ledger knows it. Times are ISO texts, sizes bytes as stored. */
export interface PipelineLedger {
  readonly pipeline: string;
  readonly source: string;
  readonly target: string;
  readonly passStartedAt: string | null;
  readonly passFinishedAt: string | null;
  readonly passErrorCode: string | null;
  readonly passError: string | null;
  /** Objects in the bucket, as last seen. */
  readonly objects: number;
  /** Of these, how many are in the database in the version last seen. */
  readonly current: number;
  /** Versions seen and neither loaded nor refused, and their size. */
  readonly pending: number;
  readonly pendingBytes: number;
  /** Objects that vanished from the bucket and whose data stay. */
  readonly gone: number;
  /** When a load was last committed. */
  readonly lastLoadAt: string | null;
  /** The newest local day that a load of facts has brought, an ISO date. */
  readonly newestDate: string | null;
  /** Loads under way in any process. */
  readonly runningLoads: number;
  /** Loads whose objects have no newer version and wait: for the next attempt, or for a person. */
  readonly failedLoads: number;
  /** Of the failed ones, those that are not tried again by themselves. */
  readonly failedForGood: number;
  readonly quarantinedLoads: number;
}

export interface MartStatus {
  readonly mart: string;
  readonly rows: number | null;
  readonly rebuiltAt: string | null;
  /** Since when its inputs are newer; null: up to date. */
  readonly staleSince: string | null;
  /** Why the last rebuild failed; null: it did not. */
  readonly error: string | null;
}

export interface LedgerStatus {
  readonly pipelines: readonly PipelineLedger[];
  /** The latest ones, at most 20 of each pipeline and status. */
  readonly loads: readonly LoadStatus[];
  readonly marts: readonly MartStatus[];
}

const ISO = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Refused loads whose objects still show the refused version; everything else has been settled since. */
const UNSETTLED = `
  select refused_load_id as load_id, max(refused_attempts) as attempts, min(refused_until) as retry_at
  from millrace.object
  where refused_load_id is not null and refused_etag = seen_etag and gone_at is null
  group by refused_load_id`;

const LOADS = `
  select l.*, status = 'running' and (${LOAD_LOCK_HELD} or started_at > now() - interval '${CLAIM_WITHIN}') as alive,
    row_number() over (partition by pipeline, status order by load_id desc) as place_in_line,
    attempts, retry_at
  from millrace.load l left join (${UNSETTLED}) unsettled using (load_id)
  where status = 'running' or (status in ('failed', 'quarantined') and unsettled.load_id is not null)`;

const PIPELINES = `
  with waiting as (${LOADS})
  select p.pipeline, p.source, p.target,
    ${ISO("p.pass_started_at")} as "passStartedAt", ${ISO("p.pass_finished_at")} as "passFinishedAt",
    p.pass_error_code as "passErrorCode", p.pass_error as "passError",
    o.objects, o.current, o.pending, o.pending_bytes as "pendingBytes", o.gone,
    (select ${ISO("max(finished_at)")} from millrace.load l
      where l.pipeline = p.pipeline and l.status = 'loaded') as "lastLoadAt",
    greatest(
      (select max(c.newest) from millrace.coverage c join millrace.load l using (load_id)
        where l.pipeline = p.pipeline and l.status = 'loaded'),
      (select max(l.newest_date) from millrace.load l where l.pipeline = p.pipeline and l.status = 'loaded')
    )::text as "newestDate",
    w.running as "runningLoads", w.failed as "failedLoads",
    w.failed_for_good as "failedForGood", w.quarantined as "quarantinedLoads"
  from millrace.pipeline p
  cross join lateral (
    select count(*) filter (where gone_at is null)::integer as objects,
      count(*) filter (where gone_at is null and etag = seen_etag and not incomplete)::integer as current,
      count(*) filter (where waits)::integer as pending,
      coalesce(sum(seen_size) filter (where waits), 0)::float8 as pending_bytes,
      count(*) filter (where gone_at is not null)::integer as gone
    from (
      select *, gone_at is null and (etag is distinct from seen_etag or incomplete)
        and refused_etag is distinct from seen_etag as waits
      from millrace.object where pipeline = p.pipeline
    ) seen
  ) o
  cross join lateral (
    select count(*) filter (where alive)::integer as running,
      count(*) filter (where status = 'failed')::integer as failed,
      count(*) filter (where status = 'failed' and retry_at is null)::integer as failed_for_good,
      count(*) filter (where status = 'quarantined')::integer as quarantined
    from waiting where pipeline = p.pipeline
  ) w
  order by p.pipeline`;

const WAITING = `
  select load_id::float8 as load, pipeline, name, status, ${ISO("started_at")} as "startedAt",
    ${ISO("finished_at")} as "finishedAt", error_code as "errorCode", error, error_place as place, alive, host, pid,
    attempts, ${ISO("retry_at")} as "retryAt"
  from (${LOADS}) l
  where place_in_line <= 20
  order by load_id desc`;

const MARTS = `
  select mart, rows::float8 as rows, ${ISO("rebuilt_at")} as "rebuiltAt", ${ISO("stale_since")} as "staleSince", error
  from millrace.mart
  order by mart`;

/** Reads the whole status from the ledger of a migrated database. Throws what `Database.query` throws. */
export async function readLedgerStatus(database: Pick<Database, "query">): Promise<LedgerStatus> {
  return {
    pipelines: await database.query<PipelineLedger & QueryResultRow>(PIPELINES),
    loads: await database.query<LoadStatus & QueryResultRow>(WAITING),
    marts: await database.query<MartStatus & QueryResultRow>(MARTS),
  };
}

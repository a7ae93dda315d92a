/** Quarantined loads that a later verdict has put out of date. */
import type { LoadJob } from "../../discover/job.ts";
import type { Client } from "../connect.ts";
import { sqlState } from "../errors.ts";
import { inSavepoint, withLockTimeout } from "../merge/locks.ts";
import { dropStaging } from "../staging.ts";

/** SQLSTATE lock_not_available: lock_timeout ran out. */
const LOCK_TIMEOUT = "55P03";

/** How long dropping a staging table waits for those who read it, in milliseconds. */
const READERS_LIMIT = 1_000;

interface Outdated {
  readonly load_id: number;
  readonly staging_table: string | null;
}

/**
 * Gives earlier quarantined loads the status `superseded` and drops their staging tables: those of the slice that load
 * `loadId` has decided about, and those of its objects, once none of their objects waits for them any more. A load
 * whose staging table somebody reads stays until the next verdict. To be called after the objects have been marked,
 * last in the load's transaction; does not commit.
 */
export async function supersede(client: Client, { pipeline, slice }: LoadJob, loadId: number): Promise<void> {
  const ofSlice = "(load.slice = $2 and pipeline.source = $3)";
  const values = [loadId, slice ?? null, pipeline.source];
  // Locked first, and in order: of two loads that share a group the second sees what the first has marked.
  await client.query(
    `select from millrace.load join millrace.pipeline using (pipeline)
     where load.status = 'quarantined' and load.load_id <> $1
       and (${ofSlice} or exists (
         select from millrace.load_object mine join millrace.load_object theirs using (object_id)
         where mine.load_id = $1 and theirs.load_id = load.load_id))
     order by load.load_id
     for no key update of load`,
    values,
  );
  const { rows } = await client.query<Outdated>(
    `select load.load_id, load.staging_table from millrace.load join millrace.pipeline using (pipeline)
     where load.status = 'quarantined' and load.load_id <> $1
       and (${ofSlice} or exists (
         select from millrace.load_object mine join millrace.load_object theirs using (object_id)
         where mine.load_id = $1 and theirs.load_id = load.load_id)
       and not exists (
         select from millrace.load_object theirs join millrace.object using (object_id)
         where theirs.load_id = load.load_id and object.refused_load_id = load.load_id))
     order by load.load_id`,
    values,
  );
  const superseded: number[] = [];
  for (const { load_id, staging_table } of rows) {
    if (staging_table === null || (await dropUnread(client, staging_table))) superseded.push(load_id);
  }
  await client.query(
    "update millrace.load set status = 'superseded', staging_table = null where load_id = any ($1::bigint[])",
    [superseded],
  );
}

/** False when somebody reads the table for longer than we wait. */
async function dropUnread(client: Client, table: string): Promise<boolean> {
  try {
    await inSavepoint(client, () => withLockTimeout(client, READERS_LIMIT, () => dropStaging(client, table)));
    return true;
  } catch (error) {
    if (sqlState(error) === LOCK_TIMEOUT) return false;
    throw error;
  }
}

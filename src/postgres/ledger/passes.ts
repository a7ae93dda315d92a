/** Passes over a pipeline's bucket, as the ledger tells them. */
import { describeFault, type MillraceError } from "../../errors.ts";
import type { Database } from "../connect.ts";

/** How a pass ended. */
export interface PassResult {
  /** Objects listed that belong to the pipeline; null when the listing failed. */
  readonly listed: number | null;
  readonly error?: MillraceError;
}

/** Records that a pass begins. `ensurePipeline` must have registered the pipeline. */
export async function beginPass(database: Database, pipeline: string): Promise<void> {
  await database.query(
    `update millrace.pipeline
     set pass_started_at = clock_timestamp(), pass_finished_at = null, pass_listed = null,
       pass_error_code = null, pass_error = null
     where pipeline = $1`,
    [pipeline],
  );
}

/** Records how it ended; the error with its place, which has no column of its own. */
export async function endPass(
  database: Database,
  pipeline: string,
  { listed, error }: PassResult,
): Promise<void> {
  await database.query(
    `update millrace.pipeline
     set pass_finished_at = clock_timestamp(), pass_listed = $2, pass_error_code = $3, pass_error = $4
     where pipeline = $1`,
    [pipeline, listed, error?.code ?? null, error === undefined ? null : describeFault(error)],
  );
}

/** Everything that is due now, until it is committed by whichever process. */
import pLimit from "p-limit";
import type { Pipeline } from "../config/pipeline.ts";
import { hasIncomplete } from "../postgres/ledger/objects.ts";
import { rebuildStale } from "../postgres/marts/rebuild.ts";
import { type PassContext, type PassOptions, type PassResult, runPass } from "./pass.ts";
import { pauseByTimer } from "./watch.ts";

/**
 * How long to wait for another process that is loading the same before looking again, in milliseconds: it doubles up to
 * the longest, because each look is a listing of the bucket and an entry in the ledger.
 */
const LOOK_AGAIN = 1_000;
const LONGEST_LOOK_AGAIN = 15_000;

/** What `run --once` is asked for. */
export interface OnceOptions extends PassOptions {
  readonly pipelines: readonly Pipeline[];
  /** Pipelines passed over at once. */
  readonly atOnce: number;
}

/**
 * Passes over the pipelines and brings the marts up to date. Returns whether all went well: no pass or load failed,
 * none was quarantined, nothing is held in quarantine from before, no mart is left stale, and nothing was cut short.
 * Throws what the database throws.
 */
export async function runOnce(options: OnceOptions, context: PassContext): Promise<boolean> {
  const { database, emit } = context.services;
  const limit = pLimit(options.atOnce);
  const results = await Promise.all(
    options.pipelines.map((pipeline) => limit(() => passUntilDone(pipeline, options, context))),
  );
  const { failures } = await rebuildStale(database, emit);
  const well = results.every((result) => isWell(result) && result.held === 0);
  return failures.length === 0 && well && !context.signal.aborted;
}

/**
 * A load that another process holds is waited for, and taken over should that process fail. What loads have marked to
 * be loaded again follows at once.
 */
async function passUntilDone(
  pipeline: Pipeline,
  options: PassOptions,
  context: PassContext,
): Promise<PassResult> {
  const { signal } = context;
  let pass = await runPass(pipeline, options, context);
  let result = pass;
  let wait = LOOK_AGAIN;
  while (isWell(pass)) {
    if (pass.skipped > 0) {
      await pauseByTimer(wait, signal);
      wait = Math.min(wait * 2, LONGEST_LOOK_AGAIN);
    } else if (pass.loaded === 0 || !(await hasIncomplete(context.services.database, pipeline))) break;
    if (signal.aborted) break;
    pass = await runPass(pipeline, options, context);
    result = { ...pass, loaded: result.loaded + pass.loaded };
  }
  return result;
}

function isWell({ failed, quarantined, error }: PassResult): boolean {
  return failed + quarantined === 0 && error === undefined;
}

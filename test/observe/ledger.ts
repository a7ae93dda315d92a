/** A pipeline with nothing to tell, as the ledger would give it. */
import type { PipelineLedger } from "../../src/postgres/status.ts";

export function ledger(pipeline: string): PipelineLedger {
  return {
    pipeline,
    source: "noaa",
    target: "daily",
    passStartedAt: null,
    passFinishedAt: null,
    passErrorCode: null,
    passError: null,
    objects: 0,
    current: 0,
    pending: 0,
    pendingBytes: 0,
    gone: 0,
    lastLoadAt: null,
    newestDate: null,
    runningLoads: 0,
    failedLoads: 0,
    failedForGood: 0,
    quarantinedLoads: 0,
  };
}

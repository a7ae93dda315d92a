/** How a load ended, for those who asked for it, and its events. */
import type { LoadJob } from "../discover/job.ts";
import { describeFault, type MillraceError } from "../errors.ts";
import type { Emit, LoadOutcome } from "../observe/events.ts";
import type { Verdict } from "../postgres/verdict.ts";
import type { Intake } from "./intake.ts";

/** How a load ended. */
export interface LoadReport {
  readonly outcome: LoadOutcome;
  readonly loadId: number;
  /** Of a failed load. */
  readonly error?: MillraceError;
  /** Objects of a group that failed alone. */
  readonly faults: number;
  /** Objects of a group that must be loaded by themselves: too large, or too many of their records were rejected. */
  readonly alone: readonly LoadJob[];
}

/** Announces how a load ended, exactly once, and reports the same. */
export interface Telling {
  /** The load is in the ledger; without a verdict there was nothing to merge. */
  readonly finished: (verdict: Verdict | undefined, intake: Intake) => LoadReport;
  /** The intake if there was one. */
  readonly failed: (error: MillraceError, intake?: Intake) => LoadReport;
}

/** Announces a load's beginning now and its end later. */
export function tell(job: LoadJob, loadId: number, emit: Emit): Telling {
  const began = performance.now();
  const load = { pipeline: job.pipeline.name, load: loadId, name: job.name };
  emit({ type: "load.started", ...load, objects: job.objects.length, bytes: job.bytes });
  const end = (outcome: LoadOutcome, objects: number, intake: Intake | undefined) =>
    ({
      type: "load.finished",
      ...load,
      outcome,
      objects,
      seconds: (performance.now() - began) / 1000,
      ...(intake === undefined ? {} : { stages: intake.clock.seconds() }),
    }) as const;
  return {
    finished: (verdict, intake) => {
      const { normaliser, faults, alone } = intake;
      const rest = { loadId, faults: faults.length, alone };
      if (verdict === undefined) {
        emit(end("skipped", 0, intake));
        return { outcome: "skipped", ...rest };
      }
      emit({
        ...end(verdict.outcome, verdict.objects.length, intake),
        receipt: verdict.receipt,
        rejects: normaliser.rejects.byReason(),
        ...complaints(verdict),
      });
      return { outcome: verdict.outcome, ...rest };
    },
    failed: (error, intake) => {
      emit({ ...end("failed", job.objects.length, intake), code: error.code, message: describeFault(error) });
      return { outcome: "failed", loadId, error, faults: 0, alone: [] };
    },
  };
}

/** Which checks failed, as one message. */
function complaints({ checks }: Verdict): { message?: string } {
  const failed = checks.filter((check) => !check.passed);
  if (failed.length === 0) return {};
  return {
    message: failed.map((check) => `${check.name}: ${check.observed}, expected ${check.expected}`).join("; "),
  };
}

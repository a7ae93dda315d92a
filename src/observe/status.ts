/** The status of everything: what the ledger says, what this process is doing, and when it looks again. */
import { Cron } from "croner";
import { formatError } from "../errors.ts";
import type { LedgerStatus, LoadStatus, MartStatus, PipelineLedger } from "../postgres/status.ts";
import { within } from "../postgres/transaction.ts";
import type { PipelineProgress, Progress } from "./progress.ts";
import { redact } from "./redact.ts";

/** A silent database must not hold the page back. */
const LEDGER_TIMEOUT = 5_000;

export interface PipelineStatus {
  readonly pipeline: string;
  /** When this process looks next, an ISO time; null: not scheduled here. */
  readonly nextPassAt: string | null;
  /** Null when the ledger does not know the pipeline yet, or cannot be read. */
  readonly ledger: PipelineLedger | null;
  /** The pass of this process, if there was one. */
  readonly progress: PipelineProgress | null;
}

export interface Status {
  readonly version: string;
  /** When it was taken, an ISO time. */
  readonly at: string;
  readonly database: { readonly up: boolean; readonly reason: string | null };
  readonly pipelines: readonly PipelineStatus[];
  /** Running, failed and quarantined loads, the latest first. */
  readonly loads: readonly LoadStatus[];
  readonly marts: readonly MartStatus[];
}

export interface StatusSources {
  readonly version: string;
  /** Pipelines that this process watches; those that only the ledger knows are shown too. */
  readonly pipelines: readonly { readonly name: string; readonly schedule: string }[];
  readonly readLedger: () => Promise<LedgerStatus>;
  readonly progress?: Pick<Progress, "read">;
  readonly now?: () => Date;
}

/**
 * Reads the status. It never rejects because of the database: then `database.up` is false with the reason, and
 * what this process knows is there all the same. Callers that ask while it is being read share one answer.
 */
export function createStatus(sources: StatusSources): () => Promise<Status> {
  let underway: Promise<Status> | undefined;
  return () => {
    underway ??= collect(sources).finally(() => {
      underway = undefined;
    });
    return underway;
  };
}

async function collect(sources: StatusSources): Promise<Status> {
  const { version, pipelines, readLedger, progress, now = () => new Date() } = sources;
  let ledger: LedgerStatus = { pipelines: [], loads: [], marts: [] };
  let reason: string | null = null;
  try {
    ledger = await within(readLedger(), LEDGER_TIMEOUT, "the database");
  } catch (error) {
    reason = redact(formatError(error));
  }
  const passes = progress?.read() ?? [];
  const names = [...pipelines.map(({ name }) => name), ...ledger.pipelines.map(({ pipeline }) => pipeline)];
  const at = now();
  return {
    version,
    at: at.toISOString(),
    database: { up: reason === null, reason },
    pipelines: [...new Set(names)].map((pipeline) => ({
      pipeline,
      nextPassAt: nextPass(pipelines.find(({ name }) => name === pipeline)?.schedule, at),
      ledger: ledger.pipelines.find((entry) => entry.pipeline === pipeline) ?? null,
      progress: passes.find((entry) => entry.pipeline === pipeline) ?? null,
    })),
    loads: ledger.loads,
    marts: ledger.marts,
  };
}

function nextPass(schedule: string | undefined, at: Date): string | null {
  if (schedule === undefined) return null;
  return new Cron(schedule, { timezone: "UTC" }).nextRun(at)?.toISOString() ?? null;
}

/**
 * The way of a load, top to bottom: one S3 object, or a group of small ones, into the database or not at all.
 *
 *   claim → open → decompress → decode → normalise → COPY into staging → checks → merge → ledger → commit
 *
 * One transaction holds staging, data, rejects, receipt and verdict. Around it stand two small writes: the
 * attempt before it, and the failure after a rollback.
 */
import { pipeline as stream } from "node:stream/promises";
import type { LoadJob } from "./discover/job.ts";
import { MillraceError } from "./errors.ts";
import { Intake } from "./load/intake.ts";
import { type LoadReport, tell } from "./load/report.ts";
import type { Services } from "./load/services.ts";
import { verdictOf } from "./load/verdict.ts";
import { columnsOf } from "./normalise/targets.ts";
import { evaluateChecks, requireReceipt } from "./postgres/checks.ts";
import type { Client } from "./postgres/connect.ts";
import { copyInto } from "./postgres/copy.ts";
import { databaseError } from "./postgres/errors.ts";
import { askExpectations } from "./postgres/expectations.ts";
import { attemptLoad, claimLoad, dueObjects, failLoad, skipLoad } from "./postgres/ledger/loads.ts";
import { formerCoverage, settleLoad } from "./postgres/ledger/settle.ts";
import { markStale } from "./postgres/marts/rebuild.ts";
import { stationCoverage } from "./postgres/merge/stations.ts";
import { merge } from "./postgres/merge.ts";
import { createStaging, dropStaging } from "./postgres/staging.ts";
import type { CheckResult, Verdict } from "./postgres/verdict.ts";

/**
 * Makes one load and says how it ended; a fault of the load is in the report, not thrown. Throws only what writing
 * the ledger throws, such as DATABASE_UNREACHABLE. `signal` aborts the load: it leaves nothing but its failure.
 */
export async function load(job: LoadJob, services: Services, signal: AbortSignal): Promise<LoadReport> {
  const { database, emit } = services;
  const loadId = await attemptLoad(database, job);
  const telling = tell(job, loadId, emit);
  let intake: Intake | undefined;
  let verdict: Verdict | undefined;
  try {
    intake = await Intake.prepare(job, services);
    const loading = { loadId, job, intake, services, signal };
    verdict = await database.transaction((client) => loadInTransaction(client, loading), { signal });
    intake.clock.ended();
  } catch (error) {
    const failure = failureOf(error, job);
    await noteFailure(services, loadId, failure, job);
    return telling.failed(failure, intake);
  }
  if (verdict === undefined) await skipLoad(database, loadId);
  await recordFaults(intake, services);
  return telling.finished(verdict, intake);
}

interface Loading {
  readonly loadId: number;
  readonly job: LoadJob;
  readonly intake: Intake;
  readonly services: Services;
  readonly signal: AbortSignal;
}

/**
 * Inside the transaction. Undefined when there is nothing to merge: another process has loaded the same or is about
 * to, or every object of a group failed alone.
 */
async function loadInTransaction(client: Client, loading: Loading): Promise<Verdict | undefined> {
  const { loadId, job, intake, signal } = loading;
  const { clock } = intake;
  if (!(await claimLoad(client, job, loadId))) return undefined;
  intake.keepTo(await dueObjects(client, job));

  const staging = await createStaging(client, job.pipeline, loadId);
  const copy = copyInto(
    client,
    staging,
    columnsOf(job.pipeline).map((column) => column.name),
  );
  await clock.during("copy", () => stream(intake.copyBytes(loadId, signal), copy, { signal }));
  requireReceipt(intake.receipt(), copy.rowCount);
  if (intake.read.length === 0) {
    await dropStaging(client, staging);
    return undefined;
  }

  const checks = await clock.during("check", () => check(client, loading, staging));
  if (!checks.every((result) => result.passed)) {
    const held = verdictOf(intake, loadId, checks, { staging });
    clock.committing();
    await settleLoad(client, job, held);
    return held;
  }
  const request = { ...intake.mergeRequest(), loadId, staging, copied: copy.rowCount, signal };
  const merged = await clock.during("merge", () => merge(client, request));
  clock.committing();
  const verdict = verdictOf(intake, loadId, checks, { merged });
  await markStale(client, merged.changedInputs);
  await settleLoad(client, job, verdict);
  return verdict;
}

async function check(client: Client, { job, intake }: Loading, staging: string): Promise<CheckResult[]> {
  const { pipeline, slice } = job;
  const checks = evaluateChecks({
    pipeline,
    receipt: intake.receipt(),
    whole: intake.normaliser.wholeRecords,
    ranges: intake.normaliser.ranges(),
    coverage: intake.normaliser.coverage(),
    former: slice === undefined ? [] : await formerCoverage(client, pipeline.source, slice),
    ...(pipeline.target === "stations"
      ? { stations: await stationCoverage(client, pipeline.source, staging) }
      : {}),
  });
  const expectations = await askExpectations(client, pipeline.target, staging, pipeline.checks.expectations);
  return [...checks, ...expectations];
}

/** Objects of a group that failed alone: each gets its own entry in the ledger, as a load of its own would. */
async function recordFaults({ faults }: Intake, { database, emit }: Services): Promise<void> {
  for (const { job, error } of faults) {
    const loadId = await attemptLoad(database, job);
    const telling = tell(job, loadId, emit);
    await failLoad(database, loadId, error, job);
    telling.failed(error);
  }
}

/** What broke the load's connection may have broken idle ones as well: the second attempt is made on a new one. */
async function noteFailure(
  { database }: Services,
  loadId: number,
  failure: MillraceError,
  job: LoadJob,
): Promise<void> {
  try {
    await failLoad(database, loadId, failure, job);
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== "DATABASE_UNREACHABLE") throw error;
    await failLoad(database, loadId, failure, job);
  }
}

/** Every fault has a code and knows its pipeline. */
function failureOf(error: unknown, job: LoadJob): MillraceError {
  const failure = error instanceof MillraceError ? error : databaseError(error);
  return failure.at({ pipeline: job.pipeline.name });
}

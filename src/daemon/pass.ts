/** One pass over a pipeline's bucket: what is there, what of it needs loading, and the loads. */
import type { Pipeline } from "../config/pipeline.ts";
import { type Changes, decideChanges } from "../discover/changes.ts";
import { groupLoads, requireOneObjectPerSlice } from "../discover/group.ts";
import type { Candidate, DateRange, LoadJob } from "../discover/job.ts";
import { discover } from "../discover/listing.ts";
import { vanishedKeys } from "../discover/vanished.ts";
import { describeFault, MillraceError } from "../errors.ts";
import type { LoadReport } from "../load/report.ts";
import type { Services } from "../load/services.ts";
import { databaseError } from "../postgres/errors.ts";
import {
  type KnownObject,
  knownObjects,
  nextRetry,
  noteGone,
  noteListed,
  noteSameContent,
} from "../postgres/ledger/objects.ts";
import { beginPass, endPass } from "../postgres/ledger/passes.ts";
import { dropExpiredFormers } from "../postgres/merge/former.ts";
import type { Queue } from "./queue.ts";

/** What of the bucket a pass is about. */
export interface PassOptions {
  readonly range: DateRange;
  /** Take again what another configuration shaped, and what is quarantined. */
  readonly reload: boolean;
  /** Leave versions that failed alone until they are due again; otherwise they are loaded at once. */
  readonly patient: boolean;
  /** Keys of the objects to which the pass keeps, whatever else is due; absent: all. */
  readonly only?: ReadonlySet<string>;
}

/** What a pass works with. */
export interface PassContext {
  readonly services: Services;
  readonly queue: Queue;
  /** Ends the listing; loads have a signal of their own. */
  readonly signal: AbortSignal;
}

/** How a pass ended. */
export interface PassResult {
  /** Loads by how they ended; objects of a group that failed alone count as failed loads. */
  readonly loaded: number;
  readonly failed: number;
  readonly quarantined: number;
  /** Another process had these, or they were not begun. */
  readonly skipped: number;
  /** Objects that were left alone: their version is quarantined, or has failed for good, and a person must decide. */
  readonly held: number;
  /** Seconds until the first of the failed versions is due again by itself; absent: none will be. */
  readonly retryIn?: number;
  /** Why the bucket could not be read. */
  readonly error?: MillraceError;
}

const CUT_OFF: PassResult = { loaded: 0, failed: 0, quarantined: 0, skipped: 0, held: 0 };

/**
 * A pipeline's pass over its bucket: lists it, makes the loads that are due, and removes what was kept for `undo` and
 * whose time is over. The pipeline must be registered (`ensurePipeline`). A bucket that cannot be read is in the
 * result, not thrown, and so are failed loads; a pass whose listing the signal ends has no result. Throws what writing the ledger throws.
 */
export async function runPass(
  pipeline: Pipeline,
  options: PassOptions,
  context: PassContext,
): Promise<PassResult> {
  const { services, queue, signal } = context;
  const { database, emit } = services;
  const began = performance.now();
  emit({ type: "pass.started", pipeline: pipeline.name });
  await beginPass(database, pipeline.name);
  let plan: PassPlan;
  try {
    plan = await planPass(pipeline, options, context);
  } catch (error) {
    const failure = (error instanceof MillraceError ? error : databaseError(error)).at({
      pipeline: pipeline.name,
    });
    // Cut off on request: the ledger has it as a pass that did not end, which is neither good nor bad.
    if (signal.aborted && failure.code === "LOAD_ABORTED") return CUT_OFF;
    emit({
      type: "pass.failed",
      pipeline: pipeline.name,
      code: failure.code,
      message: describeFault(failure),
    });
    await endPass(database, pipeline.name, { listed: null, error: failure });
    return { ...CUT_OFF, error: failure };
  }
  const { jobs, waiting, ...numbers } = plan;
  emit({
    type: "pass.planned",
    pipeline: pipeline.name,
    ...numbers,
    waiting: waiting.length,
    objects: jobs.reduce((sum, job) => sum + job.objects.length, 0),
    bytes: jobs.reduce((sum, job) => sum + job.bytes, 0),
    loads: jobs.length,
  });
  const reports = await runJobs(jobs, queue);
  const result = summary(reports);
  await dropExpiredFormers(database);
  const failed = result.failed === 0 ? [] : jobs.flatMap(({ objects }) => objects);
  const tried = failed.map(({ objectId }) => objectId);
  const retryIn = await nextRetry(database, [...waiting, ...tried]);
  await endPass(database, pipeline.name, { listed: plan.listed });
  emit({
    type: "pass.finished",
    pipeline: pipeline.name,
    ...result,
    seconds: (performance.now() - began) / 1000,
  });
  return { ...result, held: plan.held, ...(retryIn === undefined ? {} : { retryIn }) };
}

interface PassPlan {
  readonly listed: number;
  readonly unchanged: number;
  readonly held: number;
  readonly waiting: readonly number[];
  readonly jobs: readonly LoadJob[];
}

/** What the bucket holds, noted in the ledger, and the loads that follow from it. */
async function planPass(
  pipeline: Pipeline,
  options: PassOptions,
  { services, signal }: PassContext,
): Promise<PassPlan> {
  const { database, storeOf, emit } = services;
  const store = storeOf(pipeline);
  const known = await knownObjects(database, pipeline);
  const { only, reload, patient } = options;
  const loaded = [...known.values()].filter(({ etag }) => etag !== null).map(({ key }) => key);
  const watched = new Set([...loaded, ...(only ?? [])]);
  const request = { pipeline, range: options.range, watched };
  const candidates: Candidate[] = [];
  for await (const page of discover(store, request, signal)) candidates.push(...page);
  requireOneObjectPerSlice(pipeline, candidates);

  const gone = vanishedKeys(request, known.keys(), candidates);
  for (const key of await noteGone(database, pipeline, gone)) {
    emit({ type: "object.gone", pipeline: pipeline.name, key });
  }
  const wanted = only === undefined ? candidates : candidates.filter(({ object }) => only.has(object.key));
  const question = { pipeline, candidates: wanted, known, reload, patient };
  const changes = await decideChanges(store, question, signal);
  const ids = await noteChanges(pipeline, changes, { candidates: wanted, known, services });
  return {
    listed: candidates.length,
    unchanged: changes.unchanged + changes.rewritten.length,
    held: changes.held + changes.refused.length,
    waiting: changes.waiting,
    jobs: groupLoads(pipeline, changes.chosen, ids),
  };
}

interface Listing {
  readonly candidates: readonly Candidate[];
  readonly known: ReadonlyMap<string, KnownObject>;
  readonly services: Services;
}

/** Only what differs from the ledger costs a write; returns the ledger's ids of all that is known then. */
async function noteChanges(
  pipeline: Pipeline,
  changes: Changes,
  listing: Listing,
): Promise<Map<string, number>> {
  const { candidates, known, services } = listing;
  const news = candidates.filter(({ object }) => {
    const before = known.get(object.key);
    return before === undefined || before.seenEtag !== object.etag || before.goneAt !== null;
  });
  const noted = await noteListed(
    services.database,
    pipeline,
    news.map(({ object }) => object),
  );
  for (const [held, rewritten] of [
    ["loaded", changes.rewritten],
    ["quarantined", changes.refused],
  ] as const) {
    for (const { candidate, objectId, contentCrc, contentLength } of rewritten) {
      const { etag, size } = candidate.object;
      await noteSameContent(services.database, objectId, held, { etag, size, contentCrc, contentLength });
    }
  }
  return new Map([...[...known].map(([key, { objectId }]) => [key, objectId] as const), ...noted]);
}

async function runJobs(jobs: readonly LoadJob[], queue: Queue): Promise<(LoadReport | undefined)[]> {
  const reports = await queue.run(jobs);
  const alone = reports.flatMap((report) => report?.alone ?? []);
  return alone.length === 0 ? reports : [...reports, ...(await queue.run(alone))];
}

function summary(reports: readonly (LoadReport | undefined)[]): Omit<PassResult, "held" | "retryIn"> {
  const count = (outcome: LoadReport["outcome"]) =>
    reports.filter((report) => report?.outcome === outcome).length;
  const faults = reports.reduce((sum, report) => sum + (report?.faults ?? 0), 0);
  // A group of which every object failed alone, or was set aside, has nothing to wait for.
  const settled = reports.filter(
    (report) => report?.outcome === "skipped" && report.faults + report.alone.length > 0,
  ).length;
  return {
    loaded: count("loaded"),
    failed: count("failed") + faults,
    quarantined: count("quarantined"),
    skipped: count("skipped") - settled + reports.filter((report) => report === undefined).length,
  };
}

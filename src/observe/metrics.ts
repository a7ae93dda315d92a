/** The Prometheus metrics: how events and the ledger move them. */
import { Cron } from "croner";
import { collectDefaultMetrics, Registry } from "prom-client";
import { REJECT_REASONS } from "../decode/batch.ts";
import type { Listener } from "./bus.ts";
import {
  COMPACTION_OUTCOMES,
  type LoadOutcome,
  type MillraceEvent,
  type Receipt,
  STAGE_STATES,
  STAGES,
  type StageSeconds,
} from "./events.ts";
import { createMeters, type Meters } from "./meters.ts";
import type { Status } from "./status.ts";

const LOAD_OUTCOMES = [
  "loaded",
  "quarantined",
  "failed",
  "skipped",
] as const satisfies readonly LoadOutcome[];
const DISPOSITIONS = [
  "copied",
  "inserted",
  "updated",
  "unchanged",
  "duplicates",
  "deleted",
  "rejected",
  "filtered",
  "empty",
] as const satisfies readonly (keyof Receipt)[];

/** What the metrics must know of a pipeline before anything happens. */
export interface MeasuredPipeline {
  readonly name: string;
  /** Cron expression, UTC. */
  readonly schedule: string;
}

export interface Metrics {
  readonly listen: Listener;
  /** Takes over what the ledger says (freshness, waiting loads), so that a restart forgets nothing. */
  readonly adopt: (status: Status) => void;
  /** The text exposition format, and its media type. */
  readonly render: () => Promise<string>;
  readonly contentType: string;
}

/**
 * Metrics on a registry of their own. Labels come from closed sets, and every label set of the given pipelines
 * exists from the start, so that rates and alerts see the first event. Events of other pipelines are ignored.
 */
export function createMetrics(version: string, pipelines: readonly MeasuredPipeline[]): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "millrace_" });
  const meters = createMeters(registry);
  const known = new Set(pipelines.map((pipeline) => pipeline.name));
  meters.build.set({ version }, 1);
  for (const pipeline of pipelines) initialise(meters, pipeline);
  const underway: Underway = { running: new Map(), pending: new Map() };
  return {
    listen: (event) => {
      if ("pipeline" in event && !known.has(event.pipeline)) return;
      countProgram(meters, event);
      countPass(meters, event, underway);
      countLoad(meters, event, underway);
    },
    adopt: (status) => {
      adopt(meters, status, known);
    },
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

/** What a running load has counted so far. */
interface Running {
  bytes: number;
  rows: number;
}

interface Underway {
  /** By the load's number. */
  readonly running: Map<number, Running>;
  /** Loads planned and not begun, by pipeline. */
  readonly pending: Map<string, number>;
}

function initialise(meters: Meters, { name, schedule }: MeasuredPipeline): void {
  const pipeline = name;
  for (const outcome of LOAD_OUTCOMES) {
    meters.loads.inc({ pipeline, outcome }, 0);
    meters.objects.inc({ pipeline, outcome }, 0);
  }
  for (const form of ["stored", "decompressed"]) meters.bytes.inc({ pipeline, form }, 0);
  for (const disposition of DISPOSITIONS) meters.rows.inc({ pipeline, disposition }, 0);
  for (const reason of REJECT_REASONS) meters.rejects.inc({ pipeline, reason }, 0);
  for (const outcome of ["finished", "failed"]) meters.passes.inc({ pipeline, outcome }, 0);
  for (const outcome of ["failed", "quarantined"]) meters.waiting.set({ pipeline, outcome }, 0);
  for (const outcome of ["rebuilt", "failed"]) meters.marts.inc({ outcome }, 0);
  for (const outcome of COMPACTION_OUTCOMES) meters.compactions.inc({ pipeline, outcome }, 0);
  countStages(meters, pipeline, undefined);
  for (const counter of [meters.gone, meters.streamed]) counter.inc({ pipeline }, 0);
  for (const histogram of [meters.loadSeconds, meters.passSeconds, meters.compactionSeconds])
    histogram.zero({ pipeline });
  for (const gauge of [meters.running, meters.pending, meters.lastPass, meters.lastLoad])
    gauge.set({ pipeline }, 0);
  meters.interval.set({ pipeline }, longestInterval(schedule));
}

/** Seconds. */
function longestInterval(schedule: string): number {
  const runs = new Cron(schedule, { timezone: "UTC" }).nextRuns(11).map((run) => run.getTime() / 1000);
  return Math.max(0, ...runs.slice(1).map((run, index) => run - (runs[index] ?? run)));
}

function countProgram(meters: Meters, event: MillraceEvent): void {
  switch (event.type) {
    case "migrated":
    case "database.back":
      meters.database.set(1);
      break;
    case "database.lost":
      meters.database.set(0);
      break;
    case "mart.rebuilt":
      meters.marts.inc({ outcome: "rebuilt" });
      break;
    case "mart.failed":
      meters.marts.inc({ outcome: "failed" });
      break;
    default:
  }
}

function countPass(meters: Meters, event: MillraceEvent, underway: Underway): void {
  switch (event.type) {
    case "pass.planned":
      setPending(meters, underway, event.pipeline, event.loads);
      break;
    case "pass.failed":
      setPending(meters, underway, event.pipeline, 0);
      meters.passes.inc({ pipeline: event.pipeline, outcome: "failed" });
      break;
    case "pass.finished":
      setPending(meters, underway, event.pipeline, 0);
      meters.passes.inc({ pipeline: event.pipeline, outcome: "finished" });
      meters.passSeconds.observe({ pipeline: event.pipeline }, event.seconds);
      meters.lastPass.setToCurrentTime({ pipeline: event.pipeline });
      break;
    case "compaction.finished":
      meters.compactions.inc({ pipeline: event.pipeline, outcome: event.outcome });
      meters.compactionSeconds.observe({ pipeline: event.pipeline }, event.seconds);
      break;
    case "object.gone":
      meters.gone.inc({ pipeline: event.pipeline });
      break;
    default:
  }
}

/** Loads made outside a pass were never pending, so the number stops at zero. */
function setPending(meters: Meters, { pending }: Underway, pipeline: string, loads: number): void {
  pending.set(pipeline, Math.max(0, loads));
  meters.pending.set({ pipeline }, Math.max(0, loads));
}

function countLoad(meters: Meters, event: MillraceEvent, underway: Underway): void {
  const { running, pending } = underway;
  switch (event.type) {
    case "load.started":
      running.set(event.load, { bytes: 0, rows: 0 });
      meters.running.inc({ pipeline: event.pipeline });
      setPending(meters, underway, event.pipeline, (pending.get(event.pipeline) ?? 0) - 1);
      break;
    case "load.progress": {
      const counted = running.get(event.load);
      if (counted !== undefined) advance(meters, event.pipeline, counted, event);
      break;
    }
    case "load.finished": {
      const counted = running.get(event.load);
      // A load that another process has done already may finish without having begun.
      if (counted === undefined)
        setPending(meters, underway, event.pipeline, (pending.get(event.pipeline) ?? 0) - 1);
      else meters.running.dec({ pipeline: event.pipeline });
      running.delete(event.load);
      countFinished(meters, event, counted ?? { bytes: 0, rows: 0 });
      break;
    }
    default:
  }
}

/** Adds what came since the last time; sums that fall back (a body that starts over) add nothing. */
function advance(meters: Meters, pipeline: string, counted: Running, now: Running): void {
  meters.bytes.inc({ pipeline, form: "stored" }, Math.max(0, now.bytes - counted.bytes));
  meters.streamed.inc({ pipeline }, Math.max(0, now.rows - counted.rows));
  counted.bytes = Math.max(counted.bytes, now.bytes);
  counted.rows = Math.max(counted.rows, now.rows);
}

function countFinished(
  meters: Meters,
  event: Extract<MillraceEvent, { type: "load.finished" }>,
  counted: Running,
): void {
  const { pipeline, outcome, receipt } = event;
  meters.loads.inc({ pipeline, outcome });
  meters.objects.inc({ pipeline, outcome }, event.objects);
  meters.loadSeconds.observe({ pipeline }, event.seconds);
  countStages(meters, pipeline, event.stages);
  if (receipt !== undefined) {
    advance(meters, pipeline, counted, { bytes: receipt.bytesReceived, rows: receipt.copied });
    meters.bytes.inc({ pipeline, form: "decompressed" }, receipt.bytesDecompressed);
  }
  for (const reason of REJECT_REASONS) meters.rejects.inc({ pipeline, reason }, event.rejects?.[reason] ?? 0);
  if (outcome !== "loaded") return;
  meters.lastLoad.setToCurrentTime({ pipeline });
  if (receipt === undefined) return;
  for (const disposition of DISPOSITIONS) meters.rows.inc({ pipeline, disposition }, receipt[disposition]);
  meters.rows.inc({ pipeline, disposition: "rejected" }, receipt.recordsRejected);
}

function countStages(meters: Meters, pipeline: string, stages: StageSeconds | undefined): void {
  for (const stage of STAGES) {
    for (const state of STAGE_STATES) {
      meters.stageSeconds.inc({ pipeline, stage, state }, stages?.[stage][state] ?? 0);
    }
  }
}

function adopt(meters: Meters, status: Status, known: ReadonlySet<string>): void {
  meters.database.set(status.database.up ? 1 : 0);
  if (!status.database.up) meters.ledgerErrors.inc();
  for (const { pipeline, ledger } of status.pipelines) {
    if (ledger === null || !known.has(pipeline)) continue;
    meters.waiting.set({ pipeline, outcome: "failed" }, ledger.failedLoads);
    meters.waiting.set({ pipeline, outcome: "quarantined" }, ledger.quarantinedLoads);
    if (ledger.passFinishedAt !== null && ledger.passErrorCode === null)
      meters.lastPass.set({ pipeline }, Date.parse(ledger.passFinishedAt) / 1000);
    if (ledger.lastLoadAt !== null) meters.lastLoad.set({ pipeline }, Date.parse(ledger.lastLoadAt) / 1000);
  }
}

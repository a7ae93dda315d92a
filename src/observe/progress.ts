/** How far the current passes are: what the display draws and the status page shows of this process. */
import type { Listener } from "./bus.ts";
import type { LoadOutcome, MillraceEvent, Receipt } from "./events.ts";

export interface RunningLoad {
  readonly load: number;
  readonly name: string;
  /** Stored bytes: all of it, and read so far. */
  readonly bytes: number;
  readonly bytesRead: number;
  readonly rows: number;
}

type Sums = Pick<
  Receipt,
  | "copied"
  | "inserted"
  | "updated"
  | "unchanged"
  | "duplicates"
  | "deleted"
  | "rejected"
  | "filtered"
  | "empty"
>;

/** One pipeline's latest pass. */
export interface PipelineProgress {
  readonly pipeline: string;
  readonly phase: "looking" | "loading" | "finished" | "failed";
  readonly listed: number;
  readonly unchanged: number;
  /** To load in this pass, and of these finished, whatever their outcome. */
  readonly objects: number;
  readonly objectsDone: number;
  /** Stored bytes, likewise; running loads count with what they have read. */
  readonly bytes: number;
  readonly bytesDone: number;
  /** Rows sent to COPY so far. */
  readonly rows: number;
  readonly outcomes: Readonly<Record<LoadOutcome, number>>;
  /** Sums over the receipts of committed loads. */
  readonly sums: Readonly<Sums>;
  /** From the first load's start until now, or until the pass ended. */
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** By the bytes per second so far; null while nothing is known. */
  readonly secondsLeft: number | null;
  readonly running: readonly RunningLoad[];
  /** Why the pass failed. */
  readonly message: string | null;
}

export interface Progress {
  readonly listen: Listener;
  /** The pipelines in the order in which their passes first began. */
  readonly read: () => readonly PipelineProgress[];
}

/** @param now milliseconds of any steady clock */
export function createProgress(now: () => number): Progress {
  const passes = new Map<string, Pass>();
  return {
    listen: (event) => {
      if (event.type === "pass.started") {
        passes.set(event.pipeline, newPass(event.pipeline));
        return;
      }
      if (!("pipeline" in event)) return;
      const pass = passes.get(event.pipeline);
      if (pass !== undefined) follow(pass, event, now());
    },
    read: () => [...passes.values()].map((pass) => report(pass, now())),
  };
}

/** The bookkeeping of one pass; rows and bytes of running loads are added when it is read. */
interface Pass {
  readonly pipeline: string;
  phase: PipelineProgress["phase"];
  listed: number;
  unchanged: number;
  objects: number;
  objectsDone: number;
  bytes: number;
  bytesDone: number;
  rows: number;
  message: string | null;
  firstLoadAt: number | undefined;
  endedAt: number | undefined;
  readonly outcomes: Record<LoadOutcome, number>;
  readonly sums: Sums;
  readonly running: Map<
    number,
    { load: number; name: string; bytes: number; bytesRead: number; rows: number }
  >;
}

function newPass(pipeline: string): Pass {
  return {
    pipeline,
    phase: "looking",
    listed: 0,
    unchanged: 0,
    objects: 0,
    objectsDone: 0,
    bytes: 0,
    bytesDone: 0,
    rows: 0,
    message: null,
    firstLoadAt: undefined,
    endedAt: undefined,
    outcomes: { loaded: 0, quarantined: 0, failed: 0, skipped: 0 },
    sums: {
      copied: 0,
      inserted: 0,
      updated: 0,
      unchanged: 0,
      duplicates: 0,
      deleted: 0,
      rejected: 0,
      filtered: 0,
      empty: 0,
    },
    running: new Map(),
  };
}

function follow(pass: Pass, event: MillraceEvent, at: number): void {
  switch (event.type) {
    case "pass.planned":
      pass.phase = "loading";
      pass.listed = event.listed;
      pass.unchanged = event.unchanged;
      pass.objects = event.objects;
      pass.bytes = event.bytes;
      break;
    case "pass.failed":
    case "pass.finished":
      pass.phase = event.type === "pass.failed" ? "failed" : "finished";
      pass.message = event.type === "pass.failed" ? event.message : null;
      pass.endedAt = at;
      pass.running.clear();
      break;
    case "load.started":
      pass.firstLoadAt ??= at;
      pass.running.set(event.load, {
        load: event.load,
        name: event.name,
        bytes: event.bytes,
        bytesRead: 0,
        rows: 0,
      });
      break;
    case "load.progress": {
      const load = pass.running.get(event.load);
      if (load !== undefined) Object.assign(load, { bytesRead: event.bytes, rows: event.rows });
      break;
    }
    case "load.finished":
      finishLoad(pass, event);
      break;
    default:
  }
}

function finishLoad(pass: Pass, event: Extract<MillraceEvent, { type: "load.finished" }>): void {
  const load = pass.running.get(event.load);
  pass.running.delete(event.load);
  pass.outcomes[event.outcome] += 1;
  pass.objectsDone += event.objects;
  pass.bytesDone += load?.bytes ?? 0;
  pass.rows += event.receipt?.copied ?? load?.rows ?? 0;
  if (event.outcome !== "loaded" || event.receipt === undefined) return;
  for (const name of Object.keys(pass.sums) as (keyof Sums)[]) pass.sums[name] += event.receipt[name];
  pass.sums.rejected += event.receipt.recordsRejected;
}

function report({ firstLoadAt, endedAt, ...pass }: Pass, now: number): PipelineProgress {
  const running = [...pass.running.values()].map((load) => ({ ...load }));
  const bytesDone = Math.min(
    pass.bytes,
    running.reduce((sum, load) => sum + Math.min(load.bytes, load.bytesRead), pass.bytesDone),
  );
  const rows = running.reduce((sum, load) => sum + load.rows, pass.rows);
  const seconds = firstLoadAt === undefined ? 0 : ((endedAt ?? now) - firstLoadAt) / 1000;
  const known = pass.phase === "loading" && seconds > 0 && bytesDone > 0;
  return {
    ...pass,
    outcomes: { ...pass.outcomes },
    sums: { ...pass.sums },
    running,
    bytesDone,
    rows,
    seconds,
    rowsPerSecond: seconds > 0 ? rows / seconds : 0,
    secondsLeft: known ? ((pass.bytes - bytesDone) * seconds) / bytesDone : null,
  };
}

/** One event as a sentence for a person, and how serious it is: the log's message and the plain display's line. */
import { CATALOGUE, type ErrorCode } from "../errors.ts";
import type { MillraceEvent } from "./events.ts";
import { formatBytes, formatCount, formatDuration, formatPlural, formatRate } from "./quantities.ts";

export type Level = "debug" | "info" | "warn" | "error";

export interface Sentence {
  readonly level: Level;
  readonly text: string;
}

type LoadFinished = Extract<MillraceEvent, { type: "load.finished" }>;
type CompactionFinished = Extract<MillraceEvent, { type: "compaction.finished" }>;
type PassFinished = Extract<MillraceEvent, { type: "pass.finished" }>;

/** Nothing for progress, which is for displays and metrics only. */
export function describe(event: MillraceEvent): Sentence | undefined {
  switch (event.type) {
    case "load.progress":
      return undefined;
    case "pass.started":
    case "pass.planned":
    case "pass.failed":
    case "pass.finished":
      return describePass(event);
    case "load.started": {
      const size = `${formatPlural(event.objects, "object")}, ${formatBytes(event.bytes)}`;
      return { level: "debug", text: `${event.pipeline} ${event.name}: load ${event.load} begins (${size})` };
    }
    case "load.finished":
      return describeLoad(event);
    case "object.gone":
      return {
        level: "warn",
        text: `${event.pipeline}: ${event.key} is no longer in the bucket; its data stay`,
      };
    case "compaction.finished":
      return describeCompaction(event);
    case "mart.rebuilt": {
      const size = `${formatPlural(event.rows, "row")} in ${formatDuration(event.seconds)}`;
      return { level: "info", text: `mart ${event.mart}: rebuilt, ${size}` };
    }
    case "mart.failed":
      return { level: "error", text: `mart ${event.mart}: not rebuilt: ${event.message}` };
    default:
      return describeLife(event);
  }
}

type Life = Exclude<
  MillraceEvent,
  | { type: `pass.${string}` }
  | { type: `load.${string}` }
  | { type: `mart.${string}` }
  | { type: "object.gone" | "compaction.finished" }
>;

/** What happens to the program as a whole. */
function describeLife(event: Life): Sentence {
  switch (event.type) {
    case "daemon.started": {
      const watched = event.pipelines.length === 0 ? "no pipeline" : event.pipelines.join(", ");
      return { level: "info", text: `Millrace ${event.version} on ${event.database} watches ${watched}` };
    }
    case "daemon.stopping":
      return { level: "info", text: `${event.signal}: stopping` };
    case "daemon.stopped":
      return { level: "info", text: "stopped" };
    case "http.listening":
      return { level: "info", text: `status page on ${event.url}` };
    case "migrated":
      return event.applied.length === 0
        ? { level: "debug", text: "the database is up to date" }
        : { level: "info", text: `database migrated: ${event.applied.join(", ")}` };
    case "database.lost":
      return { level: "error", text: `database lost: ${event.message}` };
    case "database.back":
      return { level: "info", text: "the database is back" };
  }
}

function describeCompaction(event: CompactionFinished): Sentence {
  const subject = [event.pipeline, ...(event.slice === undefined ? [] : [event.slice])].join(" ");
  switch (event.outcome) {
    case "compacted": {
      const size = `${formatBytes(event.bytesBefore ?? 0)} became ${formatBytes(event.bytesAfter ?? 0)}`;
      const rows = formatPlural(event.rows ?? 0, "row");
      return {
        level: "info",
        text: `${subject}: compacted ${rows} in ${formatDuration(event.seconds)}, ${size}`,
      };
    }
    case "skipped":
      return { level: "debug", text: `${subject}: not compacted, it changes or another process is at it` };
    case "failed": {
      const advice = event.code === undefined ? "" : ` ${explain(event.code)}`;
      return { level: "error", text: `${subject}: not compacted: ${event.message ?? ""}${advice}` };
    }
  }
}

function describePass(event: Extract<MillraceEvent, { type: `pass.${string}` }>): Sentence {
  switch (event.type) {
    case "pass.started":
      return { level: "debug", text: `${event.pipeline}: looking for new objects` };
    case "pass.planned": {
      const waiting = [
        ...(event.waiting === 0 ? [] : [`, ${formatCount(event.waiting)} to be tried again later`]),
        ...(event.held === 0 ? [] : [`, ${formatCount(event.held)} held for a person (status says why)`]),
      ].join("");
      const found = `${formatPlural(event.listed, "object")} listed, ${formatCount(event.unchanged)} unchanged${waiting}`;
      const todo =
        event.objects === 0
          ? "nothing to load"
          : `${formatCount(event.objects)} to load (${formatBytes(event.bytes)} in ${formatPlural(event.loads, "load")})`;
      return { level: "info", text: `${event.pipeline}: ${found}, ${todo}` };
    }
    case "pass.failed":
      return {
        level: "error",
        text: `${event.pipeline}: pass failed: ${event.message} ${explain(event.code)}`,
      };
    case "pass.finished":
      return describeFinishedPass(event);
  }
}

function describeFinishedPass(event: PassFinished): Sentence {
  const counts = [
    `${formatCount(event.loaded)} loaded`,
    ...(event.failed > 0 ? [`${formatCount(event.failed)} failed`] : []),
    ...(event.quarantined > 0 ? [`${formatCount(event.quarantined)} quarantined`] : []),
    ...(event.skipped > 0 ? [`${formatCount(event.skipped)} skipped`] : []),
  ];
  return {
    level: event.failed + event.quarantined > 0 ? "warn" : "info",
    text: `${event.pipeline}: pass finished in ${formatDuration(event.seconds)}: ${counts.join(", ")}`,
  };
}

function describeLoad(event: LoadFinished): Sentence {
  const subject = `${event.pipeline} ${event.name}`;
  const why = event.message === undefined ? "" : `: ${event.message}`;
  const advice = event.code === undefined ? "" : ` ${explain(event.code)}`;
  switch (event.outcome) {
    case "loaded":
      return { level: "info", text: `${subject}: loaded${summary(event)}` };
    case "skipped":
      return { level: "info", text: `${subject}: skipped${why}` };
    case "quarantined":
      return { level: "warn", text: `${subject}: quarantined${why}. ${quarantineAdvice(event)}` };
    case "failed":
      return { level: "error", text: `${subject}: failed${why}${advice}` };
  }
}

/** What a person can do about a load that was held back. */
function quarantineAdvice({ load }: LoadFinished): string {
  return (
    `Look at millrace.check_result for load ${load}; if the data are right, \`millrace release ${load}\` merges them; ` +
    `else correct the pipeline and \`millrace retry ${load}\`, or wait for a new version`
  );
}

function summary({ receipt, seconds }: LoadFinished): string {
  if (receipt === undefined) return ` in ${formatDuration(seconds)}`;
  const changes = [
    ...amount(receipt.inserted, "inserted"),
    ...amount(receipt.updated, "updated"),
    ...amount(receipt.unchanged, "unchanged"),
    ...amount(receipt.duplicates, "duplicates"),
    ...amount(receipt.deleted, "replaced or deleted"),
    ...amount(receipt.recordsRejected + receipt.rejected, "rejected"),
  ];
  const rate = seconds > 0 ? ` (${formatRate(receipt.copied / seconds)})` : "";
  const rows = changes.length === 0 ? "" : `; ${changes.join(", ")}`;
  return ` ${formatPlural(receipt.copied, "row")} in ${formatDuration(seconds)}${rate}${rows}`;
}

function amount(count: number, what: string): string[] {
  return count === 0 ? [] : [`${formatCount(count)} ${what}`];
}

function explain(code: ErrorCode): string {
  return `[${code}] ${CATALOGUE[code].advice}`;
}

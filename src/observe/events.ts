/** What happens, told once: an event becomes its log line, its metrics and its place on the display. */
import type { RejectReason } from "../decode/batch.ts";
import type { ErrorCode } from "../errors.ts";

export type LoadOutcome = "loaded" | "quarantined" | "failed" | "skipped";

/** `skipped`: another process is at it, or the year has changed meanwhile. */
export const COMPACTION_OUTCOMES = ["compacted", "skipped", "failed"] as const;
export type CompactionOutcome = (typeof COMPACTION_OUTCOMES)[number];

/** The arithmetic of one load; see the ledger's table millrace.receipt for the meaning of each number. */
export interface Receipt {
  bytesExpected: number;
  bytesReceived: number;
  bytesDecompressed: number;
  recordsRead: number;
  headers: number;
  comments: number;
  blanks: number;
  decoded: number;
  recordsRejected: number;
  recordsFiltered: number;
  measurements: number;
  copied: number;
  empty: number;
  rejected: number;
  filtered: number;
  inserted: number;
  updated: number;
  unchanged: number;
  duplicates: number;
  /** Rows of the former version that the new one lacks (replace: rows of the former partition). */
  deleted: number;
}

/** What a load does one after the other, or side by side. */
export const STAGES = ["fetch", "decompress", "normalise", "copy", "check", "merge", "commit"] as const;
export type Stage = (typeof STAGES)[number];

/** A stage is busy, waits for the one before it (upstream), or for the one behind it to take what it has (downstream). */
export const STAGE_STATES = ["busy", "upstream", "downstream"] as const;

/** Where a load's time went. Of a group's objects several are fetched at once, so that sums may exceed the load's own time. */
export type StageSeconds = Readonly<Record<Stage, Readonly<Record<(typeof STAGE_STATES)[number], number>>>>;

export type MillraceEvent =
  | { type: "daemon.started"; version: string; database: string; pipelines: readonly string[] }
  | { type: "daemon.stopping"; signal: string }
  | { type: "daemon.stopped" }
  | { type: "http.listening"; url: string }
  | { type: "migrated"; applied: readonly string[] }
  | { type: "pass.started"; pipeline: string }
  | {
      type: "pass.planned";
      pipeline: string;
      /** Objects listed that belong to the pipeline. */
      listed: number;
      /** Of these, unchanged since they were loaded (by etag or by content). */
      unchanged: number;
      /** And quarantined, or failed for good: they wait for a person or a new version. */
      held: number;
      /** And failed: they are tried again later. */
      waiting: number;
      /** Objects to load now, and their size as stored. */
      objects: number;
      bytes: number;
      loads: number;
    }
  | { type: "pass.failed"; pipeline: string; code: ErrorCode; message: string }
  | {
      type: "pass.finished";
      pipeline: string;
      loaded: number;
      failed: number;
      quarantined: number;
      skipped: number;
      seconds: number;
    }
  | { type: "load.started"; pipeline: string; load: number; name: string; objects: number; bytes: number }
  /** At most a few times a second; sums since the load began. */
  | { type: "load.progress"; pipeline: string; load: number; bytes: number; rows: number }
  | {
      type: "load.finished";
      pipeline: string;
      load: number;
      name: string;
      outcome: LoadOutcome;
      objects: number;
      seconds: number;
      /** Absent when it failed before it began to read. */
      stages?: StageSeconds;
      receipt?: Receipt;
      rejects?: Partial<Record<RejectReason, number>>;
      code?: ErrorCode;
      message?: string;
    }
  | { type: "object.gone"; pipeline: string; key: string }
  | {
      type: "compaction.finished";
      pipeline: string;
      /** Absent when it could not even be found out what is due. */
      slice?: string;
      outcome: CompactionOutcome;
      seconds: number;
      /** Of compacted slices: rows, and bytes on disk with indexes. */
      rows?: number;
      bytesBefore?: number;
      bytesAfter?: number;
      code?: ErrorCode;
      message?: string;
    }
  | { type: "mart.rebuilt"; mart: string; rows: number; seconds: number }
  | { type: "mart.failed"; mart: string; message: string }
  | { type: "database.lost"; message: string }
  | { type: "database.back" };

export type Emit = (event: MillraceEvent) => void;

/** What a merge is asked to do. */
import type { Pipeline } from "../../config/pipeline.ts";
import type { KeyProof, StationDescription } from "../verdict.ts";

export interface MergeRequest<Kind extends Pipeline = Pipeline> {
  readonly pipeline: Kind;
  /** Its row in millrace.load must be committed already. */
  readonly loadId: number;
  /** The filled staging table, as `createStaging` named it. The merge consumes it: afterwards it is gone. */
  readonly staging: string;
  /** Rows that COPY reported for the staging table. */
  readonly copied: number;
  /** What is known of the copied rows' keys; if nothing, Postgres looks for repeated ones. */
  readonly keys?: KeyProof;
  /** The slice that a `replace` replaces: a year such as `1872`, or `all`. */
  readonly slice?: string;
  /** The load's objects, by their rows in the ledger. */
  readonly objectIds: readonly number[];
  /** Keys of the stations that the copied rows belong to. */
  readonly seenStations: readonly number[];
  /** What the records told about their stations. */
  readonly descriptions: readonly StationDescription[];
  /**
   * The same content is taken again because the configuration shapes it otherwise now: daily rows are
   * recomputed for every station-day of the load, not only for those in which a measurement changed.
   */
  readonly reload: boolean;
  /** Aborting ends a wait for a table that others hold. */
  readonly signal?: AbortSignal;
  /** How long to go on trying for such a table, in milliseconds. Default: five minutes. */
  readonly patience?: number;
}

/** What became of the staged rows, and whether production reads otherwise now. */
export interface MergeCounts {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly deleted: number;
  /** The targets of the source whose readable content changed, such as `daily`. */
  readonly changed: readonly string[];
}

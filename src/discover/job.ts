/** From listed objects to loads: the words that discovery, the daemon and the load share. */
import type { Pipeline } from "../config/pipeline.ts";
import type { ListedObject } from "../s3/store.ts";

/** A span of whole days, ISO dates, both inclusive; either end may be open. */
export interface DateRange {
  readonly from?: string;
  readonly to?: string;
}

/** A listed object whose key fits the pipeline's template. */
export interface Candidate {
  readonly object: ListedObject;
  /** The template's variables as they stand in the key. */
  readonly variables: Readonly<Record<string, string>>;
  /** The days that the dates in its key span (a year: 1 January to 31 December); absent for undated keys. */
  readonly days?: { readonly from: string; readonly to: string };
}

/** One object of a job. */
export interface JobObject extends Candidate {
  /** Its row in the ledger. */
  readonly objectId: number;
}

/** One load to be made: all of these objects, in byte order of their keys, or none. */
export interface LoadJob {
  readonly pipeline: Pipeline;
  /** What people call it: the slice, the key, or `first … last` of a group. */
  readonly name: string;
  /** The slice that it replaces: a year such as `1872`, or `all`; absent for upserts. */
  readonly slice?: string;
  readonly objects: readonly JobObject[];
  /** Stored bytes. */
  readonly bytes: number;
  /** Load even what the ledger holds already (`--reload` of another configuration's rows). */
  readonly reload: boolean;
}

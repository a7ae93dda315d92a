/** What a load hands to the ledger in its transaction. */
import type { RejectReason } from "../decode/batch.ts";
import type { LoadOutcome, Receipt } from "../observe/events.ts";

/** One object of a load, as it was read. */
export interface LoadedObject {
  readonly objectId: number;
  readonly etag: string;
  /** Bytes as stored. */
  readonly size: number;
  /** From the gzip trailer of a single-member file; null for everything else. */
  readonly contentCrc: number | null;
  /** Length of the content modulo 2^32, likewise. */
  readonly contentLength: number | null;
  readonly bytesReceived: number;
  readonly bytesDecompressed: number;
  readonly recordsRead: number;
  readonly recordsRejected: number;
}

export interface StoredReject {
  readonly objectId: number;
  readonly line: number;
  readonly byte: number;
  readonly field: string | null;
  readonly reason: RejectReason;
  /** Text without NUL; at most 1 kB of the record. */
  readonly raw: string;
}

/** A number behind one of the receipt's sums. */
export interface Tally {
  readonly kind: "filtered" | "empty" | "rejected";
  readonly name: string;
  readonly field: string;
  readonly count: number;
}

/** Rows copied for one month of a slice. Dates are ISO texts; `month` is its first day. */
export interface MonthCoverage {
  readonly month: string;
  readonly rows: number;
  readonly newest: string;
}

/**
 * What is known of the keys (station, KPI, day) of a slice's rows. `distinct`: no two rows share one, so that Postgres need
 * not look for them. `unknown`: there were more series than are kept count of.
 */
export type KeyProof = "distinct" | "repeated" | "unknown";

/** Unflagged values of one KPI outside its credible range. */
export interface RangeCount {
  readonly kpi: string;
  readonly unit: string;
  readonly outside: number;
  readonly total: number;
  /** One of the values outside, for the message. */
  readonly example: string | null;
}

export interface CheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly observed: string;
  readonly expected: string;
}

/** What records told about their stations, for stubs and for sources without a station file. */
export interface StationDescription {
  readonly stationKey: number;
  /** Key of the object that told it. */
  readonly objectKey: string;
  readonly name: string | null;
  readonly countryId: string | null;
  /** Decimal texts. */
  readonly latitude: string | null;
  readonly longitude: string | null;
  readonly elevation: string | null;
}

/** What merging did to production. The receipt takes these numbers. */
export interface MergeResult {
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly duplicates: number;
  readonly deleted: number;
  /** `source.target` inputs whose readable content changed, such as noaa.daily. */
  readonly changedInputs: readonly string[];
}

export interface Verdict {
  readonly loadId: number;
  readonly outcome: Extract<LoadOutcome, "loaded" | "quarantined">;
  readonly receipt: Receipt;
  readonly objects: readonly LoadedObject[];
  readonly tallies: readonly Tally[];
  readonly rejects: readonly StoredReject[];
  readonly checks: readonly CheckResult[];
  readonly coverage: readonly MonthCoverage[];
  /** Of a quarantined load. */
  readonly stagingTable: string | null;
}

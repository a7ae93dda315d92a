/** One record of a dry run, and everything that became of it. */
import type { RejectReason } from "../decode/batch.ts";
import type { ReadableRow } from "./readable.ts";

/** A column's text as the decoder delivered it; null where the record lacks it. */
export interface RecordField {
  readonly column: string;
  readonly text: string | null;
}

/** A refused record, or a refused cell of a wide one. */
export interface RecordReject {
  readonly reason: RejectReason;
  /** The row's field, or the column, that is to blame. */
  readonly field: string | null;
}

/** Measurements without a row that are no mistake: no value (or a sentinel), or not wanted. */
export interface LeftOut {
  readonly kind: "empty" | "filtered";
  /** The sentinel, the element or the condition. */
  readonly name: string;
  readonly count: number;
}

/** What the record tells about its station. */
export interface RecordStation {
  readonly station_id: string;
  readonly name: string | null;
  readonly country_id: string | null;
  readonly latitude: string | null;
  readonly longitude: string | null;
  readonly elevation: string | null;
}

export interface DryRecord {
  /** 1-based; in a document, the number of the record. */
  readonly line: number;
  /** Where it begins in the decompressed object. */
  readonly byte: number;
  /** As it came, cut after RAW_LIMIT bytes; what is no UTF-8 as \xNN. */
  readonly raw: string;
  /** None for a record that the decoder refused. */
  readonly fields: readonly RecordField[];
  readonly rows: readonly ReadableRow[];
  readonly rejects: readonly RecordReject[];
  readonly leftOut: readonly LeftOut[];
  /** Only of a record with rows, in pipelines with `station`. */
  readonly station?: RecordStation;
}

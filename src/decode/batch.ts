/**
 * The one shape in which records flow, whatever the format: a buffer of bytes and the positions of fields.
 * A batch is valid until the next one is asked for; its arrays may then be reused.
 */
export interface Batch {
  /** Where the field values stand. */
  readonly bytes: Buffer;
  /**
   * Start and end (exclusive) of every field in `bytes`: field f of row r at `(r * fields + f) * 2`.
   * The fields are the columns that the pipeline asked for, in its order. A start of -1: the field is absent
   * or null (an empty field has start = end).
   */
  readonly bounds: Int32Array;
  /** Fields per row. */
  readonly fields: number;
  readonly rows: number;
  /** Where the records stand as they came; for text formats the same buffer as `bytes`. */
  readonly raw: Buffer;
  /** Start and end (exclusive, without its line end) of every record in `raw`, two numbers a row. */
  readonly records: Int32Array;
  /** The 1-based line (or, in a document, record number) of every record. */
  readonly lines: Int32Array;
  /** Byte offset of `raw[0]` in the decompressed object. */
  readonly offset: number;
}

/** Why a record was refused. Closed set: it labels metrics and groups stored rejects. */
export const REJECT_REASONS = [
  "too few fields",
  "too many fields",
  "record too long",
  "unclosed quote",
  "misplaced quote",
  "NUL byte",
  "invalid UTF-8",
  "invalid JSON",
  "not an object",
  "missing",
  "not a number",
  "number out of range",
  "not a date",
  "not a time",
  "unknown time zone",
  "position out of range",
  "date in the future",
  "outside the slice",
  "not in lookup",
  "invalid text",
  "unit changed",
] as const;

export type RejectReason = (typeof REJECT_REASONS)[number];

/** A refused record. `raw` holds the record's bytes, cut at RAW_LIMIT; the sink copies what it keeps. */
export interface Reject {
  readonly reason: RejectReason;
  /** The column at fault, if one is. */
  readonly field?: string;
  /** 1-based. */
  readonly line: number;
  /** Byte offset of the record's start in the decompressed object. */
  readonly byte: number;
  readonly raw: Buffer;
}

/** Stored rejects keep this much of the record, in bytes. */
export const RAW_LIMIT = 1024;

export type RejectSink = (reject: Reject) => void;

/** Told of the lines above an object's first record, in their order, without their ends; not of the header. */
export type PreambleSink = (line: string) => void;

/**
 * What a decoder has seen of one object. read = headers + comments + blanks + decoded + rejected. Lines before the header
 * or the first record are comments, those between the header and the first record headers.
 */
export interface RecordCounts {
  read: number;
  headers: number;
  comments: number;
  blanks: number;
  decoded: number;
  rejected: number;
}

export function noRecords(): RecordCounts {
  return { read: 0, headers: 0, comments: 0, blanks: 0, decoded: 0, rejected: 0 };
}

export interface DecodeContext {
  /** The columns to deliver, in this order, by the names that `format.columns` declares. */
  readonly columns: readonly string[];
  /**
   * Those of them whose values are what rows are there for; absent: all. Where a JSON record's inner lists and objects are
   * empty, it is a row nevertheless if one of these has a value around them.
   */
  readonly rowsFor?: ReadonlySet<string>;
  readonly counts: RecordCounts;
  readonly reject: RejectSink;
  /**
   * Where somebody asks for them: the lines that precede the first record, those that are passed over as well as comments and
   * empty ones. Called before the first batch is delivered; never for JSON. Lines that are no text are left out; of one that
   * is too long to be held only the beginning is told.
   */
  readonly preamble?: PreambleSink;
}

/**
 * A decoder turns one object's decompressed chunks into batches. It is called once per object. It holds at
 * most one chunk and one record (of bounded length) in memory, reports refused records to the context and goes
 * on, and throws a MillraceError for a fault of the object (a required column missing from the header, an
 * unreadable document). It adds every record that it read to the context's counts.
 */
export type Decoder = (chunks: AsyncIterable<Buffer>, context: DecodeContext) => AsyncGenerator<Batch>;

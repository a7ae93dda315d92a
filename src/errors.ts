/**
 * Every error that Millrace raises on purpose: what happened, where, what to do, and what the daemon does
 * next. The disposition is a property of the code; nothing ever looks at a message to decide.
 */

/**
 * - `retry`: may pass by itself; it is tried again, as often and as long as its `Retries` say.
 * - `quarantine`: a person must look before the data may be merged.
 * - `stop`: the configuration or the installation is wrong; trying again is pointless.
 */
export type Disposition = "retry" | "quarantine" | "stop";

/** How often, and after what pauses, one version of an object is loaded again by itself. */
export interface Retries {
  /** Attempts in all, the first among them; `Infinity`: until it succeeds. After the last one the version waits for a person. */
  readonly attempts: number;
  /** Seconds before the second attempt; each pause is twice the one before, up to the longest. */
  readonly firstPause: number;
  readonly longestPause: number;
}

type ErrorKind =
  | { readonly disposition: "retry"; readonly retries: Retries; readonly advice: string }
  /** `advice`: what a person should do about it. */
  | { readonly disposition: "quarantine" | "stop"; readonly advice: string };

/** What lies around the object is away or refuses: it passes when somebody mends it, whenever that is. */
const OUTAGE = {
  disposition: "retry",
  retries: { attempts: Number.POSITIVE_INFINITY, firstPause: 30, longestPause: 3_600 },
} as const;

/** The object itself is at fault: an upload under way is over within the hour, a broken file stays broken. */
const CONTENT = {
  disposition: "retry",
  retries: { attempts: 8, firstPause: 30, longestPause: 3_600 },
} as const;

export const CATALOGUE = {
  USAGE: { disposition: "stop", advice: "See `millrace --help`, or `--help` after the command." },
  CONFIG_INVALID: {
    disposition: "stop",
    advice: "Correct the file; `millrace validate` lists every mistake.",
  },
  ENVIRONMENT_INVALID: { disposition: "stop", advice: "Correct the environment variable." },
  HTTP_UNAVAILABLE: {
    disposition: "stop",
    advice: "Set MILLRACE_HTTP to a free address such as 127.0.0.1:9465, or stop what listens there.",
  },
  DATABASE_UNREACHABLE: {
    ...OUTAGE,
    advice: "Check that Postgres is running and that DATABASE_URL names the right host and port.",
  },
  DATABASE_REFUSED: {
    disposition: "stop",
    advice: "Check user, password and database name in DATABASE_URL, and the role's rights.",
  },
  DATABASE_OUTDATED: {
    disposition: "stop",
    advice: "Run `millrace migrate`; `millrace run` does so by itself.",
  },
  DATABASE_NEWER: {
    disposition: "stop",
    advice: "This database was migrated by a newer Millrace. Upgrade this program.",
  },
  DATABASE_UNSUPPORTED: {
    disposition: "stop",
    advice: "Use Postgres 15 to 18, and a database encoded in UTF8.",
  },
  DATABASE_FAILED: {
    // Also what a fault of ours would be: half a day of attempts, not an endless one.
    disposition: "retry",
    retries: { attempts: 20, firstPause: 30, longestPause: 3_600 },
    advice: "Look at the Postgres log; the load left no trace and is tried again.",
  },
  DATABASE_READ_ONLY: {
    ...OUTAGE,
    advice:
      "The server takes no writes: a replica, or default_transaction_read_only is set. Point DATABASE_URL at the primary.",
  },
  DATABASE_FULL: {
    ...OUTAGE,
    advice: "Free or add disk space where Postgres runs; the load left no trace and is tried again.",
  },
  TABLE_BUSY: {
    ...OUTAGE,
    advice:
      "End the long query or maintenance that holds the table; the load left no trace and is tried again.",
  },
  MIGRATION_CHANGED: {
    disposition: "stop",
    advice: "An applied migration file was edited. Restore it and add a new migration instead.",
  },
  EMBEDDED_POSTGRES: {
    disposition: "stop",
    advice: "Set DATABASE_URL to a Postgres of your own, or see the message for what the embedded one lacks.",
  },
  STORE_UNREACHABLE: {
    ...OUTAGE,
    advice: "Check the network and the endpoint; it is tried again.",
  },
  STORE_FAILED: {
    ...OUTAGE,
    advice: "The object store answered with an error; it is tried again.",
  },
  BUCKET_NOT_FOUND: {
    disposition: "stop",
    advice: "Check `objects.bucket` and `objects.endpoint`, or `objects.url`, in the pipeline.",
  },
  ACCESS_DENIED: {
    ...OUTAGE,
    advice:
      "Nobody may read this, or not you: check the address, and for S3 the region and your credentials; what is public needs none.",
  },
  OBJECT_NOT_FOUND: {
    ...CONTENT,
    advice: "The object is gone or was never written; the next run looks again.",
  },
  OBJECT_CHANGED: {
    ...CONTENT,
    advice: "The object was rewritten while it was read; its new version is loaded next.",
  },
  OBJECT_STALLED: { ...OUTAGE, advice: "The object store stopped sending; it is tried again." },
  RANGE_UNSUPPORTED: {
    ...CONTENT,
    advice: "The server sends whole objects only: the object is read again from its beginning.",
  },
  OBJECT_TRUNCATED: {
    ...CONTENT,
    advice: "The object ends too early; the provider must upload it again.",
  },
  OBJECT_CORRUPT: {
    ...CONTENT,
    advice: "The object is damaged; the provider must upload it again.",
  },
  OBJECT_EMPTY: {
    ...CONTENT,
    advice: "The object holds no data; the provider must upload it again.",
  },
  OBJECT_NOT_DATA: {
    ...CONTENT,
    advice:
      "The object is something else than data (an error page, a git-lfs pointer); check the key and the provider.",
  },
  SAMPLE_UNCLEAR: {
    disposition: "stop",
    advice:
      "Give `infer` a larger or a plainer sample, or write the pipeline yourself: pipelines/README.md shows how.",
  },
  MEMBER_UNKNOWN: {
    ...CONTENT,
    advice: "Set `format.member` to a pattern that fits the file (or the files) of the archive to be read.",
  },
  COLUMN_MISSING: {
    ...CONTENT,
    advice:
      "The object's header lacks a column that the pipeline reads; adapt `format.columns` or wait for the provider.",
  },
  DOCUMENT_INVALID: {
    ...CONTENT,
    advice: "The document cannot be parsed; check the object at that place.",
  },
  OBJECT_TOO_LARGE: {
    disposition: "quarantine",
    advice: "Raise the limit in the pipeline if the object is right.",
  },
  RECEIPT_MISMATCH: {
    disposition: "quarantine",
    advice: "The load's numbers do not add up, so nothing was merged. Please report this with the receipt.",
  },
  TOO_MANY_KPIS: {
    disposition: "quarantine",
    advice:
      "Check `kpis.column`; if the elements are right, list those wanted and set `kpis.unknown: filter`.",
  },
  NOTHING_TO_SETTLE: {
    disposition: "stop",
    advice: "`millrace status` lists the loads that wait for somebody.",
  },
  MART_INVALID: {
    disposition: "stop",
    advice: "Correct the mart's SQL file; its query runs in psql as it stands.",
  },
  LOAD_ABORTED: {
    ...OUTAGE,
    advice: "The load was stopped on request; the next run takes it up again.",
  },
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof CATALOGUE;

/** Where it happened; whatever is known. Lines are 1-based, bytes 0-based in the decompressed object. */
export interface Place {
  readonly pipeline?: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly byte?: number;
}

/** A fault with a code from the catalogue, a place and advice. `message` is one sentence for a person. */
export class MillraceError extends Error {
  override readonly name = "MillraceError";
  readonly code: ErrorCode;
  readonly place: Place;

  constructor(code: ErrorCode, what: string, place: Place = {}, cause?: unknown) {
    super(what, cause === undefined ? undefined : { cause });
    this.code = code;
    this.place = place;
  }

  get disposition(): Disposition {
    return CATALOGUE[this.code].disposition;
  }

  /** Of `retry`; everything else is not tried again by itself. */
  get retries(): Retries | undefined {
    const kind: ErrorKind = CATALOGUE[this.code];
    return kind.disposition === "retry" ? kind.retries : undefined;
  }

  get advice(): string {
    return CATALOGUE[this.code].advice;
  }

  /** The same error with more of its place known; what was known before stays. */
  at(place: Place): MillraceError {
    return new MillraceError(this.code, this.message, { ...place, ...this.place }, this.cause);
  }
}

/** A place as people read it: `pipeline noaa-daily, s3://bucket/key, line 3, byte 120`. */
export function formatPlace(place: Place): string {
  const parts: string[] = [];
  if (place.pipeline !== undefined) parts.push(`pipeline ${place.pipeline}`);
  if (place.bucket !== undefined) {
    // The bucket of a web server is a URL that ends in a slash.
    const root = place.bucket.includes("://") ? place.bucket : `s3://${place.bucket}/`;
    parts.push(`${root}${place.key ?? ""}`);
  }
  if (place.file !== undefined) {
    const position = [place.line, place.column].filter((part) => part !== undefined).join(":");
    parts.push(position === "" ? place.file : `${place.file}:${position}`);
  } else if (place.line !== undefined) parts.push(`line ${place.line}`);
  if (place.byte !== undefined) parts.push(`byte ${place.byte}`);
  return parts.join(", ");
}

/** Place and message, without the pipeline (events name it) and without code and advice (they add them). */
export function describeFault(error: MillraceError): string {
  const { pipeline: _named, ...place } = error.place;
  const where = formatPlace(place);
  return where === "" ? error.message : `${where}: ${error.message}`;
}

/** One error as text for a terminal or a log: place, what happened, what to do. No stack, no secret. */
export function formatError(error: unknown): string {
  if (!(error instanceof MillraceError)) return error instanceof Error ? error.message : String(error);
  const place = formatPlace(error.place);
  return `${place === "" ? "" : `${place}: `}${error.message} [${error.code}] ${error.advice}`;
}

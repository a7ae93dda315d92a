/** Deciding which of the listed objects need loading. */
import pLimit from "p-limit";
import type { Pipeline } from "../config/pipeline.ts";
import { type ErrorCode, MillraceError } from "../errors.ts";
import type { ObjectStore } from "../s3/store.ts";
import type { Candidate } from "./job.ts";

/** What the ledger knows of an object, as far as the decision depends on it. */
export interface KnownVersion {
  readonly objectId: number;
  /** The version in the database; null: none is. */
  readonly etag: string | null;
  /** Its size as stored. */
  readonly size: number | null;
  /** From its gzip trailer: CRC-32 of the content and its length modulo 2^32; null for anything but one member. */
  readonly contentCrc: number | null;
  readonly contentLength: number | null;
  /** Of the configuration that shaped its rows. */
  readonly fingerprint: string | null;
  /** Whether rows of it are wanted again that another object had hidden and has dropped. */
  readonly incomplete: boolean;
  /** The version whose load did not succeed, and how it ended. */
  readonly refusedEtag: string | null;
  readonly refusedOutcome: "failed" | "quarantined" | null;
  /** Of a failed version: when it is due again by itself, and of the configuration that its load had. */
  readonly refusedRetry: "due" | "later" | "never";
  readonly refusedFingerprint: string | null;
  /** Of a quarantined version: its size as stored, and what its gzip trailer says. */
  readonly refusedSize: number | null;
  readonly refusedContentCrc: number | null;
  readonly refusedContentLength: number | null;
}

export interface ChangesRequest {
  readonly pipeline: Pick<Pipeline, "objects" | "fingerprint">;
  readonly candidates: readonly Candidate[];
  /** By key; an object that is not in it is new. */
  readonly known: ReadonlyMap<string, KnownVersion>;
  /** Take again what another configuration shaped, and what is quarantined. */
  readonly reload: boolean;
  /** Leave failed versions alone until they are due; otherwise they are taken at once. */
  readonly patient: boolean;
}

/** An object to be loaded. */
export interface Chosen {
  readonly candidate: Candidate;
  /** The version is in the database already, but not whole, or shaped by another configuration. */
  readonly reload: boolean;
}

/** An object with a new etag whose content is known: the ledger notes the etag, nothing is loaded. */
export interface Rewritten {
  readonly candidate: Candidate;
  readonly objectId: number;
  readonly contentCrc: number;
  readonly contentLength: number;
}

export interface Changes {
  readonly chosen: readonly Chosen[];
  /** Their content is in the database. */
  readonly rewritten: readonly Rewritten[];
  /** Their content is quarantined. */
  readonly refused: readonly Rewritten[];
  /** Objects whose version is in the database, by their etag. */
  readonly unchanged: number;
  /** Objects whose version is quarantined, by their etag, or has failed for good: a person decides about them. */
  readonly held: number;
  /** Objects whose version has failed and is due later, by their rows in the ledger. */
  readonly waiting: readonly number[];
}

/** RFC 1952, 2.3.1: CRC32 and ISIZE, four bytes each, little-endian. */
const TRAILER_BYTES = 8;

/** Trailers that are asked for at once. */
const TRAILERS_AT_ONCE = 16;

/** Trailers waiting for their turn; bounds memory, not speed. */
const TRAILERS_QUEUED = 1000;

/**
 * Divides listed objects into those to load and those to leave alone. With `change: content` this costs one request
 * of 8 bytes for each object with a new etag, the same size, and a known content; otherwise none. A trailer that
 * cannot be read because of its object makes that object's load say so; STORE_UNREACHABLE and other failures of
 * the store are thrown.
 */
export async function decideChanges(
  store: ObjectStore,
  request: ChangesRequest,
  signal: AbortSignal,
): Promise<Changes> {
  const chosen: Chosen[] = [];
  const rewritten: Rewritten[] = [];
  const refused: Rewritten[] = [];
  let suspects: Suspect[] = [];
  const waiting: number[] = [];
  let unchanged = 0;
  let held = 0;

  const settle = async (): Promise<void> => {
    const trailers = await readTrailers(store, suspects, signal);
    for (const suspect of suspects) {
      const { candidate, known } = suspect;
      const { objectId } = known;
      const trailer = trailers.get(suspect);
      const isLoaded = isSame(trailer, loadedContent(known));
      const stale =
        known.incomplete || (request.reload && known.fingerprint !== request.pipeline.fingerprint);
      if (trailer !== undefined && isLoaded && !stale) rewritten.push({ candidate, objectId, ...trailer });
      else if (
        trailer !== undefined &&
        !isLoaded &&
        !request.reload &&
        isSame(trailer, refusedContent(known))
      )
        refused.push({ candidate, objectId, ...trailer });
      else chosen.push({ candidate, reload: isLoaded });
    }
    suspects = [];
  };

  for (const candidate of request.candidates) {
    const known = request.known.get(candidate.object.key);
    switch (judge(candidate, known, request)) {
      case "load":
        chosen.push({ candidate, reload: false });
        break;
      case "reload":
        chosen.push({ candidate, reload: true });
        break;
      case "unchanged":
        unchanged += 1;
        break;
      case "held":
        held += 1;
        break;
      case "later":
        if (known !== undefined) waiting.push(known.objectId);
        break;
      case "suspect":
        if (known !== undefined) suspects.push({ candidate, known });
    }
    if (suspects.length >= TRAILERS_QUEUED) await settle();
  }
  await settle();
  return { chosen, rewritten, refused, unchanged, held, waiting };
}

type Judgement = "load" | "reload" | "unchanged" | "held" | "later" | "suspect";

/** What the etags alone tell. */
function judge(candidate: Candidate, known: KnownVersion | undefined, request: ChangesRequest): Judgement {
  const { etag, size } = candidate.object;
  const { pipeline, reload } = request;
  if (known === undefined) return "load";
  const refused = known.refusedEtag === etag;
  if (known.etag === etag) {
    if (reload && known.fingerprint !== pipeline.fingerprint) return "reload";
    if (!known.incomplete) return "unchanged";
    if (!refused) return "reload";
    if (known.refusedOutcome === "quarantined") return "unchanged";
    const judgement = judgeFailed(known, request);
    return judgement === "load" ? "reload" : judgement;
  }
  if (refused && known.refusedOutcome === "quarantined") return reload ? "load" : "held";
  // A version that failed is loaded again, not excused: what failed may have been its content.
  if (refused) return judgeFailed(known, request);
  if (pipeline.objects.change === "etag") return "load";
  const contents = [loadedContent(known), ...(reload ? [] : [refusedContent(known)])];
  const isSuspect = size >= TRAILER_BYTES && contents.some((content) => content?.size === size);
  return isSuspect ? "suspect" : "load";
}

/** Another configuration may mend what failed. */
function judgeFailed(known: KnownVersion, { pipeline, patient }: ChangesRequest): Judgement {
  if (!patient || known.refusedFingerprint !== pipeline.fingerprint) return "load";
  switch (known.refusedRetry) {
    case "due":
      return "load";
    case "later":
      return "later";
    case "never":
      return "held";
  }
}

/** What a gzip trailer says. */
interface Trailer {
  readonly contentCrc: number;
  readonly contentLength: number;
}

interface Content extends Trailer {
  readonly size: number;
}

/** The content that is in the database, where the ledger knows it. */
function loadedContent({ size, contentCrc, contentLength }: KnownVersion): Content | undefined {
  if (size === null || contentCrc === null || contentLength === null) return undefined;
  return { size, contentCrc, contentLength };
}

/** The content that is quarantined, where the ledger knows it. */
function refusedContent(known: KnownVersion): Content | undefined {
  const { refusedSize: size, refusedContentCrc: contentCrc, refusedContentLength: contentLength } = known;
  if (known.refusedOutcome !== "quarantined") return undefined;
  if (size === null || contentCrc === null || contentLength === null) return undefined;
  return { size, contentCrc, contentLength };
}

function isSame(trailer: Trailer | undefined, content: Content | undefined): boolean {
  if (trailer === undefined || content === undefined) return false;
  return trailer.contentCrc === content.contentCrc && trailer.contentLength === content.contentLength;
}

/** An object with a new etag that may hold what it, or a refused version of it, held before. */
interface Suspect {
  readonly candidate: Candidate;
  readonly known: KnownVersion;
}

/** The suspects' trailers; none for one that cannot be read because of its object. */
async function readTrailers(
  store: ObjectStore,
  suspects: readonly Suspect[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Suspect, Trailer>> {
  const trailers = new Map<Suspect, Trailer>();
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const failures: unknown[] = [];
  await pLimit(TRAILERS_AT_ONCE).map(suspects, async (suspect) => {
    if (failures.length > 0) return;
    try {
      const trailer = await readTrailer(store, suspect, until);
      if (trailer !== undefined) trailers.set(suspect, trailer);
    } catch (error) {
      failures.push(error);
      ended.abort();
    }
  });
  // The first; those after it are its consequences.
  if (failures.length > 0) throw failures[0];
  return trailers;
}

/** Answers to the question for a trailer that say: load the object, and its load will tell what is wrong with it. */
const LEFT_TO_THE_LOAD: ReadonlySet<ErrorCode> = new Set([
  "OBJECT_CHANGED",
  "OBJECT_NOT_FOUND",
  "OBJECT_TRUNCATED",
  "RANGE_UNSUPPORTED",
  "ACCESS_DENIED",
]);

async function readTrailer(
  store: ObjectStore,
  { candidate }: Suspect,
  signal: AbortSignal,
): Promise<Trailer | undefined> {
  const { bucket, key, etag } = candidate.object;
  try {
    const bytes = await store.tail(bucket, key, etag, TRAILER_BYTES, signal);
    return { contentCrc: bytes.readUInt32LE(0), contentLength: bytes.readUInt32LE(4) };
  } catch (error) {
    if (error instanceof MillraceError && LEFT_TO_THE_LOAD.has(error.code)) return undefined;
    throw error;
  }
}

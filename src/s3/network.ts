/** What every store has to do with the network, whatever it speaks: limits, deadlines, and what failures mean. */
import { MillraceError, type Place } from "../errors.ts";

export interface RequestLimits {
  /** Attempts of one request until its headers are there, the first included. */
  readonly attempts: number;
  readonly connectMilliseconds: number;
  /** From sending the request to the headers of the answer. */
  readonly answerMilliseconds: number;
  /** For a whole small answer: a page of a listing, a trailer. */
  readonly pageMilliseconds: number;
}

export const REQUEST_LIMITS: RequestLimits = {
  attempts: 4,
  connectMilliseconds: 10_000,
  answerMilliseconds: 30_000,
  pageMilliseconds: 120_000,
};

/** For commands that a person waits for: who is told soon that nobody answers can try again. */
export const INTERACTIVE_LIMITS: Partial<RequestLimits> = { attempts: 2 };

/** Where a request goes and for how long it may go on. */
export interface RequestContext {
  readonly place: Place;
  /** The endpoint as people may see it: no user, no password. */
  readonly endpoint: string;
  readonly signal: AbortSignal;
}

/** The error of a life that was ended on request. */
export function abortedError(signal: AbortSignal, place: Place): MillraceError {
  const reason: unknown = signal.reason;
  if (reason instanceof MillraceError) return reason.at(place);
  return new MillraceError("LOAD_ABORTED", "reading from the object store was stopped on request", place);
}

/** What the codes of the network, of name lookup and of TLS mean to a person. */
const WORDS: Readonly<Record<string, string>> = {
  ENOTFOUND: "no such name",
  EAI_AGAIN: "names cannot be looked up now",
  ECONNREFUSED: "nothing listens there",
  ECONNRESET: "the connection was cut",
  EPIPE: "the connection was cut",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "no way there",
  ENETUNREACH: "no way there",
  EPROTO: "it does not speak TLS",
  CERT_HAS_EXPIRED: "its certificate has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself only",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is signed by an unknown authority",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is signed by an unknown authority",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is signed by an unknown authority",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is another server's",
};

/** The errno code of a network failure (`ECONNREFUSED`), or the SDK's name for a timeout; undefined for others. */
function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error instanceof MillraceError) return undefined;
  if ("code" in error && typeof error.code === "string") return error.code;
  return error.name === "TimeoutError" ? error.name : undefined;
}

/** STORE_UNREACHABLE for what the network, name lookup or TLS report; undefined for any other error. */
export function unreachable(
  error: unknown,
  { place, endpoint }: Omit<RequestContext, "signal">,
): MillraceError | undefined {
  const code = networkCode(error);
  if (code === undefined) return undefined;
  const words = WORDS[code] === undefined ? code : `${code}: ${WORDS[code]}`;
  return new MillraceError("STORE_UNREACHABLE", `no connection to ${endpoint} (${words})`, place, error);
}

/**
 * Runs a request whose answer is small: all of it must be there within so many milliseconds, or it is aborted and
 * STORE_UNREACHABLE is thrown. Otherwise throws what the request throws, or the reason of an ended life.
 */
export async function withDeadline<T>(
  { place, endpoint, signal }: RequestContext,
  milliseconds: number,
  request: (until: AbortSignal) => Promise<T>,
): Promise<T> {
  const until = new AbortController();
  const late = new MillraceError(
    "STORE_UNREACHABLE",
    `${endpoint} did not finish its answer within ${milliseconds / 1000} s`,
    place,
  );
  const timer = setTimeout(() => {
    until.abort(late);
  }, milliseconds);
  const abort = (): void => {
    until.abort(signal.reason);
  };
  signal.addEventListener("abort", abort, { once: true });
  if (signal.aborted) abort();
  try {
    return await request(until.signal);
  } catch (error) {
    throw until.signal.aborted ? abortedError(until.signal, place) : error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

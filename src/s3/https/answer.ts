/** What a web server's answers tell about an object, and refusing those that are not what was asked for. */
import { createHash } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { type ErrorCode, MillraceError, type Place } from "../../errors.ts";
import { bare } from "../part.ts";
import type { HttpAnswer } from "./client.ts";

/** The texts that a version may go by; new ledger entries take the first. */
type Etags = readonly [string, ...string[]];

/** One version of an object, as an answer's headers tell it. */
export interface Version {
  readonly etags: Etags;
  readonly size: number;
  readonly lastModified: Date;
  /** What a request for the rest of exactly this version says; nothing when only weak tags tell versions apart. */
  readonly condition: Readonly<Record<string, string>>;
}

/** An object's whole content. */
export interface Whole {
  readonly bytes: Buffer;
  readonly etags: Etags;
  readonly lastModified: Date;
}

/** Answers that are read whole to tell their version: those of programs, which announce neither length nor version. */
const LONGEST_WHOLE = 64 * 2 ** 20;

/**
 * The version of an answer to HEAD, GET or a range, by its ETag or else by Last-Modified and length; undefined when it
 * has neither, or no length.
 */
export function versionOf({ headers }: Pick<HttpAnswer, "headers">): Version | undefined {
  const size = sizeOf(headers);
  if (size === undefined) return undefined;
  const modified = lastModifiedOf(headers);
  const [etag, ...others] = etagsOf(headers, size);
  if (etag === undefined) return undefined;
  const tag = headers.etag;
  // RFC 9110, 13.1.5: a weak tag must not be sent here.
  const strong = tag === undefined ? headers["last-modified"] : tag.startsWith('"') ? tag : undefined;
  const condition: Record<string, string> = strong === undefined ? {} : { "if-range": strong };
  return { etags: [etag, ...others], size, lastModified: modified ?? new Date(0), condition };
}

/** Beginnings of the texts that stand in for an ETag. */
const BY_HASH = "sha256-";
const BY_DATE = "modified-";

function etagsOf(headers: IncomingHttpHeaders, size: number): string[] {
  const modified = lastModifiedOf(headers);
  const dated = modified === undefined ? undefined : `${BY_DATE}${modified.toISOString()}-${size}`;
  return [bare(headers.etag), dated].filter((etag) => etag !== undefined);
}

/** Whether a version is known by the hash of its content, so that only the whole content tells it again. */
export function isHash(etag: string): boolean {
  return etag.startsWith(BY_HASH);
}

/** The version that a part has to be of, and what was said about it when the part was asked for. */
export interface Wanted {
  readonly etag: string;
  /** Left out where the request had none. */
  readonly condition?: Version["condition"];
  /** Left out where it is not known. */
  readonly lastModified?: Date;
}

/**
 * Whether an answer is of another version. An answer to If-Range that leaves out what the condition has said already
 * (RFC 9110, 15.3.7) is not. Without a condition, what tells versions apart must be there; and as a weak tag may
 * stay the same when bytes change (RFC 9110, 8.8.1), so must the date where both answers have one.
 */
function isOtherVersion({ headers, status }: HttpAnswer, wanted: Wanted): boolean {
  const { etag, condition = {}, lastModified } = wanted;
  const isConditional = condition["if-range"] !== undefined;
  const told = etag.startsWith(BY_DATE) ? headers["last-modified"] : headers.etag;
  if (told === undefined && status === 206 && isConditional) return false;
  if (versionOf({ headers })?.etags.includes(etag) !== true) return true;
  const modified = lastModifiedOf(headers);
  if (isConditional || modified === undefined || lastModified === undefined) return false;
  return modified.getTime() !== lastModified.getTime();
}

/** In bytes, of the whole object. */
function sizeOf(headers: IncomingHttpHeaders): number | undefined {
  const range = headers["content-range"];
  const text = range === undefined ? headers["content-length"] : /\/(\d+)$/.exec(range)?.[1];
  return text === undefined ? undefined : Number(text);
}

function lastModifiedOf(headers: IncomingHttpHeaders): Date | undefined {
  const time = Date.parse(headers["last-modified"] ?? "");
  return Number.isNaN(time) ? undefined : new Date(time);
}

/** Reads an answer to its end. Throws STORE_FAILED when it is too long, and what its connection runs into. */
export async function readWhole(answer: HttpAnswer, place: Place): Promise<Whole> {
  const { headers } = answer;
  const bytes = await readBytes(answer, place);
  const hash = `${BY_HASH}${createHash("sha256").update(bytes).digest("base64url")}`;
  // First, because the tag and the date of an answer that was made just now may say nothing.
  const etags: Etags = [hash, ...etagsOf(headers, bytes.length)];
  return { bytes, etags, lastModified: lastModifiedOf(headers) ?? new Date(0) };
}

/** All bytes of an answer. Throws as `readWhole` does. */
export async function readBytes({ body, headers }: HttpAnswer, place: Place): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) continue;
    chunks.push(chunk);
    length += chunk.length;
    if (length > LONGEST_WHOLE) {
      const limit = `${LONGEST_WHOLE / 2 ** 20} MiB`;
      throw new MillraceError("STORE_FAILED", `longer than ${limit}, and has to be read at once`, place);
    }
  }
  const announced = headers["content-length"];
  if (announced === undefined || Number(announced) === length) return Buffer.concat(chunks, length);
  throw new MillraceError("STORE_UNREACHABLE", `only ${length} of ${announced} bytes arrived`, place);
}

const CODES: Readonly<Record<number, ErrorCode>> = {
  401: "ACCESS_DENIED",
  403: "ACCESS_DENIED",
  404: "OBJECT_NOT_FOUND",
  410: "OBJECT_NOT_FOUND",
  412: "OBJECT_CHANGED",
  416: "OBJECT_TRUNCATED",
};

const SENTENCES: Partial<Record<ErrorCode, string>> = {
  ACCESS_DENIED: "access is denied",
  OBJECT_NOT_FOUND: "the object does not exist",
  OBJECT_CHANGED: "the object was rewritten since it was listed",
  OBJECT_TRUNCATED: "the object is shorter than was announced",
};

/** The error that a refusing answer stands for; names the server that refused if it is another one than was asked. */
export function refusal({ status, url }: Pick<HttpAnswer, "status" | "url">, place: Place): MillraceError {
  const code = CODES[status] ?? "STORE_FAILED";
  const sentence = SENTENCES[code] ?? `${url.origin} gave an answer that cannot be used`;
  const asked = place.bucket === undefined ? undefined : URL.parse(place.bucket)?.origin;
  const from =
    asked === undefined || asked === url.origin ? "" : ` from ${url.origin}, to which it redirects`;
  return new MillraceError(code, `${sentence} (HTTP ${status}${from})`, place);
}

/** Whether the answer says that there is nothing of this name. */
export function isGone({ status }: HttpAnswer): boolean {
  return status === 404 || status === 410;
}

/** Throws, and closes the answer, unless it is a web page. */
export function requirePage(answer: HttpAnswer, place: Place): void {
  closingUnless(answer, () => {
    if (answer.status !== 200) throw refusal(answer, place);
    const type = answer.headers["content-type"] ?? "text/html";
    if (/^(?:text\/html|application\/xhtml\+xml)\b/i.test(type)) return;
    throw new MillraceError(
      "STORE_FAILED",
      `the folder answers with ${type.slice(0, 60)}, not with an index page`,
      place,
    );
  });
}

/** Throws, and closes the answer, unless it is a whole object as it is stored. */
export function requireWhole(answer: HttpAnswer, place: Place): void {
  closingUnless(answer, () => {
    if (answer.status !== 200) throw refusal(answer, place);
    requireStoredBytes(answer, place);
  });
}

/** Throws, and closes the answer, unless it is a part of exactly this version. */
export function requirePart(answer: HttpAnswer, wanted: Wanted, place: Place): void {
  closingUnless(answer, () => {
    if (answer.status !== 200 && answer.status !== 206) throw refusal(answer, place);
    if (isOtherVersion(answer, wanted)) requireVersion([], wanted.etag, place);
    if (answer.status === 200)
      throw new MillraceError("RANGE_UNSUPPORTED", "the server sends no parts of the object", place);
    requireStoredBytes(answer, place);
  });
}

/** Throws OBJECT_CHANGED unless a version is the wanted one, or none in particular is wanted. */
export function requireVersion(etags: readonly string[], wanted: string | undefined, place: Place): void {
  if (wanted === undefined || etags.includes(wanted)) return;
  throw new MillraceError("OBJECT_CHANGED", "the object was rewritten since it was listed", place);
}

function closingUnless({ body }: HttpAnswer, check: () => void): void {
  try {
    check();
  } catch (error) {
    body.destroy();
    throw error;
  }
}

/** Codings by the ending of names whose files are stored so; servers repeat them as Content-Encoding. */
const CODINGS: readonly (readonly [RegExp, RegExp])[] = [
  [/\.t?gz$/i, /^(?:x-)?gzip$/i],
  [/\.bz2$/i, /^(?:x-)?bzip2$/i],
  [/\.xz$/i, /^(?:x-)?xz$/i],
  [/\.br$/i, /^br$/i],
  [/\.zst$/i, /^zstd$/i],
  [/\.Z$/, /^(?:x-)?compress$/i],
];

/**
 * Throws STORE_FAILED when the server compressed the object for the way although it was asked not to: its bytes are
 * then not those that were announced. A Content-Encoding that describes the stored file itself is none of that.
 */
function requireStoredBytes({ headers, url }: HttpAnswer, place: Place): void {
  const coding = headers["content-encoding"] ?? "identity";
  if (/^(?:identity)?$/i.test(coding)) return;
  if (CODINGS.some(([name, own]) => own.test(coding) && name.test(url.pathname))) return;
  const said = `${url.origin} sends the object with Content-Encoding ${coding.slice(0, 40)}, unasked`;
  throw new MillraceError("STORE_FAILED", said, place);
}

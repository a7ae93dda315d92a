/** From an object's bytes as stored to its content: decompresses, counts, and recognises what is no data. */
import { pipeline, Readable } from "node:stream";
import { createGunzip, type Gunzip } from "node:zlib";
import { MillraceError, type Place } from "../errors.ts";
import { HEAD_BYTES, notData } from "./not-data.ts";

/** A gzip file ends with the CRC-32 and the length of what its last member holds (RFC 1952, section 2.3.1). */
const TRAILER_BYTES = 8;

/** What passed through `decompress` so far. */
export interface ByteCounts {
  /** Bytes of the object as stored. */
  compressed: number;
  /** Bytes of its content. */
  decompressed: number;
  /** Set at the end if the object is gzip and its trailer describes the whole content. */
  fingerprint?: ContentFingerprint;
}

/** What a gzip trailer says about the content. */
export interface ContentFingerprint {
  readonly crc32: number;
  /** In bytes, modulo 2^32. */
  readonly length: number;
}

/** What an object may grow to (beyond, it is OBJECT_TOO_LARGE), and how much of it is decompressed at a time. */
export interface ContentLimits {
  /** Bytes of content. */
  readonly bytes: number;
  /** Content over stored bytes; gzip reaches 1032 with zeros alone, tables of measurements about 8. */
  readonly ratio: number;
  /** Bytes of content from which on the ratio counts: one broken line of 100 MB of blanks is but a bad record. */
  readonly ratioFrom: number;
  /** Bytes that zlib decompresses at a time; so much memory is taken for each object, however small. */
  readonly chunk: number;
}

/** For content that streams past. It takes no memory, so the ratio only saves time: some seconds may be lost. */
export const CONTENT_LIMITS: ContentLimits = {
  bytes: 100 * 2 ** 30,
  ratio: 250,
  ratioFrom: 2 ** 30,
  // Larger than zlib's default of 16 kB: three times as fast, because each chunk costs a round trip to a thread.
  chunk: 256 * 1024,
};

export function noBytes(): ByteCounts {
  return { compressed: 0, decompressed: 0 };
}

/**
 * Yields the content of an object: what gzip holds (recognised by its first bytes, of one member or several),
 * anything else as it is. Nothing is read ahead of demand, except what zlib holds. The body is destroyed when
 * iteration ends, however it ends; its own errors pass through as they are. Counts into `counts`.
 *
 * Damage may come to light only at the end (a gzip file's CRC stands last): nothing may be committed before the
 * iteration has ended.
 * @throws MillraceError OBJECT_EMPTY for no bytes or no content; OBJECT_TRUNCATED; OBJECT_CORRUPT for a wrong CRC,
 * wrong data or anything behind the last member; OBJECT_NOT_DATA for an HTML page, an XML document, a git-lfs pointer
 * or a file of another kind; OBJECT_TOO_LARGE.
 */
export async function* decompress(
  body: AsyncIterable<Buffer>,
  place: Place,
  counts: ByteCounts,
  limits: ContentLimits = CONTENT_LIMITS,
): AsyncGenerator<Buffer> {
  const tail = new Tail();
  const source = withHead(counted(body, counts, tail), 2);
  try {
    const first = await source.next();
    if (first.done === true) throw new MillraceError("OBJECT_EMPTY", "The object holds not one byte.", place);
    const stored = resume(first.value, source);
    const isGzip = first.value[0] === 0x1f && first.value[1] === 0x8b;
    const content = isGzip ? gunzip(stored, counts, { place, chunkSize: limits.chunk }) : stored;
    for await (const chunk of examined(content, place)) {
      counts.decompressed += chunk.length;
      refuseExcess(counts, limits, place);
      yield chunk;
    }
    if (counts.decompressed === 0) {
      throw new MillraceError("OBJECT_EMPTY", "The object is compressed and holds nothing.", place);
    }
    const fingerprint = isGzip ? tail.fingerprintOf(counts.decompressed) : undefined;
    if (fingerprint !== undefined) counts.fingerprint = fingerprint;
  } finally {
    if (body instanceof Readable) body.destroy();
  }
}

/** The content, after a look at its beginning. */
async function* examined(content: AsyncIterable<Buffer>, place: Place): AsyncGenerator<Buffer> {
  let begun = false;
  for await (const chunk of withHead(content, HEAD_BYTES)) {
    const what = begun ? undefined : notData(chunk);
    if (what !== undefined) throw new MillraceError("OBJECT_NOT_DATA", `This is ${what}, not data.`, place);
    begun = true;
    yield chunk;
  }
}

function refuseExcess(counts: ByteCounts, limits: ContentLimits, place: Place): void {
  const { compressed, decompressed } = counts;
  const tooDense = decompressed > limits.ratioFrom && decompressed > compressed * limits.ratio;
  if (decompressed <= limits.bytes && !tooDense) return;
  const what = tooDense ? `more than ${limits.ratio} times its size` : `more than ${limits.bytes} bytes`;
  throw new MillraceError("OBJECT_TOO_LARGE", `The object decompresses to ${what}.`, place);
}

/** Decompresses gzip. A failing or abandoned iteration ends the source, and a failing source this iteration. */
async function* gunzip(
  stored: AsyncIterable<Buffer>,
  counts: ByteCounts,
  { place, chunkSize }: { place: Place; chunkSize: number },
): AsyncGenerator<Buffer> {
  const stage: Gunzip = createGunzip({ chunkSize });
  const chunks: AsyncIterable<Buffer> = stage;
  try {
    // The pipeline's error is the stage's, which the loop below throws.
    pipeline(stored, stage, () => undefined);
    yield* chunks;
  } catch (error) {
    throw faultOfGzip(error, place) ?? error;
  }
  // zlib stops without a word at a zero byte behind a member, and would drop members that follow.
  const unread = counts.compressed - stage.bytesWritten;
  if (unread === 0) return;
  throw new MillraceError("OBJECT_CORRUPT", `There are bytes behind the end of the gzip data.`, place);
}

/** zlib's errors, told apart by their code (https://zlib.net/manual.html, "Constants"). */
function faultOfGzip(error: unknown, place: Place): MillraceError | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "Z_BUF_ERROR":
      return new MillraceError("OBJECT_TRUNCATED", "The gzip data end too early.", place, error);
    case "Z_DATA_ERROR":
    case "Z_NEED_DICT":
      return new MillraceError("OBJECT_CORRUPT", "The gzip data are damaged.", place, error);
    default:
      return undefined;
  }
}

async function* counted(body: AsyncIterable<Buffer>, counts: ByteCounts, tail: Tail): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    counts.compressed += chunk.length;
    tail.pass(chunk);
    yield chunk;
  }
}

/** The same bytes, with a first chunk of at least `length` bytes unless there are fewer in all. No empty chunks. */
async function* withHead(chunks: AsyncIterable<Buffer>, length: number): AsyncGenerator<Buffer> {
  let head: Buffer[] | undefined = [];
  let size = 0;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head.push(chunk);
    size += chunk.length;
    if (size < length) continue;
    yield head.length === 1 ? chunk : Buffer.concat(head);
    head = undefined;
  }
  if (head !== undefined && size > 0) yield Buffer.concat(head);
}

async function* resume(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/** Keeps the last bytes that passed. */
class Tail {
  readonly #bytes = Buffer.alloc(TRAILER_BYTES);

  pass(chunk: Buffer): void {
    const fresh = Math.min(chunk.length, TRAILER_BYTES);
    this.#bytes.copyWithin(0, fresh);
    chunk.copy(this.#bytes, TRAILER_BYTES - fresh, chunk.length - fresh);
  }

  /**
   * The trailer, if it describes content of that length. zlib has checked it against the last member; if that
   * member's length is the whole content's, the others (if there are any) hold nothing or, which nobody writes,
   * an exact multiple of 4 GiB: so the CRC is the content's too, and need not be computed.
   */
  fingerprintOf(length: number): ContentFingerprint | undefined {
    const trailer = { crc32: this.#bytes.readUInt32LE(0), length: this.#bytes.readUInt32LE(4) };
    return trailer.length === length % 2 ** 32 ? trailer : undefined;
  }
}

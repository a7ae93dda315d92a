/** gzip (RFC 1952): members one behind the other. */
import { pipeline } from "node:stream";
import { constants, crc32, createGunzip, type Gunzip, gunzipSync } from "node:zlib";
import type { ByteReader } from "../byte-reader.ts";
import { faultOf, surplus } from "./stage.ts";
import type { ContentFingerprint, Storage } from "./storage.ts";

/** A gzip file ends with the CRC-32 and the length of what its last member holds (section 2.3.1). */
const TRAILER_BYTES = 8;

/** What is decompressed at once has so many bytes of content at most: it holds up everything else. */
const AT_ONCE_CONTENT = 1024 * 1024;

/**
 * Decompresses all members, checks their CRCs, and notes the fingerprint of the content. A failing or abandoned
 * iteration ends the source, and a failing source this iteration.
 * @throws MillraceError OBJECT_TRUNCATED; OBJECT_CORRUPT, also for anything behind the last member.
 */
export async function* gunzip(
  reader: ByteReader,
  { place, counts, limits }: Storage,
): AsyncGenerator<Buffer> {
  const small = await atOnce(reader, limits.atOnce);
  if (small !== undefined) {
    counts.fingerprint = small.trailer;
    yield small.content;
    return;
  }
  const stage: Gunzip = createGunzip({ chunkSize: limits.chunk });
  const chunks: AsyncIterable<Buffer> = stage;
  const tail = new Tail();
  let length = 0;
  try {
    // The pipeline's error is the stage's, which the loop below throws.
    pipeline(tail.follow(reader), stage, () => undefined);
    for await (const chunk of chunks) {
      length += chunk.length;
      yield chunk;
    }
  } catch (error) {
    throw faultOf(error, "gzip", place);
  }
  // zlib stops without a word at a zero byte behind a member, and would drop members that follow.
  if (counts.compressed !== stage.bytesWritten) throw surplus("gzip", place);
  const fingerprint = tail.fingerprintOf(length);
  if (fingerprint !== undefined) counts.fingerprint = fingerprint;
}

interface SmallFile {
  readonly content: Buffer;
  readonly trailer: ContentFingerprint;
}

/** Takes a file of at most so many bytes if it is one sound member; anything else is left for the stream to judge. */
async function atOnce(reader: ByteReader, most: number): Promise<SmallFile | undefined> {
  if (most === 0) return undefined;
  const stored = await reader.peek(most + 1);
  if (stored.length < TRAILER_BYTES || stored.length > most) return undefined;
  const trailer = trailerOf(stored);
  // zlib ignores zeros behind a member; behind one that holds nothing they would look like its trailer.
  if (trailer.length === 0 || trailer.length > AT_ONCE_CONTENT) return undefined;
  const content = gunzipped(stored, trailer.length);
  if (content?.length !== trailer.length || crc32(content) !== trailer.crc32) return undefined;
  await reader.take(stored.length);
  return { content, trailer };
}

/** Undefined for what zlib refuses, or holds more than the trailer says. */
function gunzipped(stored: Buffer, length: number): Buffer | undefined {
  try {
    // A byte more than there is, so that zlib need not ask for another chunk to find the end.
    return gunzipSync(stored, {
      chunkSize: Math.max(length + 1, constants.Z_MIN_CHUNK),
      maxOutputLength: length + 1,
    });
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

/** What the last bytes of a gzip file say. */
function trailerOf(bytes: Buffer): ContentFingerprint {
  const at = bytes.length - TRAILER_BYTES;
  return { crc32: bytes.readUInt32LE(at), length: bytes.readUInt32LE(at + 4) };
}

/** Keeps the last bytes that passed. */
class Tail {
  readonly #bytes = Buffer.alloc(TRAILER_BYTES);

  async *follow(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      const fresh = Math.min(chunk.length, TRAILER_BYTES);
      this.#bytes.copyWithin(0, fresh);
      chunk.copy(this.#bytes, TRAILER_BYTES - fresh, chunk.length - fresh);
      yield chunk;
    }
  }

  /**
   * The trailer, if it describes content of that length. zlib has checked it against the last member; if that
   * member's length is the whole content's, the others (if there are any) hold nothing or, which nobody writes,
   * an exact multiple of 4 GiB: so the CRC is the content's too, and need not be computed.
   */
  fingerprintOf(length: number): ContentFingerprint | undefined {
    const trailer = trailerOf(this.#bytes);
    return trailer.length === length % 2 ** 32 ? trailer : undefined;
  }
}

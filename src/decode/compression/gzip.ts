/** gzip (RFC 1952): members one behind the other. */
import { pipeline } from "node:stream";
import { createGunzip, type Gunzip } from "node:zlib";
import type { ByteReader } from "../byte-reader.ts";
import { faultOf, surplus } from "./stage.ts";
import type { ContentFingerprint, Storage } from "./storage.ts";

/** A gzip file ends with the CRC-32 and the length of what its last member holds (section 2.3.1). */
const TRAILER_BYTES = 8;

/**
 * Decompresses all members, checks their CRCs, and notes the fingerprint of the content. A failing or abandoned
 * iteration ends the source, and a failing source this iteration.
 * @throws MillraceError OBJECT_TRUNCATED; OBJECT_CORRUPT, also for anything behind the last member.
 */
export async function* gunzip(
  reader: ByteReader,
  { place, counts, limits }: Storage,
): AsyncGenerator<Buffer> {
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
    const trailer = { crc32: this.#bytes.readUInt32LE(0), length: this.#bytes.readUInt32LE(4) };
    return trailer.length === length % 2 ** 32 ? trailer : undefined;
  }
}

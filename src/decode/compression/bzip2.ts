/**
 * bzip2, decompressed by the functions that unbzip2-stream is made of. Its stream itself decompresses whatever was
 * written to it at once, and the last megabyte at the end: some bytes of zeros would fill the memory.
 */
import bitIterator from "unbzip2-stream/lib/bit_iterator.js";
import bzip2 from "unbzip2-stream/lib/bzip2.js";
import { MillraceError, type Place } from "../../errors.ts";
import type { ByteReader } from "../byte-reader.ts";
import { damaged, surplus, truncated } from "./stage.ts";
import type { Storage } from "./storage.ts";

const NAME = "bzip2";

/** A block of so many bytes takes at most 1 % and 600 bytes more (bzip2's manual, "Memory management"). */
const LEVEL_BYTES = 100_000;
const BLOCK_OVERHEAD = 25_000;
const HEADER_BYTES = 4;

/** Where a block's content is first put; a block of zeros alone grows to 46 MB. */
const FIRST_BYTES = 1_000_000;

/**
 * Decompresses all streams, block by block, and checks the CRCs of blocks and streams.
 * @throws MillraceError OBJECT_TRUNCATED; OBJECT_CORRUPT, also for anything behind the last stream.
 */
export async function* bunzip2(reader: ByteReader, { place }: Storage): AsyncGenerator<Buffer> {
  const stored = new StoredBytes(reader, place);
  let streams = 0;
  while (await stored.fill(HEADER_BYTES)) {
    const level = stored.decode(() => bzip2.header(stored.bits()), streams > 0);
    streams++;
    const work = new Int32Array(level * LEVEL_BYTES);
    let sum: number | null = 0;
    while (sum !== null) {
      await stored.fill(level * LEVEL_BYTES + BLOCK_OVERHEAD);
      const former: number = sum;
      const block = new Block();
      sum = stored.decode(() => bzip2.decompress(stored.bits(), block.push, work, work.length, former));
      if (block.length > 0) yield block.bytes();
    }
  }
}

/** The bytes of which the next block is made, as the bits that it is written in. */
class StoredBytes {
  readonly #reader: ByteReader;
  readonly #place: Place;
  readonly #chunks: Buffer[] = [];
  #bits: ReturnType<typeof bitIterator> | undefined;
  #filled = 0;
  #ended = false;

  constructor(reader: ByteReader, place: Place) {
    this.#reader = reader;
    this.#place = place;
  }

  /** Makes sure that so many bytes are at hand, or all that there are; returns whether there are any. */
  async fill(length: number): Promise<boolean> {
    while (!this.#ended && this.#atHand() < length) {
      const chunk = await this.#reader.next();
      if (chunk === undefined) this.#ended = true;
      else {
        this.#chunks.push(chunk);
        this.#filled += chunk.length;
      }
    }
    return this.#atHand() > 0;
  }

  bits(): ReturnType<typeof bitIterator> {
    this.#bits ??= bitIterator(() => this.#next());
    return this.#bits;
  }

  /** Runs the decoder; whatever it throws (its errors have no code) means that the bytes are not bzip2. */
  decode<T>(run: () => T, behindStream = false): T {
    try {
      return run();
    } catch (error) {
      if (error instanceof MillraceError) throw error;
      throw behindStream ? surplus(NAME, this.#place) : damaged(NAME, this.#place, error);
    }
  }

  #atHand(): number {
    return this.#filled - (this.#bits?.bytesRead ?? 0);
  }

  #next(): Buffer {
    const chunk = this.#chunks.shift();
    if (chunk !== undefined) return chunk;
    throw this.#ended ? truncated(NAME, this.#place) : damaged(NAME, this.#place);
  }
}

/** The content of a block. */
class Block {
  length = 0;
  #bytes = Buffer.allocUnsafe(FIRST_BYTES);

  /** Called for every byte. */
  readonly push = (byte: number): void => {
    if (this.length === this.#bytes.length) this.#bytes = Buffer.concat([this.#bytes], 2 * this.length);
    this.#bytes[this.length++] = byte;
  };

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }
}

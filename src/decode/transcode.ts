/** Makes the fields of batches UTF-8 whose bytes are of another encoding. */
import { isAscii } from "node:buffer";
import type { Batch, Decoder } from "./batch.ts";
import { characterOf, type Encoding, isOneByte, textOf } from "./encoding.ts";

/** No byte of these encodings takes more bytes in UTF-8. */
const LONGEST = 3;

/**
 * The decoder with the fields of its batches in UTF-8; what is ASCII is passed on as it is. Records, lines and offsets
 * remain those of the stored bytes.
 */
export function inUtf8(decode: Decoder, encoding: Encoding): Decoder {
  if (encoding === "utf-8") return decode;
  return (chunks, context) => transcode(decode(chunks, context), encoding);
}

async function* transcode(batches: AsyncIterable<Batch>, encoding: Encoding): AsyncGenerator<Batch> {
  const transcoder = new Transcoder(encoding);
  for await (const batch of batches) yield transcoder.transcode(batch);
}

class Transcoder {
  readonly #encoding: Encoding;
  /** The UTF-8 of every byte, if each is a character. */
  readonly #characters: readonly Buffer[] | undefined;
  #bytes = Buffer.alloc(0);
  /** Where the next value goes. */
  #length = 0;

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
    if (isOneByte(encoding))
      this.#characters = Array.from({ length: 256 }, (_, byte) => Buffer.from(characterOf(byte, encoding)));
  }

  /** Changes the batch's bounds in place. Unescaped values stand apart from their records, but hold no byte that these lack. */
  transcode(batch: Batch): Batch {
    const { bounds, fields, rows, raw, records, lines, offset } = batch;
    if (isAscii(raw.subarray(records[0], records[rows * 2 - 1]))) return batch;
    this.#take(batch);
    for (let bound = 0; bound < rows * fields * 2; bound += 2) {
      const start = bounds[bound] ?? -1;
      const end = bounds[bound + 1] ?? -1;
      if (start === -1 || isPlain(batch.bytes, start, end)) continue;
      bounds[bound] = this.#length;
      this.#append(batch.bytes, start, end);
      bounds[bound + 1] = this.#length;
    }
    return { bytes: this.#bytes, bounds, fields, rows, raw, records, lines, offset };
  }

  /** Copies the batch's bytes, so that what is rewritten stands behind what is not, in one buffer. */
  #take({ bytes }: Batch): void {
    if (this.#bytes.length < 2 * bytes.length) this.#bytes = Buffer.allocUnsafeSlow(2 * bytes.length);
    bytes.copy(this.#bytes);
    this.#length = bytes.length;
  }

  #append(bytes: Buffer, start: number, end: number): void {
    this.#reserve((end - start) * LONGEST);
    const characters = this.#characters;
    if (characters === undefined) {
      this.#length += this.#bytes.write(textOf(bytes.subarray(start, end), this.#encoding), this.#length);
      return;
    }
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x80) this.#bytes[this.#length++] = byte;
      else this.#length += characters[byte]?.copy(this.#bytes, this.#length) ?? 0;
    }
  }

  #reserve(room: number): void {
    if (this.#length + room <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.#length + room));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Whether [start, end) is ASCII. Fields are short: a loop costs less than a call into Node. */
function isPlain(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if ((bytes[at] ?? 0) > 0x7f) return false;
  return true;
}

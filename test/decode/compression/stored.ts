/** Reads objects that are stored in one way or another. */
import { type Decompression, decompress, noBytes } from "../../../src/decode/decompress.ts";

import { chunksOf } from "../decoding.ts";

export const PLACE = { bucket: "b", key: "k" };

/** The bytes in chunks of this size. */
export function chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  return chunksOf(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    ),
  );
}

/** The whole content; in pieces of random or other sizes, if the object comes in them. */
export async function contentOf(
  object: Buffer | AsyncIterable<Buffer>,
  how: Decompression = {},
  key = PLACE.key,
): Promise<Buffer> {
  const chunks = Buffer.isBuffer(object) ? chunked(object, 64 * 1024) : object;
  return Buffer.concat(await Array.fromAsync(decompress(chunks, { ...PLACE, key }, noBytes(), how)));
}

/** The content, or the code of the error. */
export async function outcomeOf(object: Buffer | AsyncIterable<Buffer>, how: Decompression): Promise<string> {
  try {
    return (await contentOf(object, how)).toString("latin1");
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string") return error.code;
    throw error;
  }
}

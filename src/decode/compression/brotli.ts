/** Brotli (RFC 7932): one stream, without a mark and without a checksum. */
import { createBrotliDecompress } from "node:zlib";
import type { ByteReader } from "../byte-reader.ts";
import { ONE_BY_ONE, surplus, unpack } from "./stage.ts";
import type { Storage } from "./storage.ts";

/**
 * Decompresses the stream. Damage comes to light only if it breaks the format.
 * @throws MillraceError OBJECT_TRUNCATED; OBJECT_CORRUPT, also for anything behind the stream.
 */
export async function* unbrotli(reader: ByteReader, { place, limits }: Storage): AsyncGenerator<Buffer> {
  const stage = createBrotliDecompress({ ...ONE_BY_ONE, chunkSize: limits.chunk });
  yield* unpack(reader, stage, { name: "brotli", place });
  if ((await reader.peek(1)).length > 0) throw surplus("brotli", place);
}

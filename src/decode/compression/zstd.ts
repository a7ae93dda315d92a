/** zstd (RFC 8878): frames one behind the other. */
import { createZstdDecompress } from "node:zlib";
import type { ByteReader } from "../byte-reader.ts";
import { ZSTD_FRAME, ZSTD_SKIPPABLE } from "./detect.ts";
import { damaged, ONE_BY_ONE, surplus, truncated, unpack } from "./stage.ts";
import type { Storage } from "./storage.ts";

const NAME = "zstd";

/**
 * Decompresses all frames (a checksum that a frame carries is verified) and leaves skippable ones out.
 * @throws MillraceError OBJECT_TRUNCATED; OBJECT_CORRUPT, also for anything behind the last frame; OBJECT_TOO_LARGE
 * for a window of more than 128 MiB.
 */
export async function* unzstd(reader: ByteReader, { place, limits }: Storage): AsyncGenerator<Buffer> {
  for (let frames = 0; ; frames++) {
    const mark = (await reader.peek(4)).subarray(0, 4);
    if (mark.length === 0) return;
    if (!isFrame(mark)) {
      if (frames > 0) throw surplus(NAME, place);
      throw mark.length < 4 ? truncated(NAME, place) : damaged(NAME, place);
    }
    const stage = createZstdDecompress({ ...ONE_BY_ONE, chunkSize: limits.chunk });
    yield* unpack(reader, stage, { name: NAME, place });
  }
}

/** Whether a frame begins like this. */
function isFrame(mark: Buffer): boolean {
  if (mark.length < 4) return false;
  return mark.equals(ZSTD_FRAME) || (mark.readUInt32LE() & 0xfffffff0) >>> 0 === ZSTD_SKIPPABLE;
}

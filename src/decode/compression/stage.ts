/** Runs one of zlib's decompressors over as many bytes as belong to it. */
import { pipeline, type Transform } from "node:stream";
import { MillraceError, type Place } from "../../errors.ts";
import type { ByteReader } from "../byte-reader.ts";

/** One of zlib's decompressors. */
export interface Stage extends Transform {
  /** Compressed bytes that were used up. */
  readonly bytesWritten: number;
}

/** How a stage is to be made so that `unpack` can tell where its data end: it takes one chunk at a time. */
export const ONE_BY_ONE = { writableHighWaterMark: 1 };

export interface Packed {
  /** What the data are called: `zstd`. */
  readonly name: string;
  readonly place: Place;
  /** At most so many bytes belong to the stage. */
  readonly limit?: number;
}

/**
 * Decompresses one unit (a deflate stream, a zstd frame) from where the reader stands and leaves the reader behind
 * its last byte. The reader's own errors pass through.
 * @param stage Made with ONE_BY_ONE.
 * @throws MillraceError OBJECT_TRUNCATED; OBJECT_CORRUPT.
 */
export async function* unpack(
  reader: ByteReader,
  stage: Stage,
  { name, place, limit = Number.POSITIVE_INFINITY }: Packed,
): AsyncGenerator<Buffer> {
  let given = 0;
  let last: Buffer | undefined;
  let failure: { readonly error: unknown } | undefined;
  async function* chunks(): AsyncGenerator<Buffer> {
    // A stage that has left bytes lying has met its end.
    while (given < limit && stage.bytesWritten === given) {
      try {
        last = await reader.next(limit - given);
      } catch (error) {
        failure = { error };
        throw error;
      }
      if (last === undefined) return;
      given += last.length;
      yield last;
    }
  }
  const content: AsyncIterable<Buffer> = stage;
  try {
    // The pipeline's error is the stage's, which the loop below throws.
    pipeline(chunks(), stage, () => undefined);
    yield* content;
  } catch (error) {
    if (failure !== undefined) throw failure.error;
    throw faultOf(error, name, place);
  }
  const left = given - stage.bytesWritten;
  if (last !== undefined && left > 0) reader.giveBack(last.subarray(last.length - left));
}

/**
 * zlib's errors, told apart by their code: the data end too early (https://zlib.net/manual.html, "Constants"; Node gives
 * zstd's and brotli's that same code), or they are damaged. Errors without a code are none of zlib's.
 */
export function faultOf(error: unknown, name: string, place: Place): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (typeof code !== "string") return error;
  if (code === "Z_BUF_ERROR") return truncated(name, place, error);
  if (code === "ZSTD_error_frameParameter_windowTooLarge") {
    const what = "The zstd data need more than 128 MiB of memory; compress them without --long or --ultra.";
    return new MillraceError("OBJECT_TOO_LARGE", what, place, error);
  }
  const ofData =
    code.startsWith("Z_DATA") || code === "Z_NEED_DICT" || /^(ZSTD_error_|ERR__ERROR_)/.test(code);
  return ofData ? damaged(name, place, error) : error;
}

export function truncated(name: string, place: Place, cause?: unknown): MillraceError {
  return new MillraceError("OBJECT_TRUNCATED", `The ${name} data end too early.`, place, cause);
}

export function damaged(name: string, place: Place, cause?: unknown): MillraceError {
  return new MillraceError("OBJECT_CORRUPT", `The ${name} data are damaged.`, place, cause);
}

/** For whatever stands where the data should have ended. */
export function surplus(name: string, place: Place): MillraceError {
  return new MillraceError("OBJECT_CORRUPT", `There are bytes behind the end of the ${name} data.`, place);
}

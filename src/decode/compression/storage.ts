/** What every decompressor is told of the object, and what all of them count and obey. */
import { MillraceError } from "../../errors.ts";
import type { TextOrigin } from "../utf-16.ts";

/** What passed through `decompress` so far. */
export interface ByteCounts {
  /** Bytes of the object as stored. */
  compressed: number;
  /** Bytes of its content; of text in UTF-16 those that it has in UTF-8. */
  decompressed: number;
  /** How long bytes of the object were waited for, and how long those at hand waited to be asked for. */
  secondsWaited: number;
  secondsHeld: number;
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
  /**
   * A gzip object of at most so many stored bytes is waited for and decompressed at once: a stream costs more than it does.
   * 0: none is.
   */
  readonly atOnce: number;
}

export interface Storage extends TextOrigin {
  readonly counts: ByteCounts;
  readonly limits: ContentLimits;
  /** Which files of a zip archive are the content; see `format.member`. */
  readonly member?: string | undefined;
}

/**
 * Refuses an object that decompresses to so many bytes.
 * @throws MillraceError OBJECT_TOO_LARGE
 */
export function refuseExcess(decompressed: number, { counts, limits, place }: Storage): void {
  const tooDense = decompressed > limits.ratioFrom && decompressed > counts.compressed * limits.ratio;
  if (decompressed <= limits.bytes && !tooDense) return;
  const what = tooDense ? `more than ${limits.ratio} times its size` : `more than ${limits.bytes} bytes`;
  throw new MillraceError("OBJECT_TOO_LARGE", `The object decompresses to ${what}.`, place);
}

/** Which compression an object's first bytes show. */
import type { Format } from "../../config/format.ts";

/** A compression, or none. */
export type Compression = Exclude<Format["compression"], "detect">;

export const ZSTD_FRAME = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
/** The first of 16 marks of frames that hold no content (RFC 8878, section 3.1.2). */
export const ZSTD_SKIPPABLE = 0x184d2a50;

/** A bzip2 file's first block, and the end of one that holds nothing, behind `BZh` and the size of blocks. */
const BZIP2_BLOCK = Buffer.from("314159265359", "hex");
const BZIP2_END = Buffer.from("177245385090", "hex");

type Marked = Exclude<Compression, "none" | "brotli">;

/** How each compression's files begin; brotli's have no mark. */
const MARKS: Readonly<Record<Marked, readonly Buffer[]>> = {
  gzip: [Buffer.from([0x1f, 0x8b])],
  zip: [Buffer.from("PK\x03\x04", "latin1"), Buffer.from("PK\x05\x06", "latin1")],
  zstd: [ZSTD_FRAME],
  bzip2: [1, 2, 3, 4, 5, 6, 7, 8, 9].flatMap((size) =>
    [BZIP2_BLOCK, BZIP2_END].map((mark) => Buffer.concat([Buffer.from(`BZh${size}`), mark])),
  ),
  xz: [Buffer.from("\xfd7zXZ\0", "latin1")],
};

const NAMES = Object.keys(MARKS) as Marked[];

/** Fewer bytes of a mark than this say nothing. */
const TELLING_BYTES = 4;

/** The compression that the first bytes show; an object that is cut off within a mark shows it too. */
export function compressionOf(head: Buffer): Marked | undefined {
  return NAMES.find((name) =>
    MARKS[name].some((mark) => head.length >= Math.min(mark.length, TELLING_BYTES) && agree(head, mark)),
  );
}

/** Whether data of this compression can begin like this. */
export function canBegin(compression: Compression, head: Buffer): boolean {
  if (compression === "none" || compression === "brotli") return true;
  // The first frame may be one without content.
  if (compression === "zstd" && head.subarray(1, TELLING_BYTES).equals(Buffer.from([0x2a, 0x4d, 0x18])))
    return true;
  return MARKS[compression].some((mark) => agree(head, mark));
}

/** Whether the bytes are the same as far as both go. */
function agree(head: Buffer, mark: Buffer): boolean {
  const length = Math.min(head.length, mark.length);
  return head.subarray(0, length).equals(mark.subarray(0, length));
}

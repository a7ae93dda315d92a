/** From an object's bytes as stored to its content: decompresses, counts, and recognises what is no data. */
import { Readable } from "node:stream";
import type { Format } from "../config/format.ts";
import { MillraceError, type Place } from "../errors.ts";
import { ByteReader } from "./byte-reader.ts";
import { unbrotli } from "./compression/brotli.ts";
import { bunzip2 } from "./compression/bzip2.ts";
import { type Compression, canBegin, compressionOf } from "./compression/detect.ts";
import { gunzip } from "./compression/gzip.ts";
import { type ByteCounts, type ContentLimits, refuseExcess, type Storage } from "./compression/storage.ts";
import { unxz } from "./compression/xz.ts";
import { unzip } from "./compression/zip.ts";
import { unzstd } from "./compression/zstd.ts";
import { dataOnly, HEAD_BYTES, notData } from "./not-data.ts";

export type { ByteCounts, ContentLimits };

/** For content that streams past. It takes no memory, so the ratio only saves time: some seconds may be lost. */
export const CONTENT_LIMITS: ContentLimits = {
  bytes: 100 * 2 ** 30,
  ratio: 250,
  ratioFrom: 2 ** 30,
  // Larger than zlib's default of 16 kB: three times as fast, because each chunk costs a round trip to a thread.
  chunk: 256 * 1024,
  atOnce: 0,
};

export function noBytes(): ByteCounts {
  return { compressed: 0, decompressed: 0, secondsWaited: 0, secondsHeld: 0 };
}

/** How an object is decompressed. */
export interface Decompression {
  /** What the pipeline says: its `format`. Without it the compression is detected, and the text is UTF-8 or has a mark. */
  readonly format?: Pick<Format, "compression" | "member"> & Partial<Pick<Format, "encoding">>;
  /** CONTENT_LIMITS if absent. */
  readonly limits?: ContentLimits;
}

/**
 * Yields the content of an object, decompressed as the format says or as its first bytes show (brotli, which has no
 * mark, by a key that ends in `.br`). gzip, zstd, bzip2 and xz may consist of several parts one behind the other; of a
 * zip archive the members that `member` names are read. Text in UTF-16 becomes UTF-8. Nothing is read ahead of demand,
 * except what decompressors hold (bzip2 a block, else less than a megabyte). The body is destroyed when iteration ends, however it ends; its own
 * errors pass through as they are. Counts into `counts`.
 *
 * Damage may come to light only at the end (checksums stand last): nothing may be committed before the iteration has
 * ended. Brotli has no checksum, and zstd and xz may lack one.
 * @throws MillraceError OBJECT_EMPTY for no bytes or no content; OBJECT_TRUNCATED; OBJECT_CORRUPT for a wrong checksum,
 * wrong data or anything behind their end; OBJECT_NOT_DATA for an HTML page, an XML document, a git-lfs pointer, a file of
 * another kind or another compression; MEMBER_UNKNOWN for an archive of which the pipeline does not say what to read;
 * OBJECT_TOO_LARGE.
 */
export async function* decompress(
  body: AsyncIterable<Buffer>,
  place: Place,
  counts: ByteCounts,
  { format = { compression: "detect" }, limits = CONTENT_LIMITS }: Decompression = {},
): AsyncGenerator<Buffer> {
  const reader = new ByteReader(counted(body, counts));
  try {
    const { member, encoding = "utf-8" } = format;
    const storage = { place, counts, limits, member, encoding };
    const compression = compressionFor(await reader.peek(HEAD_BYTES), format.compression, place);
    for await (const chunk of contentOf(reader, compression, storage)) {
      counts.decompressed += chunk.length;
      refuseExcess(counts.decompressed, storage);
      yield chunk;
    }
    if (counts.decompressed === 0) {
      const what =
        compression === "none" ? "is nothing but a byte order mark" : "is compressed and holds nothing";
      throw new MillraceError("OBJECT_EMPTY", `The object ${what}.`, place);
    }
  } finally {
    if (body instanceof Readable) body.destroy();
  }
}

function contentOf(reader: ByteReader, compression: Compression, storage: Storage): AsyncGenerator<Buffer> {
  switch (compression) {
    case "none":
      return dataOnly(reader, storage);
    case "gzip":
      return dataOnly(gunzip(reader, storage), storage);
    case "zstd":
      return dataOnly(unzstd(reader, storage), storage);
    case "bzip2":
      return dataOnly(bunzip2(reader, storage), storage);
    case "xz":
      return dataOnly(unxz(reader, storage), storage);
    case "brotli":
      return dataOnly(unbrotli(reader, storage), storage);
    case "zip":
      return unzip(reader, storage);
  }
}

/** The compression that the format says or the first bytes show, if these can be data of that compression. */
function compressionFor(head: Buffer, asked: Format["compression"], place: Place): Compression {
  if (head.length === 0) throw new MillraceError("OBJECT_EMPTY", "The object holds not one byte.", place);
  const what = notData(head);
  if (asked === "detect") {
    const named = (place.key ?? place.file ?? "").endsWith(".br") && what === undefined;
    return compressionOf(head) ?? (named ? "brotli" : "none");
  }
  if (asked === "none") return asked;
  if (asked === "brotli" ? what === undefined : canBegin(asked, head)) return asked;
  if (what !== undefined) {
    const told = `This is ${what}, not ${asked} data, as \`format.compression\` says.`;
    throw new MillraceError("OBJECT_NOT_DATA", told, place);
  }
  const told = `The object does not begin like ${asked} data, which \`format.compression\` says it is.`;
  throw new MillraceError("OBJECT_CORRUPT", told, place);
}

async function* counted(body: AsyncIterable<Buffer>, counts: ByteCounts): AsyncGenerator<Buffer> {
  let asked = performance.now();
  for await (const chunk of body) {
    const arrived = performance.now();
    counts.secondsWaited += (arrived - asked) / 1000;
    counts.compressed += chunk.length;
    yield chunk;
    asked = performance.now();
    counts.secondsHeld += (asked - arrived) / 1000;
  }
  counts.secondsWaited += (performance.now() - asked) / 1000;
}

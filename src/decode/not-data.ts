/** Tells what an object is that should hold data and does not. */
import { MillraceError } from "../errors.ts";
import { ByteReader } from "./byte-reader.ts";
import { type Compression, compressionOf } from "./compression/detect.ts";
import { type TextOrigin, textIn } from "./utf-16.ts";

/** How much of the beginning of the content is looked at, in bytes. */
export const HEAD_BYTES = 512;

/** First bytes of files that are no text, and what they are. */
const MAGIC: readonly (readonly [Buffer, string])[] = [
  [Buffer.from("PAR1\x15", "latin1"), "a Parquet file"],
  [Buffer.from("CDF\x01", "latin1"), "a NetCDF file"],
  [Buffer.from("CDF\x02", "latin1"), "a NetCDF file"],
  [Buffer.from("\x89HDF", "latin1"), "an HDF5 or NetCDF file"],
  [Buffer.from("GRIB", "latin1"), "a GRIB file"],
  [Buffer.from("BUFR", "latin1"), "a BUFR file"],
  [Buffer.from("%PDF-", "latin1"), "a PDF file"],
  [Buffer.from("7z\xbc\xaf\x27\x1c", "latin1"), "a 7-Zip archive"],
  [Buffer.from("Rar!\x1a\x07", "latin1"), "a RAR archive"],
  [Buffer.from("\xd0\xcf\x11\xe0\xa1\xb1", "latin1"), "an Office file such as .xls"],
  [Buffer.from("\x1f\x9d", "latin1"), "a file of the old compress (.Z)"],
  [Buffer.from("\xff\xfe\0\0", "latin1"), "text in UTF-32"],
  [Buffer.from("\0\0\xfe\xff", "latin1"), "text in UTF-32"],
];

const COMPRESSED: Readonly<Record<Exclude<Compression, "none" | "brotli">, string>> = {
  gzip: "a gzip file",
  zip: "a zip archive",
  zstd: "a zstd file",
  bzip2: "a bzip2 file",
  xz: "an xz file",
};

/** How pages and documents begin that stand in the place of data; in lower case, after any blanks. */
const OPENINGS: readonly (readonly [string, string])[] = [
  ["<!doctype html", "an HTML page"],
  ["<html", "an HTML page"],
  ["<?xml", "an XML document"],
  ["<error>", "an XML error document"],
  ["version https://git-lfs.github.com/spec/", "a git-lfs pointer"],
];

/** A tar archive says so behind its first file's header (POSIX, ustar interchange format). */
const TAR_MARK = Buffer.from("ustar");
const TAR_MARK_AT = 257;

/**
 * What these first bytes are, if they are no data: an HTML page, an XML error document of an object store, a git-lfs
 * pointer, or a file of another kind, compressed ones included.
 */
export function notData(head: Buffer): string | undefined {
  const compression = compressionOf(head);
  if (compression !== undefined) return COMPRESSED[compression];
  const magic = MAGIC.find(([bytes]) => head.subarray(0, bytes.length).equals(bytes));
  if (magic !== undefined) return magic[1];
  if (head.subarray(TAR_MARK_AT, TAR_MARK_AT + TAR_MARK.length).equals(TAR_MARK)) return "a tar archive";
  const text = head
    .toString("utf8", 0, HEAD_BYTES)
    .replace(/^\uFEFF/, "")
    .trimStart()
    .toLowerCase();
  return OPENINGS.find(([opening]) => text.startsWith(opening))?.[1];
}

/**
 * The same content, after a look at its beginning; text in UTF-16 as UTF-8.
 * @throws MillraceError OBJECT_NOT_DATA
 */
export async function* dataOnly(content: AsyncIterable<Buffer>, origin: TextOrigin): AsyncGenerator<Buffer> {
  const { what, bytes } = await lookInto(new ByteReader(content), origin);
  if (what !== undefined)
    throw new MillraceError("OBJECT_NOT_DATA", `This is ${what}, not data.`, origin.place);
  yield* bytes;
}

/** What the content is, if it is no data, and all of it; text in UTF-16 as UTF-8. */
export async function lookInto(
  content: ByteReader,
  origin: TextOrigin,
): Promise<{ readonly what: string | undefined; readonly bytes: AsyncIterable<Buffer> }> {
  const stored = notData(await content.peek(HEAD_BYTES));
  if (stored !== undefined) return { what: stored, bytes: content };
  const { head, bytes } = await textIn(content, HEAD_BYTES, origin);
  return { what: notData(head), bytes };
}

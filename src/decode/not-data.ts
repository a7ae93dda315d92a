/** Tells what an object is that should hold data and does not. */

/** How much of the beginning of the content is looked at, in bytes. */
export const HEAD_BYTES = 512;

/** First bytes of files that are no text, and what they are. */
const MAGIC: readonly (readonly [Buffer, string])[] = [
  [Buffer.from("PK\x03\x04", "latin1"), "a zip archive"],
  [Buffer.from("PK\x05\x06", "latin1"), "an empty zip archive"],
  [Buffer.from("BZh", "latin1"), "a bzip2 file"],
  [Buffer.from("\xfd7zXZ\x00", "latin1"), "an xz file"],
  [Buffer.from("\x28\xb5\x2f\xfd", "latin1"), "a zstd file"],
  [Buffer.from("PAR1\x15", "latin1"), "a Parquet file"],
  [Buffer.from("\x1f\x8b", "latin1"), "a gzip file inside a gzip file"],
  [Buffer.from("\xff\xfe", "latin1"), "text in UTF-16"],
  [Buffer.from("\xfe\xff", "latin1"), "text in UTF-16"],
];

/** How pages and documents begin that stand in the place of data; in lower case, after any blanks. */
const OPENINGS: readonly (readonly [string, string])[] = [
  ["<!doctype html", "an HTML page"],
  ["<html", "an HTML page"],
  ["<?xml", "an XML document"],
  ["<error>", "an XML error document"],
  ["version https://git-lfs.github.com/spec/", "a git-lfs pointer"],
];

/**
 * What these first bytes of an object's decompressed content are, if they are no data: an HTML page, an XML error
 * document of an object store, a git-lfs pointer, or a file of another kind.
 */
export function notData(head: Buffer): string | undefined {
  const magic = MAGIC.find(([bytes]) => head.subarray(0, bytes.length).equals(bytes));
  if (magic !== undefined) return magic[1];
  const text = head
    .toString("utf8", 0, HEAD_BYTES)
    .replace(/^\uFEFF/, "")
    .trimStart()
    .toLowerCase();
  return OPENINGS.find(([opening]) => text.startsWith(opening))?.[1];
}

/** The beginning of an object, decompressed. */

import { fits, isFile } from "../decode/compression/zip.ts";
import { decompress, noBytes } from "../decode/decompress.ts";
import { MillraceError, type Place } from "../errors.ts";
import { beginsAsJson } from "./json-prefix.ts";

/** As much of the content as is looked at. */
const SAMPLE_BYTES = 1024 * 1024;
/** Documents are looked at further: series may follow each other, and their last column begins near the end. */
const DOCUMENT_BYTES = 16 * 1024 * 1024;
/** A zip archive is read whole, for its directory stands at its end; larger ones are not looked into. */
const ARCHIVE_BYTES = 64 * 1024 * 1024;

export interface Sample {
  readonly bytes: Buffer;
  /** Whether the content goes on behind it. */
  readonly isCut: boolean;
  /** For zip archives of several files: the pattern of the one that was read, and its name. */
  readonly member?: { readonly pattern: string; readonly name: string };
}

/** Reads the sample. Throws what decompressing throws, and OBJECT_TOO_LARGE for a large archive of several files. */
export async function readSample(body: AsyncIterable<Buffer>, place: Place): Promise<Sample> {
  const [head, rest] = await peek(body);
  if (head.readUInt32LE(0) !== ZIP_MARK) return take(decompress(rest, place, noBytes()));
  const archive = await whole(rest, place);
  const names = namesIn(archive);
  if (names.length === 0) await refuseBroken(archive, place);
  if (names.length <= 1) return take(decompress(pieces([archive]), place, noBytes()));
  const name = mostLikely(names);
  const pattern = patternOf(
    name,
    names.map((member) => member.name),
  );
  const format = { compression: "zip" as const, member: pattern };
  return {
    ...(await take(decompress(pieces([archive]), place, noBytes(), { format }))),
    member: { pattern, name },
  };
}

/** No file has this name. */
const NOBODY = "\0";

/**
 * An archive that names no file has lost its end: whatever its files are, that is what is wrong with it.
 * @throws MillraceError OBJECT_TRUNCATED or OBJECT_CORRUPT; OBJECT_EMPTY for an archive without files.
 */
async function refuseBroken(archive: Buffer, place: Place): Promise<void> {
  const format = { compression: "zip" as const, member: NOBODY };
  try {
    await Array.fromAsync(decompress(pieces([archive]), place, noBytes(), { format }));
  } catch (error) {
    if (!(error instanceof MillraceError) || error.code !== "MEMBER_UNKNOWN") throw error;
  }
}

const ZIP_MARK = 0x04034b50;
const MARK_BYTES = 4;

/** The first bytes (at least four, blanks behind a shorter object), and everything once more. */
async function peek(body: AsyncIterable<Buffer>): Promise<[Buffer, AsyncGenerator<Buffer>]> {
  const iterator = body[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let size = 0;
  while (size < MARK_BYTES) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    size += next.value.length;
  }
  const rest = { [Symbol.asyncIterator]: () => iterator };
  return [Buffer.concat([...first, Buffer.alloc(MARK_BYTES)]), pieces(first, rest)];
}

async function* pieces(first: readonly Buffer[], rest?: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* first;
  if (rest !== undefined) yield* rest;
}

async function take(content: AsyncIterable<Buffer>): Promise<Sample> {
  const chunks: Buffer[] = [];
  let size = 0;
  let most = SAMPLE_BYTES;
  for await (const chunk of content) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size <= most) continue;
    if (most === SAMPLE_BYTES && isDocument(Buffer.concat(chunks))) most = DOCUMENT_BYTES;
    if (size > most) break;
  }
  return { bytes: Buffer.concat(chunks).subarray(0, most), isCut: size > most };
}

/** JSON that is no record a line. */
function isDocument(beginning: Buffer): boolean {
  const text = beginning.toString("latin1").replace(/^\u00ef\u00bb\u00bf/, "");
  const [line = ""] = text.trimStart().split("\n", 1);
  return beginsAsJson(text) && !line.trimEnd().endsWith("}");
}

async function whole(body: AsyncIterable<Buffer>, place: Place): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > ARCHIVE_BYTES) {
      throw new MillraceError(
        "OBJECT_TOO_LARGE",
        `archives above ${ARCHIVE_BYTES} bytes are not looked into`,
        place,
      );
    }
  }
  return Buffer.concat(chunks);
}

interface Member {
  readonly name: string;
  readonly size: number;
}

/** Central directory: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 and 4.3.16. */
const DIRECTORY_END = Buffer.from([0x50, 0x4b, 5, 6]);
const DIRECTORY_ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;

/** The files of an archive; the decompressor says what is wrong with a broken one. */
function namesIn(archive: Buffer): Member[] {
  const end = archive.lastIndexOf(DIRECTORY_END);
  const members: Member[] = [];
  if (end < 0 || end + 20 > archive.length) return members;
  // Where it is told to begin is wrong in archives that stand behind something else, or were put together.
  let at = Math.max(0, end - archive.readUInt32LE(end + 12));
  while (at + ENTRY_BYTES <= archive.length && archive.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const size = archive.readUInt32LE(at + 24);
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) =>
      archive.readUInt16LE(at + offset),
    );
    const name = archive.toString("utf8", at + ENTRY_BYTES, at + ENTRY_BYTES + (nameBytes ?? 0));
    if (isFile({ name })) members.push({ name, size });
    at += ENTRY_BYTES + (nameBytes ?? 0) + (extraBytes ?? 0) + (commentBytes ?? 0);
  }
  return members;
}

/** Tables look like data by their endings; the largest of them is the data rather than a description. */
function mostLikely(members: readonly Member[]): string {
  const data = members.filter(({ name }) => /\.(csv|txt|tsv|psv|dat|json|ndjson|jsonl)$/i.test(name));
  const candidates = data.length > 0 ? data : members;
  return candidates.reduce<Member>((best, member) => (member.size > best.size ? member : best), {
    name: "",
    size: -1,
  }).name;
}

/** The name with its numbers left open, unless that fits others too. */
function patternOf(name: string, names: readonly string[]): string {
  const open = name.replace(/\d+(?:[_-]\d+)*/g, "*");
  return names.filter((other) => fits(open, other)).length === 1 ? open : name;
}

/**
 * The records of a zip archive that stand around its files' data
 * (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.3). All numbers are little-endian.
 */
import { isUtf8 } from "node:buffer";
import type { Place } from "../../errors.ts";
import type { ByteReader } from "../byte-reader.ts";
import { damaged, truncated } from "./stage.ts";

export const SIGNATURE_BYTES = 4;
export const FILE_HEADER = 0x04034b50;
const DESCRIPTOR = 0x08074b50;
const DIRECTORY_ENTRY = 0x02014b50;
const DIRECTORY_SIGNATURE = 0x05054b50;
const ZIP64_END = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const END = 0x06054b50;

const FILE_HEADER_BYTES = 30;
const DIRECTORY_ENTRY_BYTES = 46;
const DIRECTORY_SIGNATURE_BYTES = 6;
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR_BYTES = 20;
const END_BYTES = 22;

/** In place of a number that stands in the zip64 field. */
const IN_ZIP64 = 0xffffffff;
const MANY_IN_ZIP64 = 0xffff;
const ZIP64_FIELD = 0x0001;

const ENCRYPTED = 1 << 0;
const SIZES_FOLLOW = 1 << 3;

/** What an archive says of a file before or behind its data. */
export interface FileSums {
  readonly crc32: number;
  /** Bytes as stored, and of content. */
  readonly stored: number;
  readonly length: number;
}

/** A file of an archive, as its header announces it. */
export interface FileHeader {
  readonly name: string;
  readonly encrypted: boolean;
  /** 0: stored as it is; 8: deflate. */
  readonly method: number;
  /** undefined: they follow the data. */
  readonly sums: FileSums | undefined;
  /** Whether a descriptor follows the data. */
  readonly described: boolean;
}

/** Reads the header of a file, at whose signature the reader stands. */
export async function readFileHeader(reader: ByteReader, place: Place): Promise<FileHeader> {
  const fixed = await exactly(reader, FILE_HEADER_BYTES, place);
  const flags = fixed.readUInt16LE(6);
  const name = await exactly(reader, fixed.readUInt16LE(26), place);
  const extra = await exactly(reader, fixed.readUInt16LE(28), place);
  const described = (flags & SIZES_FOLLOW) !== 0;
  const sums = sumsOf(fixed.subarray(14), extra, place);
  return {
    name: isUtf8(name) ? name.toString("utf8") : name.toString("latin1"),
    encrypted: (flags & ENCRYPTED) !== 0,
    method: fixed.readUInt16LE(8),
    sums: described && sums.stored === 0 ? undefined : sums,
    described,
  };
}

/** CRC-32, stored bytes and bytes of content, four bytes each; or the latter two, exchanged, from the zip64 field. */
function sumsOf(fields: Buffer, extra: Buffer, place: Place): FileSums {
  const stored = fields.readUInt32LE(4);
  const length = fields.readUInt32LE(8);
  const sums = { crc32: fields.readUInt32LE(0), stored, length };
  if (stored !== IN_ZIP64 && length !== IN_ZIP64) return sums;
  const wide = extraField(extra, ZIP64_FIELD);
  let at = 0;
  const next = (): number => {
    if (wide === undefined || wide.length < at + 8) throw damaged("zip", place);
    at += 8;
    return Number(wide.readBigUInt64LE(at - 8));
  };
  if (length === IN_ZIP64) sums.length = next();
  if (stored === IN_ZIP64) sums.stored = next();
  return sums;
}

function extraField(extra: Buffer, id: number): Buffer | undefined {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2));
  }
  return undefined;
}

/**
 * Reads the descriptor that follows a file's data. It has no shape of its own: a signature or none, sizes of four or of
 * eight bytes; so it is the shape that says what was found in the data.
 */
export async function readDescriptor(reader: ByteReader, found: FileSums, place: Place): Promise<void> {
  const head = await reader.peek(24);
  const shapes = [true, false].flatMap((wide) => {
    const sums = Buffer.alloc(wide ? 20 : 12);
    sums.writeUInt32LE(found.crc32, 0);
    if (wide) {
      sums.writeBigUInt64LE(BigInt(found.stored), 4);
      sums.writeBigUInt64LE(BigInt(found.length), 12);
    } else {
      sums.writeUInt32LE(found.stored % 2 ** 32, 4);
      sums.writeUInt32LE(found.length % 2 ** 32, 8);
    }
    const signature = Buffer.alloc(SIGNATURE_BYTES);
    signature.writeUInt32LE(DESCRIPTOR);
    return [Buffer.concat([signature, sums]), sums];
  });
  // Of two shapes that fit the longer one is meant: it would be a wide one whose upper halves are zeros.
  const shape = shapes
    .sort((a, b) => b.length - a.length)
    .find((bytes) => head.subarray(0, bytes.length).equals(bytes));
  if (shape === undefined) throw head.length < 24 ? truncated("zip", place) : damaged("zip", place);
  await reader.take(shape.length);
}

/** What stands in an archive behind its last file. */
export interface Directory {
  readonly entries: number;
  readonly digest: number;
}

/**
 * Reads the directory and the end of the archive. `digestOf` makes one number of what is known of a file; those of
 * all entries are added up, modulo 2^32.
 */
export async function readDirectory(
  reader: ByteReader,
  digestOf: (name: string, sums: FileSums) => number,
  place: Place,
): Promise<Directory> {
  let entries = 0;
  let digest = 0;
  let announced: number | undefined;
  for (;;) {
    const mark = await reader.peek(SIGNATURE_BYTES);
    if (mark.length < SIGNATURE_BYTES) throw truncated("zip", place);
    switch (mark.readUInt32LE()) {
      case DIRECTORY_ENTRY: {
        const { name, sums } = await readEntry(reader, place);
        digest = (digest + digestOf(name, sums)) % 2 ** 32;
        entries++;
        break;
      }
      case DIRECTORY_SIGNATURE: {
        const fixed = await exactly(reader, DIRECTORY_SIGNATURE_BYTES, place);
        await exactly(reader, fixed.readUInt16LE(4), place);
        break;
      }
      case ZIP64_END: {
        const fixed = await exactly(reader, ZIP64_END_BYTES, place);
        announced = Number(fixed.readBigUInt64LE(32));
        await skip(reader, Number(fixed.readBigUInt64LE(4)) + 12 - ZIP64_END_BYTES, place);
        break;
      }
      case ZIP64_LOCATOR:
        await exactly(reader, ZIP64_LOCATOR_BYTES, place);
        break;
      case END: {
        const fixed = await exactly(reader, END_BYTES, place);
        const count = fixed.readUInt16LE(10);
        await exactly(reader, fixed.readUInt16LE(20), place);
        if (count !== MANY_IN_ZIP64 || announced === undefined) announced = count;
        if (announced !== entries) throw damaged("zip", place);
        return { entries, digest };
      }
      default:
        throw damaged("zip", place);
    }
  }
}

async function readEntry(reader: ByteReader, place: Place): Promise<{ name: string; sums: FileSums }> {
  const fixed = await exactly(reader, DIRECTORY_ENTRY_BYTES, place);
  const name = await exactly(reader, fixed.readUInt16LE(28), place);
  const extra = await exactly(reader, fixed.readUInt16LE(30), place);
  await exactly(reader, fixed.readUInt16LE(32), place);
  return {
    name: isUtf8(name) ? name.toString("utf8") : name.toString("latin1"),
    sums: sumsOf(fixed.subarray(16), extra, place),
  };
}

async function exactly(reader: ByteReader, length: number, place: Place): Promise<Buffer> {
  const bytes = await reader.take(length);
  if (bytes.length < length) throw truncated("zip", place);
  return bytes;
}

/** Steps over so many bytes. */
export async function skip(reader: ByteReader, length: number, place: Place): Promise<void> {
  if (length < 0) throw damaged("zip", place);
  for (let left = length; left > 0; ) {
    const chunk = await reader.next(left);
    if (chunk === undefined) throw truncated("zip", place);
    left -= chunk.length;
  }
}

/** zip archives, read from front to back: the directory at the end only confirms what was read. */
import { crc32, createInflateRaw } from "node:zlib";
import { MillraceError, type Place } from "../../errors.ts";
import { ByteReader } from "../byte-reader.ts";
import { lookInto } from "../not-data.ts";
import { damaged, ONE_BY_ONE, surplus, truncated, unpack } from "./stage.ts";
import { refuseExcess, type Storage } from "./storage.ts";
import { fitsWildcard } from "./wildcard.ts";
import {
  FILE_HEADER,
  type FileHeader,
  type FileSums,
  readDescriptor,
  readDirectory,
  readFileHeader,
  SIGNATURE_BYTES,
  skip,
} from "./zip-records.ts";

const NAME = "zip";
const STORED = 0;
const DEFLATE = 8;
const LF = 0x0a;
const LINE_END = Buffer.from("\n");
const UTF_8_MARK = Buffer.from("\ufeff");

/** An error names at most so many files, and looks for their names in at most so many bytes more. */
const NAMED_FILES = 12;
const NAMED_WITHIN = 64 * 2 ** 20;
const NAME_LENGTH = 100;

/** Names by which other kinds of file, that are zip archives inside, give themselves away. */
const OTHER_KINDS: readonly (readonly [string, string])[] = [
  ["[Content_Types].xml", "an Office file such as .xlsx or .docx"],
  ["mimetype", "an OpenDocument file such as .ods"],
];

/**
 * Decompresses the files that fit `member`, one behind the other and each ended by a line end, if they are several; without
 * `member` the only file that there is. Of several, byte order marks are dropped but the first. CRCs, sizes and the directory are verified. Only `stored` and `deflate` are read.
 * @throws MillraceError OBJECT_TRUNCATED; OBJECT_CORRUPT; OBJECT_NOT_DATA for a file that is none or cannot be read;
 * OBJECT_EMPTY for an archive without files; MEMBER_UNKNOWN when none fits, or several are there without `member`.
 */
export async function* unzip(reader: ByteReader, storage: Storage): AsyncGenerator<Buffer> {
  yield* new Archive(reader, storage).content();
}

class Archive {
  readonly #reader: ByteReader;
  readonly #storage: Storage;
  readonly #place: Place;
  /** The first files' names. */
  readonly #names: string[] = [];
  #entries = 0;
  #digest = 0;
  /** Bytes of content that were decompressed and not wanted. */
  #skipped = 0;

  constructor(reader: ByteReader, storage: Storage) {
    this.#reader = reader;
    this.#storage = storage;
    this.#place = storage.place;
  }

  async *content(): AsyncGenerator<Buffer> {
    const { member } = this.#storage;
    let chosen = 0;
    let last = LF;
    for (let file = await this.#next(); file !== undefined; file = await this.#next()) {
      if (!(member === undefined ? isFile(file) : fits(member, file.name))) {
        await this.#skip(file);
        continue;
      }
      if (member === undefined && chosen > 0) throw await this.#several(file);
      chosen++;
      if (last !== LF) yield LINE_END;
      last = LF;
      let begun = chosen === 1;
      for await (const chunk of this.#dataOf(file)) {
        last = chunk.at(-1) ?? last;
        // A mark inside the content would be a part of the file's first field.
        yield begun ? chunk : withoutMark(chunk);
        begun = true;
      }
    }
    await this.#finish();
    if (chosen === 0) throw this.#noneFits();
  }

  /** The next file's header, or undefined behind the last file. */
  async #next(): Promise<FileHeader | undefined> {
    const mark = (await this.#reader.peek(SIGNATURE_BYTES)).subarray(0, SIGNATURE_BYTES);
    if (mark.length < SIGNATURE_BYTES) throw truncated(NAME, this.#place);
    if (mark.readUInt32LE() !== FILE_HEADER) return undefined;
    const file = await readFileHeader(this.#reader, this.#place);
    const other = OTHER_KINDS.find(([name]) => name === file.name && this.#entries === 0);
    if (other !== undefined) throw this.#notData(`This is ${other[1]}, not data.`);
    if (isFile(file) && this.#names.length < NAMED_FILES) this.#names.push(shown(file.name));
    this.#entries++;
    return file;
  }

  /** A chosen file's content, after a look at its beginning. */
  async *#dataOf(file: FileHeader): AsyncGenerator<Buffer> {
    const content = new ByteReader(this.#unpacked(file));
    const { what, bytes } = await lookInto(content, this.#storage);
    if (what === undefined) {
      yield* bytes;
      return;
    }
    if (this.#storage.member === undefined) {
      // A page about the data may lie beside them: then a choice is to be made.
      for (let chunk = await content.next(); chunk !== undefined; chunk = await content.next())
        this.#drop(chunk);
      for (let next = await this.#next(); next !== undefined; next = await this.#next()) {
        if (isFile(next)) throw await this.#several(next);
        await this.#skip(next);
      }
    }
    throw this.#notData(`The archive's file ${shown(file.name)} is ${what}, not data.`);
  }

  /** A file's content, verified. */
  async *#unpacked(file: FileHeader): AsyncGenerator<Buffer> {
    const before = this.#reader.position;
    let sum = 0;
    let length = 0;
    for await (const chunk of this.#packed(file)) {
      sum = crc32(chunk, sum);
      length += chunk.length;
      yield chunk;
    }
    const found = { crc32: sum, stored: this.#reader.position - before, length };
    if (file.sums !== undefined && !sameSums(file.sums, found)) throw damaged(NAME, this.#place);
    if (file.described) await readDescriptor(this.#reader, found, this.#place);
    this.#note(file.name, found);
  }

  #packed(file: FileHeader): AsyncGenerator<Buffer> {
    if (file.encrypted) throw this.#notData(`The archive's file ${shown(file.name)} is encrypted.`);
    const limit = file.sums?.stored;
    if (file.method === STORED && limit !== undefined) return this.#plain(limit);
    if (file.method === DEFLATE) {
      const stage = createInflateRaw({ ...ONE_BY_ONE, chunkSize: this.#storage.limits.chunk });
      const packed = { name: NAME, place: this.#place, ...(limit === undefined ? {} : { limit }) };
      return unpack(this.#reader, stage, packed);
    }
    const how =
      file.method === STORED
        ? "is stored without its size, so that its end cannot be found"
        : `is compressed by method ${file.method}; only deflate is read`;
    throw this.#notData(`The archive's file ${shown(file.name)} ${how}.`);
  }

  async *#plain(length: number): AsyncGenerator<Buffer> {
    for (let left = length; left > 0; ) {
      const chunk = await this.#reader.next(left);
      if (chunk === undefined) throw truncated(NAME, this.#place);
      left -= chunk.length;
      yield chunk;
    }
  }

  /** Steps over a file; it is decompressed only if its end cannot be found otherwise. */
  async #skip(file: FileHeader): Promise<void> {
    if (file.sums === undefined || file.described) {
      for await (const chunk of this.#unpacked(file)) this.#drop(chunk);
      return;
    }
    await skip(this.#reader, file.sums.stored, this.#place);
    this.#note(file.name, file.sums);
  }

  #drop(chunk: Buffer): void {
    this.#skipped += chunk.length;
    refuseExcess(this.#skipped, this.#storage);
  }

  /** Adds the file to what the directory must confirm. */
  #note(name: string, sums: FileSums): void {
    this.#digest = (this.#digest + digestOf(name, sums)) % 2 ** 32;
  }

  /** Reads the directory: it must list the very files that were read, and be the end. */
  async #finish(): Promise<void> {
    const { entries, digest } = await readDirectory(this.#reader, digestOf, this.#place);
    if (entries !== this.#entries || digest !== this.#digest) throw damaged(NAME, this.#place);
    if ((await this.#reader.peek(1)).length > 0) throw surplus(NAME, this.#place);
  }

  /** What is wrong when a further file follows the only one that there should be. */
  async #several(second: FileHeader): Promise<MillraceError> {
    const until = this.#reader.position + NAMED_WITHIN;
    let file: FileHeader | undefined = second;
    while (file !== undefined && this.#names.length < NAMED_FILES && this.#reader.position < until) {
      await this.#skip(file);
      file = await this.#next();
    }
    const more = file === undefined ? "" : ", …";
    const what = `The archive holds several files: ${this.#names.join(", ")}${more}.`;
    return new MillraceError("MEMBER_UNKNOWN", what, this.#place);
  }

  #noneFits(): MillraceError {
    if (this.#names.length === 0) {
      return new MillraceError("OBJECT_EMPTY", "The zip archive holds no file.", this.#place);
    }
    const { member = "" } = this.#storage;
    const what = `No file of the archive fits ${shown(member)}; there are ${this.#names.join(", ")}.`;
    return new MillraceError("MEMBER_UNKNOWN", what, this.#place);
  }

  #notData(what: string): MillraceError {
    return new MillraceError("OBJECT_NOT_DATA", what, this.#place);
  }
}

/** Whether this is a file that its author put there: no folder, and none of those that macOS adds. */
export function isFile({ name }: Pick<FileHeader, "name">): boolean {
  return !name.endsWith("/") && !name.startsWith("__MACOSX/");
}

/** A pattern without a slash is that of a file wherever it lies, but for the files that macOS adds. */
export function fits(member: string, name: string): boolean {
  if (!isFile({ name })) return member.startsWith("__MACOSX/") && fitsWildcard(member, name);
  if (fitsWildcard(member, name)) return true;
  return !member.includes("/") && fitsWildcard(member, name.slice(name.lastIndexOf("/") + 1));
}

/** Without the byte order mark of UTF-8 that these first bytes of a file may begin with. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, UTF_8_MARK.length).equals(UTF_8_MARK) ? bytes.subarray(UTF_8_MARK.length) : bytes;
}

function sameSums(announced: FileSums, found: FileSums): boolean {
  const { crc32: sum, stored, length } = announced;
  return sum === found.crc32 && stored === found.stored && length === found.length;
}

/** One number for all that both header and directory say of a file. */
function digestOf(name: string, { crc32: sum, stored, length }: FileSums): number {
  return crc32(`${sum} ${stored} ${length} ${name}`);
}

/** A name as errors show it: quoted, without control characters. */
function shown(name: string): string {
  return JSON.stringify(name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH)}…` : name);
}

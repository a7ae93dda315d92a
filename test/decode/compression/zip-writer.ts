/** Writes zip archives byte by byte, right ones and wrong ones. */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipFile {
  readonly name: string;
  readonly content: Buffer | string;
  /** deflate by default. */
  readonly stored?: boolean;
  /** The method to be named instead. */
  readonly method?: number;
  /** Sizes and CRC behind the data: with the signature or without, in four or in eight bytes each. */
  readonly descriptor?: "signed" | "bare" | "signed-wide" | "bare-wide";
  /** Sizes in the zip64 field. */
  readonly wide?: boolean;
  readonly encrypted?: boolean;
}

export interface ZipOptions {
  readonly comment?: string;
  /** The end record of zip64, too. */
  readonly wideEnd?: boolean;
  /** How many entries the end announces. */
  readonly announced?: number;
  /** Which files the directory lists; all by default. */
  readonly listed?: (file: ZipFile, index: number) => boolean;
}

export function zipOf(files: readonly ZipFile[], options: ZipOptions = {}): Buffer {
  const parts = files.map(entryOf);
  const { comment = "", wideEnd = false, listed = (): boolean => true } = options;
  const entries = parts.filter((_, index) => listed(files[index] ?? fail(), index));
  const directory = Buffer.concat(entries.map(({ directory: entry }) => entry));
  const announced = options.announced ?? entries.length;
  const end = [
    ...(wideEnd ? wideEndOf(announced) : []),
    numbers([0x06054b50, 4], [0, 2], [0, 2]),
    numbers([wideEnd ? 0xffff : announced, 2], [wideEnd ? 0xffff : announced, 2]),
    numbers([directory.length, 4], [0, 4], [comment.length, 2]),
    Buffer.from(comment),
  ];
  return Buffer.concat([...parts.map(({ local }) => local), directory, ...end]);
}

function wideEndOf(announced: number): Buffer[] {
  const end = numbers([0x06064b50, 4], [44, 8], [45, 2], [45, 2], [0, 4], [0, 4]);
  const counts = numbers([announced, 8], [announced, 8], [0, 8], [0, 8]);
  return [end, counts, numbers([0x07064b50, 4], [0, 4], [0, 8], [1, 4])];
}

function entryOf(file: ZipFile): { local: Buffer; directory: Buffer } {
  const content = Buffer.from(file.content);
  const data = file.stored === true ? content : deflateRawSync(content);
  const sum = crc32(content);
  const name = Buffer.from(file.name);
  const flags = (file.encrypted === true ? 1 : 0) | (file.descriptor === undefined ? 0 : 8);
  const method = file.method ?? (file.stored === true ? 0 : 8);
  const fixed = numbers([20, 2], [flags, 2], [method, 2], [0, 4]);
  const wide = numbers([1, 2], [16, 2], [content.length, 8], [data.length, 8]);
  const extra = file.wide === true ? wide : Buffer.alloc(0);
  const sizes = file.wide === true ? [0xffffffff, 0xffffffff] : [data.length, content.length];
  const known = file.descriptor === undefined ? [sum, ...sizes] : [0, 0, 0];
  const local = [
    numbers([0x04034b50, 4]),
    fixed,
    numbers(...known.map((value) => [value, 4] as const)),
    numbers([name.length, 2], [extra.length, 2]),
    name,
    extra,
    data,
    descriptorOf(file, sum, data.length),
  ];
  const directory = [
    numbers([0x02014b50, 4], [20, 2]),
    fixed,
    numbers([sum, 4], [sizes[0] ?? 0, 4], [sizes[1] ?? 0, 4]),
    numbers([name.length, 2], [extra.length, 2], [0, 2], [0, 2], [0, 2], [0, 4], [0, 4]),
    name,
    extra,
  ];
  return { local: Buffer.concat(local), directory: Buffer.concat(directory) };
}

function descriptorOf(file: ZipFile, sum: number, stored: number): Buffer {
  if (file.descriptor === undefined) return Buffer.alloc(0);
  const width = file.descriptor.endsWith("wide") ? 8 : 4;
  const sums = numbers([sum, 4], [stored, width], [Buffer.from(file.content).length, width]);
  return file.descriptor.startsWith("signed") ? Buffer.concat([numbers([0x08074b50, 4]), sums]) : sums;
}

function numbers(...values: readonly (readonly [value: number, width: number])[]): Buffer {
  return Buffer.concat(
    values.map(([value, width]) => {
      const bytes = Buffer.alloc(width);
      if (width === 8) bytes.writeBigUInt64LE(BigInt(value));
      else bytes.writeUIntLE(value, 0, width);
      return bytes;
    }),
  );
}

function fail(): never {
  throw new Error("unreachable");
}

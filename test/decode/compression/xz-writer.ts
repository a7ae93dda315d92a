/** Writes xz files that compress nothing: LZMA2 chunks of bytes as they are (xz-file-format.txt, sections 2 to 4). */
import { crc32 } from "node:zlib";

const CHUNK = 2 ** 16;
/** CRC-32. */
const FLAGS = Buffer.from([0x00, 0x01]);

export function xzOf(content: Buffer): Buffer {
  const header = Buffer.concat([Buffer.from("\xfd7zXZ\0", "latin1"), FLAGS, sum(FLAGS)]);
  // 12 bytes: the size, one filter, LZMA2 with a dictionary of 64 KiB, padding, CRC.
  const fields = Buffer.from([0x02, 0x00, 0x21, 0x01, 0x08, 0x00, 0x00, 0x00]);
  const data = Buffer.concat([...chunksOf(content), Buffer.from([0])]);
  const unpadded = fields.length + 4 + data.length + 4;
  const block = Buffer.concat([fields, sum(fields), data, padding(data.length), sum(content)]);
  const records = Buffer.concat([Buffer.from([0x00, 0x01]), integer(unpadded), integer(content.length)]);
  const index = Buffer.concat([records, padding(records.length)]);
  const size = Buffer.alloc(4);
  size.writeUInt32LE((index.length + 4) / 4 - 1);
  const footer = Buffer.concat([size, FLAGS]);
  return Buffer.concat([header, block, index, sum(index), sum(footer), footer, Buffer.from("YZ")]);
}

function* chunksOf(content: Buffer): Generator<Buffer> {
  for (let at = 0; at < content.length; at += CHUNK) {
    const chunk = content.subarray(at, at + CHUNK);
    const head = Buffer.alloc(3);
    head[0] = at === 0 ? 0x01 : 0x02;
    head.writeUInt16BE(chunk.length - 1, 1);
    yield Buffer.concat([head, chunk]);
  }
}

function sum(bytes: Buffer): Buffer {
  const written = Buffer.alloc(4);
  written.writeUInt32LE(crc32(bytes));
  return written;
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}

/** Seven bits a byte, the lowest first; all but the last have the eighth bit set. */
function integer(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

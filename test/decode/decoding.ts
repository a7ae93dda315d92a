/** Runs a decoder over chunks and writes down all that it delivers. */
import assert from "node:assert/strict";
import { fixedWidthColumns } from "../../src/config/byte-columns.ts";
import type { Format } from "../../src/config/format.ts";
import { format as formatSchema } from "../../src/config/format.ts";
import { type Batch, noRecords, type RecordCounts, type RejectReason } from "../../src/decode/batch.ts";
import { openDecoder } from "../../src/decode/decoder.ts";

export interface DecodedRecord {
  /** null: absent. */
  readonly values: readonly (string | null)[];
  readonly line: number;
  /** Offset in the decompressed object, and the bytes that stand there by the batch's word. */
  readonly byte: number;
  readonly raw: string;
}

export interface DecodedReject {
  readonly reason: RejectReason;
  readonly field?: string;
  readonly line: number;
  readonly byte: number;
  readonly raw: string;
}

export interface Decoded {
  readonly records: DecodedRecord[];
  readonly rejects: DecodedReject[];
  readonly counts: RecordCounts;
}

/** A format as a pipeline file would give it, with the defaults filled in. */
export function formatOf(description: object): Format {
  return formatSchema.parse(description);
}

/** All columns that a format declares. */
function columnsOf(format: Format): string[] {
  if (format.type === "fixed-width") return Object.keys(fixedWidthColumns(format));
  return Array.isArray(format.columns) ? format.columns : Object.keys(format.columns ?? {});
}

/** Decodes everything and checks the account: read = headers + comments + blanks + decoded + rejected. */
export async function decodeAll(
  description: object,
  input: string | Buffer | Iterable<Buffer> | AsyncIterable<Buffer>,
  wanted?: readonly string[],
): Promise<Decoded> {
  const format = formatOf(description);
  const columns = wanted ?? columnsOf(format);
  const decoded: Decoded = { records: [], rejects: [], counts: noRecords() };
  const context = {
    columns,
    counts: decoded.counts,
    reject: ({ raw, ...reject }: { raw: Buffer } & Omit<DecodedReject, "raw">): void => {
      decoded.rejects.push({ ...reject, raw: raw.toString("latin1") });
    },
  };
  for await (const batch of openDecoder(format)(chunksOf(input), context)) collect(batch, decoded);
  const { read, headers, comments, blanks, rejected } = decoded.counts;
  assert.equal(read, headers + comments + blanks + decoded.counts.decoded + rejected);
  // With lists and objects, a record may be several rows or none.
  const walks = [...columns, ...Object.values(format.columns ?? {})].some((path) =>
    /\[\]|\{/.test(String(path)),
  );
  if (!walks) assert.equal(decoded.counts.decoded, decoded.records.length);
  assert.equal(rejected, decoded.rejects.length);
  return decoded;
}

function collect(batch: Batch, { records }: Decoded): void {
  for (let row = 0; row < batch.rows; row++) {
    const values: (string | null)[] = [];
    for (let field = 0; field < batch.fields; field++) {
      const at = (row * batch.fields + field) * 2;
      const start = batch.bounds[at] ?? NaN;
      values.push(start === -1 ? null : batch.bytes.toString("utf8", start, batch.bounds[at + 1]));
    }
    const start = batch.records[row * 2] ?? NaN;
    const raw = batch.raw.toString("utf8", start, batch.records[row * 2 + 1]);
    records.push({ values, line: batch.lines[row] ?? NaN, byte: batch.offset + start, raw });
  }
}

export async function* chunksOf(
  input: string | Buffer | Iterable<Buffer> | AsyncIterable<Buffer>,
): AsyncGenerator<Buffer> {
  if (typeof input === "string") yield Buffer.from(input);
  else if (Buffer.isBuffer(input)) yield input;
  else yield* input;
}

/** The same bytes cut at the given positions. */
export function cut(bytes: Buffer, at: readonly number[]): Buffer[] {
  const borders = [...at.map((position) => position % (bytes.length + 1)), bytes.length].sort(
    (a, b) => a - b,
  );
  return borders.map((end, index) => bytes.subarray(borders[index - 1] ?? 0, end));
}

/** Just the values. */
export function valuesOf({ records }: Decoded): (readonly (string | null)[])[] {
  return records.map(({ values }) => values);
}

/** Rejects in short: line and reason. */
export function faultsOf({ rejects }: Decoded): [number, RejectReason][] {
  return rejects.map(({ line, reason }) => [line, reason]);
}

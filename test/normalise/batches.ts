import type { Batch } from "../../src/decode/batch.ts";

/** A batch of these records; undefined stands for an absent field. Line numbers count from 1. */
export function batchOf(records: readonly (readonly (string | undefined)[])[]): Batch {
  const fields = records[0]?.length ?? 0;
  const bounds = new Int32Array(records.length * fields * 2);
  const places = new Int32Array(records.length * 2);
  const lines = new Int32Array(records.length);
  const parts: Buffer[] = [];
  let at = 0;
  for (const [row, record] of records.entries()) {
    places[row * 2] = at;
    lines[row] = row + 1;
    for (const [field, text] of record.entries()) {
      const index = (row * fields + field) * 2;
      const bytes = Buffer.from(text ?? "");
      bounds[index] = text === undefined ? -1 : at;
      bounds[index + 1] = text === undefined ? -1 : at + bytes.length;
      parts.push(bytes, Buffer.from("|"));
      at += bytes.length + 1;
    }
    places[row * 2 + 1] = at;
  }
  const bytes = Buffer.concat(parts);
  return { bytes, bounds, fields, rows: records.length, raw: bytes, records: places, lines, offset: 0 };
}

/** Fields of binary COPY rows, null or their bytes; the format's own description is the oracle. */
export function copyFields(bytes: Buffer): (Buffer | null)[][] {
  const rows: (Buffer | null)[][] = [];
  for (let at = 0; at < bytes.length; ) {
    const count = bytes.readInt16BE(at);
    at += 2;
    const row: (Buffer | null)[] = [];
    for (let field = 0; field < count; field++) {
      const length = bytes.readInt32BE(at);
      at += 4;
      row.push(length < 0 ? null : bytes.subarray(at, at + length));
      at += Math.max(length, 0);
    }
    rows.push(row);
  }
  return rows;
}

/** A binary numeric as decimal text: digits of base 10000, weight of the first, sign, decimals shown. */
export function numericText(field: Buffer): string {
  const [count, weight, sign, scale] = [0, 2, 4, 6].map((at) => field.readInt16BE(at)) as [
    number,
    number,
    number,
    number,
  ];
  let digits = 0n;
  for (let index = 0; index < count; index++)
    digits = digits * 10_000n + BigInt(field.readInt16BE(8 + index * 2));
  const exponent = 4 * (weight - count + 1) + scale;
  const scaled = exponent >= 0 ? digits * 10n ** BigInt(exponent) : digits / 10n ** BigInt(-exponent);
  const text = String(scaled).padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  return `${sign === 0x4000 ? "-" : ""}${whole}${scale > 0 ? `.${text.slice(-scale)}` : ""}`;
}

import type { Batch } from "../../src/decode/batch.ts";

export { copyFields, numericText } from "../../src/dry-run/copy-reader.ts";

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

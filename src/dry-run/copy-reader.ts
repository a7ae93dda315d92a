/** Reads rows in Postgres' binary COPY format back: the fields of a row, and their values as texts. */
import { isoDay } from "../normalise/calendar.ts";
import type { ColumnType } from "../normalise/targets.ts";

/** Fields of binary COPY rows (without header and trailer): null or their bytes, which point into `bytes`. */
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

/** Postgres counts days and microseconds from 2000-01-01; in days since 1970-01-01. */
const EPOCH_DAY = 10_957;
const MICROSECONDS_PER_DAY = 86_400_000_000n;

/** A field's value as Postgres would show it; times in UTC, as 2020-01-31T06:00:00Z. */
export function fieldText(type: ColumnType, field: Buffer): string {
  switch (type) {
    case "int2":
      return String(field.readInt16BE(0));
    case "int4":
      return String(field.readInt32BE(0));
    case "int8":
      return String(field.readBigInt64BE(0));
    case "date":
      return isoDay(field.readInt32BE(0) + EPOCH_DAY);
    case "timestamptz":
      return timestampText(field.readBigInt64BE(0));
    case "numeric":
      return numericText(field);
    case "text":
      return field.toString("utf8");
  }
}

function timestampText(microseconds: bigint): string {
  const within = ((microseconds % MICROSECONDS_PER_DAY) + MICROSECONDS_PER_DAY) % MICROSECONDS_PER_DAY;
  const day = isoDay(Number((microseconds - within) / MICROSECONDS_PER_DAY) + EPOCH_DAY);
  const seconds = Number(within / 1_000_000n);
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  const fraction = String(within % 1_000_000n)
    .padStart(6, "0")
    .replace(/0+$/, "");
  return `${day}T${clock}${fraction === "" ? "" : `.${fraction}`}Z`;
}

/** A binary numeric as decimal text: digits of base 10000, weight of the first, sign, decimals shown. */
export function numericText(field: Buffer): string {
  const count = field.readInt16BE(0);
  const weight = field.readInt16BE(2);
  const isNegative = field.readInt16BE(4) === 0x4000;
  const scale = field.readInt16BE(6);
  let digits = 0n;
  for (let index = 0; index < count; index++)
    digits = digits * 10_000n + BigInt(field.readInt16BE(8 + index * 2));
  const exponent = 4 * (weight - count + 1) + scale;
  const scaled = exponent >= 0 ? digits * 10n ** BigInt(exponent) : digits / 10n ** BigInt(-exponent);
  const text = String(scaled).padStart(scale + 1, "0");
  const whole = text.slice(0, text.length - scale);
  return `${isNegative ? "-" : ""}${whole}${scale > 0 ? `.${text.slice(-scale)}` : ""}`;
}

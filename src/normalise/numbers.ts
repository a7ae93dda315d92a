/** Number fields: reading, sentinels, factors, integers. */
import type { NumberField } from "../config/pipeline.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected } from "./cursor.ts";
import { type Decimal, fromNumber, multiply, readDecimal, toNumber, zero } from "./decimal.ts";
import { type ColumnOf, isOneOf, trimEnd, trimStart } from "./text.ts";

/** Reads a field's number into `into`: DONE, EMPTY (cursor.sentinel says which one it was) or a reject. */
export type DecimalReader = (cursor: Cursor, into: Decimal) => Outcome;

export function decimalReader(field: NumberField, columnOf: ColumnOf): DecimalReader {
  const column = columnOf(field.column);
  const missing = field.missing.map((text) => Buffer.from(text, "utf8"));
  const isSentinel = sentinelTest(field);
  const factor = field.factor === undefined || field.factor === 1 ? undefined : fromNumber(field.factor);
  return (cursor, into) => {
    const bytes = cursor.bytes;
    const from = cursor.start(column);
    if (from < 0) return EMPTY;
    const to = cursor.end(column);
    const start = trimStart(bytes, from, to);
    const end = trimEnd(bytes, start, to);
    if (start === end || (missing.length > 0 && isOneOf(missing, bytes, start, end))) return EMPTY;
    const fault = readDecimal(bytes, start, end, into);
    if (fault !== undefined) return rejected(fault);
    if (isSentinel?.(into) === true) {
      cursor.sentinel = bytes.toString("latin1", start, Math.min(end, start + 32));
      return EMPTY;
    }
    if (factor !== undefined) multiply(into, factor);
    return DONE;
  };
}

/** Error codes are compared by value: -999, -999.0 and -9.99e2 are one. */
function sentinelTest(field: NumberField): ((decimal: Decimal) => boolean) | undefined {
  const below = field.sentinels_below;
  if (field.sentinels.length === 0 && below === undefined) return undefined;
  const codes = new Set(field.sentinels);
  return (decimal) => {
    const value = toNumber(decimal);
    return codes.has(value) || (below !== undefined && value <= below);
  };
}

/** A whole number within limits (inclusive). */
export function integerReader(
  field: { column: string; missing: readonly string[] },
  columnOf: ColumnOf,
  limits: readonly [number, number],
): DecimalReader {
  const read = decimalReader({ ...field, missing: [...field.missing], sentinels: [] }, columnOf);
  return (cursor, into) => {
    const outcome = read(cursor, into);
    if (outcome !== DONE) return outcome;
    const value = toNumber(into);
    if (!Number.isInteger(value)) return rejected("not a number");
    return value < limits[0] || value > limits[1] ? rejected("number out of range") : DONE;
  };
}

/** A station attribute as decimal text; null when absent, unreadable or beyond ±limit: it never costs the record. */
export function decimalTextReader(
  field: NumberField | undefined,
  columnOf: ColumnOf,
  limit: number,
): (cursor: Cursor) => string | null {
  if (field === undefined) return () => null;
  const read = decimalReader(field, columnOf);
  const decimal = zero();
  return (cursor) => {
    if (read(cursor, decimal) !== DONE || Math.abs(toNumber(decimal)) > limit) return null;
    return decimalText(decimal);
  };
}

function decimalText({ negative, mantissa, scale }: Decimal): string {
  const digits = String(mantissa).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${negative ? "-" : ""}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`;
}

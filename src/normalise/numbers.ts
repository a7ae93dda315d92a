/** Number fields: reading, sentinels, factors, integers. */
import type { NumberField } from "../config/pipeline.ts";
import { trimEnd, trimStart } from "./blanks.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected } from "./cursor.ts";
import { type Decimal, fromNumber, multiply, readDecimal, toNumber, zero } from "./decimal.ts";
import type { Limit } from "./limits.ts";
import { type Notation, readNumber } from "./notation.ts";
import { isOneOf, noSpan } from "./span.ts";
import { type FieldContext, isPlainColumn, spanReader, type TextSource } from "./text.ts";

/** Any field that holds a number. */
export type NumberSource = TextSource &
  Notation &
  Partial<Pick<NumberField, "sentinels" | "sentinels_below" | "sentinels_above" | "factor">>;

/** Reads a field's number into `into`: DONE, EMPTY (cursor.sentinel says which one it was) or a reject. */
export type DecimalReader = (cursor: Cursor, into: Decimal) => Outcome;

/** Whether a number is an error code. */
type SentinelTest = (decimal: Decimal) => boolean;

/** Compiles a number field: its text, its notation, its sentinels, its factor, in this order. */
export function decimalReader(field: NumberSource, context: FieldContext): DecimalReader {
  const isSentinel = sentinelTest(field);
  const factor = field.factor === undefined || field.factor === 1 ? undefined : fromNumber(field.factor);
  const read = readNumber(field);
  if (read === readDecimal && isPlainColumn(field))
    return plainReader(field, context, { isSentinel, factor });
  const text = spanReader(field, context);
  const span = noSpan();
  return (cursor, into) => {
    const outcome = text(cursor, span);
    if (outcome !== DONE) return outcome;
    const { bytes, start, end } = span;
    const fault = read(bytes, start, end, into);
    if (fault !== undefined) return rejected(fault);
    if (isSentinel?.(into) === true) return sentinel(cursor, bytes, start, end);
    if (factor !== undefined) multiply(into, factor);
    return DONE;
  };
}

interface AfterReading {
  readonly isSentinel: SentinelTest | undefined;
  readonly factor: Decimal | undefined;
}

/** The way of nearly every measurement: digits of a column, read where they stand. */
function plainReader(field: NumberSource, { columnOf }: FieldContext, after: AfterReading): DecimalReader {
  const { isSentinel, factor } = after;
  const column = columnOf(field.column ?? "");
  const missing = (field.missing ?? []).map((text) => Buffer.from(text, "utf8"));
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
    if (isSentinel !== undefined && isSentinel(into)) return sentinel(cursor, bytes, start, end);
    if (factor !== undefined) multiply(into, factor);
    return DONE;
  };
}

function sentinel(cursor: Cursor, bytes: Buffer, start: number, end: number): Outcome {
  cursor.sentinel = bytes.toString("latin1", start, Math.min(end, start + 32));
  return EMPTY;
}

/** Error codes are compared by value: -999, -999.0 and -9.99e2 are one. */
function sentinelTest(field: NumberSource): SentinelTest | undefined {
  const { sentinels = [], sentinels_below: below, sentinels_above: above } = field;
  if (below === undefined && above === undefined) {
    const [code] = sentinels;
    if (code === undefined) return undefined;
    if (sentinels.length === 1) return (decimal) => toNumber(decimal) === code;
  }
  const codes = new Set(sentinels);
  const least = below ?? Number.NEGATIVE_INFINITY;
  const greatest = above ?? Number.POSITIVE_INFINITY;
  return (decimal) => {
    const value = toNumber(decimal);
    return value <= least || value >= greatest || codes.has(value);
  };
}

/** A whole number within limits (inclusive). */
export function integerReader(
  field: TextSource,
  context: FieldContext,
  limits: readonly [number, number],
): DecimalReader {
  const read = decimalReader(field, context);
  return (cursor, into) => {
    const outcome = read(cursor, into);
    if (outcome !== DONE) return outcome;
    const value = toNumber(into);
    if (!Number.isInteger(value)) return rejected("not a number");
    return value < limits[0] || value > limits[1] ? rejected("number out of range") : DONE;
  };
}

/** A station attribute as decimal text; null when absent, unreadable or out of its range: it never costs the record. */
export function decimalTextReader(
  field: NumberSource | undefined,
  context: FieldContext,
  limit: Limit,
): (cursor: Cursor) => string | null {
  if (field === undefined) return () => null;
  const read = decimalReader(field, context);
  const decimal = zero();
  return (cursor) => {
    if (read(cursor, decimal) !== DONE || !limit(decimal)) return null;
    return decimalText(decimal);
  };
}

function decimalText({ negative, mantissa, scale }: Decimal): string {
  const digits = String(mantissa).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return `${negative ? "-" : ""}${whole}${scale === 0 ? "" : `.${digits.slice(-scale)}`}`;
}

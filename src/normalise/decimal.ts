/** Decimal numbers read from bytes, exactly. */

/** More digits than this, or a greater exponent, is no measurement. */
const DIGIT_LIMIT = 60;
const EXPONENT_LIMIT = 60;
/** So many digits always fit into a double without loss. */
const SAFE_DIGITS = 15;

/** Exact in a double up to 10^22. */
const POWERS_OF_TEN = Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`));

const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;

/** ± mantissa × 10^-scale; the mantissa is a bigint only where a double would lose digits. */
export interface Decimal {
  negative: boolean;
  mantissa: number | bigint;
  /** Digits after the point, 0 or more. */
  scale: number;
}

export function zero(): Decimal {
  return { negative: false, mantissa: 0, scale: 0 };
}

export type NumberFault = "not a number" | "number out of range";

/**
 * Reads `[+-]digits[.digits][e[+-]digits]`, or with its one sign behind as in `5-`, into `into`; blanks are not skipped.
 * Another byte than the point may stand before the decimals.
 * Keeps the decimals that stand there (14.0 has scale 1). Returns what is wrong, or undefined.
 */
export function readDecimal(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Decimal,
  pointMark = POINT,
): NumberFault | undefined {
  let at = start;
  const sign = bytes[at];
  into.negative = sign === 0x2d;
  if (sign === 0x2d || sign === 0x2b) at++;
  const first = at;
  let mantissa = 0;
  let digits = 0;
  let point = -1;
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      digits++;
    } else if (byte === pointMark && point < 0) {
      point = at;
    } else break;
  }
  if (digits === 0) return "not a number";
  const last = at;
  let scale = point < 0 ? 0 : last - point - 1;
  if (at < end) {
    const exponent = first === start && signEnds(bytes, at, end, into) ? 0 : readExponent(bytes, at, end);
    if (exponent === undefined) return "not a number";
    if (Math.abs(exponent) > EXPONENT_LIMIT) return "number out of range";
    scale -= exponent;
  }
  if (digits > DIGIT_LIMIT) return "number out of range";
  into.mantissa = digits <= SAFE_DIGITS ? mantissa : BigInt(digitsOf(bytes, first, last));
  into.scale = scale;
  if (scale < 0) {
    into.mantissa = narrow(BigInt(into.mantissa) * 10n ** BigInt(-scale));
    into.scale = 0;
  }
  return undefined;
}

/** Takes the sign of `5-`; false if what stands there is none. */
function signEnds(bytes: Uint8Array, at: number, end: number, into: Decimal): boolean {
  const sign = bytes[at];
  if (at + 1 !== end || (sign !== 0x2d && sign !== 0x2b)) return false;
  into.negative = sign === 0x2d;
  return true;
}

/** into × a factor greater than 0, exactly. */
export function multiply(into: Decimal, factor: Decimal): void {
  into.scale += factor.scale;
  if (factor.mantissa === 1) return;
  if (typeof into.mantissa === "number" && typeof factor.mantissa === "number") {
    const product = into.mantissa * factor.mantissa;
    if (product <= Number.MAX_SAFE_INTEGER) {
      into.mantissa = product;
      return;
    }
  }
  into.mantissa = narrow(BigInt(into.mantissa) * BigInt(factor.mantissa));
}

/** The nearest double: for comparisons with ranges and sentinels, never for storing. */
export function toNumber(decimal: Decimal): number {
  const { mantissa, scale } = decimal;
  const whole = typeof mantissa === "number" ? mantissa : Number(mantissa);
  const size = whole / (POWERS_OF_TEN[scale] ?? 10 ** scale);
  return decimal.negative ? -size : size;
}

/** A configured number (at most 15 significant digits) as a decimal. */
export function fromNumber(value: number): Decimal {
  const decimal = zero();
  const text = Buffer.from(String(value), "latin1");
  const fault = readDecimal(text, 0, text.length, decimal);
  if (fault !== undefined) throw new RangeError(`${value} is no decimal: ${fault}`);
  return decimal;
}

function readExponent(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (((bytes[start] ?? 0) | 0x20) !== 0x65) return undefined;
  let at = start + 1;
  const sign = bytes[at];
  if (sign === 0x2d || sign === 0x2b) at++;
  if (at === end) return undefined;
  let value = 0;
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte < ZERO || byte > NINE) return undefined;
    value = Math.min(value * 10 + (byte - ZERO), 1_000_000);
  }
  return sign === 0x2d ? -value : value;
}

function digitsOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end))
    .toString("latin1")
    .replace(/[^0-9]/, "");
}

/** As a number, where that is exact. Not below 0. */
export function narrow(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

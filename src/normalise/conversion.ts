/** From the provider's unit to the harmonised one: (value + add) × multiply ÷ divide. */
import type { Conversion } from "../config/pipeline.ts";
import { type Decimal, fromNumber, multiply, narrow } from "./decimal.ts";

/** Converts a decimal in place. */
export type Convert = (into: Decimal) => void;

/** Digits that a division may add to those of the exact numerator, and to those of the source. */
const DIGITS_ADDED = { toNumerator: 3, toSource: 6 } as const;

/** The factor of a conversion that is nothing but a multiplication; undefined for any other. */
export function factorOf({ add, multiply: by, divide }: Conversion): Decimal | undefined {
  return add === 0 && divide === 1 ? positive(by) : undefined;
}

/**
 * Compiles a conversion. Without a division the result is exact. With one it is rounded, halves away from zero, and
 * always has as many digits behind the point as the exact numerator (value + add) × multiply has, plus three, though at
 * most six more than the source wrote: 50.5 °F, with add -32, multiply 5, divide 9, has the numerator 92.5 and
 * becomes 10.2778 °C. So a unit's rows all have the digits that their source's digits are worth, whatever their values.
 * Throws RangeError for a multiplier or divisor that is not greater than 0.
 */
export function conversion({ add, multiply: by, divide }: Conversion): Convert {
  const offset = add === 0 ? undefined : fromNumber(add);
  const factor = positive(by);
  const divisor = divide === 1 ? undefined : positive(divide);
  return (into) => {
    const source = into.scale;
    if (offset !== undefined) addTo(into, offset);
    multiply(into, factor);
    if (divisor !== undefined) {
      const digits = Math.min(into.scale + DIGITS_ADDED.toNumerator, source + DIGITS_ADDED.toSource);
      divideBy(into, divisor, digits);
    }
  };
}

function positive(value: number): Decimal {
  if (!(value > 0)) throw new RangeError(`a conversion cannot multiply or divide by ${value}`);
  return fromNumber(value);
}

function addTo(into: Decimal, offset: Decimal): void {
  const scale = Math.max(into.scale, offset.scale);
  const sum = scaled(into, scale) + scaled(offset, scale);
  into.negative = sum < 0n;
  into.mantissa = narrow(sum < 0n ? -sum : sum);
  into.scale = scale;
}

/** With its sign, as an integer of this scale. */
function scaled({ negative, mantissa, scale: own }: Decimal, scale: number): bigint {
  const size = BigInt(mantissa) * 10n ** BigInt(scale - own);
  return negative ? -size : size;
}

/** into ÷ divisor with so many digits behind the point, halves rounded away from zero. */
function divideBy(into: Decimal, divisor: Decimal, digits: number): void {
  const shift = digits - into.scale + divisor.scale;
  const numerator = BigInt(into.mantissa) * 10n ** BigInt(Math.max(shift, 0));
  const denominator = BigInt(divisor.mantissa) * 10n ** BigInt(Math.max(-shift, 0));
  into.mantissa = narrow((2n * numerator + denominator) / (2n * denominator));
  into.scale = digits;
}

/** Exact fractions, for factors that no floating point number holds. */

/** numerator ÷ denominator, in lowest terms, the denominator positive. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

const DECIMAL = /^([+-]?)(\d{1,15})(?:\.(\d{1,15}))?$/;

function reduced(numerator: bigint, denominator: bigint): Fraction {
  let [a, b] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  while (b !== 0n) [a, b] = [b, a % b];
  const shared = denominator < 0n ? -a : a;
  return { numerator: numerator / shared, denominator: denominator / shared };
}

/** The fraction that a decimal such as `0.1`, or two of them as in `1/10`, stands for; undefined for other texts. */
export function parseFraction(text: string): Fraction | undefined {
  const [over = "", under, ...rest] = text.split("/");
  const [top, bottom] = [parseDecimal(over), parseDecimal(under ?? "1")];
  if (top === undefined || bottom === undefined || bottom.numerator === 0n || rest.length > 0)
    return undefined;
  return quotient(top, bottom);
}

function parseDecimal(text: string): Fraction | undefined {
  const [all, sign, whole = "", decimals = ""] = DECIMAL.exec(text) ?? [];
  if (all === undefined) return undefined;
  const digits = BigInt(whole + decimals);
  return reduced(sign === "-" ? -digits : digits, 10n ** BigInt(decimals.length));
}

export function product(a: Fraction, b: Fraction): Fraction {
  return reduced(a.numerator * b.numerator, a.denominator * b.denominator);
}

/** `b` is not zero. */
export function quotient(a: Fraction, b: Fraction): Fraction {
  return reduced(a.numerator * b.denominator, a.denominator * b.numerator);
}

export function difference(a: Fraction, b: Fraction): Fraction {
  return reduced(a.numerator * b.denominator - b.numerator * a.denominator, a.denominator * b.denominator);
}

/** Digits that every decimal may have and still survive as a floating point number. */
const DIGITS = 15;

/** The number, if it is a decimal of at most 15 digits, so that it stands for exactly this fraction. */
export function exactNumber({ numerator, denominator }: Fraction): number | undefined {
  let [places, rest] = [0n, denominator];
  while (rest % 10n === 0n) [places, rest] = [places + 1n, rest / 10n];
  while (rest % 5n === 0n) [places, rest] = [places + 1n, rest / 5n];
  while (rest % 2n === 0n) [places, rest] = [places + 1n, rest / 2n];
  if (rest !== 1n || places > 30n) return undefined;
  const digits = (numerator * 10n ** places) / denominator;
  if (String(digits).replace(/^-/, "").replace(/0+$/, "").length > DIGITS) return undefined;
  return Number(`${digits}e-${places}`);
}

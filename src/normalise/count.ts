/** Counts of days, hours or shorter units since a start (config/count-format.ts), and years with a fraction. */
import type { Count } from "../config/count-format.ts";
import {
  daysFromCivil,
  isInCalendar,
  isLeapYear,
  NO_OFFSET,
  SECONDS_PER_DAY,
  type Timestamp,
} from "./calendar.ts";
import { type Decimal, readDecimal, zero } from "./decimal.ts";

type CountReader = (bytes: Uint8Array, start: number, end: number, into: Timestamp) => boolean;

const MILLION = 1_000_000;

/** Reads `[+-]digits[.digits][e[+-]digits]` as so many units since the start; false for what lies outside the years 1 to 9999. */
export function countReader({ start, offset = NO_OFFSET, unit, least }: Count): CountReader {
  const { microseconds, decimals } = unit;
  const seconds = microseconds % MILLION === 0 ? microseconds / MILLION : 0;
  const count = zero();
  return (bytes, from, end, into) => {
    if (!readCount(bytes, from, end, count)) return false;
    const { mantissa, negative, scale } = count;
    if (least !== undefined && (negative || isBelow(count, least))) return false;
    if (scale === 0 && seconds > 0 && typeof mantissa === "number") {
      into.wall = start + mantissa * (negative ? -seconds : seconds);
      into.microseconds = 0;
    } else {
      const elapsed = rounded(BigInt(mantissa), scale + decimals, microseconds);
      place(into, start, negative ? -elapsed : elapsed);
    }
    into.offset = offset;
    return isInCalendar(into.wall);
  };
}

/** Reads `2024.5`: a year, and how much of it has passed. */
export function decimalYearReader(): CountReader {
  const count = zero();
  return (bytes, from, end, into) => {
    if (!readCount(bytes, from, end, count) || count.negative) return false;
    const mantissa = BigInt(count.mantissa);
    const one = 10n ** BigInt(count.scale);
    const year = Number(mantissa / one);
    if (year < 1 || year > 9999) return false;
    const length = (isLeapYear(year) ? 366 : 365) * SECONDS_PER_DAY * MILLION;
    place(into, daysFromCivil(year, 1, 1) * SECONDS_PER_DAY, rounded(mantissa % one, count.scale, length));
    into.offset = NO_OFFSET;
    return isInCalendar(into.wall);
  };
}

/** A number whose sign, if it has one, stands before it. */
function readCount(bytes: Uint8Array, start: number, end: number, into: Decimal): boolean {
  const last = bytes[end - 1];
  return last !== 0x2d && last !== 0x2b && readDecimal(bytes, start, end, into) === undefined;
}

function isBelow({ mantissa, scale }: Decimal, least: number): boolean {
  return BigInt(mantissa) < BigInt(least) * 10n ** BigInt(scale);
}

/**
 * mantissa × 10^-scale units in microseconds, exactly, then rounded (halves up). Decimals of a minute or more mostly stand for
 * whole seconds that they cannot express: 12:30 is 0.52083333… of a day, however many digits are written. So they are
 * rounded to the second; to the millisecond if the last digit is worth no more than one; to the microsecond only if it is
 * worth no more than a nanosecond: a double written in full errs by a microsecond.
 */
function rounded(mantissa: bigint, scale: number, microseconds: number): bigint {
  const one = 10n ** BigInt(scale);
  const unit = BigInt(microseconds);
  const step = microseconds <= MILLION || unit * 1000n <= one ? 1n : unit <= one * 1000n ? 1000n : 1_000_000n;
  return ((2n * mantissa * unit + one * step) / (2n * one * step)) * step;
}

/** `elapsed` microseconds after `start`. */
function place(into: Timestamp, start: number, elapsed: bigint): void {
  const rest = ((elapsed % 1_000_000n) + 1_000_000n) % 1_000_000n;
  into.wall = start + Number((elapsed - rest) / 1_000_000n);
  into.microseconds = Number(rest);
}

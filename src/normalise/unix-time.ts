/** Seconds and milliseconds since 1970. */
import { isInCalendar, readFraction, type Timestamp } from "./calendar.ts";

/** More digits before the point are no moment of the years up to 9999. */
const MOST_DIGITS = 15;

/** `[-]digits[.digits]` units since 1970-01-01 00:00 UTC, `perSecond` of them in a second; years 1 to 9999. */
export function readUnix(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: Timestamp,
  perSecond = 1,
): boolean {
  const negative = bytes[start] === 0x2d;
  const first = negative ? start + 1 : start;
  let at = first;
  let units = 0;
  for (; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9) break;
    units = units * 10 + digit;
  }
  if (at === first || at - first > MOST_DIGITS) return false;
  into.microseconds = 0;
  if (at < end) {
    const point = at;
    if (bytes[point] !== 0x2e) return false;
    at = readFraction(bytes, point + 1, end, into);
    if (at === point + 1 || at < end) return false;
  }
  const whole = Math.floor(units / perSecond);
  const microseconds =
    (units % perSecond) * (1_000_000 / perSecond) + Math.floor(into.microseconds / perSecond);
  into.microseconds = negative && microseconds > 0 ? 1_000_000 - microseconds : microseconds;
  into.wall = negative ? 0 - whole - (microseconds > 0 ? 1 : 0) : whole;
  into.offset = 0;
  return isInCalendar(into.wall);
}

/** Dates and times read from bytes. Days count from 1970-01-01, seconds from its 00:00 UTC. */

const ZERO = 0x30;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const SECONDS_PER_DAY = 86_400;

/** Proleptic Gregorian. */
export function isLeapYear(year: number): boolean {
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
}

export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (DAYS_IN_MONTH[month - 1] ?? 0);
}

/**
 * Days from 1970-01-01 to a date of the proleptic Gregorian calendar; by shifting the year to begin in March,
 * so that the leap day is its last (H. Hinnant, "chrono-Compatible Low-Level Date Algorithms").
 */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
}

/** `YYYY-MM-DD` of a day. */
export function isoDay(days: number): string {
  return new Date(days * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
}

/** Not a date; no day count is ever this. */
export const NO_DATE = -0x8000_0000;

/** So many decimal digits from `at`; -1 if one of them is none. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = (bytes[index] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function civil(year: number, month: number, day: number): number {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return NO_DATE;
  return daysFromCivil(year, month, day);
}

/** `18720131` → days, or NO_DATE. The reader remembers the last date: files hold long runs of one day. */
export function compactDateReader(): (bytes: Uint8Array, start: number, end: number) => number {
  let last = -1;
  let days = NO_DATE;
  return (bytes, start, end) => {
    if (end - start !== 8) return NO_DATE;
    const date = digits(bytes, start, 8);
    if (date !== last) {
      last = date;
      days = civil(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100);
    }
    return days;
  };
}

/** `1872-01-31` → days, or NO_DATE. */
export function readIsoDate(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10 || bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return NO_DATE;
  return civil(digits(bytes, start, 4), digits(bytes, start + 5, 2), digits(bytes, start + 8, 2));
}

/** A moment and the wall clock that it was written in. */
export interface Timestamp {
  /** Seconds since 1970-01-01 00:00 UTC. */
  seconds: number;
  microseconds: number;
  /** The day on the wall clock. */
  localDay: number;
  /** Whether the wall clock shows exactly midnight. */
  midnight: boolean;
}

export function noTimestamp(): Timestamp {
  return { seconds: 0, microseconds: 0, localDay: 0, midnight: false };
}

/**
 * Reads an RFC 3339 time stamp with its offset: `2023-02-22T01:00:00[.fff](Z|±hh:mm|±hhmm|±hh)`; a blank may
 * stand for the T, `24:00:00` is the next day's midnight. False if it is none.
 */
export function readTimestamp(bytes: Uint8Array, start: number, end: number, into: Timestamp): boolean {
  if (end - start < 20) return false;
  const day = readIsoDate(bytes, start, start + 10);
  const separator = (bytes[start + 10] ?? 0) | 0x20;
  if (day === NO_DATE || (separator !== 0x74 && separator !== 0x20)) return false;
  if (bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a) return false;
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  const second = digits(bytes, start + 17, 2);
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  if (hour === 24 && (minute > 0 || second > 0)) return false;
  let at = start + 19;
  let microseconds = 0;
  if (bytes[at] === 0x2e) {
    const first = ++at;
    for (let unit = 100_000; at < end; at++, unit = Math.floor(unit / 10)) {
      const digit = (bytes[at] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      microseconds += digit * unit;
    }
    if (at === first) return false;
  }
  const offset = readOffset(bytes, at, end);
  if (offset === undefined) return false;
  const clock = hour * 3600 + minute * 60 + second;
  into.seconds = day * SECONDS_PER_DAY + clock - offset;
  into.microseconds = microseconds;
  into.localDay = clock === SECONDS_PER_DAY ? day + 1 : day;
  into.midnight = clock % SECONDS_PER_DAY === 0 && microseconds === 0;
  return true;
}

/** Seconds east of UTC. */
function readOffset(bytes: Uint8Array, at: number, end: number): number | undefined {
  const sign = bytes[at];
  if (at + 1 === end && ((sign ?? 0) | 0x20) === 0x7a) return 0;
  if (sign !== 0x2b && sign !== 0x2d) return undefined;
  const hours = digits(bytes, at + 1, 2);
  const colon = bytes[at + 3] === 0x3a ? 1 : 0;
  const length = end - at;
  let minutes = 0;
  if (length === 5 + colon) minutes = digits(bytes, at + 3 + colon, 2);
  else if (length !== 3) return undefined;
  if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59) return undefined;
  const seconds = hours * 3600 + minutes * 60;
  return sign === 0x2d ? -seconds : seconds;
}

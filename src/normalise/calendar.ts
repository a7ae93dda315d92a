/** Dates and times read from bytes. Days count from 1970-01-01, seconds from its 00:00 UTC. */

const ZERO = 0x30;
const DAYS_IN_MONTH = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export const SECONDS_PER_DAY = 86_400;

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

const FIRST_SECOND = -62_135_596_800;
const LAST_SECOND = 253_402_300_799;

/** Whether a second, counted from 1970, lies in the years 1 to 9999. */
export function isInCalendar(second: number): boolean {
  return second >= FIRST_SECOND && second <= LAST_SECOND;
}

/** `YYYY-MM-DD` of a day. */
export function isoDay(days: number): string {
  return new Date(days * SECONDS_PER_DAY * 1000).toISOString().slice(0, 10);
}

/** Not a date; no day count is ever this. */
export const NO_DATE = -0x8000_0000;

/** So many decimal digits from `at`; -1 if one of them is none. */
export function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let index = at; index < at + count; index++) {
    const digit = (bytes[index] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** The day of a date of the years from 1, or NO_DATE where there is no such day. */
export function civilDay(year: number, month: number, day: number): number {
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
      days = civilDay(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100);
    }
    return days;
  };
}

/** `1872-01-31` → days, or NO_DATE. */
export function readIsoDate(bytes: Uint8Array, start: number, end: number): number {
  if (end - start !== 10 || bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return NO_DATE;
  return civilDay(digits(bytes, start, 4), digits(bytes, start + 5, 2), digits(bytes, start + 8, 2));
}

/** The text did not say how far its clock is from UTC; no offset is ever this. */
export const NO_OFFSET = -0x8000_0000;

/** A moment as it is written: what the wall clock shows, and how far that is from UTC. */
export interface Timestamp {
  /** Seconds from 1970-01-01 00:00 on the wall clock; those since 1970 in UTC are `wall - offset`. */
  wall: number;
  microseconds: number;
  /** Seconds east of UTC, or NO_OFFSET. */
  offset: number;
}

export function noTimestamp(): Timestamp {
  return { wall: 0, microseconds: 0, offset: NO_OFFSET };
}

/**
 * Reads an ISO 8601 time stamp `2023-02-22T01:00[:00[.fff]][Z|±hh:mm|±hhmm|±hh]`, or without its marks
 * `20230222T0100[00[.fff]][Z|…]`. A blank may stand for the T of the longer one, a comma for the point, and a blank before
 * the offset; `24:00:00` is the next day's midnight. False if it is none.
 */
export function readTimestamp(bytes: Uint8Array, start: number, end: number, into: Timestamp): boolean {
  if (end - start < 16) return readBasicTimestamp(bytes, start, end, into);
  const day = readIsoDate(bytes, start, start + 10);
  if (day === NO_DATE) return readBasicTimestamp(bytes, start, end, into);
  const separator = (bytes[start + 10] ?? 0) | 0x20;
  if ((separator !== 0x74 && separator !== 0x20) || bytes[start + 13] !== 0x3a) return false;
  const hour = digits(bytes, start + 11, 2);
  const minute = digits(bytes, start + 14, 2);
  let second = 0;
  let at = start + 16;
  into.microseconds = 0;
  if (at < end && bytes[at] === 0x3a) {
    second = at + 3 > end ? -1 : digits(bytes, at + 1, 2);
    at = fractionEnd(bytes, at + 3, end, into);
    if (at < 0) return false;
  }
  return placeClock(day, hour, minute, second, into) && offsetEnds(bytes, at, end, into);
}

/** `20230222T0100[00[.fff]]`; the T tells it from numbers. */
function readBasicTimestamp(bytes: Uint8Array, start: number, end: number, into: Timestamp): boolean {
  if (end - start < 13 || ((bytes[start + 8] ?? 0) | 0x20) !== 0x74) return false;
  const date = digits(bytes, start, 8);
  const day = civilDay(Math.floor(date / 10_000), Math.floor(date / 100) % 100, date % 100);
  if (day === NO_DATE) return false;
  const hour = digits(bytes, start + 9, 2);
  const minute = digits(bytes, start + 11, 2);
  let second = 0;
  let at = start + 13;
  into.microseconds = 0;
  if (at < end && isDigit(bytes[at] ?? 0)) {
    second = at + 2 > end ? -1 : digits(bytes, at, 2);
    at = fractionEnd(bytes, at + 2, end, into);
    if (at < 0) return false;
  }
  return placeClock(day, hour, minute, second, into) && offsetEnds(bytes, at, end, into);
}

/** The place behind the fraction that may begin here; -1 if its digits are missing. */
function fractionEnd(bytes: Uint8Array, at: number, end: number, into: Timestamp): number {
  if (at >= end || (bytes[at] !== 0x2e && bytes[at] !== 0x2c)) return at;
  const next = readFraction(bytes, at + 1, end, into);
  return next === at + 1 ? -1 : next;
}

function placeClock(day: number, hour: number, minute: number, second: number, into: Timestamp): boolean {
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  const clock = hour * 3600 + minute * 60 + second;
  if (clock > SECONDS_PER_DAY || (clock === SECONDS_PER_DAY && into.microseconds > 0)) return false;
  into.wall = day * SECONDS_PER_DAY + clock;
  return true;
}

/** Reads the offset, if there is one, up to the very end; one blank may stand before it. */
function offsetEnds(bytes: Uint8Array, at: number, end: number, into: Timestamp): boolean {
  into.offset = NO_OFFSET;
  return at === end || readOffset(bytes, bytes[at] === 0x20 ? at + 1 : at, end, into) === end;
}

/** Reads a fraction's digits, those behind the sixth without effect; returns the place behind the last. */
export function readFraction(
  bytes: Uint8Array,
  start: number,
  end: number,
  into: { microseconds: number },
): number {
  let at = start;
  let microseconds = 0;
  for (let unit = 100_000; at < end; at++, unit = Math.floor(unit / 10)) {
    const digit = (bytes[at] ?? 0) - ZERO;
    if (digit < 0 || digit > 9) break;
    microseconds += digit * unit;
  }
  into.microseconds = microseconds;
  return at;
}

/** Reads `Z`, `UTC`, `GMT`, `±hh:mm`, `±hhmm` or `±hh`, up to ±15:59; returns the place behind it, -1 if there is none. */
export function readOffset(bytes: Uint8Array, at: number, end: number, into: { offset: number }): number {
  if (at >= end) return -1;
  const sign = bytes[at] ?? 0;
  if ((sign | 0x20) === 0x7a) {
    into.offset = 0;
    return at + 1;
  }
  if (at + 3 > end) return -1;
  if (sign !== 0x2b && sign !== 0x2d) {
    if (!isUtc(bytes, at)) return -1;
    into.offset = 0;
    return at + 3;
  }
  const hours = digits(bytes, at + 1, 2);
  let next = at + 3;
  let minutes = 0;
  const minutesAt = bytes[next] === 0x3a ? next + 1 : next;
  if (minutesAt + 2 <= end && isDigit(bytes[minutesAt] ?? 0)) {
    minutes = digits(bytes, minutesAt, 2);
    next = minutesAt + 2;
  }
  if (hours < 0 || hours > 15 || minutes < 0 || minutes > 59) return -1;
  const seconds = hours * 3600 + minutes * 60;
  into.offset = sign === 0x2d ? 0 - seconds : seconds;
  return next;
}

/** `UTC` or `GMT`. */
function isUtc(bytes: Uint8Array, at: number): boolean {
  const letters = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
  return letters === 0x555443 || letters === 0x474d54;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}

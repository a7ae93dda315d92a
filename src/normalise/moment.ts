/** Formats of dates and times (config/moment-format.ts) compiled into readers that work on bytes. */
import { type MomentToken, parseMomentFormat } from "../config/moment-format.ts";
import {
  civilDay,
  daysFromCivil,
  digits,
  isLeapYear,
  NO_DATE,
  NO_OFFSET,
  readFraction,
  readOffset,
  readTimestamp,
  SECONDS_PER_DAY,
  type Timestamp,
} from "./calendar.ts";
import { countReader, decimalYearReader } from "./count.ts";
import { readUnix } from "./unix-time.ts";

/** Reads all of bytes[start..end) into `into`; false if it is not written so, or no such day or time exists. */
export type MomentReader = (bytes: Uint8Array, start: number, end: number, into: Timestamp) => boolean;

/**
 * Compiles a format. The reader leaves NO_OFFSET where the text does not tell its offset; without a time of day it
 * reads midnight. Throws a RangeError for formats with problems: the configuration's checks name them first.
 */
export function compileMoment(format: string): MomentReader {
  const { kind, tokens, count, problems } = parseMomentFormat(format);
  if (problems.length > 0) throw new RangeError(`${format}: ${problems.join("; ")}`);
  if (count !== undefined) return countReader(count);
  switch (kind) {
    case "iso":
      return readTimestamp;
    case "unix":
      return (bytes, start, end, into) => readUnix(bytes, start, end, into);
    case "unix-ms":
      return (bytes, start, end, into) => readUnix(bytes, start, end, into, 1000);
    case "decimal-year":
      return decimalYearReader();
    default:
      return compilePattern(tokens);
  }
}

/** Days of the years that a format of a list may read: 20010203 is no day of the year 203, whatever `ddMMyyyy` says. */
const FIRST_WALL = daysFromCivil(1700, 1, 1) * SECONDS_PER_DAY;
const BEHIND_WALL = daysFromCivil(2200, 1, 1) * SECONDS_PER_DAY;

/** Compiles several formats: the first one that reads a text, as a day of the years 1700 to 2199, counts. One counts alone. */
export function compileMoments(formats: readonly string[]): MomentReader {
  const readers = formats.map(compileMoment);
  const [only, ...others] = readers;
  if (only !== undefined && others.length === 0) return only;
  return (bytes, start, end, into) =>
    readers.some(
      (read) => read(bytes, start, end, into) && into.wall >= FIRST_WALL && into.wall < BEHIND_WALL,
    );
}

/** What has been read so far: numbers by their places below, and what the stamp holds itself. */
interface Pieces {
  readonly numbers: Int32Array;
  microseconds: number;
  offset: number;
}

const YEAR = 0;
const MONTH = 1;
const DAY = 2;
const DAY_OF_YEAR = 3;
const HOUR = 4;
const MINUTE = 5;
const SECOND = 6;
const HALF_DAY = 7;
/** What a pattern does not name: the first of its month, 00:00:00. Day of the year 0: month and day count. */
const ABSENT = Int32Array.of(0, 1, 1, 0, 0, 0, 0, 0);

/** Reads a piece; returns the place behind it, -1 if it is not there. */
type PieceReader = (bytes: Uint8Array, at: number, end: number, into: Pieces) => number;

function compilePattern(tokens: readonly MomentToken[]): MomentReader {
  const readers = tokens.map(pieceReader);
  const pieces: Pieces = { numbers: Int32Array.from(ABSENT), microseconds: 0, offset: NO_OFFSET };
  return (bytes, start, end, into) => {
    let at = start;
    for (const read of readers) {
      at = read(bytes, at, end, pieces);
      if (at < 0) return false;
    }
    return at === end && assemble(pieces, into);
  };
}

function pieceReader(token: MomentToken): PieceReader {
  if ("literal" in token) return literal(Buffer.from(token.literal, "utf8"));
  const [fewest, most] = token.digits;
  switch (token.part) {
    case "year":
      return number(YEAR, fewest, most, 1, 9999);
    case "shortYear":
      return shortYear;
    case "month":
      return number(MONTH, fewest, most, 1, 12);
    case "monthName":
      return monthName;
    case "day":
      return number(DAY, fewest, most, 1, 31);
    case "dayOfYear":
      return number(DAY_OF_YEAR, fewest, most, 1, 366);
    case "hour":
      return number(HOUR, fewest, most, 0, 24);
    case "halfDayHour":
      return number(HOUR, fewest, most, 1, 12);
    case "halfDay":
      return halfDay;
    case "minute":
      return number(MINUTE, fewest, most, 0, 59);
    case "second":
      return number(SECOND, fewest, most, 0, 59);
    case "fraction":
      return fraction;
    case "offset":
      return readOffset;
  }
}

function number(place: number, fewest: number, most: number, least: number, greatest: number): PieceReader {
  return (bytes, at, end, into) => {
    let value = 0;
    let next = at;
    for (const limit = Math.min(end, at + most); next < limit; next++) {
      const digit = (bytes[next] ?? 0) - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (next - at < fewest || value < least || value > greatest) return -1;
    into.numbers[place] = value;
    return next;
  };
}

/** As POSIX reads %y: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068. */
const shortYear: PieceReader = (bytes, at, end, into) => {
  const value = at + 2 > end ? -1 : digits(bytes, at, 2);
  if (value < 0) return -1;
  into.numbers[YEAR] = value < 69 ? 2000 + value : 1900 + value;
  return at + 2;
};

const MONTH_NAMES = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
].map((name) => Buffer.from(name));

/** The first three letters of a month, or all of them. */
const monthName: PieceReader = (bytes, at, end, into) => {
  const month = MONTH_NAMES.findIndex((name) => lettersInCommon(name, bytes, at, end) >= 3);
  const name = MONTH_NAMES[month];
  if (name === undefined) return -1;
  into.numbers[MONTH] = month + 1;
  return at + (lettersInCommon(name, bytes, at, end) === name.length ? name.length : 3);
};

/** How many letters of a word in small letters stand here, capital or small. */
function lettersInCommon(word: Uint8Array, bytes: Uint8Array, at: number, end: number): number {
  let length = 0;
  while (length < word.length && at + length < end && ((bytes[at + length] ?? 0) | 0x20) === word[length])
    length++;
  return length;
}

const A = 0x61;
const P = 0x70;
const M = 0x6d;
const POINT = 0x2e;
/** What may stand in `a. m.`: nothing, a blank, or one of the no-break blanks that programs write there. */
const BETWEEN = ["", " ", "\u00a0", "\u202f"].map((blank) => Buffer.from(`.${blank}m.`));

const halfDay: PieceReader = (bytes, at, end, into) => {
  const letter = (bytes[at] ?? 0) | 0x20;
  if (at + 2 > end || (letter !== A && letter !== P)) return -1;
  const length = ((bytes[at + 1] ?? 0) | 0x20) === M ? 1 : dottedM(bytes, at + 1, end);
  if (length === 0) return -1;
  into.numbers[HALF_DAY] = letter === P ? 2 : 1;
  return at + 1 + length;
};

/** How long `.m.` or `. m.` is, if it stands here; 0 if not. */
function dottedM(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== POINT) return 0;
  const found = BETWEEN.find(
    (text) =>
      at + text.length <= end &&
      text.every(
        (byte, index) => byte === (byte === M ? (bytes[at + index] ?? 0) | 0x20 : bytes[at + index]),
      ),
  );
  return found?.length ?? 0;
}

const fraction: PieceReader = (bytes, at, end, into) => {
  const next = readFraction(bytes, at, Math.min(end, at + 9), into);
  return next === at ? -1 : next;
};

function literal(text: Uint8Array): PieceReader {
  if (text.length === 1) {
    const [only] = text;
    return (bytes, at, end) => (at < end && bytes[at] === only ? at + 1 : -1);
  }
  return (bytes, at, end) =>
    at + text.length <= end && text.every((byte, index) => bytes[at + index] === byte)
      ? at + text.length
      : -1;
}

function assemble({ numbers, microseconds, offset }: Pieces, into: Timestamp): boolean {
  const year = numbers[YEAR] ?? 0;
  const day = dayOf(year, numbers);
  if (day === NO_DATE) return false;
  const half = numbers[HALF_DAY] ?? 0;
  const hour = numbers[HOUR] ?? 0;
  const hours = half === 0 ? hour : (hour % 12) + (half - 1) * 12;
  const clock = hours * 3600 + (numbers[MINUTE] ?? 0) * 60 + (numbers[SECOND] ?? 0);
  if (clock > SECONDS_PER_DAY || (clock === SECONDS_PER_DAY && microseconds > 0)) return false;
  into.wall = day * SECONDS_PER_DAY + clock;
  into.microseconds = microseconds;
  into.offset = offset;
  return true;
}

function dayOf(year: number, numbers: Int32Array): number {
  const dayOfYear = numbers[DAY_OF_YEAR] ?? 0;
  if (dayOfYear === 0) return civilDay(year, numbers[MONTH] ?? 0, numbers[DAY] ?? 0);
  return dayOfYear > (isLeapYear(year) ? 366 : 365) ? NO_DATE : daysFromCivil(year, 1, 1) + dayOfYear - 1;
}

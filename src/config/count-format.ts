/** Formats that count from a start: `hours since 1900-01-01 00:00`, and those with a name such as `excel`. */
import { quote, suggest } from "./problem.ts";

/** How a count is read. */
export interface Count {
  /** Seconds from 1970-01-01 00:00 to the start, both on the clock that the start is told by. */
  readonly start: number;
  /** How far that clock is from UTC, in seconds east; undefined where the format does not say. */
  readonly offset: number | undefined;
  /** The unit in microseconds, and how many further decimals shorten it: a nanosecond is a microsecond and three decimals. */
  readonly unit: CountUnit;
  /** Smaller counts are refused. */
  readonly least?: number;
}

interface CountUnit {
  readonly microseconds: number;
  readonly decimals: number;
}

const unit = (microseconds: number, decimals = 0): CountUnit => ({ microseconds, decimals });
const DAY = unit(86_400_000_000);
const HOUR = unit(3_600_000_000);
const MINUTE = unit(60_000_000);
const SECOND = unit(1_000_000);
const MILLISECOND = unit(1000);
const MICROSECOND = unit(1);
const NANOSECOND = unit(1, 3);

/** The words for units; those of the CF conventions for climate data (there after UDUNITS) among them. */
const UNITS: Readonly<Record<string, CountUnit>> = {
  days: DAY,
  day: DAY,
  d: DAY,
  hours: HOUR,
  hour: HOUR,
  hrs: HOUR,
  hr: HOUR,
  h: HOUR,
  minutes: MINUTE,
  minute: MINUTE,
  mins: MINUTE,
  min: MINUTE,
  seconds: SECOND,
  second: SECOND,
  secs: SECOND,
  sec: SECOND,
  s: SECOND,
  milliseconds: MILLISECOND,
  millisecond: MILLISECOND,
  ms: MILLISECOND,
  microseconds: MICROSECOND,
  microsecond: MICROSECOND,
  us: MICROSECOND,
  nanoseconds: NANOSECOND,
  nanosecond: NANOSECOND,
  ns: NANOSECOND,
};

const SECONDS_PER_DAY = 86_400;

/** Counts that have a name of their own. */
export const NAMED_COUNTS: Readonly<Record<string, Count>> = {
  // Excel's 1900-02-29, which never was, is its 60; before it, its days and those of other programs differ by one.
  excel: { start: -25_569 * SECONDS_PER_DAY, offset: undefined, unit: DAY, least: 61 },
  "julian-day": { start: -2_440_587.5 * SECONDS_PER_DAY, offset: 0, unit: DAY },
  matlab: { start: -719_529 * SECONDS_PER_DAY, offset: undefined, unit: DAY },
};

const SINCE = /^\s*(\S+)\s+since\s+(.*?)\s*$/i;
const START =
  /^(\d{1,4})-(\d\d?)-(\d\d?)(?:(?:\s+|T)(\d\d?)(?::(\d\d?)(?::(\d\d?)(?:\.0+)?)?)?\s*(Z|UTC|GMT|([+-])(\d\d?):?(\d\d)?)?)?$/i;

/** Takes `<unit> since <start>` apart; undefined for any other text, and a sentence for what is wrong with it. */
export function parseCount(text: string): Count | string | undefined {
  const [whole, word = "", start = ""] = SINCE.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const counted = word.toLowerCase();
  const of = Object.hasOwn(UNITS, counted) ? UNITS[counted] : undefined;
  if (of === undefined) return unknownUnit(word);
  const found = START.exec(start);
  if (found === null) return `${quote(start)} is no start of a count: ${STARTS}`;
  const [, year, month, day, hour = "0", minute = "0", second = "0", zone, sign, hours, minutes = "0"] =
    found;
  const clock = [hour, minute, second].map(Number);
  const midnight = dayOf(Number(year), Number(month), Number(day));
  if (midnight === undefined || !isClock(clock)) return `${quote(start)} is no date and time that exists`;
  if (Number(hours ?? 0) > 15 || Number(minutes) > 59) return `${quote(zone ?? "")} is no offset from UTC`;
  const [h = 0, m = 0, s = 0] = clock;
  const east = Number(hours ?? 0) * 3600 + Number(minutes) * 60;
  return {
    start: midnight + h * 3600 + m * 60 + s,
    offset: zone === undefined ? undefined : sign === "-" ? 0 - east : east,
    unit: of,
  };
}

const STARTS = "it is written 1900-01-01 or 1900-01-01 00:00:00, and may end with Z or an offset";

function unknownUnit(word: string): string {
  if (/^(?:month|year|yr)s?$/i.test(word)) {
    return `${quote(word)} are not all of one length, and cannot be counted since a start; there are days and shorter units`;
  }
  return `${quote(word)} is no unit of a count${suggest(
    word,
    Object.keys(UNITS).filter((name) => name.endsWith("s") && name.length > 3),
  )}`;
}

/** Seconds from 1970 to a day's 00:00; undefined if there is no such day. Date.UTC would take years below 100 for others. */
function dayOf(year: number, month: number, day: number): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  const exists = year >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? date.getTime() / 1000 : undefined;
}

function isClock([hour = 0, minute = 0, second = 0]: readonly number[]): boolean {
  return hour <= 23 && minute <= 59 && second <= 59;
}

/** Dates in object keys: the days that they span. */
import { DATE_PARTS, type DateParts } from "../config/date-format.ts";
import type { DateRange } from "./job.ts";

/** Both inclusive, ISO dates. */
export interface DaySpan {
  readonly from: string;
  readonly to: string;
}

/** Two tellings of one date as one; undefined when they contradict each other. */
export function mergeDateParts(one: DateParts, other: DateParts): DateParts | undefined {
  const contradict = DATE_PARTS.some(
    (part) => one[part] !== undefined && other[part] !== undefined && one[part] !== other[part],
  );
  return contradict ? undefined : { ...one, ...other };
}

/** The days that a date covers (a year: all of it); undefined without a year, or when there is no such day. */
export function daySpan(date: DateParts): DaySpan | undefined {
  const { year, month, day } = date;
  if (year === undefined) return undefined;
  if (month === undefined) return { from: isoDate(year, 1, 1), to: isoDate(year, 12, 31) };
  // Day 0 of the next month; setUTCFullYear, because Date.UTC takes the years 0 to 99 for 1900 to 1999.
  const end = new Date(0);
  end.setUTCFullYear(year, month, 0);
  const last = end.getUTCDate();
  if (day === undefined) return { from: isoDate(year, month, 1), to: isoDate(year, month, last) };
  return day > last ? undefined : { from: isoDate(year, month, day), to: isoDate(year, month, day) };
}

function isoDate(year: number, month: number, day: number): string {
  return [String(year).padStart(4, "0"), String(month).padStart(2, "0"), String(day).padStart(2, "0")].join(
    "-",
  );
}

/** Whether a span and a range share a day. */
export function intersects(span: DaySpan, range: DateRange): boolean {
  return (
    (range.from === undefined || span.to >= range.from) && (range.to === undefined || span.from <= range.to)
  );
}

/** The UTC date of a moment. */
export function isoDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

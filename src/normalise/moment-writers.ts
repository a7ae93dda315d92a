/** Column writers of the local day, the time and the averaging period. */
import type { AveragingField, DateField, TimeField } from "../config/pipeline.ts";
import { daysFromCivil, SECONDS_PER_DAY } from "./calendar.ts";
import { DONE, EMPTY, rejected } from "./cursor.ts";
import { type Duration, durationReader } from "./duration.ts";
import { dayReader } from "./local-day.ts";
import { instantReader } from "./moment-fields.ts";
import { NULL_WRITER, type Writer, type WriterContext } from "./writers.ts";

/** Days that a row may have; what lies outside is a typing error and would need a partition of its own. */
const FIRST_DAY = daysFromCivil(1700, 1, 1);
const LAST_DAY = daysFromCivil(2199, 12, 31);

/** The days of a slice, both inclusive; days since 1970. */
export interface SliceDays {
  readonly first: number;
  readonly last: number;
}

/** Which days a row may have. */
export interface DateOptions {
  readonly slice?: SliceDays | undefined;
  /** Days since 1970 after which a day lies in the future, wherever the station is; without it no day does. */
  readonly latest?: number;
}

/**
 * The local day; leaves it in the cursor. A day outside the slice, or in the future, is a reject. With `of: time` it must
 * come after the time's writer. Throws a RangeError for `of: time` where rows have no time.
 */
export function dateWriter(
  context: WriterContext,
  field: DateField,
  { slice, latest = LAST_DAY }: DateOptions = {},
): Writer {
  if ("of" in field && context.pipeline.target !== "observations") {
    throw new RangeError(
      `rows of target ${context.pipeline.target} have no time that a date could be the day of`,
    );
  }
  const read = dayReader(context, field);
  const { first, last } = slice ?? { first: FIRST_DAY, last: LAST_DAY };
  const outside = rejected(slice === undefined ? "not a date" : "outside the slice");
  const future = rejected("date in the future");
  return {
    field: "date",
    write: (cursor, rows) => {
      const outcome = read(cursor);
      if (outcome !== DONE) return outcome;
      const { day } = cursor;
      if (day < first || day > last) return outside;
      if (day > latest) return future;
      rows.date(day);
      return DONE;
    },
  };
}

/** What a time's writer needs to know beside its field. */
export interface TimeOptions {
  /** Seconds since 1970 in UTC after which a time lies in the future. */
  readonly latest: number;
  /** How long the period lasts that the time marks. */
  readonly averaging: AveragingField | undefined;
}

/**
 * The period's end in UTC; leaves the time as it is marked in the cursor. Where it marks the start, a period of unknown
 * length is a reject ("missing", of `averaging`). Throws a RangeError where none is given.
 */
export function timeWriter(context: WriterContext, field: TimeField, options: TimeOptions): Writer {
  const read = instantReader(context, field);
  const marksEnd = field.marks === "end";
  const readLength = marksEnd ? undefined : periodReader(context, options.averaging);
  const length: Duration = { seconds: 0 };
  const latest = field.not_after_now ? options.latest : Number.POSITIVE_INFINITY;
  const first = FIRST_DAY * SECONDS_PER_DAY;
  const behind = (LAST_DAY + 1) * SECONDS_PER_DAY;
  return {
    field: "time",
    write: (cursor, rows) => {
      const { time } = cursor;
      const outcome = read(cursor, time);
      if (outcome !== DONE) return outcome;
      if (readLength !== undefined) {
        const told = readLength(cursor, length);
        if (told !== DONE) {
          cursor.atFault = "averaging";
          return told === EMPTY ? rejected("missing") : told;
        }
      }
      const seconds = time.wall - time.offset + length.seconds;
      if (seconds > latest) return rejected("date in the future");
      if (seconds < first || seconds >= behind) return rejected("not a time");
      cursor.timeMarksEnd = marksEnd;
      rows.timestamp(seconds, time.microseconds);
      return DONE;
    },
  };
}

function periodReader(context: WriterContext, averaging: AveragingField | undefined) {
  if (averaging === undefined)
    throw new RangeError("a time that marks the start of its period needs `averaging`");
  return durationReader(context, averaging);
}

/** Seconds as int4; null where the duration is absent, unreadable, or of an unknown unit, unless it is required. */
export function durationWriter(context: WriterContext, field: AveragingField | undefined): Writer {
  if (field === undefined) return NULL_WRITER;
  const read = durationReader(context, field);
  const required = context.required.has("averaging");
  const duration: Duration = { seconds: 0 };
  return {
    field: "averaging",
    write: (cursor, rows) => {
      const outcome = read(cursor, duration);
      if (outcome === DONE) rows.int4(duration.seconds);
      else if (outcome !== EMPTY) return outcome;
      else if (required) return rejected("missing");
      else rows.null();
      return DONE;
    },
  };
}

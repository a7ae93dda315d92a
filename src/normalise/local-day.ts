/** Which day a record belongs to: the station's local day. */
import { formatsOf } from "../config/moments.ts";
import type { DateField } from "../config/pipeline.ts";
import {
  compactDateReader,
  NO_DATE,
  noTimestamp,
  readIsoDate,
  SECONDS_PER_DAY,
  type Timestamp,
} from "./calendar.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected } from "./cursor.ts";
import { clockReader, directColumn, instantReader, type OwnDate } from "./moment-fields.ts";
import { noSpan } from "./span.ts";
import { type FieldContext, spanReader } from "./text.ts";
import { type ZoneReader, zoneReader } from "./zone-of-record.ts";

/** Leaves the day in the cursor: DONE, or the code of a reject. */
export type DayReader = (cursor: Cursor) => Outcome;

/** With `of: time` it takes what the time's writer left in the cursor: that writer must come first. */
export function dayReader(context: FieldContext, field: DateField): DayReader {
  const local = field.local === undefined ? undefined : zoneReader(field.local, context);
  const start = field.day_starts === undefined ? 0 : secondOfDay(field.day_starts);
  if ("of" in field) {
    const ofEnd: DayRules = { local, start, marksEnd: field.day_of !== "start" };
    const ofStart: DayRules = { local, start, marksEnd: field.day_of === "end" };
    return (cursor) => placeDay(cursor, cursor.time, cursor.timeMarksEnd ? ofEnd : ofStart);
  }
  const rules: DayRules = { local, start, marksEnd: field.day_of === "end" };
  const ruled = local !== undefined || start > 0 || rules.marksEnd;
  const formats = formatsOf(field);
  const only = formats.length === 1 ? formats[0] : undefined;
  if (!ruled && only === "yyyyMMdd") return dateReader(context, field, compactDateReader());
  if (!ruled && only === "yyyy-MM-dd") return dateReader(context, field, readIsoDate);
  const read =
    local === undefined ? clockReader(context, field, "not a date") : instantReader(context, field);
  const stamp = noTimestamp();
  return (cursor) => {
    const outcome = read(cursor, stamp);
    return outcome === DONE ? placeDay(cursor, stamp, rules) : outcome;
  };
}

interface DayRules {
  /** The zone whose calendar counts; absent: the clock that the stamp is written in. */
  readonly local: ZoneReader | undefined;
  /** Seconds from midnight to the day's begin. */
  readonly start: number;
  /** Whether a stamp is the end of its period: one at the day's very begin then belongs to the day before. */
  readonly marksEnd: boolean;
}

function placeDay(cursor: Cursor, stamp: Timestamp, { local, start, marksEnd }: DayRules): Outcome {
  let wall = stamp.wall;
  if (local !== undefined) {
    const zone = local(cursor);
    if (typeof zone === "number") return zone;
    const seconds = stamp.wall - stamp.offset;
    wall = seconds + zone.offsetAt(seconds);
  }
  const shift = marksEnd && stamp.microseconds === 0 ? start + 1 : start;
  cursor.day = Math.floor((wall - shift) / SECONDS_PER_DAY);
  return DONE;
}

/** `06:00` */
function secondOfDay(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(":").map(Number);
  return hours * 3600 + minutes * 60;
}

/** Dates alone, without a clock between the bytes and the day. */
function dateReader(
  context: FieldContext,
  field: OwnDate,
  read: (bytes: Uint8Array, start: number, end: number) => number,
): DayReader {
  const find = spanReader(field, context);
  const missing = rejected("missing");
  const unreadable = rejected("not a date");
  const span = noSpan();
  const readSpan: DayReader = (cursor) => {
    const outcome = find(cursor, span);
    if (outcome !== DONE) return outcome === EMPTY ? missing : outcome;
    const day = read(span.bytes, span.start, span.end);
    if (day === NO_DATE) return unreadable;
    cursor.day = day;
    return DONE;
  };
  const direct = directColumn(context, field);
  if (direct === undefined) return readSpan;
  return (cursor) => {
    const start = cursor.start(direct);
    const day = start < 0 ? NO_DATE : read(cursor.bytes, start, cursor.end(direct));
    if (day === NO_DATE) return readSpan(cursor);
    cursor.day = day;
    return DONE;
  };
}

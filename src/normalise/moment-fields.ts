/** Moments of a record: where they stand, how they read, how far their clock is from UTC. */
import { formatsOf } from "../config/moments.ts";
import type { DateField, TimeField } from "../config/pipeline.ts";
import { NO_OFFSET, type Timestamp } from "./calendar.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected } from "./cursor.ts";
import { compileMoments } from "./moment.ts";
import { noSpan } from "./span.ts";
import { type FieldContext, isPlainColumn, spanReader } from "./text.ts";
import { zoneReader } from "./zone-of-record.ts";

/** A date with an origin of its own. */
export type OwnDate = Exclude<DateField, { of: "time" }>;

/** Reads a moment: DONE, or the code of a reject. */
export type MomentOfRecord = (cursor: Cursor, into: Timestamp) => Outcome;

/**
 * The column whose bytes can be tried as they stand, which is the quick way of nearly every record. What does not read so
 * may still be blank, or have blanks around it. A text that means "no value" could read as a date.
 */
export function directColumn({ columnOf }: FieldContext, field: OwnDate | TimeField): number | undefined {
  const { column, missing } = field;
  return column !== undefined && missing.length === 0 && isPlainColumn(field) ? columnOf(column) : undefined;
}

/** Reads what the wall clock showed; NO_OFFSET where the text does not say how far it is from UTC. */
export function clockReader(
  context: FieldContext,
  field: OwnDate | TimeField,
  fault: "not a date" | "not a time",
): MomentOfRecord {
  const find = spanReader(field, context);
  const read = compileMoments(formatsOf(field));
  const missing = rejected("missing");
  const unreadable = rejected(fault);
  const span = noSpan();
  const readSpan: MomentOfRecord = (cursor, into) => {
    const outcome = find(cursor, span);
    if (outcome !== DONE) return outcome === EMPTY ? missing : outcome;
    return read(span.bytes, span.start, span.end, into) ? DONE : unreadable;
  };
  const direct = directColumn(context, field);
  if (direct === undefined) return readSpan;
  return (cursor, into) => {
    const start = cursor.start(direct);
    return start >= 0 && read(cursor.bytes, start, cursor.end(direct), into) ? DONE : readSpan(cursor, into);
  };
}

/** Reads a moment with its offset from UTC: by its text, else by its zone. Without either it is no time; UTC is never guessed. */
export function instantReader(context: FieldContext, field: OwnDate | TimeField): MomentOfRecord {
  const read = clockReader(context, field, "not a time");
  const zoneOf = field.zone === undefined ? undefined : zoneReader(field.zone, context);
  const unplaced = rejected("not a time");
  return (cursor, into) => {
    const outcome = read(cursor, into);
    if (outcome !== DONE || into.offset !== NO_OFFSET) return outcome;
    const zone = zoneOf === undefined ? unplaced : zoneOf(cursor);
    if (typeof zone === "number") return zone;
    into.offset = zone.offsetAtWall(into.wall);
    return DONE;
  };
}

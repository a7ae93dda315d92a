/** How long a measurement was averaged over. */
import type { AveragingField } from "../config/pipeline.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected } from "./cursor.ts";
import { toNumber, zero } from "./decimal.ts";
import { decimalReader } from "./numbers.ts";
import { type FieldContext, textReader } from "./text.ts";

/** Whole seconds, as int4 holds them. */
export interface Duration {
  seconds: number;
}

/**
 * Reads a duration: DONE; EMPTY where it is absent, unreadable, or of an unknown unit; or a reject, if a side table that
 * rejects what it has not lacks the text.
 */
export type DurationReader = (cursor: Cursor, into: Duration) => Outcome;

const SECONDS_OF_UNIT = new Map<string | null, number>(
  Object.entries({
    "seconds second secs sec s": 1,
    "minutes minute mins min": 60,
    "hours hour hrs hr h": 3600,
    "days day d": 86_400,
  }).flatMap(([names, seconds]) => names.split(" ").map((name) => [name, seconds] as const)),
);

const LONGEST = 2_147_483_647;

/** Compiles a duration; what is the same in every row is read once. */
export function durationReader(context: FieldContext, field: AveragingField): DurationReader {
  const read = reader(context, field);
  if (field.literal === undefined || field.unit !== undefined) return read;
  const same: Duration = { seconds: 0 };
  let outcome: Outcome | undefined;
  return (cursor, into) => {
    outcome ??= read(cursor, same);
    into.seconds = same.seconds;
    return outcome;
  };
}

function reader(context: FieldContext, field: AveragingField): DurationReader {
  const read = decimalReader(field, context);
  const unitOf = unitReader(context, field);
  const unlisted = rejected("not in lookup");
  const decimal = zero();
  return (cursor, into) => {
    const outcome = read(cursor, decimal);
    if (outcome !== DONE) {
      // It is the value's that is told.
      cursor.sentinel = undefined;
      return outcome === unlisted ? unlisted : EMPTY;
    }
    const unit = unitOf(cursor);
    if (unit === undefined) return EMPTY;
    if (unit < 0) return unlisted;
    into.seconds = Math.round(toNumber(decimal) * unit);
    return into.seconds > 0 && into.seconds <= LONGEST ? DONE : EMPTY;
  };
}

/** The side table of units rejects what it has not. */
const UNLISTED = -1;

/** Seconds in the unit; undefined where it is unknown. */
function unitReader(context: FieldContext, { unit }: AveragingField): (cursor: Cursor) => number | undefined {
  if (unit === undefined) return () => 1;
  const read = textReader(unit, context);
  const unlisted = rejected("not in lookup");
  return (cursor) => {
    const text = read(cursor);
    if (typeof text === "number") return text === unlisted ? UNLISTED : undefined;
    return SECONDS_OF_UNIT.get(text) ?? SECONDS_OF_UNIT.get(text?.toLowerCase() ?? null);
  };
}

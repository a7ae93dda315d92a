/** Which zone holds for a record: one for all, that of a text, or that of a position. */
import zoneAtPosition from "@photostructure/tz-lookup";
import type { Zone } from "../config/pipeline.ts";
import { type Cursor, DONE, EMPTY, type Outcome, rejected } from "./cursor.ts";
import { toNumber, zero } from "./decimal.ts";
import { latitudeLimit, longitudeLimit } from "./limits.ts";
import { decimalReader } from "./numbers.ts";
import { noSpan, spanText } from "./span.ts";
import { type FieldContext, spanReader } from "./text.ts";
import { type ZoneRules, zoneNamed } from "./zone.ts";

/** The zone of the record at hand, or the code of a reject. */
export type ZoneReader = (cursor: Cursor) => ZoneRules | Outcome;

/** Zones, and texts that name none, that are remembered within a load. */
const KEPT = 50_000;

/** Whatever is wrong with what tells the zone: the field that is rejected is the date or the time, and need not be at fault. */
const UNKNOWN = rejected("unknown time zone");
const NOWHERE = rejected("position out of range");

/**
 * A text that is absent, refused or names no zone is an "unknown time zone"; so is an absent position
 * for which there is no other zone, and one that is no number. One that the earth does not have is a "position out of range". Throws a RangeError for a fixed name that is no zone; the configuration's checks name it
 * first.
 */
export function zoneReader(zone: Zone, context: FieldContext): ZoneReader {
  if (typeof zone === "string") {
    const rules = fixedRules(zone);
    return () => rules;
  }
  if ("latitude" in zone) return positionReader(zone, context);
  const read = spanReader(zone, context);
  const named = remembering((name) => zoneNamed(name) ?? UNKNOWN);
  const span = noSpan();
  return (cursor) => (read(cursor, span) === DONE ? named(spanText(span)) : UNKNOWN);
}

function fixedRules(name: string): ZoneRules {
  const rules = zoneNamed(name);
  if (rules === undefined) throw new RangeError(`no such time zone: ${name}`);
  return rules;
}

type Position = Extract<Zone, { latitude: unknown }>;

function positionReader(zone: Position, context: FieldContext): ZoneReader {
  const readLatitude = decimalReader(zone.latitude, context);
  const readLongitude = decimalReader(zone.longitude, context);
  const elsewhere = zone.otherwise === undefined ? UNKNOWN : fixedRules(zone.otherwise);
  const found = remembering((position) => zoneAt(position.split(" ").map(Number)));
  const latitude = zero();
  const longitude = zero();
  return (cursor) => {
    const outcome = readLatitude(cursor, latitude) || readLongitude(cursor, longitude);
    if (outcome === DONE) {
      if (!latitudeLimit(latitude) || !longitudeLimit(longitude)) return NOWHERE;
      return found(`${toNumber(latitude)} ${toNumber(longitude)}`);
    }
    if (outcome !== EMPTY) return UNKNOWN;
    // It was the position's, and says nothing about the value.
    cursor.sentinel = undefined;
    return elsewhere;
  };
}

function zoneAt([latitude = 0, longitude = 0]: readonly number[]): ZoneRules | Outcome {
  return zoneNamed(zoneAtPosition(latitude, longitude)) ?? UNKNOWN;
}

/** Stations come in runs, and the same ones again and again. */
function remembering(find: (text: string) => ZoneRules | Outcome): (text: string) => ZoneRules | Outcome {
  const known = new Map<string, ZoneRules | Outcome>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    if (known.size >= KEPT) known.clear();
    const found = find(text);
    known.set(text, found);
    return found;
  };
}

/** Time zones: how far a wall clock is from UTC, at any moment and for any record, without asking Intl each time. */
import { offsetNamed } from "../config/zone-name.ts";

/** The rules of one zone. Seconds count from 1970-01-01 00:00; offsets are seconds east of UTC. */
export interface ZoneRules {
  /** The offset at a moment (seconds in UTC). */
  offsetAt(seconds: number): number;
  /**
   * The offset at which a wall clock shows this. Where clocks were set forward over it (it never was), that before the
   * change; where they were set back (it was twice), that of the first time. That is RFC 5545's rule, and Temporal's
   * `compatible`.
   */
  offsetAtWall(wall: number): number;
}

const NAMED = new Map<string, ZoneRules>();
/** More spellings than there are zones; records may write a name in ever another mixture of large and small letters. */
const NAMES_KEPT = 2000;

/** The rules of `UTC`, an offset such as `+01:00`, or an IANA name; undefined for a zone that this Node does not know. */
export function zoneNamed(name: string): ZoneRules | undefined {
  const known = NAMED.get(name);
  if (known !== undefined) return known;
  const offset = name === "UTC" ? 0 : offsetNamed(name);
  const rules = offset === undefined ? ianaZone(name) : fixedZone(offset);
  if (rules === undefined) return undefined;
  if (NAMED.size >= NAMES_KEPT) NAMED.clear();
  NAMED.set(name, rules);
  return rules;
}

function fixedZone(offset: number): ZoneRules {
  return { offsetAt: () => offset, offsetAtWall: () => offset };
}

function ianaZone(name: string): ZoneRules | undefined {
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: name, timeZoneName: "longOffset" });
    return new IanaZone((seconds) => offsetIn(format, seconds));
  } catch (error) {
    // The only way to ask whether a zone is known.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const LONG_OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** Intl writes `GMT+05:53:28`, and `GMT` alone for no offset. */
function offsetIn(format: Intl.DateTimeFormat, seconds: number): number {
  const [found, sign, hours = "0", minutes = "0", rest = "0"] =
    LONG_OFFSET.exec(format.format(seconds * 1000)) ?? [];
  if (found === undefined)
    throw new Error(`Intl writes a time zone's offset in an unknown way at ${seconds}`);
  const offset = Number(hours) * 3600 + Number(minutes) * 60 + Number(rest);
  return sign === "-" ? 0 - offset : offset;
}

const SECONDS_PER_DAY = 86_400;
/** Offsets are found out for so many days at once. */
const CHUNK = 366 * SECONDS_PER_DAY;
/** No offset is as great as this: the greatest was Alaska's +15:02. */
const WIDEST = 16 * 3600;

/** A stretch of time with one offset: in UTC from `start` to `end`, exclusive. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

/**
 * A zone whose offset changes. It remembers the stretches of every year it was asked for, and the one it was last
 * asked for, since records of one station and season follow one another.
 */
class IanaZone implements ZoneRules {
  readonly #ask: (seconds: number) => number;
  readonly #chunks = new Map<number, readonly Stretch[]>();
  #last: Stretch = { start: 0, end: 0, offset: 0 };
  /** The last answer for wall clocks, from `start` to `end` on the wall clock. */
  #lastWall: Stretch = { start: 0, end: 0, offset: 0 };

  constructor(ask: (seconds: number) => number) {
    this.#ask = ask;
  }

  offsetAt(seconds: number): number {
    const last = this.#last;
    if (seconds >= last.start && seconds < last.end) return last.offset;
    this.#last = this.#stretchAt(seconds);
    return this.#last.offset;
  }

  offsetAtWall(wall: number): number {
    const last = this.#lastWall;
    if (wall >= last.start && wall < last.end) return last.offset;
    this.#lastWall = this.#wallStretchAt(wall);
    return this.#lastWall.offset;
  }

  /** The first stretch that ends after the wall clock shows this, or the gap before it. */
  #wallStretchAt(wall: number): Stretch {
    let before = this.#stretchAt(wall - WIDEST);
    let stretch = before;
    while (stretch.end + stretch.offset <= wall) {
      before = stretch;
      stretch = this.#stretchAt(stretch.end);
    }
    const end = stretch.end + stretch.offset;
    // From here on, the search would have begun with this stretch.
    if (before === stretch) return { start: stretch.start + WIDEST, end, offset: stretch.offset };
    const shown = before.end + before.offset;
    const start = stretch.start + stretch.offset;
    if (wall < start) return { start: shown, end: start, offset: before.offset };
    return { start: Math.max(start, shown), end, offset: stretch.offset };
  }

  #stretchAt(seconds: number): Stretch {
    const chunk = Math.floor(seconds / CHUNK);
    const stretches = this.#chunks.get(chunk) ?? this.#find(chunk);
    const found = stretches.find(({ end }) => seconds < end);
    if (found === undefined) throw new RangeError(`no offset at ${seconds}`);
    return found;
  }

  /** Asks for every day's offset, and halves the days on which it changes: no zone changed it twice within one. */
  #find(chunk: number): readonly Stretch[] {
    const from = chunk * CHUNK;
    const to = from + CHUNK;
    const stretches: Stretch[] = [];
    let start = from;
    let offset = this.#ask(from);
    for (let day = from; day < to; day += SECONDS_PER_DAY) {
      const next = this.#ask(day + SECONDS_PER_DAY);
      if (next === offset) continue;
      const end = this.#changeBetween(day, day + SECONDS_PER_DAY);
      stretches.push({ start, end, offset });
      start = end;
      offset = next;
    }
    if (start < to) stretches.push({ start, end: to, offset });
    this.#chunks.set(chunk, stretches);
    return stretches;
  }

  /** The second from which the offset is that of `last`. */
  #changeBetween(first: number, last: number): number {
    const offset = this.#ask(last);
    let [before, after] = [first, last];
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (this.#ask(middle) === offset) after = middle;
      else before = middle;
    }
    return after;
  }
}

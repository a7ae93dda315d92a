/** Key templates: which keys belong to a pipeline, and what they tell about their objects. */
import type { DateParts } from "../config/date-format.ts";
import { type Level, parseTemplate } from "../config/template.ts";
import { MillraceError } from "../errors.ts";
import { type DaySpan, daySpan, mergeDateParts } from "./dates.ts";
import { fitLevel } from "./template-match.ts";

/** What a key tells. */
export interface KeyMatch {
  /** Texts as they stand in the key; of a date that occurs several times, its finest telling. */
  readonly variables: Readonly<Record<string, string>>;
  /** The days that the finest date covers; absent for keys without dates. */
  readonly days?: DaySpan;
}

export interface KeyTemplate {
  readonly text: string;
  readonly levels: readonly Level[];
  /** Names of the variables, in the order of the template. */
  readonly variables: readonly string[];
  /**
   * What a whole key tells, or undefined when it does not fit. `known` variables have these texts and no others.
   * Where a key can be read in several ways, earlier texts are as short as possible.
   */
  match(key: string, known?: ReadonlyMap<string, string>): KeyMatch | undefined;
  /** The same for the first levels of a key: `records/2178/` fits the first two of `records/{location}/{day:yyyy}.csv`. */
  matchPath(path: string, known?: ReadonlyMap<string, string>): KeyMatch | undefined;
}

const NOTHING_KNOWN: ReadonlyMap<string, string> = new Map();

/** Compiles a template. Throws CONFIG_INVALID with every problem of a bad one. */
export function compileTemplate(text: string): KeyTemplate {
  const { levels, variables, problems } = parseTemplate(text);
  if (problems.length > 0) {
    throw new MillraceError("CONFIG_INVALID", `key template "${text}": ${problems.join("; ")}`);
  }
  const order = fittingOrder(levels);
  return {
    text,
    levels,
    variables: [...variables.keys()],
    match(key, known = NOTHING_KNOWN) {
      const segments = key.split("/");
      return segments.length === levels.length ? matchSegments(levels, order, segments, known) : undefined;
    },
    matchPath(path, known = NOTHING_KNOWN) {
      const segments = path.replace(/\/$/, "").split("/");
      if (segments.length > levels.length) return undefined;
      const within = order.filter((index) => index < segments.length);
      return matchSegments(levels, within, segments, known);
    },
  };
}

/**
 * Levels with fewer unknown texts first: plain text refuses most keys at once, and a level that can be read in
 * one way only settles the variables of those that could be read in several.
 */
function fittingOrder(levels: readonly Level[]): readonly number[] {
  const texts = (index: number): number =>
    levels[index]?.filter((element) => element.kind === "text").length ?? 0;
  const variables = (index: number): number =>
    levels[index]?.filter((element) => "name" in element).length ?? 0;
  return [...levels.keys()].sort(
    (one, other) => texts(one) - texts(other) || variables(one) - variables(other),
  );
}

/** One date variable, as far as the levels read so far tell it. */
interface ToldDate {
  readonly parts: DateParts;
  readonly text: string;
  /** Number of parts that `text` tells. */
  readonly detail: number;
}

function matchSegments(
  levels: readonly Level[],
  order: readonly number[],
  segments: readonly string[],
  known: ReadonlyMap<string, string>,
): KeyMatch | undefined {
  const texts = new Map(known);
  const dates = new Map<string, ToldDate>();
  const found = new Map<string, string>();
  for (const index of order) {
    const level = levels[index] ?? [];
    const segment = segments[index] ?? "";
    const ends = fitLevel(level, segment, texts);
    if (ends === undefined) return undefined;
    for (const [position, element] of level.entries()) {
      if (!("name" in element)) continue;
      const text = segment.slice(ends[position - 1] ?? 0, ends[position]);
      if (element.kind === "text") {
        texts.set(element.name, text);
        found.set(element.name, text);
        continue;
      }
      const parts = element.format.read(text);
      const told =
        parts && retell(dates.get(element.name), parts, { text, detail: element.format.parts.length });
      if (told === undefined) return undefined;
      dates.set(element.name, told);
    }
  }
  return withDays(found, dates);
}

function retell(
  before: ToldDate | undefined,
  parts: DateParts,
  now: Omit<ToldDate, "parts">,
): ToldDate | undefined {
  if (before === undefined) return { parts, ...now };
  const merged = mergeDateParts(before.parts, parts);
  if (merged === undefined) return undefined;
  const { text, detail } = now.detail > before.detail ? now : before;
  return { parts: merged, text, detail };
}

function withDays(texts: Map<string, string>, dates: ReadonlyMap<string, ToldDate>): KeyMatch | undefined {
  let days: DaySpan | undefined;
  let finest = 0;
  for (const [name, { parts, text }] of dates) {
    texts.set(name, text);
    const span = daySpan(parts);
    // Without a year when only a path's first levels were read; without such a day the key is none of ours.
    if (span === undefined && parts.year !== undefined) return undefined;
    const detail = Object.keys(parts).length;
    if (span !== undefined && detail > finest) {
      days = span;
      finest = detail;
    }
  }
  const variables = Object.fromEntries(texts);
  return days === undefined ? { variables } : { variables, days };
}

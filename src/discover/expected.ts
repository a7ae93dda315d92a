/** The keys that a template can make, for stores that cannot be listed. */
import { DATE_PARTS, type DateFormat, type DateParts } from "../config/date-format.ts";
import type { Element } from "../config/template.ts";
import { MillraceError } from "../errors.ts";
import { isoDay } from "./dates.ts";
import type { Scope } from "./scope.ts";

const SLASH: Element = { kind: "literal", text: "/" };

/**
 * Every key of the template with the wanted values and the dates of the scope's range, in steps of the template's
 * finest date, newest first; then those of `watched` that are none of these. Nothing but `watched` is held. Throws
 * CONFIG_INVALID when a variable has no values, or the dates no beginning.
 */
export function* expectedKeys(scope: Scope, watched: ReadonlySet<string>): Generator<string> {
  const elements = scope.template.levels.flatMap((level, index) => (index === 0 ? level : [SLASH, ...level]));
  const remaining = new Set(watched);
  for (const date of datesOf(elements, scope)) {
    for (const key of keysOf(elements, scope, { date, texts: new Map(), text: "" })) {
      if (scope.match(key) === undefined) continue;
      remaining.delete(key);
      yield key;
    }
  }
  for (const key of remaining) if (scope.match(key) !== undefined) yield key;
}

interface Beginning {
  readonly date: DateParts;
  /** Of the text variables so far. */
  readonly texts: ReadonlyMap<string, string>;
  readonly text: string;
}

function* keysOf([element, ...rest]: readonly Element[], scope: Scope, start: Beginning): Generator<string> {
  if (element === undefined) {
    yield start.text;
    return;
  }
  for (const text of textsOf(element, scope, start)) {
    const texts = element.kind === "text" ? new Map(start.texts).set(element.name, text) : start.texts;
    yield* keysOf(rest, scope, { ...start, texts, text: start.text + text });
  }
}

function textsOf(element: Element, scope: Scope, { date, texts }: Beginning): Iterable<string> {
  switch (element.kind) {
    case "literal":
      return [element.text];
    case "optional":
      return [element.text, ""];
    case "date":
      return [element.format.write(date)];
    case "text": {
      const known = texts.get(element.name);
      return known === undefined ? wantedTexts(element.name, scope) : [known];
    }
  }
}

function wantedTexts(name: string, { template, values }: Scope): Iterable<string> {
  const wanted = values.get(name);
  if (wanted !== undefined) return wanted;
  throw new MillraceError(
    "CONFIG_INVALID",
    `with listing: keys, objects.values must say which {${name}} of ${template.text} are wanted`,
  );
}

/** The dates to be written into keys; one that tells nothing for a template without dates. */
function datesOf(elements: readonly Element[], scope: Scope): Iterable<DateParts> {
  const dates = elements.filter((element) => element.kind === "date");
  const [first] = dates;
  if (first === undefined) return [{}];
  const other = dates.find(({ name }) => name !== first.name);
  if (other !== undefined) {
    const names = `{${first.name}} and {${other.name}}`;
    throw new MillraceError("CONFIG_INVALID", `with listing: keys, ${names} must be one date of one name`);
  }
  const formats = dates.map(({ format }) => format);
  const wanted = scope.values.get(first.name);
  return wanted === undefined ? newestFirst(formats, scope) : written(formats, wanted);
}

/** Wanted dates are written as in the format that tells most of them. */
function written(formats: readonly DateFormat[], texts: Iterable<string>): DateParts[] {
  const [finest] = formats.toSorted((one, other) => other.parts.length - one.parts.length);
  return [...texts].map((text) => finest?.read(text)).filter((date) => date !== undefined);
}

function* newestFirst(formats: readonly DateFormat[], { range }: Scope): Generator<DateParts> {
  if (range.from === undefined)
    throw new MillraceError(
      "CONFIG_INVALID",
      "with listing: keys, objects.from or --from must say where dates begin",
    );
  const last = new Date(`${range.to ?? isoDay(new Date())}T23:00:00Z`);
  const unit = DATE_PARTS.findLast((part) => formats.some(({ parts }) => parts.includes(part))) ?? "day";
  const first = startOf(new Date(`${range.from}T00:00:00Z`), unit);
  for (let moment = startOf(last, unit); moment >= first; moment = stepBack(moment, unit)) {
    const [year, month, day, hour] = [
      moment.getUTCFullYear(),
      moment.getUTCMonth() + 1,
      moment.getUTCDate(),
      moment.getUTCHours(),
    ];
    yield { year, month, day, hour };
  }
}

type Unit = (typeof DATE_PARTS)[number];

function startOf(moment: Date, unit: Unit): Date {
  const start = new Date(moment);
  if (unit === "year") start.setUTCMonth(0, 1);
  if (unit === "month") start.setUTCDate(1);
  if (unit !== "hour") start.setUTCHours(0);
  return start;
}

function stepBack(moment: Date, unit: Unit): Date {
  const step = new Date(moment);
  if (unit === "year") step.setUTCFullYear(step.getUTCFullYear() - 1);
  if (unit === "month") step.setUTCMonth(step.getUTCMonth() - 1);
  if (unit === "day") step.setUTCDate(step.getUTCDate() - 1);
  if (unit === "hour") step.setUTCHours(step.getUTCHours() - 1);
  return step;
}

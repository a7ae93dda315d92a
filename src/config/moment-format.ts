/** How dates and times are written: `iso` or another name, a count of units since a start, or a pattern such as `dd.MM.yyyy HH:mm`. */
import { type Count, NAMED_COUNTS, parseCount } from "./count-format.ts";
import { nearest, quote } from "./problem.ts";

/** What a piece of a pattern reads. */
export type MomentPart =
  | "year"
  | "shortYear"
  | "month"
  | "monthName"
  | "day"
  | "dayOfYear"
  | "hour"
  | "halfDayHour"
  | "halfDay"
  | "minute"
  | "second"
  | "fraction"
  | "offset";

/** A piece of a pattern: so many digits (fewest, most; 0 where it is no number) of a part, or a text that stands for itself. */
export type MomentToken =
  | { readonly literal: string }
  | { readonly letters: string; readonly part: MomentPart; readonly digits: readonly [number, number] };

/** A format taken apart. */
export interface MomentFormat {
  readonly kind: "iso" | "unix" | "unix-ms" | "decimal-year" | "count" | "pattern";
  /** Of a count. */
  readonly count?: Count;
  /** In their order; empty unless it is a pattern. */
  readonly tokens: readonly MomentToken[];
  /** Whether it tells a time of day; without one it is a date. */
  readonly hasTime: boolean;
  /** Whether the text itself can tell how far its clock is from UTC; otherwise a moment needs a zone. */
  readonly hasOffset: boolean;
  /** What is wrong with it, a sentence each; empty when it can be used. */
  readonly problems: readonly string[];
}

type Numbered = Extract<MomentToken, { part: MomentPart }>;

/** The letters and what they read; named as in Unicode's date patterns (UTS 35). */
export const LETTERS: Readonly<Record<string, readonly [MomentPart, number, number]>> = {
  yyyy: ["year", 4, 4],
  yy: ["shortYear", 2, 2],
  MM: ["month", 2, 2],
  M: ["month", 1, 2],
  MMM: ["monthName", 0, 0],
  dd: ["day", 2, 2],
  d: ["day", 1, 2],
  DDD: ["dayOfYear", 3, 3],
  HH: ["hour", 2, 2],
  H: ["hour", 1, 2],
  hh: ["halfDayHour", 2, 2],
  h: ["halfDayHour", 1, 2],
  a: ["halfDay", 0, 0],
  mm: ["minute", 2, 2],
  ss: ["second", 2, 2],
  SSS: ["fraction", 1, 9],
  XXX: ["offset", 0, 0],
};

const PIECES = /'((?:[^']|'')*)'|'|([A-Za-z])\2*|[^A-Za-z']+/g;

/** Formats that have a name: what each is, and how it writes 2024-02-07T15:05:09.25+01:00. */
export const NAMED_FORMATS: Readonly<Record<string, readonly [meaning: string, example: string]>> = {
  iso: [
    "ISO 8601 with Z, UTC or an offset, or without if `zone` is given; a blank may stand for the T and before the offset; seconds and their fraction may be missing, and all the marks: 20240207T150509.25+0100",
    "2024-02-07T15:05:09.25+01:00",
  ],
  unix: ["seconds since 1970 in UTC", "1707314709.25"],
  "unix-ms": ["milliseconds since 1970 in UTC", "1707314709250"],
  excel: [
    "Excel's serial days: since 1899-12-30 on a local clock, from 61 (1900-03-01) on",
    "45329.628579282407",
  ],
  "julian-day": ["Julian days in UTC, which begin at noon", "2460348.086912615741"],
  matlab: ["MATLAB's serial days (datenum) on a local clock", "739289.628579282407"],
  "decimal-year": [
    "a year and how much of it has passed on a local clock; each has 365 or 366 days. Four decimals leave half an hour open, so that a day may begin late on the one before",
    "2024.102810325913",
  ],
};

const EXAMPLE_OF_COUNT = "hours since 1900-01-01 00:00";

/** Takes a format apart. Never throws: what cannot be used has problems. */
export function parseMomentFormat(text: string): MomentFormat {
  if (text === "iso" || text === "unix" || text === "unix-ms") {
    return { kind: text, tokens: [], hasTime: true, hasOffset: true, problems: [] };
  }
  if (text === "decimal-year")
    return { kind: text, tokens: [], hasTime: true, hasOffset: false, problems: [] };
  const count = Object.hasOwn(NAMED_COUNTS, text) ? NAMED_COUNTS[text] : parseCount(text);
  return count === undefined ? parsePattern(text) : countFormat(count);
}

function countFormat(count: Count | string): MomentFormat {
  if (typeof count === "string")
    return { kind: "pattern", tokens: [], hasTime: true, hasOffset: true, problems: [count] };
  return {
    kind: "count",
    count,
    tokens: [],
    hasTime: true,
    hasOffset: count.offset !== undefined,
    problems: [],
  };
}

function parsePattern(text: string): MomentFormat {
  const tokens: MomentToken[] = [];
  const problems: string[] = [];
  for (const [piece, quoted, letter] of text.matchAll(PIECES)) {
    const known = Object.hasOwn(LETTERS, piece) ? LETTERS[piece] : undefined;
    if (quoted !== undefined) tokens.push({ literal: quoted === "" ? "'" : quoted.replaceAll("''", "'") });
    else if (piece === "'")
      problems.push(`a quote in "${text}" is not closed; two of them ('') stand for one`);
    else if (letter === undefined) tokens.push({ literal: piece });
    else if (known === undefined) problems.push(unknownLetters(piece));
    else tokens.push({ letters: piece, part: known[0], digits: [known[1], known[2]] });
  }
  const numbered = tokens.filter((token) => "part" in token);
  const meant = problems.length === 0 ? undefined : nearest(text, Object.keys(NAMED_FORMATS));
  if (meant !== undefined)
    problems.splice(0, problems.length, `${quote(text)} is no format; did you mean ${quote(meant)}?`);
  // What strange letters were meant for may be just what is missing.
  if (problems.length === 0)
    problems.push(...contradictions(numbered), ...omissions(numbered), ...runs(tokens));
  return {
    kind: "pattern",
    tokens,
    hasTime: numbered.some(({ part }) => part === "hour" || part === "halfDayHour"),
    hasOffset: numbered.some(({ part }) => part === "offset"),
    problems,
  };
}

function unknownLetters(letters: string): string {
  const names = Object.keys(LETTERS);
  const alike = names.filter((name) => name.charAt(0).toLowerCase() === letters.charAt(0).toLowerCase());
  const hint = alike.length === 0 ? "" : ` (perhaps ${alike.join(" or ")} is meant)`;
  return (
    `"${letters}" stands for nothing${hint}: there are ${names.join(" ")}, and by themselves ` +
    `${Object.keys(NAMED_FORMATS).join(", ")}, or a count such as ${quote(EXAMPLE_OF_COUNT)}; a text of letters stands in quotes, as '${letters}'`
  );
}

/** What a date or time may hold only one of. */
const ONE_OF: Readonly<Record<string, readonly MomentPart[]>> = {
  year: ["year", "shortYear"],
  month: ["month", "monthName"],
  day: ["day"],
  "day of the year": ["dayOfYear"],
  hour: ["hour", "halfDayHour"],
  "AM/PM": ["halfDay"],
  minute: ["minute"],
  second: ["second"],
  "fraction of a second": ["fraction"],
  offset: ["offset"],
};

function contradictions(tokens: readonly Numbered[]): string[] {
  const problems: string[] = [];
  for (const [what, parts] of Object.entries(ONE_OF)) {
    const several = tokens.filter(({ part }) => parts.includes(part)).map(({ letters }) => letters);
    if (several.length > 1)
      problems.push(`it names the ${what} ${several.length} times: ${several.join(", ")}`);
  }
  const has = (part: MomentPart) => tokens.some((token) => token.part === part);
  if (has("dayOfYear") && (has("month") || has("monthName") || has("day"))) {
    problems.push("DDD, the day of the year, leaves nothing for a month or a day to say");
  }
  if (has("halfDay") && has("hour")) problems.push("a (AM/PM) goes with hh or h, not with HH or H");
  return problems;
}

function omissions(tokens: readonly Numbered[]): string[] {
  const has = (...parts: MomentPart[]) => tokens.some((token) => parts.includes(token.part));
  const minutes = has("minute") ? "; mm are minutes" : "";
  const problems: string[] = [];
  const needs = (holds: boolean, problem: string): void => {
    if (!holds) problems.push(problem);
  };
  needs(has("year", "shortYear"), "it has no year: yyyy or yy");
  // A month or a year alone is its first day; one with a time of day would be a mistake.
  if (!has("dayOfYear")) {
    const isTimed = has("hour", "halfDayHour", "halfDay", "minute", "second", "fraction");
    needs(has("month", "monthName") || !(has("day") || isTimed), `it has no month: MM, M or MMM${minutes}`);
    needs(has("day") || !isTimed, "it has a time of day but no day: dd or d (or DDD, the day of the year)");
  }
  needs(
    !has("halfDayHour") || has("halfDay"),
    "hh and h count to 12 and need a (AM/PM); hours to 24 are HH or H",
  );
  needs(!has("halfDay") || has("hour", "halfDayHour"), "a (AM/PM) needs an hour: hh or h");
  needs(!has("minute") || has("hour", "halfDayHour"), "it has minutes (mm) but no hour: HH, H, hh or h");
  needs(!has("second") || has("minute"), "it has seconds (ss) but no minutes: mm");
  needs(!has("fraction") || has("second"), "it has a fraction (SSS) but no seconds: ss");
  return problems;
}

/** Numbers that follow one another without anything between them must have a fixed length. */
function runs(tokens: readonly MomentToken[]): string[] {
  return tokens.flatMap((token, index) => {
    const next = tokens[index + 1];
    if (!("part" in token) || next === undefined || token.digits[0] === token.digits[1]) return [];
    const digitsFollow = "part" in next ? next.digits[0] > 0 : /^\d/.test(next.literal);
    if (!digitsFollow) return [];
    const follower = "part" in next ? next.letters : `"${next.literal}"`;
    const advice =
      token.part === "fraction"
        ? ""
        : `; write ${token.letters.repeat(2)}, if need be with the text filled up by \`pad\``;
    return [
      `where ${token.letters} ends cannot be told, because ${follower} follows it without anything between${advice}`,
    ];
  });
}

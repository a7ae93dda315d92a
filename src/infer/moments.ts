/** Columns of dates and times: the formats that nearly all of their texts are written in. */
import { parseMomentFormat } from "../config/moment-format.ts";
import { NO_OFFSET, noTimestamp, type Timestamp } from "../normalise/calendar.ts";
import { compileMoment, type MomentReader } from "../normalise/moment.ts";
import { type Misfits, misfitsIn, nearlyAll, tolerated } from "./misfits.ts";

const DATES = [
  "yyyy-MM-dd",
  "yyyyMMdd",
  "dd.MM.yyyy",
  "d.M.yyyy",
  "MM/dd/yyyy",
  "dd/MM/yyyy",
  "M/d/yyyy",
  "d/M/yyyy",
  "yyyy/MM/dd",
  "dd-MM-yyyy",
  "MM-dd-yyyy",
  "dd:MM:yyyy",
  "dd-MMM-yyyy",
  "d MMM yyyy",
  "dd.MM.yy",
  "MM/dd/yy",
  "dd/MM/yy",
  "yyyy-DDD",
];
const TIMES = ["HH:mm:ss", "HH:mm", "H:mm", "HHmm", "hh:mm:ss a", "hh:mm a", "h:mm a", "HH:mm:ss.SSS"];
const RUN_TOGETHER = ["yyyyMMddHH", "yyyyMMddHHmm", "yyyyMMddHHmmss"];

/** All that are tried; of several that fit, the first counts unless the order of the records speaks for another. */
const FORMATS: readonly string[] = [
  "iso",
  ...DATES,
  ...DATES.flatMap((date) => TIMES.flatMap((time) => [`${date} ${time}`, `${date}'T'${time}`])),
  ...RUN_TOGETHER,
];
/** Of times of day alone, beside a column of dates. */
const CLOCKS = ["HH:mm:ss", "HH:mm", "H:mm", "HHmm", "HHmm 'UTC'", "HH:mm 'UTC'"];
/** Any day, before a time of day that is to be read alone. */
const SOME_DAY = "2000-01-01";

const readers = new Map<string, MomentReader>();

function readerOf(format: string): MomentReader {
  const reader = readers.get(format) ?? compileMoment(format);
  readers.set(format, reader);
  return reader;
}

const stamp: Timestamp = noTimestamp();
/** Plausible years; plain numbers of eight digits are dates only within them. */
const YEARS = [1600, 2200] as const;

/** The moment in seconds by its own clock, for comparisons; undefined when it is not written so. */
function read(text: string, format: string): number | undefined {
  const bytes = Buffer.from(text, "utf8");
  if (!readerOf(format)(bytes, 0, bytes.length, stamp)) return undefined;
  const year = new Date(stamp.wall * 1000).getUTCFullYear();
  return year >= YEARS[0] && year <= YEARS[1] ? stamp.wall : undefined;
}

/** Whether the text is a date or a time with its date, in any of the formats. */
export function isMoment(text: string): boolean {
  return (
    /\d/.test(text) &&
    text.length >= 6 &&
    text.length <= 35 &&
    FORMATS.some((format) => read(text, format) !== undefined)
  );
}

export interface Moments {
  readonly format: string;
  readonly hasTime: boolean;
  readonly hasOffset: boolean;
  /** Other formats in which day and month would change places. */
  readonly others: readonly string[];
  /** Whether they stand anywhere within their hours: what is measured over a period is stamped at full minutes. */
  readonly isScattered: boolean;
  /** Texts that are not written so, or say what no calendar knows. */
  readonly misfits: Misfits;
}

/** The format of a column; undefined when its texts are no dates, or written in several formats. */
export function momentsOf(texts: readonly string[], name: string): Moments | undefined {
  const unix = unixOf(texts, name);
  if (unix !== undefined) {
    const isScattered = scattered(texts.map((text) => Number(text) / (unix.format === "unix" ? 1 : 1000)));
    return { ...unix, hasTime: true, hasOffset: true, others: [], isScattered };
  }
  const [best, ...fitting] = fittingFormats(texts, FORMATS);
  if (best === undefined) return undefined;
  const { format, misfits } = best;
  const { hasTime } = parseMomentFormat(format);
  const hasOffset = texts.every((text) => read(text, format) === undefined || stamp.offset !== NO_OFFSET);
  // A format that fits fewer of the texts is no rival.
  const others = fitting.filter(
    (other) => other.misfits.count === misfits.count && swaps(format, other.format),
  );
  return {
    format,
    hasTime,
    hasOffset,
    others: others.map((other) => other.format),
    isScattered: hasTime && best.isScattered,
    misfits,
  };
}

/** How a column of times of day is written. */
export interface Clock {
  readonly format: string;
  readonly isScattered: boolean;
  readonly misfits: Misfits;
}

/** The format of a column of times of day; undefined when it is none. */
export function clockOf(texts: readonly string[]): Clock | undefined {
  const dated = texts.map((text) => `${SOME_DAY} ${text}`);
  const [best] = fittingFormats(
    dated,
    CLOCKS.map((clock) => `yyyy-MM-dd ${clock}`),
  );
  if (best === undefined) return undefined;
  const { count, example } = best.misfits;
  return {
    format: best.format.slice("yyyy-MM-dd ".length),
    isScattered: best.isScattered,
    misfits: { count, example: example?.slice(SOME_DAY.length + 1) },
  };
}

interface Fit {
  readonly format: string;
  readonly misfits: Misfits;
}

/** The shortest period that stamps are usually a multiple of, in seconds. */
const PERIOD = 60;
/** Fewer stamps tell nothing. */
const FEWEST_STAMPS = 3;

/** Whether most of the moments, in seconds, lie between full minutes. */
function scattered(walls: readonly number[]): boolean {
  return (
    walls.length >= FEWEST_STAMPS && walls.filter((wall) => wall % PERIOD !== 0).length * 2 > walls.length
  );
}

/** Texts by which formats are told that are worth trying on all. */
const TRIED = 20;
/** The golden section: however mistakes repeat, texts so far apart do not meet all of them. */
const STRIDE = (Math.sqrt(5) - 1) / 2;

/** Some texts, spread over all; all of them when there are few. */
function someOf(texts: readonly string[]): readonly string[] {
  if (texts.length <= TRIED) return texts;
  const places = Array.from({ length: TRIED }, (_, index) => ((index * STRIDE) % 1) * texts.length);
  return places.map((place) => texts[Math.floor(place)] ?? "");
}

/**
 * Those in which nearly all texts are written, the best first: with the fewest misfits; then, as records mostly follow each
 * other closely, the one that least often steps back in time.
 */
function fittingFormats(
  texts: readonly string[],
  formats: readonly string[],
): (Fit & { readonly isScattered: boolean })[] {
  if (texts.length === 0) return [];
  const some = someOf(texts);
  const most = tolerated(texts.length);
  return formats
    .filter((format) => some.filter((text) => read(text, format) !== undefined).length * 2 > some.length)
    .flatMap((format, order) => {
      const moments = texts.map((text) => read(text, format));
      const fitting = moments.filter((moment) => moment !== undefined);
      const count = texts.length - fitting.length;
      if (count > most) return [];
      const misfits = { count, example: texts[moments.indexOf(undefined)] };
      const steps = fitting.slice(1).map((moment, index) => moment - (fitting[index] ?? 0));
      const back = steps.filter((step) => step < 0).length;
      const way = steps.reduce((sum, step) => sum + Math.abs(step), 0);
      return [{ format, misfits, isScattered: scattered(fitting), order, back, way }];
    })
    .sort(
      (one, other) =>
        one.misfits.count - other.misfits.count ||
        one.back - other.back ||
        one.way - other.way ||
        one.order - other.order,
    );
}

/** Whether day and month stand the other way round. */
function swaps(one: string, other: string): boolean {
  const dayFirst = (format: string): boolean => format.indexOf("d") < format.indexOf("M");
  const hasBoth = (format: string): boolean => /d/.test(format) && /M/.test(format);
  return hasBoth(one) && hasBoth(other) && dayFirst(one) !== dayFirst(other);
}

function unixOf(texts: readonly string[], name: string): Fit | undefined {
  if (texts.length === 0 || !/time|date|epoch|unix|stamp|utc|^ts$|^dt$/i.test(name)) return undefined;
  for (const [format, pattern] of [
    ["unix", /^\d{9,10}$/],
    ["unix-ms", /^\d{12,13}$/],
  ] as const) {
    const isWritten = (text: string): boolean => pattern.test(text);
    if (nearlyAll(texts, isWritten)) return { format, misfits: misfitsIn(texts, isWritten) };
  }
  return undefined;
}

/** Columns of dates and times: the formats that all of their texts are written in. */
import { parseMomentFormat } from "../config/moment-format.ts";
import { NO_OFFSET, noTimestamp, type Timestamp } from "../normalise/calendar.ts";
import { compileMoment, type MomentReader } from "../normalise/moment.ts";

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
const CLOCKS = ["HH:mm:ss", "HH:mm", "H:mm", "HHmm"];
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
}

/** The format of a column; undefined when its texts are no dates, or not all in one format. */
export function momentsOf(texts: readonly string[], name: string): Moments | undefined {
  const unix = unixOf(texts, name);
  if (unix !== undefined) return { format: unix, hasTime: true, hasOffset: true, others: [] };
  const fitting = fittingFormats(texts, FORMATS);
  const [best] = fitting;
  if (best === undefined) return undefined;
  const { hasTime } = parseMomentFormat(best);
  const hasOffset = texts.every((text) => read(text, best) !== undefined && stamp.offset !== NO_OFFSET);
  return { format: best, hasTime, hasOffset, others: fitting.slice(1).filter((other) => swaps(best, other)) };
}

/** The format of a column of times of day; undefined when it is none. */
export function clockOf(texts: readonly string[]): string | undefined {
  const dated = texts.map((text) => `${SOME_DAY} ${text}`);
  const [best] = fittingFormats(
    dated,
    CLOCKS.map((clock) => `yyyy-MM-dd ${clock}`),
  );
  return best?.slice("yyyy-MM-dd ".length);
}

/** Those in which all texts are written; records mostly follow each other closely, and none steps back in time. */
function fittingFormats(texts: readonly string[], formats: readonly string[]): string[] {
  const [first] = texts;
  if (first === undefined) return [];
  return formats
    .filter((format) => read(first, format) !== undefined)
    .flatMap((format, order) => {
      const moments = texts.map((text) => read(text, format));
      if (moments.includes(undefined)) return [];
      const steps = moments.slice(1).map((moment, index) => (moment ?? 0) - (moments[index] ?? 0));
      const back = steps.filter((step) => step < 0).length;
      const way = steps.reduce((sum, step) => sum + Math.abs(step), 0);
      return [{ format, order, back, way }];
    })
    .sort((one, other) => one.back - other.back || one.way - other.way || one.order - other.order)
    .map(({ format }) => format);
}

/** Whether day and month stand the other way round. */
function swaps(one: string, other: string): boolean {
  const dayFirst = (format: string): boolean => format.indexOf("d") < format.indexOf("M");
  const hasBoth = (format: string): boolean => /d/.test(format) && /M/.test(format);
  return hasBoth(one) && hasBoth(other) && dayFirst(one) !== dayFirst(other);
}

function unixOf(texts: readonly string[], name: string): "unix" | "unix-ms" | undefined {
  if (texts.length === 0 || !/time|date|epoch|unix|stamp|utc|^ts$|^dt$/i.test(name)) return undefined;
  if (texts.every((text) => /^\d{9,10}$/.test(text))) return "unix";
  return texts.every((text) => /^\d{12,13}$/.test(text)) ? "unix-ms" : undefined;
}

/** Dates that stand in several columns: year, month, day, and perhaps hour and minute. */
import { type Column, words } from "./column.ts";
import { type Misfits, misfitsIn, nearlyAll, together } from "./misfits.ts";
import type { Moments } from "./moments.ts";

/** When a record was measured. */
export interface Moment extends Moments {
  /** A single column, or a template over several. */
  readonly origin: { readonly column: string } | { readonly template: string };
  readonly columns: readonly Column[];
  /** What a person must know of how it was put together. */
  readonly doubt?: string;
}

/** Names as `words` writes them, accents taken off: English, German, French, Spanish and Portuguese. */
const PARTS = {
  year: /^(?:year|yyyy|yy|yr|jahr|annee|ano)$/,
  month: /^(?:month|mm|mon|mo|monat|mois|mes)$/,
  day: /^(?:day|dd|dy|tag|jour|dia)$/,
  dayOfYear: /^(?:doy|day_of_year|dayofyear|jday|julian_day|yday)$/,
  hour: /^(?:hour|hh|hr|stunde|heure|hora)$/,
  // Behind the month, which is called the same in small letters.
  minute: /^(?:minute|min|mm|mn|mi|minuto)$/,
} as const;

type Part = keyof typeof PARTS;

/** What the parts may be. Records may end a day at 24:00. */
const RANGES = { year: 9999, month: 12, day: 31, dayOfYear: 366, hour: 24, minute: 59 } as const;

/**
 * The moment that the columns tell together; undefined where they tell no year with a month or a day of the year. A month
 * without days is dated by its first one.
 */
export function partsOf(columns: readonly Column[]): Moment | undefined {
  const found: Column[] = [];
  const parts: Part[] = [];
  const part = (name: Part): Column | undefined => {
    const column = columns.find((each) => !found.includes(each) && isPart(each, name));
    if (column === undefined) return undefined;
    found.push(column);
    parts.push(name);
    return column;
  };
  const year = part("year");
  if (year === undefined) return undefined;
  const isShort = nearlyAll(year.texts, (text) => text.length <= 2);
  const month = part("month");
  const day = part(month === undefined ? "dayOfYear" : "day");
  if (month === undefined && day === undefined) return undefined;
  const hour = day && part("hour");
  const minute = hour && part("minute");
  const days =
    month === undefined
      ? [`{${day?.name ?? ""}:03}`]
      : [`{${month.name}:02}`, day === undefined ? "01" : `{${day.name}:02}`];
  const date = [`{${year.name}${isShort ? ":02" : ""}}`, ...days].join("-");
  const clock = [hour, minute].flatMap((column) => (column === undefined ? [] : [`{${column.name}:02}`]));
  const clockFormat = ["HH", "mm"].slice(0, clock.length).join(":");
  const dateFormat = `${isShort ? "yy" : "yyyy"}-${month === undefined ? "DDD" : "MM-dd"}`;
  return {
    format: `${dateFormat} ${clockFormat}`.trimEnd(),
    hasTime: hour !== undefined,
    hasOffset: false,
    others: [],
    isScattered: false,
    origin: { template: `${date} ${clock.join(":")}`.trimEnd() },
    columns: found,
    misfits: together(found.map((column, index) => misfitsOfPart(column, parts[index] ?? "year"))),
    ...(day === undefined ? { doubt: "a value of a month, dated by its first day?" } : {}),
  };
}

/** The column of hours among these; undefined when there is none. */
export function hourOf(columns: readonly Column[]): Column | undefined {
  return columns.find((column) => isPart(column, "hour"));
}

/** What in the column is no year, month, … */
export function misfitsOfPart({ texts }: Column, part: Part): Misfits {
  return misfitsIn(texts, (text) => mayBe(text, part));
}

function isPart({ name, isNamed, texts }: Column, part: Part): boolean {
  const bare = words(name.normalize("NFD").replace(/\p{M}/gu, ""));
  if (!isNamed || !PARTS[part].test(bare) || texts.length === 0) return false;
  return nearlyAll(texts, (text) => mayBe(text, part));
}

function mayBe(text: string, part: Part): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) <= RANGES[part];
}

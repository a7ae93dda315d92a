/** Dates that stand in several columns: year, month, day, and perhaps hour and minute. */
import { type Column, words } from "./column.ts";
import { type Misfits, misfitsIn, nearlyAll, together } from "./misfits.ts";
import type { Moments } from "./moments.ts";

/** When a record was measured. */
export interface Moment extends Moments {
  /** A single column, or a template over several. */
  readonly origin: { readonly column: string } | { readonly template: string };
  readonly columns: readonly Column[];
}

/** Names as `words` writes them, accents taken off: English, German, French, Spanish and Portuguese. */
const PARTS = {
  year: /^(?:year|yyyy|yy|yr|jahr|annee|ano)$/,
  month: /^(?:month|mm|mon|mo|monat|mois|mes)$/,
  day: /^(?:day|dd|dy|tag|jour|dia)$/,
  hour: /^(?:hour|hh|hr|stunde|heure|hora)$/,
  // Behind the month, which is called the same in small letters.
  minute: /^(?:minute|min|mm|mn|mi|minuto)$/,
} as const;

/** What the parts may be. Records may end a day at 24:00. */
const RANGES = { year: 9999, month: 12, day: 31, hour: 24, minute: 59 } as const;

/** The moment that the columns tell together; undefined when year, month or day is missing. */
export function partsOf(columns: readonly Column[]): Moment | undefined {
  const found: Column[] = [];
  const part = (name: keyof typeof PARTS): Column | undefined => {
    const column = columns.find((each) => !found.includes(each) && isPart(each, name));
    if (column !== undefined) found.push(column);
    return column;
  };
  const [year, month, day] = [part("year"), part("month"), part("day")];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const hour = part("hour");
  const minute = hour === undefined ? undefined : part("minute");
  const isShort = nearlyAll(year.texts, (text) => text.length <= 2);
  const date = `{${year.name}${isShort ? ":02" : ""}}-{${month.name}:02}-{${day.name}:02}`;
  const clock = [hour, minute].flatMap((column) => (column === undefined ? [] : [`{${column.name}:02}`]));
  const clockFormat = ["HH", "mm"].slice(0, clock.length).join(":");
  return {
    format: `${isShort ? "yy" : "yyyy"}-MM-dd ${clockFormat}`.trimEnd(),
    hasTime: hour !== undefined,
    hasOffset: false,
    others: [],
    origin: { template: `${date} ${clock.join(":")}`.trimEnd() },
    columns: found,
    misfits: together([
      misfitsOfPart(year, "year"),
      misfitsOfPart(month, "month"),
      misfitsOfPart(day, "day"),
      ...(hour === undefined ? [] : [misfitsOfPart(hour, "hour")]),
      ...(minute === undefined ? [] : [misfitsOfPart(minute, "minute")]),
    ]),
  };
}

/** The column of hours among these; undefined when there is none. */
export function hourOf(columns: readonly Column[]): Column | undefined {
  return columns.find((column) => isPart(column, "hour"));
}

/** What in the column is no year, month, … */
export function misfitsOfPart({ texts }: Column, part: keyof typeof PARTS): Misfits {
  return misfitsIn(texts, (text) => mayBe(text, part));
}

function isPart({ name, isNamed, texts }: Column, part: keyof typeof PARTS): boolean {
  const bare = words(name.normalize("NFD").replace(/\p{M}/gu, ""));
  if (!isNamed || !PARTS[part].test(bare) || texts.length === 0) return false;
  return nearlyAll(texts, (text) => mayBe(text, part));
}

function mayBe(text: string, part: keyof typeof PARTS): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) <= RANGES[part];
}

/** Formats of the dates in object keys, such as `yyyyMMdd`. */

/** What one date in a key tells. A day always comes with its month, a month with its year, once merged. */
export interface DateParts {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
  readonly hour?: number;
}

/** From the coarsest to the finest. */
export const DATE_PARTS = ["year", "month", "day", "hour"] as const;
type DatePart = (typeof DATE_PARTS)[number];

/** A compiled date format. */
export interface DateFormat {
  readonly text: string;
  /** Which parts it writes, in its order. */
  readonly parts: readonly DatePart[];
  /** Fewest and most characters of a date written in it. */
  readonly shortest: number;
  readonly longest: number;
  /** The parts of a text written in this format; undefined when it is not, or no such month, day or hour exists. */
  read(text: string): DateParts | undefined;
  /** Writes a date in this format; parts that it does not tell are the first of their kind. */
  write(date: DateParts): string;
}

interface Token {
  readonly part: DatePart;
  readonly digits: number;
  readonly least: number;
  readonly most: number;
}

/** Named as in Unicode's date patterns (UTS 35). */
const TOKENS: Readonly<Record<string, Token>> = {
  yyyy: { part: "year", digits: 4, least: 1, most: 9999 },
  MM: { part: "month", digits: 2, least: 1, most: 12 },
  dd: { part: "day", digits: 2, least: 1, most: 31 },
  HH: { part: "hour", digits: 2, least: 0, most: 23 },
};

/** Last second of the year 9999, twelve digits. */
const LAST_SECOND = 253_402_300_799;

/** Compiles a format such as `yyyyMMdd`, or says what is wrong with it. */
export function compileDateFormat(text: string): DateFormat | { problem: string } {
  if (text === "unix") {
    return {
      text,
      parts: DATE_PARTS,
      shortest: 1,
      longest: 12,
      read: readUnixSeconds,
      write: writeUnixSeconds,
    };
  }
  const pieces = text.match(/yyyy|MM|dd|HH|[-_.:T]|[\s\S]/g) ?? [];
  const steps = pieces.map((piece) => TOKENS[piece] ?? piece);
  const stranger = steps.find((step) => typeof step === "string" && !/^[-_.:T]$/.test(step));
  if (typeof stranger === "string") {
    return {
      problem: `"${stranger}" in the date format "${text}" is none of yyyy, MM, dd, HH, unix and - _ . : T`,
    };
  }
  const parts = steps.flatMap((step) => (typeof step === "string" ? [] : [step.part]));
  if (parts.length === 0) return { problem: `the date format "${text}" has none of yyyy, MM, dd, HH` };
  if (new Set(parts).size < parts.length) return { problem: `the date format "${text}" names a part twice` };
  return {
    text,
    parts,
    shortest: text.length,
    longest: text.length,
    read: (date) => readDate(date, steps),
    write: (date) => writeDate(date, steps),
  };
}

function readDate(text: string, steps: readonly (Token | string)[]): DateParts | undefined {
  const parts: Partial<Record<DatePart, number>> = {};
  let position = 0;
  for (const step of steps) {
    if (typeof step === "string") {
      if (text[position] !== step) return undefined;
      position += 1;
      continue;
    }
    const value = readDigits(text, position, step.digits);
    if (value === undefined || value < step.least || value > step.most) return undefined;
    parts[step.part] = value;
    position += step.digits;
  }
  return position === text.length ? parts : undefined;
}

function writeDate(date: DateParts, steps: readonly (Token | string)[]): string {
  return steps
    .map((step) =>
      typeof step === "string" ? step : String(date[step.part] ?? step.least).padStart(step.digits, "0"),
    )
    .join("");
}

function readDigits(text: string, start: number, count: number): number | undefined {
  let value = 0;
  for (let index = start; index < start + count; index++) {
    const digit = text.charCodeAt(index) - 48;
    // Written so that the NaN behind the end of the text fails it too.
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** Seconds since 1970-01-01T00:00Z, as the UTC hour that they lie in. */
function readUnixSeconds(text: string): DateParts | undefined {
  if (!/^[0-9]{1,12}$/.test(text) || Number(text) > LAST_SECOND) return undefined;
  const moment = new Date(Number(text) * 1000);
  return {
    year: moment.getUTCFullYear(),
    month: moment.getUTCMonth() + 1,
    day: moment.getUTCDate(),
    hour: moment.getUTCHours(),
  };
}

/** The first second of the hour. */
function writeUnixSeconds({ year = 1970, month = 1, day = 1, hour = 0 }: DateParts): string {
  return String(Date.UTC(year, month - 1, day, hour) / 1000);
}

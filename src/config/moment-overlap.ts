/** Whether one text could be read by two formats as two different moments: then their order in a list would decide. */
import { type MomentPart, type MomentToken, parseMomentFormat } from "./moment-format.ts";

/** A moment as its pieces; months and days that can be taken for one another, and clocks for dates. */
type Sample = Readonly<
  Record<Exclude<MomentPart, "shortYear" | "monthName" | "fraction" | "offset">, number>
>;

const SAMPLES: readonly Sample[] = [
  [2001, 2, 3, 34, 4, 5, 6],
  [2012, 11, 10, 315, 9, 8, 7],
  [2010, 12, 11, 345, 10, 20, 12],
].map(([year = 0, month = 0, day = 0, dayOfYear = 0, hour = 0, minute = 0, second = 0]) => ({
  ...{ year, month, day, dayOfYear, hour, minute, second },
  halfDayHour: hour,
  halfDay: 0,
}));

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** How `iso` is mostly written. */
const ISO = ["-", ""].flatMap((dash) => {
  const [day, colon] = [`yyyy${dash}MM${dash}dd`, dash === "" ? "" : ":"];
  return ["'T'", " "].flatMap((mark) => [
    `${day}${mark}HH${colon}mm`,
    `${day}${mark}HH${colon}mm${colon}ss`,
    `${day}${mark}HH${colon}mm${colon}ssXXX`,
  ]);
});

/** Whether a text of it is but a number. */
function isCount(format: string): boolean {
  const { kind } = parseMomentFormat(format);
  return kind !== "iso" && kind !== "pattern";
}

/** A text that both formats read, but not as the same moment; undefined if none is found. Formats with problems have none. */
export function ambiguousText(one: string, other: string): string | undefined {
  if (isCount(one) && isCount(other)) return "2000";
  return ambiguousIn(one, other) ?? ambiguousIn(other, one);
}

/** Such a text, among those that are written by `one`. */
function ambiguousIn(one: string, other: string): string | undefined {
  const written = spellings(one).flatMap((tokens) => SAMPLES.map((sample) => write(tokens, sample)));
  const readers = spellings(other).map(reader);
  for (const { text, means } of written) {
    if (isCount(other) && /^\d+(\.\d+)?$/.test(text)) return text;
    for (const read of readers) {
      const meant = read(text);
      if (meant !== undefined && meant !== means) return text;
    }
  }
  return undefined;
}

/** The patterns that a format's texts may have. */
function spellings(format: string): (readonly MomentToken[])[] {
  return (format === "iso" ? ISO : [format]).flatMap((text) => {
    const parsed = parseMomentFormat(text);
    return parsed.kind === "pattern" ? [parsed.tokens] : [];
  });
}

function write(tokens: readonly MomentToken[], sample: Sample): { text: string; means: string } {
  const text = tokens.map((token) => ("literal" in token ? token.literal : piece(token, sample))).join("");
  return { text, means: reader(tokens)(text) ?? "" };
}

function piece(
  { part, digits: [fewest] }: Exclude<MomentToken, { literal: string }>,
  sample: Sample,
): string {
  switch (part) {
    case "shortYear":
      return String(sample.year).slice(2);
    case "monthName":
      return MONTHS[sample.month - 1] ?? "";
    case "halfDay":
      return "AM";
    case "fraction":
      return "5";
    case "offset":
      return "+01:00";
    default:
      return String(sample[part]).padStart(fewest, "0");
  }
}

/** Reads a text into its pieces by name, `undefined` if it does not fit or its numbers are out of their ranges. */
function reader(tokens: readonly MomentToken[]): (text: string) => string | undefined {
  const parts = tokens.flatMap((token) => ("part" in token ? [token.part] : []));
  const pattern = new RegExp(`^${tokens.map(expression).join("")}$`);
  return (text) => {
    const found = pattern.exec(text)?.slice(1);
    if (found === undefined) return undefined;
    const numbers = new Map(parts.map((part, index) => meaning(part, found[index] ?? "")));
    if ([...numbers].some(([part, number]) => !inRange(part, number))) return undefined;
    return [...numbers]
      .map(([part, number]) => `${part} ${number}`)
      .toSorted()
      .join(", ");
  };
}

function expression(token: MomentToken): string {
  if ("literal" in token) return token.literal.replaceAll(/[$()*+./?[\\\]^{|}-]/g, "\\$&");
  if (token.part === "monthName") return "([A-Za-z]{3,9})";
  if (token.part === "halfDay") return "([AaPp][Mm])";
  if (token.part === "offset") return "(Z|[+-]\\d{2}(?::?\\d{2})?)";
  return `(\\d{${token.digits[0]},${token.digits[1]}})`;
}

/** What a piece says, by the name of what it tells. */
function meaning(part: MomentPart, text: string): readonly [MomentPart, number] {
  switch (part) {
    case "shortYear":
      return ["year", Number(text) < 69 ? 2000 + Number(text) : 1900 + Number(text)];
    case "monthName":
      return ["month", MONTHS.findIndex((name) => name.toLowerCase() === text.toLowerCase()) + 1];
    case "halfDayHour":
      return ["hour", Number(text)];
    case "halfDay":
    case "fraction":
    case "offset":
      return [part, 0];
    default:
      return [part, Number(text)];
  }
}

const RANGES: Readonly<Partial<Record<MomentPart, readonly [number, number]>>> = {
  year: [1700, 2199],
  month: [1, 12],
  day: [1, 31],
  dayOfYear: [1, 366],
  hour: [0, 24],
  minute: [0, 59],
  second: [0, 59],
};

function inRange(part: MomentPart, number: number): boolean {
  const [least, greatest] = RANGES[part] ?? [0, 0];
  return number >= least && number <= greatest;
}

/** How providers write numbers: decimal commas, thousands marks, words, degrees with minutes and seconds. */
import type { NumberField } from "../config/pipeline.ts";
import { type Decimal, fromNumber, type NumberFault, readDecimal } from "./decimal.ts";
import { readSexagesimal } from "./sexagesimal.ts";

/** Reads a number's bytes, blanks around them dropped, into `into`; returns what is wrong, or undefined. */
export type ReadNumber = (
  bytes: Buffer,
  start: number,
  end: number,
  into: Decimal,
) => NumberFault | undefined;

export type Notation = Partial<Pick<NumberField, "decimal" | "thousands" | "words" | "notation">>;

const COMMA = 0x2c;
/** Longer texts are no numbers. */
const LONGEST = 128;

/** The reader of a field's notation; `readDecimal` itself where it asks for nothing. */
export function readNumber(field: Notation): ReadNumber {
  const { words, decimal = "." } = field;
  const read = field.notation === "sexagesimal" ? sexagesimal(decimal) : digits(decimal, field.thousands);
  return words === undefined ? read : withWords(words, read);
}

function digits(decimal: "." | ",", thousands: NumberField["thousands"]): ReadNumber {
  if (thousands !== undefined) return grouped(decimal.charCodeAt(0), thousands);
  return decimal === "." ? readDecimal : decimalComma;
}

function decimalComma(bytes: Buffer, start: number, end: number, into: Decimal): NumberFault | undefined {
  return readDecimal(bytes, start, end, into, COMMA);
}

function withWords(words: Readonly<Record<string, number>>, read: ReadNumber): ReadNumber {
  const known = Object.entries(words).map(([word, value]) => ({
    word: Buffer.from(word, "utf8"),
    value: fromNumber(value),
  }));
  return (bytes, start, end, into) => {
    for (const { word, value } of known) {
      if (word.length !== end - start || word.compare(bytes, start, end) !== 0) continue;
      Object.assign(into, value);
      return undefined;
    }
    return read(bytes, start, end, into);
  };
}

function sexagesimal(decimal: "." | ","): ReadNumber {
  return (bytes, start, end, into) =>
    end - start > LONGEST
      ? "not a number"
      : readSexagesimal(bytes.toString("utf8", start, end), decimal, into);
}

/** What a thousands mark may look like: a blank is also a no-break or thin one, ' also ’. */
const LOOKS: Readonly<Record<NonNullable<NumberField["thousands"]>, string>> = {
  ",": "[,]",
  ".": "[.]",
  "'": "['\u2019]",
  " ": "[ \u00a0\u202f\u2009]",
  _: "[_]",
};

/**
 * Thousands marks must stand between groups of three digits of the whole part, the first of one to three and without a
 * zero before it: in `0,123` the comma is a decimal one, whatever the pipeline says, and no number is better than one a
 * thousand times too great. A number without marks is read as well.
 */
function grouped(point: number, thousands: NonNullable<NumberField["thousands"]>): ReadNumber {
  const look = LOOKS[thousands];
  const mark = new RegExp(look, "gu");
  const wholePart = new RegExp(`^[+-]?[1-9][0-9]{0,2}(?:${look}[0-9]{3})+(?![0-9])`, "u");
  const plain = Buffer.alloc(LONGEST);
  return (bytes, start, end, into) => {
    if (end - start > LONGEST) return "not a number";
    const text = bytes.toString("utf8", start, end);
    const whole = wholePart.exec(text)?.[0] ?? "";
    const length = plain.write(whole.replace(mark, "") + text.slice(whole.length));
    return readDecimal(plain, 0, length, into, point);
  };
}

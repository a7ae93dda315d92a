/** What lines above the records say of the station: `Station ID: 12345`, `# Latitude;52.1`. */
import { words } from "./column.ts";
import { NAMES } from "./kinds.ts";

/** Something told above the records. */
export interface Told {
  /** The regular expression of an origin `preamble` that finds it. */
  readonly pattern: string;
  /** What it is in the sample. */
  readonly text: string;
}

/** What is told of a station, if it is one that the object is about. */
export type Above = Readonly<Partial<Record<"id" | "name" | "latitude" | "longitude" | "elevation", Told>>>;

/** A key, what divides it from its value, and the value; what a comment begins with, or quotes around it, before them. */
const LINE = /^([^\p{L}\p{N}]*)([\p{L}][^:=;,\t]*?)("?\s*[:=;,\t]\s*"?)(.*)$/u;

const NAME =
  /^(?:station|stations?|site|stn|location)_?name$|^stationsnamn$|^(?:station|site|standort|messstelle|estacion)$/;

/** A number and what may follow it; south, west and minutes are told in ways that a number alone does not tell. */
const NUMBER = /^([-+]?\d+(?:\.\d+)?)\s*(?:°|deg(?:rees)?\b)?\s*(?:[NEm]\b|metres\b|meters\b)?[\s;,"]*$/;

/** The last of these takes a person's words as they are; delimiters that a spreadsheet adds are none of them. */
const ID = String.raw`([^\s;,"]+)`;
const NUMERAL = String.raw`([-+]?[0-9]+(?:\.[0-9]+)?)`;
const TEXT = String.raw`(.*[^\s;,"])`;

/** What the lines say; of two that say the same thing, the first. */
export function toldAbove(lines: readonly string[]): Above {
  const told: Partial<Record<keyof Above, Told>> = {};
  for (const line of lines) {
    for (const [what, value] of toldIn(line)) told[what] ??= value;
  }
  return told;
}

function* toldIn(line: string): Generator<readonly [keyof Above, Told]> {
  const [, mark = "", key = "", divider = "", rest = ""] = LINE.exec(line.trim()) ?? [];
  const called = words(key);
  const value = rest.replace(/[\s;,"]+$/, "");
  if (called === "" || value === "") return;
  const beginning = `^${literally(mark + key + divider)}`;
  for (const what of ["latitude", "longitude", "elevation"] as const) {
    const [, number] = NAMES[what].some((pattern) => pattern.test(called)) ? (NUMBER.exec(rest) ?? []) : [];
    if (number !== undefined) yield [what, { pattern: beginning + NUMERAL, text: number }];
  }
  const isWord = !/[\s;,"]/.test(value);
  const isId = NAMES.station.slice(0, 3).some((pattern) => pattern.test(called));
  if (isId && isWord && /\d/.test(value)) yield ["id", { pattern: beginning + ID, text: value }];
  else if (NAME.test(called)) yield ["name", { pattern: beginning + TEXT, text: value }];
}

/** As a regular expression, with any blanks where there are some. */
function literally(text: string): string {
  return text
    .replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
    .replace(/\s+/g, (blanks) => (/[^ ]/.test(blanks) ? String.raw`\s*` : " *"));
}

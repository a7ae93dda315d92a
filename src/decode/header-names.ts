/**
 * Columns of a header in which names may occur several times, as the names of flags do that stand behind each value:
 *
 *     status                the only column of this name
 *     status #2             the second of this name, from the left
 *     status after Ozone    the first of this name to the right of the column Ozone
 *     status #2 after Ozone the second there; the column behind `after` may itself be told in these ways
 *
 * A header that has the whole text as a name means that column by it.
 */

/** Where a column is, or why that cannot be told. */
export type Sought =
  /** 0-based. */
  | { readonly at: number }
  /** The name that is not there, or not where it should be. */
  | { readonly lacking: string }
  /** The name that several columns have. */
  | { readonly ambiguous: string; readonly places: readonly number[] };

const AFTER = " after ";
const ORDINAL = / #([1-9]\d{0,3})$/;
/** A longer text is a name and nothing else. */
const LONGEST = 1000;

/** The column of a header that the text means. */
export function seek(names: readonly string[], text: string): Sought {
  const places = placesOf(names, text);
  const [at] = places;
  if (at !== undefined) return places.length === 1 ? { at } : { ambiguous: text, places };
  if (text.length > LONGEST) return { lacking: text };
  for (let end = text.indexOf(AFTER); end !== -1; end = text.indexOf(AFTER, end + 1)) {
    const named = counted(names, text.slice(0, end));
    if (named === undefined) continue;
    const before = seek(names, text.slice(end + AFTER.length));
    return "at" in before ? nth(names, named, before.at + 1, text) : before;
  }
  const named = counted(names, text);
  return named === undefined ? { lacking: text } : nth(names, named, 0, text);
}

/** A name, and the how manieth column of this name is meant. */
interface Counted {
  readonly name: string;
  readonly number: number;
}

/** The text as a name of the header, with or without a number; undefined if it is none. */
function counted(names: readonly string[], text: string): Counted | undefined {
  if (names.includes(text)) return { name: text, number: 1 };
  const [ending = "", digits] = ORDINAL.exec(text) ?? [];
  const name = text.slice(0, text.length - ending.length);
  return digits !== undefined && names.includes(name) ? { name, number: Number(digits) } : undefined;
}

/** The column that stands at `from` or to its right. */
function nth(names: readonly string[], { name, number }: Counted, from: number, text: string): Sought {
  const at = placesOf(names, name, from)[number - 1];
  return at === undefined ? { lacking: text } : { at };
}

function placesOf(names: readonly string[], name: string, from = 0): number[] {
  const places: number[] = [];
  for (let at = names.indexOf(name, from); at !== -1; at = names.indexOf(name, at + 1)) places.push(at);
  return places;
}

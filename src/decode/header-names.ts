/**
 * Columns of a header in which names may occur several times, as the names of flags do that stand behind each value:
 *
 *     status                   the only column of this name
 *     status #2                the second of this name, from the left
 *     status after Ozone       the one that goes with the column Ozone: the first of this name to the right of it
 *     status #2 after Ozone    the second there, whatever stands between; the column behind `after` may itself be told in
 *                              these ways
 *
 * Between Ozone and the status that goes with it there may be columns whose names the header repeats, as units and
 * methods that stand behind each value. A column with a name of its own begins something else, and so does another
 * Ozone: the status behind it may be that one's, and is not taken without a number.
 *
 * A header that has the whole text as a name means that column by it.
 */

/** Where a column is, or why that cannot be told. */
export type Sought =
  /** 0-based. */
  | { readonly at: number; readonly companion?: Companion }
  /** The name that is not there, or not where it should be. */
  | { readonly lacking: string }
  /** The name that several columns have. */
  | { readonly ambiguous: string; readonly places: readonly number[] }
  | Doubtful;

/** Of a column that goes with another one. */
interface Companion {
  /** Where that one is. */
  readonly behind: number;
  /** What means the column whatever stands between. */
  readonly certain: string;
}

/** A column that may go with another one than the one it is told by. */
export interface Doubtful {
  readonly certain: string;
  /** What stands between them. */
  readonly other: string;
}

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
    const name = text.slice(0, end);
    const named = counted(names, name);
    if (named === undefined) continue;
    const before = seek(names, text.slice(end + AFTER.length));
    if ("other" in before) return { ...before, certain: text.slice(0, end + AFTER.length) + before.certain };
    if (!("at" in before)) return before;
    const sought = nth(names, named, before.at + 1, text);
    if (named.isTold || !("at" in sought)) return sought;
    return goingWith(names, sought.at, { behind: before.at, certain: `${name} #1${text.slice(end)}` });
  }
  const named = counted(names, text);
  return named === undefined ? { lacking: text } : nth(names, named, 0, text);
}

/** The column at `at`, unless what stands between is no repeated part of what it goes with. */
function goingWith(names: readonly string[], at: number, companion: Companion): Sought {
  const { behind, certain } = companion;
  const between = names.slice(behind + 1, at).filter((name) => name !== "");
  if (between.length === 0) return { at, companion };
  const repeated = repeatedIn(names);
  const other = between.find((name) => name === names[behind] || !repeated.has(name));
  return other === undefined ? { at, companion } : { certain, other };
}

/** By header: pipelines may ask for many columns of a wide one. */
const REPEATED = new WeakMap<readonly string[], ReadonlySet<string>>();

function repeatedIn(names: readonly string[]): ReadonlySet<string> {
  const known = REPEATED.get(names);
  if (known !== undefined) return known;
  const seen = new Set<string>();
  const repeated = new Set(names.filter((name) => seen.size === seen.add(name).size));
  REPEATED.set(names, repeated);
  return repeated;
}

/** A name, and which of the columns that have it is meant: 1 is the first. */
interface Counted {
  readonly name: string;
  readonly number: number;
  /** Whether the number is told. */
  readonly isTold: boolean;
}

/** The text as a name of the header, with or without a number; undefined if it is none. */
function counted(names: readonly string[], text: string): Counted | undefined {
  if (names.includes(text)) return { name: text, number: 1, isTold: false };
  const [ending = "", digits] = ORDINAL.exec(text) ?? [];
  const name = text.slice(0, text.length - ending.length);
  return digits !== undefined && names.includes(name)
    ? { name, number: Number(digits), isTold: true }
    : undefined;
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

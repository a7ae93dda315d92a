/**
 * Paths into JSON records: keys joined by dots, numbers for elements of lists, [] behind a list for each of its elements.
 */

export interface JsonPath {
  /** The path as it is written: where it leads nowhere in a record, a key of this very name is meant. */
  readonly text: string;
  /** The lists that it leads through, from the outermost on: the keys to each from an element of the one before. */
  readonly lists: readonly (readonly string[])[];
  /** The keys from an element of the last list on, or from the record. */
  readonly keys: readonly string[];
}

/** Lists within lists; far more than any document has. */
const DEPTH = 8;

const LONGEST = 1000;

/** The parts of a path, or what is wrong with it. */
export function parseJsonPath(text: string): JsonPath | { readonly problem: string } {
  if (text.length > LONGEST) return { problem: `a path is no longer than ${LONGEST} characters` };
  const lists: string[][] = [];
  let keys: string[] = [];
  for (const segment of text.split(".")) {
    const name = withoutLists(segment);
    if (name !== "" || name === segment) keys.push(name);
    for (let end = name.length; end < segment.length; end += 2) {
      lists.push(keys);
      keys = [];
    }
  }
  if (lists.length > DEPTH) return { problem: `\`${text}\` leads through more than ${DEPTH} lists` };
  return { text, lists, keys };
}

/** A segment without the [] at its end. */
function withoutLists(segment: string): string {
  let end = segment.length;
  while (segment.endsWith("[]", end)) end -= 2;
  return segment.slice(0, end);
}

/** Whether the path begins in a list: the record itself is one. */
export function beginsInList({ lists, keys }: JsonPath): boolean {
  const [first] = lists[0] ?? keys;
  return first === undefined ? lists.length > 0 : /^\d+$/.test(first);
}

/** Reading the beginning of a JSON document that the sample cuts. */

/** Whether the text begins as JSON does, and as no other table: `[mm]` or `{site}` begin something else. */
export function beginsAsJson(text: string): boolean {
  return /^\s*(?:\{\s*["}]|\[\s*(?:[[{"\]\d-]|true|false|null))/.test(text);
}

/** Levels of lists and objects; no table lies deeper, and what goes down step by step must end somewhere. */
const DEEPEST_LEVEL = 64;

/** The value, what is cut left out of it; undefined when it is no JSON, or deeper than any table. */
export function parsePrefix(text: string): unknown {
  // What is cut may still be whole up to somewhere.
  const value = parseOr(text) ?? parseOr(closed(text));
  return isWithin(value, DEEPEST_LEVEL) ? value : undefined;
}

function parseOr(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // It is no JSON, cut or not.
    return undefined;
  }
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((one) => isWithin(one, levels - 1));
}

/** A list or an object that the cut leaves open. */
interface Open {
  readonly closer: "]" | "}";
  /** Behind its last whole element or member; undefined before there is one. */
  end: number | undefined;
}

/**
 * The text up to its last whole element, with what is open behind it closed; undefined when nothing in it is whole. Of lists
 * in lists the outermost counts that has a whole element: part of a record is none.
 */
function closed(text: string): string | undefined {
  const open = openAtEnd(text);
  if (open === undefined) return undefined;
  const list = open.findIndex(({ closer, end }) => closer === "]" && end !== undefined);
  const at = list >= 0 ? list : open.findLastIndex(({ end }) => end !== undefined);
  const closers = open.slice(0, at + 1).map(({ closer }) => closer);
  return at < 0 ? undefined : text.slice(0, open[at]?.end) + closers.toReversed().join("");
}

/** What the text leaves open, the outermost first; undefined when its brackets do not match, or lie too deep. */
function openAtEnd(text: string): Open[] | undefined {
  const open: Open[] = [];
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    if (open.length > DEEPEST_LEVEL) return undefined;
    const character = text[at];
    const inner = open.at(-1);
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{") open.push({ closer: "}", end: undefined });
    else if (character === "[") open.push({ closer: "]", end: undefined });
    else if (character === "," && inner !== undefined) inner.end = at;
    else if (character === "}" || character === "]") {
      if (open.pop()?.closer !== character) return undefined;
      const outer = open.at(-1);
      if (outer !== undefined) outer.end = at + 1;
    }
  }
  return open;
}

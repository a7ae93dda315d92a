/** Reading the beginning of a JSON document that the sample cuts. */

/** The value, what is cut left out of it; undefined when it is no JSON. */
export function parsePrefix(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It may be cut: what is whole of it counts.
    return parseOr(closed(text));
  }
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

/** The text up to its last whole object or list, with what is open behind it closed. */
function closed(text: string): string | undefined {
  const open: string[] = [];
  let whole: { readonly end: number; readonly open: readonly string[] } | undefined;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{") open.push("}");
    else if (character === "[") open.push("]");
    else if (character === "}" || character === "]") {
      if (open.pop() !== character) return undefined;
      whole = { end: at + 1, open: [...open] };
    }
  }
  return whole === undefined ? undefined : text.slice(0, whole.end) + whole.open.toReversed().join("");
}

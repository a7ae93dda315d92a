/**
 * Templates of texts, as fields write them: several columns as one text. In a template
 *
 *     {name}      stands for a column
 *     {name:05}   for it filled up with zeros to five characters
 *     {name?}     for one that may be empty; {name:05?} both
 *     {key.name}  for a variable of the object's key
 *
 * and all else for itself.
 */

export type TextTemplatePart =
  | { readonly literal: string }
  | { readonly column: string; readonly width: number; readonly optional: boolean }
  | { readonly variable: string; readonly width: number; readonly optional: boolean };

export interface TextTemplate {
  /** In the order of the text; neither empty literals nor two in a row. */
  readonly parts: readonly TextTemplatePart[];
  /** One sentence for each mistake; the parts may be used only when there is none. */
  readonly problems: readonly string[];
}

/** A place, a run of plain text, or a stray brace. */
const PIECES = /\{[^{}]*\}|[^{}]+|[{}]/g;

/** A name, which may hold anything but braces; its width; whether it may be empty. */
const PLACE = /^(.+?)(?::0(\d{1,2}))?(\?)?$/s;

const KEY = "key.";

/** Divides a template into its parts and finds every mistake. Width 0: as it is. Throws nothing. */
export function parseTextTemplate(text: string): TextTemplate {
  const parts: TextTemplatePart[] = [];
  const problems: string[] = [];
  for (const piece of text.match(PIECES) ?? []) {
    if (piece === "{" || piece === "}") problems.push(`"${piece}" stands alone`);
    else if (!piece.startsWith("{")) parts.push({ literal: piece });
    else {
      const part = place(piece.slice(1, -1));
      if (part === undefined) problems.push(`${piece} names no column`);
      else parts.push(part);
    }
  }
  if (parts.every((part) => "literal" in part) && problems.length === 0) {
    problems.push("the template names no column; a text that is always the same is a `literal`");
  }
  return { parts, problems };
}

function place(inside: string): TextTemplatePart | undefined {
  const [, name = "", digits = "0", optional] = PLACE.exec(inside) ?? [];
  const how = { width: Number(digits), optional: optional !== undefined };
  if (name === "" || name === KEY) return undefined;
  return name.startsWith(KEY) ? { variable: name.slice(KEY.length), ...how } : { column: name, ...how };
}

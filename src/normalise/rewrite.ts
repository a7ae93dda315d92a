/** Operations that make another text of a text. */
import { RE2JS } from "re2js";
import type { Pipeline, TextField } from "../config/pipeline.ts";
import { type Outcome, rejected } from "./cursor.ts";
import { stripsBytes } from "./narrow.ts";

/** A field's text, in characters; what replacing makes longer is no field any more. */
const LONGEST = 64 * 1024;

/** One operation on a text that is not empty: its result, null when there is none, or the code of a reject. */
export type Change = (text: string) => string | null | Outcome;

export interface ChangeContext {
  /** The side tables, by `lookupName`. */
  readonly pipeline: Pick<Pipeline, "lookups">;
}

/** The key of a lookup in Pipeline.lookups. */
export function lookupName(lookup: { file: string; key: string; value: string }): string {
  return `${lookup.file}\n${lookup.key}\n${lookup.value}`;
}

/**
 * What a field does with its text after `part` and `split`, in the order in which text.ts of the configuration states it.
 * Throws RE2JSSyntaxException for a pattern that is none; the configuration has been checked for that.
 */
export function textChanges(field: Partial<TextField>, { pipeline }: ChangeContext): Change[] {
  const { match, strip, replace, missing = [], pad, prefix = "", suffix = "" } = field;
  const changes: (Change | undefined)[] = [
    match === undefined ? undefined : matching(match),
    strip === undefined || stripsBytes(field) ? undefined : stripping(strip),
    replace === undefined ? undefined : replacing(Object.entries(replace)),
    caseChange(field.case),
    missing.length === 0 ? undefined : leavingOut(new Set(missing)),
    pad === undefined ? undefined : (text) => text.padStart(pad.to, pad.with),
    field.lookup === undefined ? undefined : lookingUp(field.lookup, pipeline),
    prefix === "" && suffix === "" ? undefined : (text) => `${prefix}${text}${suffix}`,
  ];
  return changes.filter((change) => change !== undefined);
}

/** What the first group matches, or the whole match where the pattern has no group. */
function matching(pattern: string): Change {
  const compiled = RE2JS.compile(pattern);
  const group = compiled.groupCount() > 0 ? 1 : 0;
  return (text) => {
    const matcher = compiled.matcher(text);
    return matcher.find() ? (matcher.group(group)?.trim() ?? null) : null;
  };
}

/** Whole characters, and blanks with them. */
function stripping(characters: string): Change {
  const dropped = new Set(Array.from(`${characters} \t\u00a0\u202f`));
  return (text) => {
    const all = Array.from(text);
    const kept = (character: string): boolean => !dropped.has(character);
    const first = all.findIndex(kept);
    return first < 0 ? null : all.slice(first, all.findLastIndex(kept) + 1).join("");
  };
}

function replacing(pairs: readonly (readonly [string, string])[]): Change {
  return (text) => {
    let replaced = text;
    // A function, so that $ has no meaning in the new text.
    for (const [from, to] of pairs) {
      replaced = replaced.replaceAll(from, () => to);
      if (replaced.length > LONGEST) return rejected("invalid text");
    }
    return replaced.trim();
  };
}

/** By Unicode's rules for no language in particular. */
function caseChange(wanted: TextField["case"]): Change | undefined {
  if (wanted === undefined) return undefined;
  return wanted === "upper" ? (text) => text.toUpperCase() : (text) => text.toLowerCase();
}

function leavingOut(missing: ReadonlySet<string>): Change {
  return (text) => (missing.has(text) ? null : text);
}

function lookingUp(lookup: NonNullable<TextField["lookup"]>, pipeline: ChangeContext["pipeline"]): Change {
  const table = pipeline.lookups.get(lookupName(lookup));
  if (table === undefined) throw new RangeError(`the side table ${lookup.file} has not been read`);
  const notFound = lookup.otherwise === "null" ? null : rejected("not in lookup");
  return (text) => table.get(text) ?? notFound;
}

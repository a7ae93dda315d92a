/** What paths through lists and objects reach, told by enumerating it: the oracle of the decoder's rows. */
import fc from "fast-check";

type Json = number | string | null | readonly Json[] | { readonly [key: string]: Json };
/** A key, or what is walked. The last may be {key}. */
type Step = string;

const key = fc.constantFrom("a", "b", "0", "1");
/** Records whose keys occur again and again, so that paths meet them. */
export const { record } = fc.letrec<{ value: Json; record: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.oneof(fc.nat(9), fc.constant(null), fc.constant("x")),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key, tie("value"), { maxKeys: 3, noNullPrototype: true }),
  ),
  record: fc.dictionary(key, tie("value"), { maxKeys: 4, noNullPrototype: true }),
}));
const walk = fc.constantFrom("[]", "{}");
/** Paths as their steps. */
export const path = fc
  .tuple(key, fc.array(fc.oneof(key, walk, walk), { maxLength: 3 }), fc.constantFrom("", "", "{key}"))
  .map(([first, steps, last]): Step[] => [first, ...steps, ...(last === "" ? [] : [last])]);

/** The path as it is written. */
export function textOf(steps: readonly Step[]): string {
  return steps.reduce((text, step) => text + (/^[a-z0-9]/.test(step) && text !== "" ? `.${step}` : step), "");
}

/** What a path reaches: the keys of the walks on the way, and what is there. */
type Reached = readonly [keys: readonly string[], value: Json | undefined];

/** Every end of a path; {key} is as deep as {}, and reaches the key itself. */
function reached(value: Json | undefined, [step, ...rest]: readonly Step[]): Reached[] {
  if (step === undefined) return [[[], value]];
  if (!/[[{]/.test(step)) {
    const isThere = typeof value === "object" && value !== null && Object.hasOwn(value, step);
    return reached(isThere ? (value as Record<string, Json>)[step] : undefined, rest);
  }
  return within(value, step === "[]").flatMap(([name, inner]) =>
    reached(inner, rest).map(([keys, end]): Reached => [[name, ...keys], end]),
  );
}

function within(value: Json | undefined, isList: boolean): [string, Json][] {
  if (value === null || value === undefined) return [];
  if (typeof value === "object" && (Array.isArray(value) || !isList))
    return Object.entries(value as Record<string, Json>);
  return [[isList ? "0" : "none", value]];
}

function depthOf(steps: readonly Step[]): number {
  return steps.filter((step) => /[[{]/.test(step)).length;
}

/** The values, no keys, that a path reaches. */
export function valuesAt(one: Json, steps: readonly Step[]): string[] {
  if (steps.at(-1) === "{key}") return [];
  return reached(one, steps).flatMap(([, value]) => textsOf(value));
}

function textsOf(value: Json | undefined): string[] {
  return typeof value === "object" || value === undefined ? [] : [String(value)];
}

/** The same with every number and text in it another one. */
export function distinct(one: Json): Json {
  let next = 100;
  const renamed = (value: Json): Json => {
    if (value === null) return null;
    if (Array.isArray(value)) return value.map(renamed);
    if (typeof value !== "object") return next++;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, renamed(inner)]));
  };
  return renamed(one);
}

/**
 * The rows are what the deepest paths reach, and each value less deep that has none of them within it; paths less deep have
 * the same value in all that share their keys.
 */
export function expected(one: Json, paths: readonly (readonly Step[])[]): (string | null)[][] {
  const ends = paths.map((steps) => reached(one, steps));
  const depths = paths.map(depthOf);
  const deepest = Math.max(...depths);
  const rows: (readonly string[])[] = [];
  for (let depth = deepest; depth >= 0; depth--) {
    for (const [index, reaches] of ends.entries()) {
      if (depths[index] !== depth) continue;
      const isKey = paths[index]?.at(-1) === "{key}";
      for (const [keys, value] of reaches) {
        if (depth < deepest && (isKey || textsOf(value).length === 0)) continue;
        if (!rows.some((row) => String(row.slice(0, depth)) === String(keys))) rows.push(keys);
      }
    }
  }
  return rows.map((keys) =>
    paths.map((steps, index) => {
      const depth = depths[index] ?? 0;
      const last = keys[depth - 1] ?? "none";
      if (steps.at(-1) === "{key}") return last === "none" ? null : last;
      const value = ends[index]?.find(([own]) => String(own) === String(keys.slice(0, depth)))?.[1];
      return textsOf(value)[0] ?? null;
    }),
  );
}

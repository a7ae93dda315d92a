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

/** The rows are what the deepest paths reach; paths less deep have the same value in all that share their keys. */
export function expected(one: Json, paths: readonly (readonly Step[])[]): (string | null)[][] {
  const ends = paths.map((steps) => reached(one, steps));
  const depths = paths.map((steps) => steps.filter((step) => /[[{]/.test(step)).length);
  const deepest = Math.max(...depths);
  const rows = new Map(
    ends.flatMap((reaches, index) =>
      depths[index] === deepest ? reaches.map(([keys]) => [JSON.stringify(keys), keys] as const) : [],
    ),
  );
  return [...rows.values()].map((keys) =>
    paths.map((steps, index) => {
      const depth = depths[index] ?? 0;
      const last = keys[depth - 1] ?? "none";
      if (steps.at(-1) === "{key}") return last === "none" ? null : last;
      const value = ends[index]?.find(([own]) => String(own) === String(keys.slice(0, depth)))?.[1];
      return typeof value === "object" || value === undefined ? null : String(value);
    }),
  );
}

/** Looking into a parsed document that may not have the right shape (yet). */
import type { Path } from "./problem.ts";

export type RawMap = Readonly<Record<string, unknown>>;

export function isRawMap(value: unknown): value is RawMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What stands at a path; undefined when there is no such place. */
export function rawAt(value: unknown, path: Path): unknown {
  let current = value;
  for (const step of path) {
    if (Array.isArray(current) && typeof step === "number") current = current[step];
    else if (isRawMap(current) && Object.hasOwn(current, step)) current = current[String(step)];
    else return undefined;
  }
  return current;
}

/** The entries of a map; none if it is something else. */
export function rawEntries(value: unknown): [string, unknown][] {
  return isRawMap(value) ? Object.entries(value) : [];
}

/** The items of a list; none if it is something else. */
export function rawItems(value: unknown): unknown[] {
  return Array.isArray(value) ? Array.from<unknown>(value) : [];
}

/** A copy in which another value stands at the path. */
export function withRaw(value: unknown, path: Path, replacement: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (Array.isArray(value))
    return value.map((item: unknown, index) => (index === step ? withRaw(item, rest, replacement) : item));
  if (!isRawMap(value)) return value;
  return { ...value, [step]: withRaw(value[String(step)], rest, replacement) };
}

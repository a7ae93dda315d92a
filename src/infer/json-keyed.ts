/** Objects whose keys are data: dates, hours, ids of stations. */
import { writtenKey } from "../config/json-path.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Fewer keys may be numbered columns. */
const FEW_KEYS = 3;

/** How deep in a document is looked. */
export const DEEPEST = 4;

/** Whether the object's keys are dates, times or numbers, and its values alike. */
export function isKeyed(value: JsonObject): boolean {
  const keys = Object.keys(value);
  const kinds = new Set(Object.values(value).flatMap((one) => (one === null ? [] : [kindOf(one)])));
  return keys.length >= FEW_KEYS && kinds.size <= 1 && keys.every((key) => /^\d[\d:.TZ +/-]*$/.test(key));
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? "list" : typeof value;
}

/** Records that are the values of an object, each under a key. */
export interface KeyedRecords {
  /** As `records` has it. */
  readonly path: string;
  readonly records: readonly JsonObject[];
  readonly keys: readonly string[];
}

/** The first object whose keys are numbers and whose values have keys that are data themselves: stations with their hours. */
export function keyedRecordsIn(value: unknown, path: readonly string[] = []): KeyedRecords | undefined {
  if (!isObject(value) || path.length > DEEPEST) return undefined;
  const entries = Object.entries(value);
  const keyed = entries.flatMap(([key, one]) => (isObject(one) && isKeyed(one) ? [{ key, one }] : []));
  if (keyed.length > 0 && entries.every(([key, one]) => /^\d+$/.test(key) && mayBeKeyed(one))) {
    const keys = keyed.map(({ key }) => key);
    const records = keyed.map(({ one }) => one);
    return { path: `${path.map(writtenKey).join(".")}{}`, records, keys };
  }
  for (const [name, member] of entries) {
    // No path leads to what stands under an empty key.
    const found = name === "" ? undefined : keyedRecordsIn(member, [...path, name]);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Few keys tell nothing, and some writers make a list of an object without any. */
function mayBeKeyed(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value);
}

/** A name for the column at this path: the path itself, unless keys that are data are on it. */
export function nameOf(path: string, cells: readonly string[]): string {
  if (!/(?<!\\)[{]/.test(path)) return path.replace(/\\(.)/gs, "$1");
  if (path === "^{key}") return "station";
  if (path.endsWith("{key}"))
    return cells.every((cell) => cell === "" || /^\d{8}|\D/.test(cell)) ? "time" : "key";
  const last = path.split(".").at(-1) ?? path;
  if (/^\d+$/.test(last)) return `item${last}`;
  const bare = last.replace(/(?:\[\]|\{\})+$/, "");
  return bare === "" ? "value" : bare;
}

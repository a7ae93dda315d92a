/** The lists and objects that columns lead through, and the rows that their elements and values are. */
import type { JsonPath, Walk } from "../config/json-path.ts";

/** A list or object that columns lead through, and those within what it holds. */
interface Branch extends Walk {
  readonly number: number;
  readonly inner: Branch[];
  /** Whether a column is the key. */
  hasKey: boolean;
  /** From what this walk is at to the values there that rows are for: those behind no further walk. */
  readonly own: (readonly string[])[];
}

/** What stands in a list or object, and under which keys; without keys: under its positions. */
interface Entries {
  readonly values: readonly unknown[];
  readonly keys?: readonly (string | undefined)[];
}

/** For each walk and each row of a record: the value that the walk is at, and the key of that. */
interface Steps {
  readonly values: readonly unknown[][];
  readonly keys: readonly (string | undefined)[][];
}

/**
 * All walks of a pipeline's columns. Those that stand beside each other go in step by their keys, which in a list are the
 * positions: there is a row for every key that one of them has, in the order in which they come; what has no such key
 * is undefined there. Walks within a value go their steps before the next key, and what is around them is repeated.
 * Where these have no step, there is a row nevertheless if a value that rows are for stands at this key, lest it be lost;
 * the key itself is none.
 */
export class Walks {
  readonly #outermost: Branch[] = [];
  #count = 0;
  #steps: Steps = { values: [], keys: [] };

  get none(): boolean {
    return this.#count === 0;
  }

  /** The number of the path's last walk; -1 if it has none. `rowFor`: rows are there for what the path leads to. */
  numberOf({ walks, keys: own, isKey }: JsonPath, rowFor: boolean): number {
    let beside = this.#outermost;
    let branch: Branch | undefined;
    for (const { keys, over } of walks) {
      const same = JSON.stringify(keys);
      branch = beside.find((known) => known.over === over && JSON.stringify(known.keys) === same);
      if (branch === undefined) {
        branch = { number: this.#count++, keys, over, inner: [], hasKey: false, own: [] };
        beside.push(branch);
      }
      beside = branch.inner;
    }
    if (branch === undefined) return -1;
    if (isKey) branch.hasKey = true;
    else if (rowFor) branch.own.push(own);
    return branch.number;
  }

  /** Goes through the record; returns how many rows its walks make. In rows beyond these they are at nothing. */
  begin(record: object): number {
    const empty = <T>(): T[][] => Array.from({ length: this.#count }, () => []);
    this.#steps = { values: empty(), keys: empty() };
    return spread(
      this.#outermost.map((branch) => ({ branch, owner: record })),
      this.#steps,
    );
  }

  value(number: number, row: number): unknown {
    return this.#steps.values[number]?.[row];
  }

  key(number: number, row: number): string | undefined {
    return this.#steps.keys[number]?.[row];
  }
}

/** Whether it is more than nothing in a column: null, lists and objects are absent there. */
export function isValue(value: unknown): boolean {
  return value !== undefined && typeof value !== "object";
}

/** What the keys lead to; undefined if they lead nowhere. Only own keys count. */
export function valueAt(from: unknown, keys: readonly string[]): unknown {
  let value = from;
  for (const key of keys) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    if (key === "length" && Array.isArray(value)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

/**
 * A list has positions, also where an object is expected: some writers make a list of an object that is empty or
 * has the keys 0, 1, … What is neither counts as one: where a list is expected, so does an object.
 */
function entriesAt(owner: unknown, { keys, over }: Walk): Entries {
  const value = valueAt(owner, keys);
  if (Array.isArray(value)) return { values: value };
  if (value === undefined || value === null) return { values: [] };
  if (over === "list") return { values: [value] };
  if (typeof value === "object") return { values: Object.values(value), keys: Object.keys(value) };
  return { values: [value], keys: [undefined] };
}

/** Notes for each row where the walks are, and those within them; returns how many rows there are. */
function spread(
  branches: readonly { readonly branch: Branch; readonly owner: unknown }[],
  into: Steps,
): number {
  const { keys, walks, length } = inStep(
    branches.map(({ branch, owner }) => ({ branch, entries: entriesAt(owner, branch) })),
  );
  const isInnermost = walks.every(({ branch }) => branch.inner.length === 0);
  let rows = 0;
  for (let step = 0; step < length; step++) {
    const within = isInnermost
      ? []
      : walks.flatMap(({ branch, values }) =>
          branch.inner.map((inner) => ({ branch: inner, owner: values[step] })),
        );
    const repeats = isInnermost ? 1 : spread(within, into) || alone(walks, step, into);
    for (const { branch, values } of walks) {
      const { number, hasKey } = branch;
      for (let row = 0; row < repeats; row++) into.values[number]?.push(values[step]);
      if (!hasKey) continue;
      const key = keys === undefined ? String(step) : keys[step];
      for (let row = 0; row < repeats; row++) into.keys[number]?.push(key);
    }
    rows += repeats;
  }
  return rows;
}

/** The row of a step within which there are none: one if a value that rows are for stands there. Returns how many. */
function alone(walks: InStep["walks"], step: number, into: Steps): 0 | 1 {
  const hasValue = walks.some(({ branch, values }) =>
    branch.own.some((keys) => isValue(valueAt(values[step], keys))),
  );
  if (!hasValue) return 0;
  for (const { branch } of walks) skip(branch.inner, into);
  return 1;
}

/** Notes for one row that the walks are at nothing. */
function skip(branches: readonly Branch[], into: Steps): void {
  for (const { number, hasKey, inner } of branches) {
    into.values[number]?.push(undefined);
    if (hasKey) into.keys[number]?.push(undefined);
    skip(inner, into);
  }
}

interface InStep {
  /** The keys of all steps; undefined: their positions. */
  readonly keys: readonly (string | undefined)[] | undefined;
  readonly walks: readonly { readonly branch: Branch; readonly values: readonly unknown[] }[];
  readonly length: number;
}

/** Brings what stands beside each other in line. */
function inStep(beside: readonly { readonly branch: Branch; readonly entries: Entries }[]): InStep {
  const longest = Math.max(...beside.map(({ entries }) => entries.values.length));
  const [only] = beside;
  if (beside.length === 1 || beside.every(({ entries }) => entries.keys === undefined)) {
    const walks = beside.map(({ branch, entries }) => ({ branch, values: entries.values }));
    return { keys: only?.entries.keys, walks, length: longest };
  }
  const stepOf = new Map<string | undefined, number>();
  const keysOf = ({ keys, values }: Entries): readonly (string | undefined)[] =>
    keys ?? values.map((_, position) => String(position));
  for (const { entries } of beside) {
    for (const key of keysOf(entries)) if (!stepOf.has(key)) stepOf.set(key, stepOf.size);
  }
  const walks = beside.map(({ branch, entries }) => {
    const values = new Array<unknown>(stepOf.size).fill(undefined);
    for (const [index, key] of keysOf(entries).entries())
      values[stepOf.get(key) ?? -1] = entries.values[index];
    return { branch, values };
  });
  return { keys: [...stepOf.keys()], walks, length: stepOf.size };
}

/** `measurements` as they are written → one for each value of a record: `for` carried out, `fields` merged in. */
import { loopValues } from "./measurements.ts";
import { type Complaint, type Path, quote } from "./problem.ts";
import { isRawMap, type RawMap, rawAt, rawItems } from "./raw.ts";
import { ORIGINS } from "./text.ts";

/** One measurement as it would be written without `for`. */
export interface Expanded {
  /** Of the entry that it comes from. */
  readonly path: Path;
  /** What the entry itself says. */
  readonly own: RawMap;
  /** With what `fields.value` adds. */
  readonly entry: RawMap;
}

export interface Expansion {
  readonly measurements: readonly Expanded[];
  readonly complaints: readonly Complaint[];
}

/** Measurements of one record. */
const MEASUREMENT_LIMIT = 1000;
/** Texts, numbers, lists and maps that all measurements together may consist of. */
const SIZE_LIMIT = 200_000;

/**
 * The measurements of a document, as far as they have the right shape: what has not has been complained of
 * already. Without `measurements` there is one, of `fields.value`.
 */
export function expandMeasurements(document: unknown): Expansion {
  const shared = {
    value: asField(rawAt(document, ["fields", "value"])),
    quality_flag: asField(rawAt(document, ["fields", "quality_flag"])),
  };
  const list = rawAt(document, ["measurements"]);
  if (list === undefined) {
    const entry = shared.value === undefined ? {} : { value: shared.value };
    return { measurements: [{ path: ["measurements"], own: {}, entry }], complaints: [] };
  }
  const measurements: Expanded[] = [];
  const complaints: Complaint[] = [];
  let size = 0;
  for (const [index, written] of rawItems(list).entries()) {
    const path = ["measurements", index];
    const entry = asEntry(written);
    const loops = loopsOf(entry);
    if (entry === undefined || loops === undefined) continue;
    const count = loops.reduce((product, [, values]) => product * values.length, 1);
    size += count * sizeOf(entry);
    if (measurements.length + count > MEASUREMENT_LIMIT) {
      complaints.push({ path, message: `a record would hold more than ${MEASUREMENT_LIMIT} measurements` });
      break;
    }
    if (size > SIZE_LIMIT) {
      complaints.push({ path, message: "these measurements are too large together" });
      break;
    }
    complaints.push(...unusedLoops(entry, loops, path));
    for (const values of combinations(loops)) {
      const own = fillIn(entry, values);
      measurements.push({ path, own, entry: withShared(own, shared) });
    }
  }
  return { measurements, complaints };
}

/** `TMAX` is short for `{ element: TMAX, value: TMAX }`. */
function asEntry(written: unknown): RawMap | undefined {
  if (typeof written === "string") return { element: written, value: written };
  return isRawMap(written) ? written : undefined;
}

function asField(written: unknown): RawMap | undefined {
  if (typeof written === "string") return { column: written };
  return isRawMap(written) ? written : undefined;
}

type Loop = readonly [name: string, values: readonly string[]];

/** The variables of `for`; undefined when one of them is malformed. */
function loopsOf(entry: RawMap | undefined): Loop[] | undefined {
  const written = entry?.["for"];
  if (written === undefined) return [];
  if (!isRawMap(written)) return undefined;
  const loops: Loop[] = [];
  for (const [name, values] of Object.entries(written)) {
    const { data } = loopValues.safeParse(values);
    if (data === undefined) return undefined;
    loops.push([name, data]);
  }
  return loops;
}

function* combinations(loops: readonly Loop[]): Generator<ReadonlyMap<string, string>> {
  const [first, ...others] = loops;
  if (first === undefined) {
    yield new Map();
    return;
  }
  const [name, values] = first;
  for (const value of values) {
    for (const rest of combinations(others)) yield new Map([[name, value], ...rest]);
  }
}

const PLACE = /\{([a-z][a-z0-9_]*)(?::0(\d{1,2}))?\}/g;

function fillInText(text: string, values: ReadonlyMap<string, string>): string {
  return text.replaceAll(PLACE, (place, name: string, width: string | undefined) => {
    const value = values.get(name);
    return value === undefined ? place : value.padStart(Number(width ?? 0), "0");
  });
}

/** Nothing in a measurement lies deeper; what does is malformed, and may even hold itself. */
const DEPTH = 8;

function fillIn(entry: RawMap, values: ReadonlyMap<string, string>): RawMap {
  const fill = (value: unknown, depth: number): unknown => {
    if (typeof value === "string") return fillInText(value, values);
    if (depth > DEPTH) return value;
    if (Array.isArray(value)) return value.map((item) => fill(item, depth + 1));
    return isRawMap(value) ? fillMap(value, depth) : value;
  };
  const fillMap = (map: RawMap, depth: number): RawMap =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, fill(value, depth + 1)]));
  const { for: _loops, ...rest } = entry;
  return fillMap(rest, 0);
}

/** How many parts a value has, its own parts' included; counted no further than the limit. */
function sizeOf(root: unknown): number {
  let size = 0;
  const count = (value: unknown, depth: number): void => {
    size += 1;
    if (depth > DEPTH || size > SIZE_LIMIT) return;
    for (const part of isRawMap(value) ? Object.values(value) : rawItems(value)) count(part, depth + 1);
  };
  count(root, 0);
  return size;
}

/** An entry says what differs from `fields`; naming an origin, it replaces that one's. */
function merged(own: RawMap, shared: RawMap): RawMap {
  const replaced = ORIGINS.some((name) => own[name] !== undefined);
  const inherited = Object.entries(shared).filter(([key]) => !replaced || !ORIGINS.includes(key));
  return { ...Object.fromEntries(inherited), ...own };
}

interface Shared {
  readonly value: RawMap | undefined;
  readonly quality_flag: RawMap | undefined;
}

/** A measurement always has a value; a quality flag of its own only if its entry names one. */
function withShared(entry: RawMap, shared: Shared): RawMap {
  const result: Record<string, unknown> = { ...entry };
  for (const name of ["value", "quality_flag"] as const) {
    const own = asField(entry[name]);
    const common = shared[name];
    if (own !== undefined) result[name] = common === undefined ? own : merged(own, common);
    else if (name === "value" && entry[name] === undefined && common !== undefined) result[name] = common;
  }
  return result;
}

function unusedLoops(entry: RawMap, loops: readonly Loop[], path: Path): Complaint[] {
  const used = new Set<string>();
  const look = (value: unknown, depth: number): void => {
    if (typeof value === "string") for (const [, name = ""] of value.matchAll(PLACE)) used.add(name);
    else if (depth <= DEPTH) {
      for (const part of isRawMap(value) ? Object.values(value) : rawItems(value)) look(part, depth + 1);
    }
  };
  for (const [key, value] of Object.entries(entry)) if (key !== "for") look(value, 0);
  return loops.flatMap(([name]) =>
    used.has(name)
      ? []
      : [
          {
            path: [...path, "for", name],
            atKey: true,
            message: `${quote(`{${name}}`)} stands nowhere in this entry`,
          },
        ],
  );
}

/** From parsed JSON records to the fields of a batch: what both JSON formats share. */
import { beginsInList, type JsonPath, parseJsonPath } from "../config/json-path.ts";
import { MillraceError } from "../errors.ts";
import type { RecordFault } from "./account.ts";
import type { Rows } from "./rows.ts";
import type { Values } from "./values.ts";

interface Column extends JsonPath {
  readonly name: string;
  /** Whether the whole text may be a key that has dots in it, where the path leads nowhere. */
  readonly dotted: boolean;
  /** The innermost of the lists that the path leads through; -1: none. */
  readonly list: number;
}

/** A list that columns lead through, and the lists in its elements. */
interface List {
  readonly number: number;
  /** Where it stands in the record, or in an element of the list around it. */
  readonly keys: readonly string[];
  readonly inner: List[];
}

/**
 * Writes the values at the columns' paths. Strings are written as they are, booleans as `true` and `false`, numbers
 * as the shortest text that reads back as the same double (14.0 as `14`, 1e-7 as `1e-7`). null, a path that leads
 * nowhere, an object and an array are absent. An integer beyond 2^53 and a number beyond 1.8e308 are refused: as
 * doubles they are not what the object says.
 *
 * A record is one row. If columns lead through lists (`values[].value`), it is as many rows as the longest list has
 * elements, none if all are empty or absent: the lists go in step, and fields of a shorter one are absent where it has
 * ended. So with lists in the elements of another (`sites[].values[].value`), element by element: what stands in the
 * outer one is repeated, and an element whose inner lists are empty is no row. What is no list counts as a list of one.
 * A value that is refused refuses the whole record.
 */
export class JsonColumns {
  readonly #columns: readonly Column[];
  /** The outermost of the lists that columns lead through. */
  readonly #lists: readonly List[];
  readonly #listCount: number;
  readonly #listsAreRecords: boolean;
  readonly #rows: Rows;
  readonly #values: Values;
  /** The record at hand: for each list the elements that its rows stand for, its rows, and which of them comes next. */
  #record: object = {};
  #elements: readonly unknown[][] = [];
  #count = 1;
  #next = 0;

  /**
   * @param paths Column name → path into the record; without it the names are paths themselves.
   * @throws MillraceError CONFIG_INVALID for a wanted column without a path, or with one that cannot be followed.
   */
  constructor(
    paths: Readonly<Record<string, string>> | undefined,
    wanted: readonly string[],
    into: { rows: Rows; values: Values },
  ) {
    const tree = new ListTree();
    this.#columns = wanted.map((name) => columnOf(name, paths, tree));
    this.#lists = tree.outermost;
    this.#listCount = tree.count;
    this.#listsAreRecords = this.#columns.some(beginsInList);
    this.#rows = into.rows;
    this.#values = into.values;
  }

  /** Whether the value may be a record: an object, or a list where a path begins with a number or []. */
  isRecord(value: unknown): value is object {
    return typeof value === "object" && value !== null && (this.#listsAreRecords || !Array.isArray(value));
  }

  /** Takes up a record, all of whose rows are then to be added; or says what is wrong with it. */
  begin(record: object): RecordFault | undefined {
    if (this.#lists.length === 0) return this.#write(record, 0);
    this.#record = record;
    this.#elements = Array.from({ length: this.#listCount }, () => []);
    this.#count = spread(
      this.#lists.map((list) => ({ list, owner: record })),
      this.#elements,
    );
    this.#next = 0;
    const before = this.#values.length;
    for (let index = 0; index < this.#count; index++) {
      const fault = this.#write(record, index);
      this.#values.length = before;
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  /** Adds the rows of the record, as far as there is room; returns whether these are all. */
  add(start: number, end: number, line: number): boolean {
    const rows = this.#rows;
    if (this.#lists.length === 0) {
      rows.add(start, end, line);
      return true;
    }
    if (this.#count === 0) rows.continued--;
    for (; this.#next < this.#count; this.#next++) {
      if (rows.full) return false;
      this.#write(this.#record, this.#next);
      rows.add(start, end, line);
      if (this.#next > 0) rows.continued++;
    }
    return true;
  }

  /** Writes the values of the record's row of this index, and their bounds into the next row. */
  #write(record: object, index: number): RecordFault | undefined {
    const { bounds } = this.#rows;
    const before = this.#values.length;
    let bound = this.#rows.rows * this.#rows.fields * 2;
    for (const column of this.#columns) {
      const value = this.#valueOf(column, record, index);
      const start = this.#values.length;
      let reason: RecordFault["reason"] | undefined;
      let absent = false;
      if (typeof value === "string") reason = this.#values.append(value);
      else if (typeof value === "number") {
        if (isExact(value)) this.#values.append(String(value));
        else reason = "number out of range";
      } else if (typeof value === "boolean") this.#values.append(value ? "true" : "false");
      else absent = true;
      if (reason !== undefined) {
        this.#values.length = before;
        return { reason, field: column.name };
      }
      bounds[bound++] = absent ? -1 : start;
      bounds[bound++] = absent ? -1 : this.#values.length;
    }
    return undefined;
  }

  #valueOf({ text, keys, dotted, list }: Column, record: object, index: number): unknown {
    if (list >= 0) return valueAt(this.#elements[list]?.[index], keys);
    const value = valueAt(record, keys);
    // No object inherits a key with a dot in it.
    return value === undefined && dotted ? (record as Record<string, unknown>)[text] : value;
  }
}

/** Whether a parsed number can be what the object says: neither overflown nor an integer that was rounded. */
function isExact(value: number): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));
}

/** What the path leads to; undefined if it leads nowhere. Only own keys count. */
function valueAt(from: unknown, path: readonly string[]): unknown {
  let value = from;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    if (key === "length" && Array.isArray(value)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function listAt(owner: unknown, path: readonly string[]): readonly unknown[] {
  const value = valueAt(owner, path);
  if (Array.isArray(value)) return value;
  return value === undefined || value === null ? [] : [value];
}

/** Notes for each row the elements of the lists, and of those within them; returns how many rows there are. */
function spread(
  placed: readonly { readonly list: List; readonly owner: unknown }[],
  into: readonly unknown[][],
): number {
  const lists = placed.map(({ list, owner }) => ({ ...list, elements: listAt(owner, list.keys) }));
  const length = Math.max(...lists.map(({ elements }) => elements.length));
  let rows = 0;
  for (let index = 0; index < length; index++) {
    const within = lists.flatMap(({ inner, elements }) =>
      inner.map((list) => ({ list, owner: elements[index] })),
    );
    const repeats = within.length === 0 ? 1 : spread(within, into);
    for (const { number, elements } of lists) {
      for (let row = 0; row < repeats; row++) into[number]?.push(elements[index]);
    }
    rows += repeats;
  }
  return rows;
}

/** The lists that paths lead through, each of them once. */
class ListTree {
  readonly outermost: List[] = [];
  count = 0;

  /** The number of the innermost list; -1 if there is none. */
  numberOf(lists: JsonPath["lists"]): number {
    let beside = this.outermost;
    let number = -1;
    for (const keys of lists) {
      const same = JSON.stringify(keys);
      let list = beside.find((known) => JSON.stringify(known.keys) === same);
      if (list === undefined) {
        list = { number: this.count++, keys, inner: [] };
        beside.push(list);
      }
      beside = list.inner;
      number = list.number;
    }
    return number;
  }
}

function columnOf(name: string, paths: Readonly<Record<string, string>> | undefined, tree: ListTree): Column {
  const text = paths === undefined ? name : paths[name];
  if (text === undefined) throw new MillraceError("CONFIG_INVALID", `\`format.columns\` lacks ${name}.`);
  const path = parseJsonPath(text);
  if ("problem" in path) throw new MillraceError("CONFIG_INVALID", `${path.problem}.`);
  const list = tree.numberOf(path.lists);
  return { ...path, name, dotted: list < 0 && path.keys.length > 1, list };
}

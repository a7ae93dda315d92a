/** From parsed JSON records to the fields of a batch: what both JSON formats share. */
import { type JsonPath, parseColumnPath, takesLists } from "../config/json-path.ts";
import { MillraceError } from "../errors.ts";
import type { RecordFault } from "./account.ts";
import type { DecodeContext } from "./batch.ts";
import { JsonScan } from "./json-scan.ts";
import { isValue, valueAt, Walks } from "./json-walks.ts";
import type { Rows } from "./rows.ts";
import type { Values } from "./values.ts";

interface Column extends JsonPath {
  readonly name: string;
  /** Whether the path leads from the record straight to a value. */
  readonly isPlain: boolean;
  /** Whether the whole text may be a key that has dots in it, where the path leads nowhere. */
  readonly dotted: boolean;
  /** The innermost of the walks that the path leads through; -1: none. */
  readonly walk: number;
  /** Whether rows are there for its values. */
  readonly rowFor: boolean;
}

/**
 * The keys and positions that a document's record stands under, from the outermost on: one for each list and object that
 * `records` leads through. undefined: a list or object was expected there, and what was found counts as one.
 */
export type Around = readonly (string | number | undefined)[];

const NOTHING_AROUND: Around = [];

interface Into {
  readonly rows: Rows;
  readonly values: Values;
  readonly levels?: number;
  readonly rowsFor: DecodeContext["rowsFor"];
}

/**
 * Writes the values at the columns' paths. Strings are written as they are, booleans as `true` and `false`, numbers
 * as the shortest text that reads back as the same double (14.0 as `14`, 1e-7 as `1e-7`). null, a path that leads
 * nowhere, an object and an array are absent. An integer beyond 2^53 and a number beyond 1.8e308 are refused: as
 * doubles they are not what the object says.
 *
 * A record is one row. If columns lead through lists (`values[].value`) or objects (`values{}.value`), it is as many rows
 * as these have elements or values; see Walks for how they go in step. If all are empty or absent it is one row
 * if a value that rows are for stands beside them, or else none. A value that is refused refuses the whole record.
 */
export class JsonColumns {
  readonly #columns: readonly Column[];
  readonly #walks = new Walks();
  readonly #listsAreRecords: boolean;
  /** Undefined where columns lead through lists or objects: their records must be parsed. */
  readonly #scan: JsonScan | undefined;
  readonly #rows: Rows;
  readonly #values: Values;
  /** The record at hand, what it stands under, how many rows it is, and which of them comes next. */
  #record: object = {};
  #around = NOTHING_AROUND;
  #count = 1;
  #next = 0;

  /**
   * @param paths Column name → path into the record; without it the names are paths themselves.
   * @param into levels: how many keys there are above a record; rowsFor: as in DecodeContext
   * @throws MillraceError CONFIG_INVALID for a wanted column without a path, or with one that cannot be followed.
   */
  constructor(
    paths: Readonly<Record<string, string>> | undefined,
    wanted: readonly string[],
    { rows, values, levels = 0, rowsFor }: Into,
  ) {
    this.#columns = wanted.map((name) => {
      const path = pathOf(name, paths, levels);
      return columnOf(path, { name, rowFor: rowsFor?.has(name) ?? true }, this.#walks);
    });
    this.#listsAreRecords = this.#columns.some(takesLists);
    this.#scan = this.#columns.every(({ isPlain }) => isPlain) ? new JsonScan(this.#columns) : undefined;
    this.#rows = rows;
    this.#values = values;
  }

  /** Whether the value may be a record: an object, or a list where a path begins with a number, [] or {}. */
  isRecord(value: unknown): value is object {
    return typeof value === "object" && value !== null && (this.#listsAreRecords || !Array.isArray(value));
  }

  /** Whether the values of the record in [start, end) can be told by its bytes alone, and were found: see JsonScan. */
  find(bytes: Buffer, start: number, end: number): boolean {
    return this.#scan?.find(bytes, start, end) ?? false;
  }

  /** Takes up the record that `find` has found in these bytes, as `begin` does. */
  beginFound(bytes: Buffer): RecordFault | undefined {
    const { bounds } = this.#rows;
    const scan = this.#scan;
    const before = this.#values.length;
    let bound = this.#rows.rows * this.#rows.fields * 2;
    for (let index = 0; scan !== undefined && index < this.#columns.length; index++) {
      const slot = scan.slotAt(index);
      const start = this.#values.length;
      const reason = slot < 0 ? undefined : scan.append(slot, bytes, this.#values);
      if (reason !== undefined) {
        this.#values.length = before;
        return { reason, field: this.#columns[index]?.name ?? "" };
      }
      bounds[bound++] = slot < 0 ? -1 : start;
      bounds[bound++] = slot < 0 ? -1 : this.#values.length;
    }
    return undefined;
  }

  /** Takes up a record, all of whose rows are then to be added; or says what is wrong with it. */
  begin(record: object, around = NOTHING_AROUND): RecordFault | undefined {
    this.#around = around;
    if (this.#walks.none) return this.#write(record, 0);
    this.#record = record;
    this.#count = this.#walks.begin(record) || (this.#hasValue(record) ? 1 : 0);
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
    if (this.#walks.none) {
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

  /** Whether a value that rows are for stands behind no walk. A key above the record is none. */
  #hasValue(record: object): boolean {
    return this.#columns.some(
      (column) => column.rowFor && column.isPlain && isValue(this.#valueOf(column, record, 0)),
    );
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
      else if (typeof value === "number") reason = this.#values.appendNumber(value);
      else if (typeof value === "boolean") this.#values.append(value ? "true" : "false");
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

  #valueOf(column: Column, record: object, index: number): unknown {
    if (!column.isPlain) return this.#walkedValue(column, index);
    const { text, keys, dotted } = column;
    const value = valueAt(record, keys);
    // No object inherits a key with a dot in it.
    return value === undefined && dotted ? (record as Record<string, unknown>)[text] : value;
  }

  #walkedValue({ above, isKey, walk, keys }: Column, index: number): unknown {
    if (above > 0) return this.#around[this.#around.length - above];
    return isKey ? this.#walks.key(walk, index) : valueAt(this.#walks.value(walk, index), keys);
  }
}

function pathOf(name: string, paths: Readonly<Record<string, string>> | undefined, levels: number): JsonPath {
  const text = paths === undefined ? name : paths[name];
  if (text === undefined) throw new MillraceError("CONFIG_INVALID", `\`format.columns\` lacks ${name}.`);
  const path = parseColumnPath(text, levels);
  if ("problem" in path) throw new MillraceError("CONFIG_INVALID", `${path.problem}.`);
  return path;
}

function columnOf(path: JsonPath, own: Pick<Column, "name" | "rowFor">, walks: Walks): Column {
  const walk = walks.numberOf(path, own.rowFor);
  const isPlain = walk < 0 && path.above === 0;
  return { ...path, ...own, isPlain, dotted: isPlain && path.keys.length > 1, walk };
}

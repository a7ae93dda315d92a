/** From parsed JSON records to the fields of a batch: what both JSON formats share. */
import { MillraceError } from "../errors.ts";
import type { RecordFault } from "./account.ts";
import type { Rows } from "./rows.ts";
import type { Values } from "./values.ts";

interface Column {
  readonly name: string;
  readonly path: readonly string[];
}

/**
 * Writes the values at the columns' paths. Strings are written as they are, booleans as `true` and `false`, numbers
 * as the shortest text that reads back as the same double (14.0 as `14`, 1e-7 as `1e-7`). null, a path that leads
 * nowhere, an object and an array are absent. An integer beyond 2^53 and a number beyond 1.8e308 are refused: as
 * doubles they are not what the object says.
 */
export class JsonColumns {
  readonly #columns: readonly Column[];
  readonly #rows: Rows;
  readonly #values: Values;

  /**
   * @param paths Column name → path into the record: keys joined by dots, or positions in an array.
   * @throws MillraceError CONFIG_INVALID for a wanted column without a path.
   */
  constructor(
    paths: Readonly<Record<string, string>>,
    wanted: readonly string[],
    into: { rows: Rows; values: Values },
  ) {
    this.#columns = wanted.map((name) => ({ name, path: pathOf(name, paths) }));
    this.#rows = into.rows;
    this.#values = into.values;
  }

  /** Writes the record's values and their bounds into the next row, without adding it; or says what is wrong. */
  write(record: object): RecordFault | undefined {
    const { bounds } = this.#rows;
    const before = this.#values.length;
    let bound = this.#rows.rows * this.#rows.fields * 2;
    for (const { name, path } of this.#columns) {
      const value = valueAt(record, path);
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
        return { reason, field: name };
      }
      bounds[bound++] = absent ? -1 : start;
      bounds[bound++] = absent ? -1 : this.#values.length;
    }
    return undefined;
  }
}

/** Whether a parsed number can be what the object says: neither overflown nor an integer that was rounded. */
function isExact(value: number): boolean {
  return Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));
}

/** What the path leads to; undefined if it leads nowhere. Only a record's own keys count. */
function valueAt(record: object, path: readonly string[]): unknown {
  let value: unknown = record;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    if (key === "length" && Array.isArray(value)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function pathOf(name: string, paths: Readonly<Record<string, string>>): readonly string[] {
  const path = paths[name];
  if (path === undefined) throw new MillraceError("CONFIG_INVALID", `\`format.columns\` lacks ${name}.`);
  return path.split(".");
}

/** Whether a parsed value is a JSON object, as a record must be. */
export function isRecord(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

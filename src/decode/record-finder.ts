/** Finds the records of a JSON document among its tokens, and what they stand under. */
import type { Token } from "stream-json/core/parser.js";
import type { RecordsPath } from "../config/json-path.ts";
import type { Around } from "./json-columns.ts";

/**
 * Is shown the tokens at the place of the records, but not those within a record. An object where a list is expected counts
 * as a list of one, a list where an object is expected as one whose keys are the positions. What is neither stands
 * where a record should be, but null within a list or object is one that is empty.
 */
export class RecordFinder {
  readonly #walks: RecordsPath["walks"];
  /** What the walks are at: a key, or a position. */
  readonly #around: (string | number | undefined)[];
  /** The walks whose list or object is open, from the outermost on. */
  readonly #open: number[] = [];

  constructor(walks: RecordsPath["walks"]) {
    this.#walks = walks;
    this.#around = walks.map(() => undefined);
  }

  /** The keys and positions that the record at hand stands under. Changes with the next token. */
  get around(): Around {
    return this.#around;
  }

  /** Whether nothing is around the record at hand, or around the value that begins next: it is all there is. */
  get isOutermost(): boolean {
    return this.#open.length === 0;
  }

  /** Whether a record begins with this token, or what stands in its place. */
  isRecord(token: Token): boolean {
    switch (token.name) {
      case "keyValue":
        this.#around[this.#open.at(-1) ?? 0] = token.value;
        return false;
      case "endObject":
      case "endArray":
        this.#open.pop();
        return false;
      default:
        return this.#isRecord(token.name);
    }
  }

  #isRecord(name: Token["name"]): boolean {
    const walks = this.#walks;
    const parent = this.#open.at(-1) ?? -1;
    const position = this.#around[parent];
    if (typeof position === "number") this.#around[parent] = position + 1;
    let walk = parent + 1;
    while (walk < walks.length && walks[walk] === "list" && name === "startObject") this.#around[walk++] = 0;
    if (walk === walks.length) return true;
    if (name !== "startObject" && name !== "startArray") return parent < 0 || name !== "nullValue";
    this.#open.push(walk);
    if (name === "startArray") this.#around[walk] = -1;
    return false;
  }
}

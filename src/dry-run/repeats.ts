/** Rows that tell of the same thing as an earlier one: when they are loaded, only the last stays. */
import type { Target } from "../config/pipeline.ts";
import { IDENTITY } from "./readable.ts";
import type { DryRecord } from "./record.ts";

/** A row whose key an earlier record (or an earlier row of its own) had. */
export interface Repeat {
  readonly line: number;
  readonly earlier: number;
  /** The values of the key, as they are shown. */
  readonly key: readonly string[];
}

export class Repeats {
  readonly #names: readonly string[];
  /** The last line of each key; as many as the records that are shown have rows. */
  readonly #lines = new Map<string, number>();

  constructor(target: Target) {
    this.#names = IDENTITY[target];
  }

  /** Which rows of the record repeat a key. */
  see({ line, rows }: Pick<DryRecord, "line" | "rows">): Repeat[] {
    return rows.flatMap((row) => {
      const key = this.#names.map((name) => row[name] ?? "");
      const text = key.join("\n");
      const earlier = this.#lines.get(text);
      this.#lines.set(text, line);
      return earlier === undefined ? [] : [{ line, earlier, key }];
    });
  }
}

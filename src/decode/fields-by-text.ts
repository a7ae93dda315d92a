/** Fields between delimiters of several bytes, or between blanks and tabs. */
import { type Division, Fields } from "./fields.ts";
import type { Layout } from "./header.ts";
import { endOfLine, isBlankByte } from "./lines.ts";
import type { Rows } from "./rows.ts";
import { CR, LF } from "./window.ts";

export class FieldsByText extends Fields {
  readonly #delimiter: Division["delimiter"];

  constructor(division: Division, layout: Layout, rows: Rows) {
    super(division, layout, rows);
    this.#delimiter = division.delimiter;
  }

  override find(bytes: Buffer, start: number, to: number): number {
    const { fields, slots, surplus } = this.layout;
    this.begin();
    let at = this.#delimiter === "whitespace" ? afterBlanks(bytes, start) : start;
    for (let field = 0; field < fields || surplus; field++) {
      const slot = field < fields ? (slots[field] ?? -1) : -1;
      const next = this.#field(bytes, at, to, slot >= 0);
      if (next === -1) return next;
      if (slot >= 0) {
        const bound = this.rows.rows * this.rows.fields * 2 + slot;
        this.rows.bounds[bound] = this.valueStart;
        this.rows.bounds[bound + 1] = this.valueEnd;
      }
      at = next;
      if (bytes[at - 1] === LF) {
        if (field + 1 < fields) this.fillUp(bytes, start, at - 1, field + 1);
        return at;
      }
    }
    this.fault = "too many fields";
    return at;
  }

  /** Sets the place of the value of the field at `start`; returns where the next field or line begins, or -1 with a fault. */
  #field(bytes: Buffer, start: number, to: number, wanted: boolean): number {
    if (bytes[start] === this.quote) {
      const at = this.quoted(bytes, start, to, wanted);
      if (at === -1) return at;
      const gap = this.#gap(bytes, at);
      return gap === 0 ? this.misplaced() : at + gap;
    }
    let at = start;
    let gap: number;
    while ((gap = this.#gap(bytes, at)) === 0) at++;
    this.valueStart = start;
    this.valueEnd = bytes[at] === LF ? endOfLine(bytes, start, at) : at;
    return at + gap;
  }

  /** How many bytes at `at` end a field: a delimiter, a line end or, of blanks, both; 0 if none do. */
  #gap(bytes: Buffer, at: number): number {
    if (bytes[at] === LF) return 1;
    if (this.#delimiter !== "whitespace") {
      const { length } = this.#delimiter;
      return bytes.subarray(at, at + length).equals(this.#delimiter) ? length : 0;
    }
    const after = afterBlanks(bytes, at);
    if (after === at) return 0;
    const newline = bytes[after] === CR ? after + 1 : after;
    return (bytes[newline] === LF ? newline + 1 : after) - at;
  }
}

function afterBlanks(bytes: Buffer, start: number): number {
  let at = start;
  while (isBlankByte(bytes[at])) at++;
  return at;
}

/** Fields between delimiters of one byte. This loop is what the speed of delimited text hangs on. */
import { type Division, Fields } from "./fields.ts";
import type { Layout } from "./header.ts";
import { endOfLine } from "./lines.ts";
import type { Rows } from "./rows.ts";
import { LF } from "./window.ts";

/** Byte classes. */
const ORDINARY = 0;
const DELIMITER = 1;
const LINE_END = 2;

export class FieldsByByte extends Fields {
  readonly #classes = new Uint8Array(256);

  constructor(division: Division & { readonly delimiter: Buffer }, layout: Layout, rows: Rows) {
    super(division, layout, rows);
    const [delimiter = LF] = division.delimiter;
    this.#classes[delimiter] = DELIMITER;
    this.#classes[LF] = LINE_END;
  }

  override find(bytes: Buffer, start: number, to: number): number {
    const { quote } = this;
    const { fields, slots, surplus } = this.layout;
    const { bounds } = this.rows;
    const classes = this.#classes;
    const base = this.rows.rows * this.rows.fields * 2;
    this.begin();
    let at = start;
    for (let field = 0; field < fields; field++) {
      const slot = slots[field] ?? -1;
      let valueStart = at;
      let valueEnd: number;
      let end: number | undefined;
      if (bytes[at] === quote) {
        at = this.quoted(bytes, at, to, slot >= 0);
        if (at === -1) return at;
        valueStart = this.valueStart;
        valueEnd = this.valueEnd;
        end = classes[bytes[at] ?? LF];
        if (end === ORDINARY) return this.misplaced();
      } else {
        while ((end = classes[bytes[at] ?? LF]) === ORDINARY) at++;
        valueEnd = end === LINE_END ? endOfLine(bytes, valueStart, at) : at;
      }
      if (slot >= 0) {
        bounds[base + slot] = valueStart;
        bounds[base + slot + 1] = valueEnd;
      }
      at++;
      if (end === LINE_END) {
        if (field + 1 < fields) this.fillUp(bytes, start, at - 1, field + 1);
        return at;
      }
    }
    if (surplus) return this.#passSurplus(bytes, at, to);
    this.fault = "too many fields";
    return at;
  }

  /** Passes over fields that nobody reads, from `start` to the record's end; returns what `find` returns. */
  #passSurplus(bytes: Buffer, start: number, to: number): number {
    let at = start;
    for (;;) {
      if (bytes[at] === this.quote) {
        at = this.quoted(bytes, at, to, false);
        if (at === -1) return at;
      } else while (this.#classes[bytes[at] ?? LF] === ORDINARY) at++;
      const end = this.#classes[bytes[at] ?? LF];
      if (end === ORDINARY) return this.misplaced();
      at++;
      if (end === LINE_END) return at;
    }
  }
}

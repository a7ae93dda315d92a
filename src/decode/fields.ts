/** Where the fields of one record of delimited text stand: what its inner loops share. */
import type { RejectReason } from "./batch.ts";
import type { Layout } from "./header.ts";
import { endOfLine, isBlank } from "./lines.ts";
import type { Rows } from "./rows.ts";
import { CR, LF } from "./window.ts";

/** How records are divided into fields. */
export interface Division {
  /** The bytes between two fields; or any number of blanks and tabs, those at both ends of a line aside. */
  readonly delimiter: Buffer | "whitespace";
  /** The byte that quotes; -1: none does. */
  readonly quote: number;
  readonly multiline: boolean;
}

/** Finds the fields of records of one layout, and writes the bounds of the wanted ones into the next of the rows. */
export abstract class Fields {
  /** What is wrong with the record at hand. */
  fault: RejectReason | undefined;
  /** Line ends inside the quoted fields of the record at hand. */
  innerLines = 0;
  /** Where the last of them stands. */
  lastInner = 0;
  /** Whether quoted fields may hold line ends. */
  multiline: boolean;
  protected readonly quote: number;
  protected readonly layout: Layout;
  protected readonly rows: Rows;
  /** Where the value of the last quoted field stands. */
  protected valueStart = 0;
  protected valueEnd = 0;
  /** Whether quotes in it are doubled. */
  protected doubled = false;
  /** Where the next unescaped value goes. */
  #side = 0;
  /** The same before the record at hand. */
  #sideBefore = 0;

  constructor({ quote, multiline }: Division, layout: Layout, rows: Rows) {
    this.quote = quote;
    this.multiline = multiline;
    this.layout = layout;
    this.rows = rows;
  }

  /**
   * Finds the fields of the record that begins at `start`; returns the position after its line end. Sets `fault`:
   * with one, the position means nothing. Needs no check for the end of the bytes, because an LF stands there.
   */
  abstract find(bytes: Buffer, start: number, to: number): number;

  /** To be called before the records of a stretch: from `side` on there is room for values. */
  useSide(side: number): void {
    this.#side = side;
  }

  /** To be called when the record at hand becomes no row: the room for its values is free again. */
  forget(): void {
    this.#side = this.#sideBefore;
  }

  protected begin(): void {
    this.fault = undefined;
    this.innerLines = 0;
    this.#sideBefore = this.#side;
  }

  /**
   * Reads the quoted field at `open`; returns the position behind it, at a CRLF that of its LF. Sets the place of its
   * value, or sets `fault` and returns -1. Only a wanted value has its doubled quotes made single.
   */
  protected quoted(bytes: Buffer, open: number, to: number, wanted: boolean): number {
    const { quote } = this;
    this.doubled = false;
    let at = open + 1;
    for (;;) {
      const byte = bytes[at];
      if (byte === quote) {
        if (bytes[at + 1] !== quote) break;
        this.doubled = true;
        at += 2;
      } else if (byte === LF) {
        if (!this.multiline || at + 1 >= to) {
          this.fault = "unclosed quote";
          return -1;
        }
        this.innerLines++;
        this.lastInner = at++;
      } else at++;
    }
    this.valueStart = open + 1;
    this.valueEnd = at;
    if (this.doubled && wanted) this.#unescape(bytes);
    at++;
    return bytes[at] === CR && bytes[at + 1] === LF ? at + 1 : at;
  }

  /** Text stands behind a closing quote. */
  protected misplaced(): number {
    this.fault = "misplaced quote";
    return -1;
  }

  /** The record in [start, newline) has but the first `found` fields: the others are empty, or it is refused. */
  protected fillUp(bytes: Buffer, start: number, newline: number, found: number): void {
    const { fields, required, slots } = this.layout;
    const end = endOfLine(bytes, start, newline);
    if (found < required || isBlank(bytes, start, end)) {
      this.fault = "too few fields";
      return;
    }
    const { bounds } = this.rows;
    const base = this.rows.rows * this.rows.fields * 2;
    for (let field = found; field < fields; field++) {
      const slot = slots[field] ?? -1;
      if (slot >= 0) bounds[base + slot] = bounds[base + slot + 1] = end;
    }
  }

  /** Writes the value of the quoted field into the side area, each doubled quote once. */
  #unescape(bytes: Buffer): void {
    const start = this.#side;
    for (let at = this.valueStart; at < this.valueEnd; at++) {
      const byte = bytes[at] ?? 0;
      bytes[this.#side++] = byte;
      if (byte === this.quote) at++;
    }
    this.valueStart = start;
    this.valueEnd = this.#side;
  }
}

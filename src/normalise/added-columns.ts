/**
 * Adds to a decoder's batches the columns that are worked out: what stands above the records, what holds on from record to
 * record, texts with names. All records pass here in their order, before any filter. Downstream they are columns like
 * any other: a record that is normalised again later finds in its batch what held for it.
 */
import type { Batch, Decoder, Reject } from "../decode/batch.ts";
import type { AddedText, AddedTexts } from "./columns.ts";
import { Cursor, DONE, EMPTY, type SourceObject } from "./cursor.ts";
import type { Plan } from "./plan.ts";
import { LinesAbove } from "./preamble.ts";
import { RefusedLines } from "./refused-lines.ts";
import { noSpan, type Span } from "./span.ts";

/**
 * The decoder with the batches that the plan asks for: their columns are `plan.columns`, whatever the context says. It
 * serves this object alone. Where the plan adds nothing, it is the decoder itself.
 */
export function withAddedColumns(decode: Decoder, { added }: Plan, object: SourceObject): Decoder {
  if (added === undefined) return decode;
  return async function* (chunks, context) {
    const above = new LinesAbove();
    const refused = new RefusedLines();
    const { rowsFor, ...rest } = context;
    const columns = added.delivered.map(({ name }) => name);
    // Where a row is there for a text that is put together here, every column may be one of its pieces.
    const known =
      rowsFor !== undefined && columns.length > 0 && [...rowsFor].every((name) => columns.includes(name));
    const batches = decode(chunks, {
      ...rest,
      ...(known ? { rowsFor } : {}),
      columns,
      reject: (reject: Reject) => {
        refused.add(reject.line);
        context.reject(reject);
      },
      ...(added.patterns.length === 0 ? {} : { preamble: above.add }),
    });
    let widened: WidenedBatch | undefined;
    for await (const batch of batches) {
      widened ??= new WidenedBatch(added, { ...object, preamble: above.find(added.patterns) }, refused);
      widened.fill(batch);
      yield widened;
    }
  };
}

/** What holds on. */
interface Held {
  /** EMPTY where nothing does, or the reject that its record got. */
  outcome: number;
  /** Where it stands in the batch at hand. */
  start: number;
  end: number;
}

/** Filled anew from each of the decoder's batches; one serves one object. */
class WidenedBatch implements Batch {
  bytes: Buffer = Buffer.alloc(0);
  bounds = new Int32Array(0);
  readonly fields: number;
  rows = 0;
  raw: Buffer = this.bytes;
  records: Int32Array = this.bounds;
  lines: Int32Array = this.bounds;
  offset = 0;
  readonly #added: AddedTexts;
  readonly #refused: RefusedLines;
  readonly #cursor = new Cursor();
  readonly #span: Span = noSpan();
  /** By the text's place among those that are added. */
  readonly #held: readonly Held[];
  /** Where the next text goes that does not stand in the record. */
  #length = 0;

  constructor(added: AddedTexts, object: SourceObject, refused: RefusedLines) {
    this.fields = added.width;
    this.#added = added;
    this.#refused = refused;
    this.#cursor.object = object;
    this.#held = added.texts.map(() => ({ outcome: EMPTY, start: -1, end: EMPTY }));
  }

  fill(batch: Batch): void {
    const { texts } = this.#added;
    const kept = this.#held.map(({ outcome, start, end }) =>
      outcome === DONE ? Buffer.from(this.bytes.subarray(start, end)) : undefined,
    );
    this.rows = batch.rows;
    this.raw = batch.raw;
    this.records = batch.records;
    this.lines = batch.lines;
    this.offset = batch.offset;
    this.#takeBytes(batch);
    this.#takeBounds(batch);
    for (const [index, held] of this.#held.entries()) {
      const text = kept[index];
      if (text === undefined) continue;
      held.start = this.#append(text, 0, text.length);
      held.end = this.#length;
    }
    for (let row = 0; row < batch.rows; row++) {
      if (this.#refused.before(batch.lines[row] ?? 0)) for (const held of this.#held) held.outcome = EMPTY;
      this.#cursor.row(row, this.fields);
      for (const [index, text] of texts.entries()) {
        const held = this.#held[index];
        if (held !== undefined) this.#place(text, held, row);
      }
    }
  }

  #place({ column, read, carried, constant }: AddedText, held: Held, row: number): void {
    const at = (row * this.fields + column) * 2;
    if (constant && row > 0) {
      const first = column * 2;
      this.bounds[at] = this.bounds[first] ?? -1;
      this.bounds[at + 1] = this.bounds[first + 1] ?? EMPTY;
      return;
    }
    const span = this.#span;
    const outcome = read(this.#cursor, span);
    let start = -1;
    let end = outcome;
    if (outcome === DONE) {
      const { bytes } = span;
      start = bytes === this.bytes ? span.start : this.#append(bytes, span.start, span.end);
      end = bytes === this.bytes || bytes.length === 0 ? span.end : this.#length;
    } else if (carried && outcome === EMPTY) {
      start = held.outcome === DONE ? held.start : -1;
      end = held.outcome === DONE ? held.end : held.outcome;
    }
    if (carried && outcome !== EMPTY) {
      held.outcome = outcome;
      held.start = start;
      held.end = end;
    }
    this.bounds[at] = start;
    this.bounds[at + 1] = end;
  }

  /** Appends a text to the batch's bytes; returns where it begins. */
  #append(bytes: Buffer, start: number, end: number): number {
    const size = end - start;
    if (this.#length + size > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.#length + size));
      this.bytes.copy(larger, 0, 0, this.#length);
      this.bytes = larger;
      this.#cursor.batch(this);
    }
    const place = this.#length;
    bytes.copy(this.bytes, place, start, end);
    this.#length += size;
    return place;
  }

  #takeBytes({ bytes }: Batch): void {
    if (this.bytes.length < bytes.length) this.bytes = Buffer.allocUnsafeSlow(2 * bytes.length);
    bytes.copy(this.bytes);
    this.#length = bytes.length;
  }

  #takeBounds({ bounds, rows, fields }: Batch): void {
    const { delivered } = this.#added;
    const width = this.fields;
    if (this.bounds.length < rows * width * 2) this.bounds = new Int32Array(rows * width * 2);
    const wide = this.bounds;
    for (const [index, { place }] of delivered.entries()) {
      for (let row = 0; row < rows; row++) {
        const from = (row * fields + index) * 2;
        const to = (row * width + place) * 2;
        wide[to] = bounds[from] ?? -1;
        wide[to + 1] = bounds[from + 1] ?? -1;
      }
    }
    this.#cursor.batch(this);
  }
}

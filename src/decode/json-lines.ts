/**
 * JSON lines: one JSON object per line. Records of the common shape are read in their bytes, all others by JSON.parse; which
 * of them makes no difference to what comes of it. What is no JSON, or JSON but no object, is a
 * reject; of a key that occurs twice the last counts. How deep a record nests is bounded by the record limit.
 */
import type { JsonLinesFormat } from "../config/format.ts";
import { Account, faultOfText, type RecordFault, type RecordPlace } from "./account.ts";
import type { Batch, DecodeContext, Decoder } from "./batch.ts";
import { type Encoding, textOf } from "./encoding.ts";
import { JsonColumns } from "./json-columns.ts";
import { decodeLines, endOfLine, isBlank, type LineReader, type Stretch } from "./lines.ts";
import { Rows } from "./rows.ts";
import { Values } from "./values.ts";
import { LF, type Window } from "./window.ts";

/** A decoder for JSON lines; see JsonColumns for how values are written. */
export function jsonLinesDecoder(format: JsonLinesFormat): Decoder {
  return (chunks, context) => decode(chunks, context, format);
}

async function* decode(
  chunks: AsyncIterable<Buffer>,
  context: DecodeContext,
  format: JsonLinesFormat,
): AsyncGenerator<Batch> {
  const rows = new Rows(context.columns.length);
  const account = new Account(context);
  const values = new Values();
  const columns = new JsonColumns(format.columns, context.columns, {
    rows,
    values,
    rowsFor: context.rowsFor,
  });
  const reader = new JsonLinesReader(columns, format, { rows, account });
  yield* decodeLines(chunks, { reader, rows, account, limit: format.record_limit, values });
}

class JsonLinesReader implements LineReader {
  readonly encoding: Encoding;
  readonly #columns: JsonColumns;
  readonly #limit: number;
  readonly #rows: Rows;
  readonly #account: Account;
  /** The record of which not all rows have been added. */
  #open: RecordPlace | undefined;

  constructor(columns: JsonColumns, format: JsonLinesFormat, into: { rows: Rows; account: Account }) {
    this.encoding = format.encoding;
    this.#columns = columns;
    this.#limit = format.record_limit;
    this.#rows = into.rows;
    this.#account = into.account;
  }

  read(window: Window, { from, to, clean }: Stretch): number {
    let at = from;
    while (at < to && !this.#rows.full) {
      const newline = window.bytes.indexOf(LF, at);
      const record = this.#open ?? this.#begin(window, { from: at, newline, clean });
      this.#open = undefined;
      if (record !== undefined && !this.#columns.add(record.start, record.end, record.line)) {
        this.#open = record;
        return at;
      }
      at = newline + 1;
    }
    return Math.min(at, to);
  }

  /** Takes up the record of this line; undefined if it is none, which is then accounted for. */
  #begin(
    window: Window,
    { from, newline, clean }: { from: number; newline: number; clean: boolean },
  ): RecordPlace | undefined {
    const record = { start: from, end: endOfLine(window.bytes, from, newline), line: ++this.#account.line };
    if (isBlank(window.bytes, record.start, record.end)) {
      this.#account.blank();
      return undefined;
    }
    const fault = this.#faultOf(window.bytes, record, clean);
    if (fault === undefined) return record;
    this.#account.reject(fault, window, record);
    return undefined;
  }

  /** Hands the record to the columns, or says what is wrong with it. */
  #faultOf(bytes: Buffer, { start, end }: RecordPlace, clean: boolean): RecordFault | undefined {
    if (end - start > this.#limit) return { reason: "record too long" };
    const reason = clean ? undefined : faultOfText(bytes.subarray(start, end), this.encoding);
    if (reason !== undefined) return { reason };
    const utf8 = this.encoding === "utf-8";
    if (utf8 && this.#columns.find(bytes, start, end)) return this.#columns.beginFound(bytes);
    const text = utf8
      ? bytes.toString("utf8", start, end)
      : textOf(bytes.subarray(start, end), this.encoding);
    const value = parse(text);
    if (value === undefined) return { reason: "invalid JSON" };
    return this.#columns.isRecord(value) ? this.#columns.begin(value) : { reason: "not an object" };
  }
}

/** The parsed text, or undefined (which no JSON text parses to) if it is not JSON. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

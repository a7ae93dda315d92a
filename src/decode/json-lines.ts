/**
 * JSON lines: one JSON object per line, parsed line by line by JSON.parse. What is no JSON, or JSON but no object, is a
 * reject; of a key that occurs twice the last counts. How deep a record nests is bounded by the record limit.
 */
import type { JsonLinesFormat } from "../config/format.ts";
import { Account, faultOfText, type RecordFault, type RecordPlace } from "./account.ts";
import type { Batch, DecodeContext, Decoder } from "./batch.ts";
import { isRecord, JsonColumns } from "./json-columns.ts";
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
  const columns = new JsonColumns(format.columns, context.columns, { rows, values });
  const reader = new JsonLinesReader(columns, format.record_limit, { rows, account });
  yield* decodeLines(chunks, { reader, rows, account, limit: format.record_limit, values });
}

class JsonLinesReader implements LineReader {
  readonly #columns: JsonColumns;
  readonly #limit: number;
  readonly #rows: Rows;
  readonly #account: Account;

  constructor(columns: JsonColumns, limit: number, into: { rows: Rows; account: Account }) {
    this.#columns = columns;
    this.#limit = limit;
    this.#rows = into.rows;
    this.#account = into.account;
  }

  read(window: Window, { from, to, clean }: Stretch): number {
    let at = from;
    while (at < to && !this.#rows.full) {
      const newline = window.bytes.indexOf(LF, at);
      const end = endOfLine(window.bytes, at, newline);
      const record = { start: at, end, line: ++this.#account.line };
      if (isBlank(window.bytes, at, end)) this.#account.blank();
      else {
        const fault = this.#record(window.bytes, record, clean);
        if (fault !== undefined) this.#account.reject(fault, window, record);
      }
      at = newline + 1;
    }
    return Math.min(at, to);
  }

  /** Adds the record as a row, or says what is wrong with it. */
  #record(bytes: Buffer, { start, end, line }: RecordPlace, clean: boolean): RecordFault | undefined {
    if (end - start > this.#limit) return { reason: "record too long" };
    const reason = clean ? undefined : faultOfText(bytes.subarray(start, end));
    if (reason !== undefined) return { reason };
    const value = parse(bytes.toString("utf8", start, end));
    if (value === undefined) return { reason: "invalid JSON" };
    if (!isRecord(value)) return { reason: "not an object" };
    const fault = this.#columns.write(value);
    if (fault === undefined) this.#rows.add(start, end, line);
    return fault;
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

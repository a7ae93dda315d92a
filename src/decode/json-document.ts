/**
 * One JSON document that holds an array of records, read by stream-json as it streams past. What is no valid
 * JSON spoils the whole document; an element that is no object is a reject. `lines` are record numbers.
 */
import type { JsonFormat } from "../config/format.ts";
import { Account, faultOfText, type RecordFault } from "./account.ts";
import type { Batch, DecodeContext, Decoder } from "./batch.ts";
import { isRecord, JsonColumns } from "./json-columns.ts";
import { RecordParser } from "./record-parser.ts";
import { Rows } from "./rows.ts";
import { Values } from "./values.ts";
import { type Window, windows } from "./window.ts";

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * A decoder for one JSON document; see JsonColumns for how values are written, but numbers keep the text that they have
 * in the document. The decoder throws DOCUMENT_INVALID for what is not JSON, nests deeper than `depth_limit`, has
 * no array at `records`, or holds a record of more than 16 MiB.
 */
export function jsonDocumentDecoder(format: JsonFormat): Decoder {
  return (chunks, context) => decode(chunks, context, format);
}

async function* decode(
  chunks: AsyncIterable<Buffer>,
  context: DecodeContext,
  format: JsonFormat,
): AsyncGenerator<Batch> {
  const rows = new Rows(context.columns.length);
  const values = new Values();
  const account = new Account(context);
  const columns = new JsonColumns(format.columns, context.columns, { rows, values });
  const parser = new RecordParser(format.records, format.depth_limit);
  let fed = 0;
  for await (const window of windows(chunks)) {
    while (fed < window.length) {
      fed = endOfPiece(window, fed);
      for (const { value, start, end } of parser.feed(window, fed)) {
        const record = { start, end, line: ++account.line };
        const fault = write(value, window.bytes.subarray(start, end), columns);
        if (fault === undefined) rows.add(start, end, record.line);
        else account.reject(fault, window, record);
      }
      if (rows.full || (rows.rows > 0 && fed === window.length)) {
        account.decoded(rows.rows);
        rows.pointInto(window, values.bytes);
        yield rows;
        rows.clear();
        values.clear();
      }
    }
    window.consumed = parser.release();
    fed -= window.consumed;
  }
  parser.finish();
}

/** Writes the record's values into the next row, or says what is wrong with it. */
function write(value: unknown, raw: Buffer, columns: JsonColumns): RecordFault | undefined {
  const reason = isRecord(value) ? faultOfText(raw) : "not an object";
  if (reason !== undefined) return { reason };
  return isRecord(value) ? columns.write(value) : undefined;
}

/**
 * The position after the next brace. The parser is fed in pieces that end with a brace, because then the piece
 * that begins or completes a record tells where it does: stream-json does not.
 */
function endOfPiece({ bytes, length }: Window, from: number): number {
  let at = from;
  while (at < length && bytes[at] !== OPEN_BRACE && bytes[at] !== CLOSE_BRACE) at++;
  return Math.min(at + 1, length);
}

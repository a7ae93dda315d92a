/**
 * One JSON document that holds a list of records or an object whose values they are, or is itself one, read by stream-json
 * as it streams past. What is no valid JSON spoils the whole document; a record that is no object is a reject, one that is
 * null is blank. Of a key that occurs twice in a record the last counts; records under the same key are two. `lines` are record numbers.
 */
import type { JsonFormat } from "../config/format.ts";
import { Account, faultOfText, type RecordFault } from "./account.ts";
import type { Batch, DecodeContext, Decoder } from "./batch.ts";
import { JsonColumns } from "./json-columns.ts";
import { type Element, RecordParser } from "./record-parser.ts";
import { Rows } from "./rows.ts";
import { Values } from "./values.ts";
import { type Window, windows } from "./window.ts";

const TOO_LONG: RecordFault = { reason: "record too long" };

/**
 * A decoder for one JSON document; see JsonColumns for how values are written, but numbers keep the text that they have
 * in the document. The decoder throws DOCUMENT_INVALID for what is not JSON, nests deeper than `depth_limit`, has
 * neither a list nor an object at `records`, or holds a text of more than 16 MiB; OBJECT_TOO_LARGE for one that is a single
 * record above the limit.
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
  const parser = new RecordParser(format);
  const levels = parser.around.length;
  const { rowsFor } = context;
  const columns = new JsonColumns(format.columns, context.columns, { rows, values, levels, rowsFor });
  const flush = function* (window: Window): Generator<Batch> {
    account.decoded(rows.rows - rows.continued);
    if (rows.rows > 0) {
      rows.pointInto(window, values.bytes);
      yield rows;
    }
    rows.clear();
    values.clear();
  };
  let fed = 0;
  for await (const window of windows(chunks)) {
    while (fed < window.length) {
      fed = parser.endOfPiece(window, fed);
      for (const element of parser.feed(window, fed)) {
        const { start, end } = element;
        const record = { start, end, line: ++account.line };
        if (element.value === null) {
          account.blank();
          continue;
        }
        const fault = begin(element, { window, columns, format, parser });
        if (element.tooLong !== undefined)
          account.refuse(TOO_LONG, { line: record.line, ...element.tooLong });
        else if (fault !== undefined) account.reject(fault, window, record);
        else while (!columns.add(start, end, record.line)) yield* flush(window);
      }
      if (rows.full || fed === window.length) yield* flush(window);
    }
    window.consumed = parser.release();
    fed -= window.consumed;
  }
  parser.finish();
}

/** Takes up the record, or says what is wrong with it. */
function begin(
  { value, start, end }: Element,
  {
    window,
    columns,
    format,
    parser,
  }: { window: Window; columns: JsonColumns; format: JsonFormat; parser: RecordParser },
): RecordFault | undefined {
  if (!columns.isRecord(value)) return { reason: "not an object" };
  if (end - start > format.record_limit) {
    parser.refuseAlone();
    return TOO_LONG;
  }
  const reason = faultOfText(window.bytes.subarray(start, end), format.encoding);
  return reason === undefined ? columns.begin(value, parser.around) : { reason };
}

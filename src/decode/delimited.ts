/**
 * Delimited text (CSV, TSV and their like) by RFC 4180, scanned as bytes: no string and no object is made for a
 * record.
 *
 * - Lines end with LF or CRLF. A CR elsewhere is an ordinary byte of its field. The last line may lack its end.
 * - A field that begins with the quote character is quoted; a doubled quote in it stands for one. Text between a
 *   closing quote and the next delimiter rejects the record: misplaced quote.
 * - A quote inside a field that does not begin with one is an ordinary byte (as fast-csv has it), and so are
 *   blanks: a blank before an opening quote makes the field an unquoted one.
 * - Lines of nothing but blanks and tabs are blank, unless that is a record of the right number of fields.
 * - With `multiline` a quoted field may hold line ends. A record of several lines that does not come out right
 *   (unclosed, misplaced quote, wrong number of fields, over the limit) costs only its first line: reading
 *   goes on with the second as a record of its own, so that a stray quote cannot swallow what follows.
 */
import type { DelimitedFormat } from "../config/format.ts";
import { Account } from "./account.ts";
import type { Batch, DecodeContext, Decoder } from "./batch.ts";
import { byteOf, DelimitedReader } from "./delimited-reader.ts";
import { decodeLines } from "./lines.ts";
import { Rows } from "./rows.ts";
import { Scanner } from "./scanner.ts";

/**
 * A decoder for delimited text without an escape character. Without a header a record must have as many fields as
 * `format.columns`, with one as many as the header. The decoder throws COLUMN_MISSING if the header lacks a wanted
 * column, or if there must be a header and none can be read.
 */
export function delimitedDecoder(format: DelimitedFormat): Decoder {
  return (chunks, context) => decode(chunks, context, format);
}

async function* decode(
  chunks: AsyncIterable<Buffer>,
  context: DecodeContext,
  format: DelimitedFormat,
): AsyncGenerator<Batch> {
  const rows = new Rows(context.columns.length);
  const account = new Account(context);
  const dialect = {
    delimiter: byteOf(format.delimiter),
    quote: byteOf(format.quote),
    comment: byteOf(format.comment),
    multiline: format.multiline,
    limit: format.record_limit,
  };
  const reader = new DelimitedReader(format, context.columns, {
    account,
    open: (layout, header) =>
      new Scanner(dialect, layout, header, { rows, account, columns: context.columns }),
  });
  yield* decodeLines(chunks, { reader, rows, account, limit: format.record_limit });
  reader.finish();
}

/**
 * Delimited text (CSV, TSV and their like) by RFC 4180, scanned as bytes: no string and no object is made for a
 * record.
 *
 * - Lines end with LF or CRLF. A CR elsewhere is an ordinary byte of its field. The last line may lack its end. (Where
 *   CR alone ends lines, it counts as an LF, inside quotes too.)
 * - A field that begins with the quote character is quoted; a doubled quote in it stands for one. Text between a
 *   closing quote and the next delimiter rejects the record: misplaced quote.
 * - A quote inside a field that does not begin with one is an ordinary byte (as fast-csv has it), and so are
 *   blanks: a blank before an opening quote makes the field an unquoted one.
 * - Between `whitespace` no field is empty, unless quoted; blanks and tabs at both ends of a line mean nothing.
 * - Lines of nothing but blanks and tabs are blank, unless that is a record of the right number of fields.
 * - With `multiline` a quoted field may hold line ends. A record of several lines that does not come out right
 *   (unclosed, misplaced quote, wrong number of fields, over the limit) costs only its first line: reading
 *   goes on with the second as a record of its own, so that a stray quote cannot swallow what follows. Where that has
 *   had sixteen times as many bytes searched as there were, the lines searched last are records each.
 * - The lines that `skip_lines` and `skip_to` pass over are counted as comments, those of `skip_after_header` and
 *   repeated headers (with the lines after them, where they are the same) as headers.
 */
import type { DelimitedFormat } from "../config/format.ts";
import { Account } from "./account.ts";
import type { Batch, DecodeContext, Decoder } from "./batch.ts";
import { DelimitedReader } from "./delimited-reader.ts";
import { bytesOf } from "./encoding.ts";
import { decodeLines } from "./lines.ts";
import { Rows } from "./rows.ts";
import { type Dialect, Scanner } from "./scanner.ts";

/**
 * A decoder for delimited text without an escape character; its values are in the format's encoding. A record must have
 * as many fields as the header, without one as many as `format.columns`; see `short_lines` and `long_lines`. The
 * decoder throws COLUMN_MISSING if the header lacks a wanted column that is not optional, if there must be a header
 * and none can be read, or if the line that `skip_to` waits for does not come.
 * @throws MillraceError CONFIG_INVALID for a delimiter, comment or `skip_to` that the encoding cannot express.
 */
export function delimitedDecoder(format: DelimitedFormat): Decoder {
  const { delimiter, quote, encoding } = format;
  const dialect: Dialect = {
    delimiter: delimiter === "whitespace" ? delimiter : bytesOf(delimiter, encoding),
    quote: quote === "none" ? -1 : quote.charCodeAt(0),
    multiline: format.multiline,
    encoding,
    limit: format.record_limit,
  };
  return (chunks, context) => decode(chunks, context, { format, dialect });
}

async function* decode(
  chunks: AsyncIterable<Buffer>,
  context: DecodeContext,
  { format, dialect }: { format: DelimitedFormat; dialect: Dialect },
): AsyncGenerator<Batch> {
  const { columns } = context;
  const rows = new Rows(columns.length);
  const account = new Account(context);
  const reader = new DelimitedReader(format, columns, {
    account,
    open: (file) => new Scanner(dialect, file, { rows, account, columns }),
  });
  yield* decodeLines(chunks, { reader, rows, account, limit: format.record_limit });
  reader.finish();
}

/**
 * Fixed-width text: columns are ranges of the stored bytes, not of characters. Lines end with LF or CRLF. Blanks and tabs
 * around a value are dropped; a column beyond the end of its line is empty. Where characters take several bytes, a record
 * in which a column begins or ends inside one is rejected. The lines that `skip_lines` and `skip_to` pass over are counted as comments.
 */
import { fixedWidthColumns } from "../config/byte-columns.ts";
import type { FixedWidthFormat } from "../config/format.ts";
import { MillraceError } from "../errors.ts";
import { Account, faultOfText, type RecordFault, type RecordPlace, type TextFault } from "./account.ts";
import type { Batch, DecodeContext, Decoder } from "./batch.ts";
import { type Encoding, isSeveralBytes, isTextIn } from "./encoding.ts";
import { decodeLines, endOfLine, isBlank, isBlankByte, type LineReader, type Stretch } from "./lines.ts";
import { Preamble } from "./preamble.ts";
import { Rows } from "./rows.ts";
import { LF, type Window } from "./window.ts";

/**
 * A decoder for fixed-width text; its values are in the format's encoding. Lines of fewer than `minimum` bytes, blanks at
 * the end aside: too few fields. The decoder throws COLUMN_MISSING if the line that `skip_to` waits for does not
 * come, and CONFIG_INVALID for a wanted column that the format lacks.
 */
export function fixedWidthDecoder(format: FixedWidthFormat): Decoder {
  const ranges = new Map(Object.entries(fixedWidthColumns(format)));
  return (chunks, context) => {
    const columns = context.columns.map((name) => columnOf(name, ranges));
    return decode(chunks, context, { format, columns });
  };
}

/** A column as 0-based bytes of a line, `end` exclusive. */
interface Column {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function columnOf(name: string, ranges: ReadonlyMap<string, string>): Column {
  const range = ranges.get(name);
  if (range === undefined) throw new MillraceError("CONFIG_INVALID", `\`format.columns\` lacks ${name}.`);
  const [first = 0, last = first] = range.split("-").map(Number);
  return { name, start: first - 1, end: last };
}

async function* decode(
  chunks: AsyncIterable<Buffer>,
  context: DecodeContext,
  { format, columns }: { format: FixedWidthFormat; columns: readonly Column[] },
): AsyncGenerator<Batch> {
  const rows = new Rows(columns.length);
  const account = new Account(context);
  const reader = new FixedWidthReader(format, columns, { rows, account });
  yield* decodeLines(chunks, { reader, rows, account, limit: format.record_limit });
  reader.finish();
}

class FixedWidthReader implements LineReader {
  readonly encoding: Encoding;
  readonly #severalBytes: boolean;
  readonly #format: FixedWidthFormat;
  readonly #columns: readonly Column[];
  readonly #preamble: Preamble;
  readonly #rows: Rows;
  readonly #account: Account;
  /** Whether no record was met yet. */
  #above = true;

  constructor(format: FixedWidthFormat, columns: readonly Column[], into: { rows: Rows; account: Account }) {
    this.encoding = format.encoding;
    this.#severalBytes = isSeveralBytes(format.encoding);
    this.#format = format;
    this.#columns = columns;
    this.#preamble = new Preamble(format);
    this.#rows = into.rows;
    this.#account = into.account;
  }

  passOver(head: Buffer): boolean {
    if (!this.#preamble.holds(head, 0)) {
      this.#above = false;
      return false;
    }
    this.#account.comment();
    if (this.#above) this.#account.above(head, this.encoding);
    return true;
  }

  /**
   * To be called at the end of the object.
   * @throws MillraceError COLUMN_MISSING if the line that the first record is found by did not come.
   */
  finish(): void {
    this.#preamble.finish();
  }

  read(window: Window, { from, to, clean }: Stretch): number {
    let at = from;
    while (at < to && !this.#rows.full) {
      const newline = window.bytes.indexOf(LF, at);
      const end = endOfLine(window.bytes, at, newline);
      const record = { start: at, end, line: ++this.#account.line };
      if (this.#preamble.holds(window.bytes, at)) this.#account.comment();
      else if (isBlank(window.bytes, at, end)) this.#account.blank();
      else {
        this.#above = false;
        const fault = this.#record(window.bytes, record, clean);
        if (fault !== undefined) this.#account.reject(fault, window, record);
      }
      if (this.#above) this.#account.above(window.bytes.subarray(at, end), this.encoding);
      at = newline + 1;
    }
    return Math.min(at, to);
  }

  /** Adds the record as a row, or says what is wrong with it. */
  #record(bytes: Buffer, { start, end, line }: RecordPlace, clean: boolean): RecordFault | undefined {
    if (end - start > this.#format.record_limit) return { reason: "record too long" };
    const reason = clean ? undefined : faultOfText(bytes.subarray(start, end), this.encoding);
    if (reason !== undefined) return this.#textFault(reason, bytes.subarray(start, end));
    if (withoutBlanks(bytes, start, end) - start < (this.#format.minimum ?? 0))
      return { reason: "too few fields" };
    const { bounds } = this.#rows;
    const utf8 = this.encoding === "utf-8";
    let bound = this.#rows.rows * this.#rows.fields * 2;
    for (const column of this.#columns) {
      const columnStart = Math.min(start + column.start, end);
      const columnEnd = Math.min(start + column.end, end);
      if (utf8 && (insideCharacter(bytes, columnStart, end) || insideCharacter(bytes, columnEnd, end))) {
        return { reason: "invalid UTF-8", field: column.name };
      }
      if (this.#severalBytes && !isTextIn(bytes.subarray(columnStart, columnEnd), this.encoding)) {
        return { reason: "invalid UTF-8", field: column.name };
      }
      const valueEnd = withoutBlanks(bytes, columnStart, columnEnd);
      let valueStart = columnStart;
      while (valueStart < valueEnd && isBlankByte(bytes[valueStart])) valueStart++;
      bounds[bound++] = valueStart;
      bounds[bound++] = valueEnd;
    }
    this.#rows.add(start, end, line);
    return undefined;
  }

  /** Names the first column that the fault stands in, if one of those that are read. */
  #textFault(reason: TextFault, line: Buffer): RecordFault {
    const column = this.#columns.find(
      ({ start, end }) => faultOfText(line.subarray(start, end), this.encoding) === reason,
    );
    return column === undefined ? { reason } : { reason, field: column.name };
  }
}

/** The end of what stands in [start, end), without the blanks behind it. */
function withoutBlanks(bytes: Buffer, start: number, end: number): number {
  let last = end;
  while (last > start && isBlankByte(bytes[last - 1])) last--;
  return last;
}

/** Whether a cut at this position of a line would divide a UTF-8 character: its bytes but the first are 10xxxxxx. */
function insideCharacter(bytes: Buffer, at: number, end: number): boolean {
  return at < end && ((bytes[at] ?? 0) & 0xc0) === 0x80;
}

/**
 * Delimited text in which quotes are escaped by a character of their own, such as a backslash: read by fast-csv, at a
 * fifteenth of the scanner's speed.
 *
 * A line is a record: fast-csv gets whole lines only, so that lines, bytes and raw text of records are exact, memory is
 * bounded, and a stray quote costs its own line. Within a line fast-csv's rules hold: the escape character
 * counts inside quotes only; blanks before an opening and behind a closing quote are dropped; a CR in the middle
 * of a line ends a record, so that the line is rejected.
 */
import { type ParserOptionsArgs, parse } from "fast-csv";
import type { DelimitedFormat } from "../config/format.ts";
import { MillraceError } from "../errors.ts";
import { Account, faultOfText, type RecordPlace } from "./account.ts";
import type { Batch, DecodeContext, Decoder, RejectReason } from "./batch.ts";
import { DelimitedReader, type FileLayout } from "./delimited-reader.ts";
import { textOf } from "./encoding.ts";
import { decodeLines, endOfLine, isBlank, type LineReader, type Stretch } from "./lines.ts";
import { Rows } from "./rows.ts";
import { Values } from "./values.ts";
import { LF, type Window } from "./window.ts";

/**
 * A decoder for delimited text with an escape character; header, columns and errors as in delimitedDecoder. Its values
 * are UTF-8.
 * @throws MillraceError CONFIG_INVALID for what is not read in this dialect: records of several lines (`multiline`), and
 * delimiters of several characters.
 */
export function escapedDecoder(format: DelimitedFormat): Decoder {
  if (format.multiline) {
    throw new MillraceError("CONFIG_INVALID", "`format.escape` and `format.multiline` do not go together.");
  }
  if (format.delimiter.length > 1) {
    throw new MillraceError("CONFIG_INVALID", "With `format.escape` the delimiter must be one character.");
  }
  return (chunks, context) => decode(chunks, context, format);
}

async function* decode(
  chunks: AsyncIterable<Buffer>,
  context: DecodeContext,
  format: DelimitedFormat,
): AsyncGenerator<Batch> {
  const rows = new Rows(context.columns.length);
  const account = new Account(context);
  const values = new Values();
  const reader = new DelimitedReader(format, context.columns, {
    account,
    open: (file) => new EscapedReader(format, file, { rows, account, values }),
  });
  yield* decodeLines(chunks, { reader, rows, account, limit: format.record_limit, values });
  reader.finish();
}

/** A line that is neither blank nor comment nor header, and what it was found to be. */
interface Line extends RecordPlace {
  readonly text: string;
  outcome: readonly string[] | RejectReason;
}

class EscapedReader implements LineReader {
  readonly #format: DelimitedFormat;
  readonly #options: ParserOptionsArgs;
  readonly #file: FileLayout;
  readonly #rows: Rows;
  readonly #account: Account;
  readonly #values: Values;

  constructor(
    format: DelimitedFormat,
    file: FileLayout,
    into: { rows: Rows; account: Account; values: Values },
  ) {
    const { delimiter, quote, escape } = format;
    this.#format = format;
    this.#options = { delimiter, quote, ...(escape === undefined ? {} : { escape }) };
    this.#file = file;
    this.#rows = into.rows;
    this.#account = into.account;
    this.#values = into.values;
  }

  async read(window: Window, { from, to, clean }: Stretch): Promise<number> {
    const lines: Line[] = [];
    let at = from;
    while (at < to && lines.length < this.#rows.capacity) {
      const newline = window.bytes.indexOf(LF, at);
      const end = endOfLine(window.bytes, at, newline);
      const record = { start: at, end, line: ++this.#account.line };
      if (!this.#passOver(window.bytes, record)) lines.push(this.#line(window.bytes, record, clean));
      at = newline + 1;
    }
    const parsable = lines.filter(({ outcome }) => typeof outcome !== "string");
    await this.#split(parsable.filter(({ text }) => !text.includes("\r")));
    for (const line of parsable.filter(({ text }) => text.includes("\r"))) await this.#split([line]);
    for (const line of lines) this.#deliver(window, line);
    return Math.min(at, to);
  }

  /** Counts the line if it is a comment, blank or a repeated header. */
  #passOver(bytes: Buffer, { start, end }: RecordPlace): boolean {
    const { comments, headers } = this.#file;
    if (comments.standAt(bytes, start)) this.#account.comment();
    else if (isBlank(bytes, start, end)) this.#account.blank();
    else if (headers.some((header) => header.equals(bytes.subarray(start, end)))) this.#account.header();
    else return false;
    return true;
  }

  #line(bytes: Buffer, record: RecordPlace, clean: boolean): Line {
    const raw = bytes.subarray(record.start, record.end);
    if (raw.length > this.#format.record_limit) return { ...record, text: "", outcome: "record too long" };
    const fault = clean ? undefined : faultOfText(raw, this.#format.encoding);
    return fault === undefined
      ? { ...record, text: textOf(raw, this.#format.encoding), outcome: [] }
      : { ...record, text: "", outcome: fault };
  }

  /**
   * Splits all these lines into fields in one go. If some line has its quotes in disorder, one go does not yield a row
   * a line; then each half is tried on its own, down to the line that is to blame. (Each row takes a line at least,
   * as none of several lines has a CR inside: so as many rows as lines means a row a line.)
   */
  async #split(lines: readonly Line[]): Promise<void> {
    if (lines.length === 0) return;
    const rows = await parseAll(lines.map(({ text }) => text).join("\n"), this.#options);
    const [first] = lines;
    if (rows?.length === lines.length) {
      for (const [index, line] of lines.entries()) line.outcome = rows[index] ?? [];
    } else if (lines.length === 1 && first !== undefined) {
      first.outcome = rows === undefined ? await this.#quoteFault(first.text) : "too few fields";
    } else {
      const half = lines.length >> 1;
      await this.#split(lines.slice(0, half));
      await this.#split(lines.slice(half));
    }
  }

  /** What is wrong with the quotes of a line: if one more at its end mends them, one was left open. */
  async #quoteFault(text: string): Promise<RejectReason> {
    const closed = await parseAll(text + this.#format.quote, this.#options);
    return closed === undefined ? "misplaced quote" : "unclosed quote";
  }

  #deliver(window: Window, line: Line): void {
    const reason = typeof line.outcome === "string" ? line.outcome : this.#write(line.outcome);
    if (reason === undefined) this.#rows.add(line.start, line.end, line.line);
    else this.#account.reject({ reason }, window, line);
  }

  /** Writes the wanted fields into the next row, or says what is wrong. */
  #write(fields: readonly string[]): RejectReason | undefined {
    const { fields: expected, required, surplus, slots } = this.#file.layout;
    if (fields.length < required) return "too few fields";
    if (fields.length > expected && !surplus) return "too many fields";
    const base = this.#rows.rows * this.#rows.fields * 2;
    for (const [index, slot] of slots.entries()) {
      if (slot === -1) continue;
      this.#rows.bounds[base + slot] = this.#values.length;
      const fault = this.#values.append(fields[index] ?? "");
      if (fault !== undefined) return fault;
      this.#rows.bounds[base + slot + 1] = this.#values.length;
    }
    return undefined;
  }
}

/** The rows of a text, or undefined if fast-csv refuses it: for quotes in disorder, the only fault that it knows. */
async function parseAll(text: string, options: ParserOptionsArgs): Promise<string[][] | undefined> {
  const stream = parse<string[], string[]>(options);
  const rows: string[][] = [];
  stream.on("data", (row: string[]) => rows.push(row));
  return new Promise((resolve) => {
    stream.on("error", () => {
      resolve(undefined);
    });
    stream.on("end", () => {
      resolve(rows);
    });
    stream.end(text);
  });
}

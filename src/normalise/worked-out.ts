/**
 * Texts that are worked out before a record is looked at: those above the records, those that hold on, and those to which
 * the pipeline gives names. They are columns of the batch like any other; see added-columns.ts, which adds them.
 */
import type { TextField } from "../config/pipeline.ts";
import type { Cursor, Outcome } from "./cursor.ts";
import { DONE } from "./cursor.ts";
import type { Span, SpanReader } from "./span.ts";

/** Whether a field's text is worked out ahead, and is not its record's alone. */
export function isWorkedOut({ preamble, carry }: Partial<TextField>): boolean {
  return preamble !== undefined || carry === true;
}

/** The column that such a field's text stands in. */
export type WorkedOut = (field: Partial<TextField>) => number;

/**
 * Reads such a column. Where there is no text, it starts at -1 like any absent field, and its end is the outcome: EMPTY, or
 * the code of a reject.
 */
export function workedOutReader(column: number): SpanReader {
  return (cursor: Cursor, into: Span): Outcome => {
    const start = cursor.start(column);
    if (start < 0) return cursor.end(column);
    into.bytes = cursor.bytes;
    into.start = start;
    into.end = cursor.end(column);
    return DONE;
  };
}

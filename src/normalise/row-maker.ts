/** The steps and writers of a measurement as functions. */
import type { CopyRows } from "./copy-rows.ts";
import { type Cursor, DONE, type Outcome } from "./cursor.ts";
import type { Writer } from "./writers.ts";

/** Writes the fields of a row in turn: DONE, or why the first that failed did. */
export type WriteRow = (cursor: Cursor, rows: CopyRows) => Outcome;

const nothing = (): Outcome => DONE;

/**
 * All writers in turn. Each is called from a place of its own: V8 inlines a call only where it has always seen the same
 * function, and in a loop's one place it sees them all. Throws RangeError for more than nine.
 */
export function inTurn(writers: readonly Writer[]): WriteRow {
  const [a = nothing, b = nothing, c = nothing, ...others] = writers.map(({ write }) => write);
  const [d = nothing, e = nothing, f = nothing, g = nothing, h = nothing, i = nothing, ...more] = others;
  if (more.length > 0) throw new RangeError(`a row of ${writers.length} columns`);
  // DONE is 0.
  return (cursor, rows) =>
    a(cursor, rows) ||
    b(cursor, rows) ||
    c(cursor, rows) ||
    d(cursor, rows) ||
    e(cursor, rows) ||
    f(cursor, rows) ||
    g(cursor, rows) ||
    h(cursor, rows) ||
    i(cursor, rows);
}

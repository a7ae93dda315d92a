/** Text fields: where a text comes from, and what is done with it. */
import type { TextField } from "../config/pipeline.ts";
import { trimEnd, trimStart } from "./blanks.ts";
import { type Cursor, DONE, EMPTY, type Outcome } from "./cursor.ts";
import { narrowing, stripsBytes, trim } from "./narrow.ts";
import { type ColumnOf, originReader } from "./origin.ts";
import { type Change, type ChangeContext, textChanges } from "./rewrite.ts";
import { encoder, isOneOf, noSpan, type SpanReader, spanText } from "./span.ts";
import { isWorkedOut, type WorkedOut, workedOutReader } from "./worked-out.ts";

/** Any field with an origin and operations; prefix and suffix only where it may have them. */
export type TextSource = Partial<TextField>;

/** What fields are compiled with. */
export interface FieldContext extends ChangeContext {
  readonly columnOf: ColumnOf;
  readonly workedOut: WorkedOut;
}

/** A text, null when there is none, or the code of a reject. */
export type TextReader = (cursor: Cursor) => string | null | Outcome;

/** True if a field is just a column's bytes, some texts perhaps listed as missing: it need never become a string. */
export function isPlainColumn(field: TextSource): boolean {
  return isBytes(field) && narrowing(field) === undefined;
}

/** Whether the text is a column's bytes, perhaps fewer of them. */
function isBytes(field: TextSource): boolean {
  const { match, strip, replace, lookup, pad } = field;
  const rewritten = match ?? replace ?? field.case ?? lookup ?? pad;
  const stripped = (strip === undefined || stripsBytes(field)) && !isWorkedOut(field);
  const affixes = (field.prefix ?? "") + (field.suffix ?? "");
  return field.column !== undefined && rewritten === undefined && stripped && affixes === "";
}

/** Reads a field as a text. What is empty in the end, or listed as missing, is null. */
export function textReader(field: TextSource, context: FieldContext): TextReader {
  if (!isWorkedOut(field)) return ownTextReader(field, context);
  const read = workedOutReader(context.workedOut(field));
  const span = noSpan();
  return (cursor) => {
    const outcome = read(cursor, span);
    if (outcome !== DONE) return outcome === EMPTY ? null : outcome;
    return spanText(span);
  };
}

function ownTextReader(field: TextSource, context: FieldContext): TextReader {
  const changes = isBytes(field) ? [] : textChanges(field, context);
  if (field.column === undefined && narrowing(field) === undefined) {
    const read = originReader(field, context.columnOf);
    return (cursor) => changed(read(cursor), changes);
  }
  const read = bytesReader(field, context);
  const span = noSpan();
  return (cursor) => {
    const outcome = read(cursor, span);
    if (outcome !== DONE) return outcome === EMPTY ? null : outcome;
    return changed(spanText(span), changes);
  };
}

function changed(origin: string, changes: readonly Change[]): string | null | Outcome {
  let text = origin;
  for (const change of changes) {
    if (text === "") return null;
    const next = change(text);
    if (typeof next !== "string") return next;
    text = next;
  }
  return text === "" ? null : text;
}

/** Reads a field as bytes, for keys, numbers and dates. Where it only narrows a column, no string is made. */
export function spanReader(field: TextSource, context: FieldContext): SpanReader {
  return isWorkedOut(field) ? workedOutReader(context.workedOut(field)) : ownSpanReader(field, context);
}

/** The same for a text of the record or object at hand, be it one that is worked out ahead: without what holds on. */
export function ownSpanReader(field: TextSource, context: FieldContext): SpanReader {
  if (isBytes(field)) return bytesReader(field, context);
  const read = ownTextReader(field, context);
  const encode = encoder();
  return (cursor, into) => {
    const text = read(cursor);
    if (typeof text === "number") return text;
    if (text === null) return EMPTY;
    encode(text, into);
    return DONE;
  };
}

/** The origin narrowed; `missing` counts only where nothing else is done with the text. */
function bytesReader(field: TextSource, context: FieldContext): SpanReader {
  const missing = isBytes(field) ? (field.missing ?? []).map((text) => Buffer.from(text, "utf8")) : [];
  const narrow = narrowing(field);
  const { column } = field;
  if (narrow === undefined && column !== undefined) return columnReader(context.columnOf(column), missing);
  const begin = originBytes(field, context);
  return (cursor, into) => {
    if (!begin(cursor, into) || !(narrow ?? trim)(into)) return EMPTY;
    return missing.length > 0 && isOneOf(missing, into.bytes, into.start, into.end) ? EMPTY : DONE;
  };
}

/** A column as it stands, without a call more than it needs: nearly every field of nearly every record. */
function columnReader(column: number, missing: readonly Buffer[]): SpanReader {
  return (cursor, into) => {
    const from = cursor.start(column);
    if (from < 0) return EMPTY;
    const { bytes } = cursor;
    const to = cursor.end(column);
    const start = trimStart(bytes, from, to);
    const end = trimEnd(bytes, start, to);
    if (start === end || (missing.length > 0 && isOneOf(missing, bytes, start, end))) return EMPTY;
    into.bytes = bytes;
    into.start = start;
    into.end = end;
    return DONE;
  };
}

/** False where the column is absent. */
function originBytes(
  field: TextSource,
  { columnOf }: FieldContext,
): (...to: Parameters<SpanReader>) => boolean {
  if (field.column !== undefined) {
    const column = columnOf(field.column);
    return (cursor, into) => {
      into.bytes = cursor.bytes;
      into.start = cursor.start(column);
      into.end = cursor.end(column);
      return into.start >= 0;
    };
  }
  const read = originReader(field, columnOf);
  const encode = encoder();
  return (cursor, into) => {
    encode(read(cursor), into);
    return true;
  };
}

/** Text fields: where a text comes from, and what is done with it. */
import { createHash } from "node:crypto";
import type { LookupTable, Pipeline, TextField } from "../config/pipeline.ts";
import type { Cursor } from "./cursor.ts";
import { type Outcome, rejected } from "./cursor.ts";

const BLANK = 0x20;
/** Texts whose hashes are remembered within a load. */
const HASHES_KEPT = 50_000;

/** Columns get their place in the batch when a field first asks for them. */
export type ColumnOf = (name: string) => number;

/** A text, null when there is none, or the code of a reject. */
export type TextReader = (cursor: Cursor) => string | null | Outcome;

/** First byte that is no blank. */
export function trimStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] === BLANK) at++;
  return at;
}

/** Behind the last byte that is no blank. */
export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && bytes[at - 1] === BLANK) at--;
  return at;
}

/** Whether the bytes are one of these texts. */
export function isOneOf(texts: readonly Buffer[], bytes: Buffer, start: number, end: number): boolean {
  return texts.some((text) => text.length === end - start && text.compare(bytes, start, end) === 0);
}

/** The key of a lookup in Pipeline.lookups. */
export function lookupName(lookup: { file: string; key: string; value: string }): string {
  return `${lookup.file}\n${lookup.key}\n${lookup.value}`;
}

/** True if a field is just a column's bytes: it need never become a string. */
export function isPlainColumn(field: TextField): boolean {
  return (
    field.column !== undefined &&
    field.part === undefined &&
    field.lookup === undefined &&
    field.prefix === ""
  );
}

/** `hash` fields: the first 16 hex digits of SHA-256 of the values as a JSON array (absent: ""). */
export function hashOfTexts(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16);
}

/** Blank texts and those listed as missing are null. */
export function textReader(field: TextField, columnOf: ColumnOf, pipeline: Pipeline): TextReader {
  const source = sourceReader(field, columnOf);
  const missing = new Set(field.missing);
  const table: LookupTable | undefined =
    field.lookup === undefined ? undefined : pipeline.lookups.get(lookupName(field.lookup));
  const notFound = field.lookup?.otherwise === "null" ? null : rejected("not in lookup");
  return (cursor) => {
    const text = source(cursor);
    if (text === "" || missing.has(text)) return null;
    if (table === undefined) return field.prefix + text;
    const found = table.get(text);
    if (found === undefined) return notFound;
    return found === "" ? null : field.prefix + found;
  };
}

function sourceReader(field: TextField, columnOf: ColumnOf): (cursor: Cursor) => string {
  const { literal, variable, hash } = field;
  if (literal !== undefined) return () => literal;
  if (variable !== undefined) return (cursor) => cursor.object.variables[variable] ?? "";
  if (hash !== undefined) {
    return hashReader(hash.map(columnOf));
  }
  const column = columnOf(field.column ?? "");
  if (field.part === undefined) return (cursor) => columnText(cursor, column);
  const [first = 1, last = first] = field.part.split("-").map(Number);
  return (cursor) => {
    const start = cursor.start(column);
    if (start < 0) return "";
    const end = cursor.end(column);
    return trimmed(cursor.bytes, Math.min(start + first - 1, end), Math.min(start + last, end));
  };
}

/** Hashing costs more than parsing the record, and the same few thousand stations come again and again. */
function hashReader(columns: readonly number[]): (cursor: Cursor) => string {
  const known = new Map<string, string>();
  return (cursor) => {
    const texts = columns.map((column) => columnText(cursor, column));
    const key = texts.join("\0");
    const found = known.get(key);
    if (found !== undefined) return found;
    if (known.size >= HASHES_KEPT) known.clear();
    const hash = hashOfTexts(texts);
    known.set(key, hash);
    return hash;
  };
}

/** A column's text without blanks around it; "" when absent. */
export function columnText(cursor: Cursor, column: number): string {
  const start = cursor.start(column);
  return start < 0 ? "" : trimmed(cursor.bytes, start, cursor.end(column));
}

function trimmed(bytes: Buffer, start: number, end: number): string {
  const from = trimStart(bytes, start, end);
  return bytes.toString("utf8", from, trimEnd(bytes, from, end));
}

/** Where a field's text comes from, other than bytes of a column: literal, variable of the key, template, hash, preamble. */
import { createHash } from "node:crypto";
import type { TextField } from "../config/pipeline.ts";
import { parseTextTemplate, type TextTemplatePart } from "../config/text-template.ts";
import { trimEnd, trimStart } from "./blanks.ts";
import type { Cursor } from "./cursor.ts";

/** Columns get their place in the batch when a field first asks for them. */
export type ColumnOf = (name: string) => number;

/** Texts whose hashes are remembered within a load. */
const HASHES_KEPT = 50_000;

/** What a field is called where it has no name of its own: its column, or whatever else it comes from. */
export function originName({
  column,
  variable,
  template,
  literal,
  hash,
  preamble,
}: Partial<TextField>): string {
  return column ?? variable ?? template ?? literal ?? hash?.join(", ") ?? preamble ?? "";
}

/** A text of the record at hand; "" when there is none. */
export type OriginReader = (cursor: Cursor) => string;

/** Reads any origin. Throws RangeError for a template that parseTextTemplate complains about. */
export function originReader(field: Partial<TextField>, columnOf: ColumnOf): OriginReader {
  const { literal, variable, template, hash, preamble } = field;
  if (literal !== undefined) return () => literal;
  if (variable !== undefined) return (cursor) => cursor.object.variables[variable] ?? "";
  if (template !== undefined) return templateReader(template, columnOf);
  if (hash !== undefined) return hashReader(hash.map(columnOf));
  if (preamble !== undefined) return (cursor) => cursor.object.preamble?.get(preamble) ?? "";
  const column = columnOf(field.column ?? "");
  return (cursor) => columnText(cursor, column);
}

/** A column's text without blanks around it; "" when absent. */
export function columnText(cursor: Cursor, column: number): string {
  const start = cursor.start(column);
  if (start < 0) return "";
  const { bytes } = cursor;
  const end = cursor.end(column);
  const from = trimStart(bytes, start, end);
  return bytes.toString("utf8", from, trimEnd(bytes, from, end));
}

function templateReader(template: string, columnOf: ColumnOf): OriginReader {
  const { parts, problems } = parseTextTemplate(template);
  if (problems.length > 0) throw new RangeError(`template "${template}": ${problems.join("; ")}`);
  const readers = parts.map((part) => ({ read: partReader(part, columnOf), optional: isOptional(part) }));
  return (cursor) => {
    let whole = "";
    for (const { read, optional } of readers) {
      const text = read(cursor);
      if (text === "" && !optional) return "";
      whole += text;
    }
    return whole;
  };
}

function isOptional(part: TextTemplatePart): boolean {
  return !("literal" in part) && part.optional;
}

/** An empty column is not filled up. */
function partReader(part: TextTemplatePart, columnOf: ColumnOf): OriginReader {
  if ("literal" in part) return () => part.literal;
  const { width } = part;
  const read = originReader(
    "column" in part ? { column: part.column } : { variable: part.variable },
    columnOf,
  );
  return (cursor) => {
    const text = read(cursor);
    return text === "" ? "" : text.padStart(width, "0");
  };
}

/** `hash` fields: the first 16 hex digits of SHA-256 of the values as a JSON array (absent: ""). */
export function hashOfTexts(texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16);
}

/** Hashing costs more than parsing the record, and the same few thousand stations come again and again. */
function hashReader(columns: readonly number[]): OriginReader {
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

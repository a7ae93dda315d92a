/** Operations that only narrow a text's bytes: no string is made for them. */
import type { TextField } from "../config/pipeline.ts";
import { trimEnd, trimStart } from "./blanks.ts";
import type { Span } from "./span.ts";

/** Narrows a span in place; false when nothing is left. */
export type Narrow = (span: Span) => boolean;

/** Without blanks around it. */
export function trim(span: Span): boolean {
  span.start = trimStart(span.bytes, span.start, span.end);
  span.end = trimEnd(span.bytes, span.start, span.end);
  return span.start < span.end;
}

/**
 * `part`, `split`, and `strip` where no `match` comes before it: in this order, blanks dropped after each. Undefined when
 * the field has none of them.
 */
export function narrowing(field: Pick<TextField, "part" | "split" | "strip" | "match">): Narrow | undefined {
  const steps: Narrow[] = [];
  if (field.part !== undefined) steps.push(part(field.part));
  if (field.split !== undefined) steps.push(piece(field.split));
  if (stripsBytes(field)) steps.push(strip(field.strip ?? ""));
  const [first, second] = steps;
  if (first === undefined) return undefined;
  if (second === undefined) return first;
  return (span) => steps.every((step) => step(span));
}

/** Whether `strip` can work on bytes: its characters are ASCII, and no match precedes it. */
export function stripsBytes({ strip, match }: Pick<TextField, "strip" | "match">): boolean {
  return strip !== undefined && match === undefined && /^[\0-\x7f]+$/.test(strip);
}

/** 1-based, inclusive positions in the column as it stands. */
function part(range: string): Narrow {
  const [first = 1, last = first] = range.split("-").map(Number);
  return (span) => {
    const { start, end } = span;
    span.start = Math.min(start + first - 1, end);
    span.end = Math.min(start + last, end);
    return trim(span);
  };
}

function piece({ by, take }: { readonly by: string; readonly take: number }): Narrow {
  const mark = Buffer.from(by, "utf8");
  const find = take > 0 ? markAfter(mark) : markBefore(mark);
  return (span) => {
    if (!trim(span)) return false;
    for (let skip = Math.abs(take) - 1; skip > 0; skip--) {
      const at = find(span);
      if (at < 0) return false;
      if (take > 0) span.start = at + mark.length;
      else span.end = at;
    }
    const at = find(span);
    if (at >= 0 && take > 0) span.end = at;
    else if (at >= 0) span.start = at + mark.length;
    return trim(span);
  };
}

type Find = (span: Readonly<Span>) => number;

/** Where the first mark stands, or -1. */
function markAfter(mark: Buffer): Find {
  return ({ bytes, start, end }) => {
    for (let at = start; at <= end - mark.length; at++) if (standsAt(mark, bytes, at)) return at;
    return -1;
  };
}

/** Where the last mark stands, or -1. */
function markBefore(mark: Buffer): Find {
  return ({ bytes, start, end }) => {
    for (let at = end - mark.length; at >= start; at--) if (standsAt(mark, bytes, at)) return at;
    return -1;
  };
}

function standsAt(mark: Buffer, bytes: Buffer, at: number): boolean {
  if (bytes[at] !== mark[0]) return false;
  for (let index = 1; index < mark.length; index++) if (bytes[at + index] !== mark[index]) return false;
  return true;
}

/** Drops these characters and blanks from both ends. */
function strip(characters: string): Narrow {
  const dropped = new Uint8Array(256);
  for (const byte of Buffer.from(`${characters} \t`, "latin1")) dropped[byte] = 1;
  return (span) => {
    const { bytes } = span;
    let { start, end } = span;
    while (start < end && dropped[bytes[start] ?? 0] === 1) start++;
    while (end > start && dropped[bytes[end - 1] ?? 0] === 1) end--;
    span.start = start;
    span.end = end;
    return trim(span);
  };
}

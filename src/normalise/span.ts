/** A field's text as bytes: of the batch where it only narrows a column, otherwise of a buffer of its own. */
import type { Cursor, Outcome } from "./cursor.ts";

/** From the text's first byte to behind its last one, blanks around it left out. */
export interface Span {
  bytes: Buffer;
  start: number;
  end: number;
}

/** Finds a field's text: DONE, EMPTY when there is none, or the code of a reject. */
export type SpanReader = (cursor: Cursor, into: Span) => Outcome;

const NO_BYTES = Buffer.alloc(0);

export function noSpan(): Span {
  return { bytes: NO_BYTES, start: 0, end: 0 };
}

export function spanText({ bytes, start, end }: Span): string {
  return bytes.toString("utf8", start, end);
}

/** Whether the bytes are one of these texts. */
export function isOneOf(texts: readonly Buffer[], bytes: Buffer, start: number, end: number): boolean {
  for (const text of texts) {
    if (text.length === end - start && text.compare(bytes, start, end) === 0) return true;
  }
  return false;
}

/** Longer texts are given a buffer of their own. */
const ROOM = 512;

/** Puts texts into spans; the bytes are valid until its next text. */
export function encoder(): (text: string, into: Span) => void {
  const room = Buffer.allocUnsafeSlow(ROOM);
  return (text, into) => {
    if (text.length * 3 <= ROOM) {
      into.bytes = room;
      into.end = room.write(text);
    } else {
      into.bytes = Buffer.from(text, "utf8");
      into.end = into.bytes.length;
    }
    into.start = 0;
  };
}

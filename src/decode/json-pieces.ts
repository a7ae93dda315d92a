/** Where a JSON document is cut, so that each piece tells where a record begins or ends: stream-json does not. */
import type { Window } from "./window.ts";

/** Braces and brackets: [ and ] are these two without the bit 0x20. */
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/**
 * Within a record a piece ends with the next brace or bracket, be it in a text: at worst one too many. Between records it
 * ends with one that is in no text, or with the comma behind a text, number or word, so that no piece has two of these. All
 * positions are the window's.
 */
export class Pieces {
  /** Where the text, number or word at hand begins, and how far it goes; -1: there is none. */
  #start = -1;
  #end = -1;
  #inText = false;
  #isEscaped = false;
  #isComplete = false;

  /** The position behind the piece that begins at `from`, or the window's end. */
  next(window: Window, from: number, isBetween: boolean): number {
    return isBetween ? this.#behindValue(window, from) : behindBrace(window, from);
  }

  /** The bytes of the text, number or word that the last piece has between records: [start, end). */
  get value(): { readonly start: number; readonly end: number } | undefined {
    return this.#start < 0 ? undefined : { start: this.#start, end: this.#end };
  }

  /** Where the text, number or word begins that the window cuts off, if it does; it is still needed. */
  get open(): number | undefined {
    return this.#start < 0 || this.#isComplete ? undefined : this.#start;
  }

  /** Follows the window, which has forgotten so many bytes. */
  forget(bytes: number): void {
    if (this.#start < 0) return;
    this.#start -= bytes;
    this.#end -= bytes;
  }

  #behindValue({ bytes, length }: Window, from: number): number {
    if (this.#isComplete) this.#start = -1;
    this.#isComplete = false;
    for (let at = from; at < length; at++) {
      const byte = bytes[at] ?? 0;
      if (this.#inText) {
        this.#end = at + 1;
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (byte === QUOTE) this.#inText = false;
      } else if (isBrace(byte) || (byte === COMMA && this.#start >= 0)) {
        this.#isComplete = true;
        return at + 1;
      } else if (byte === COLON) this.#start = -1;
      else if (byte > SPACE && byte !== COMMA) {
        if (this.#start < 0) this.#start = at;
        this.#end = at + 1;
        this.#inText = byte === QUOTE;
      }
    }
    return length;
  }
}

function behindBrace({ bytes, length }: Window, from: number): number {
  let at = from;
  while (at < length && !isBrace(bytes[at] ?? 0)) at++;
  return Math.min(at + 1, length);
}

function isBrace(byte: number): boolean {
  const brace = byte | 0x20;
  return brace === OPEN_BRACE || brace === CLOSE_BRACE;
}

/**
 * Finds values in the bytes of a JSON record without making objects of it. The whole record is checked against the grammar
 * (RFC 8259, whose sections are named here); whatever is uncommon is left to JSON.parse, whose word counts.
 */
import type { RecordFault } from "./account.ts";
import {
  behindEscaped,
  behindNumber,
  behindPlain,
  behindWord,
  blanks,
  isDigit,
  isSame,
  isShortest,
  MINUS,
  QUOTE,
  SMALL_N,
  UNSURE,
} from "./json-grammar.ts";
import type { Values } from "./values.ts";

const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

/** Objects and lists within each other; what nests deeper is left to JSON.parse, which does it without a call for each. */
const DEPTH = 64;

/** What was found at a path. */
const NOTHING = 0;
/** null, an object or a list: no value, but it stands there. */
const ABSENT = 1;
/** A text without escapes, a number in its shortest notation, true or false: the bytes are the value. */
const PLAIN = 2;
/** A text with escapes; its bounds include the quotes. */
const ESCAPED = 3;
/** A number in any other notation. */
const NUMBER = 4;

/** A key that paths lead through, or end in. */
interface Place {
  readonly key: Buffer;
  readonly signature: number;
  readonly within: Place[];
  /** The number of the value that is wanted here; -1: none is. */
  slot: number;
  /** Whether a path goes on with a number, which may be a position in a list. */
  hasPositions: boolean;
  /** The record in which it was met last. */
  metIn: number;
}

/** A column's path: the keys, and whether a key of the whole text is meant where these lead nowhere. */
export interface PlainPath {
  readonly text: string;
  readonly keys: readonly string[];
  readonly dotted: boolean;
}

/** Where no path leads. */
const NOWHERE: Place = placeOf("");

export class JsonScan {
  readonly #root = placeOf("");
  /** For each path the slot of its value, and of the key that has its whole text as a name; -1: no such key is meant. */
  readonly #own: Int32Array;
  readonly #dotted: Int32Array;
  #count = 0;
  readonly #kinds: Uint8Array;
  readonly #starts: Int32Array;
  readonly #ends: Int32Array;
  #record = 0;

  constructor(paths: readonly PlainPath[]) {
    this.#own = Int32Array.from(paths, ({ keys }) => this.#slotOf(keys));
    this.#dotted = Int32Array.from(paths, ({ text, dotted }) => (dotted ? this.#slotOf([text]) : -1));
    this.#kinds = new Uint8Array(this.#count);
    this.#starts = new Int32Array(this.#count);
    this.#ends = new Int32Array(this.#count);
  }

  /**
   * Finds the values of the record in [start, end), UTF-8 that is known to be well-formed; behind it must stand a CR or LF.
   * False if the bytes may be no JSON, no object, or have something uncommon: escapes in keys, a wanted key twice, lists with
   * wanted positions. Then nothing was found.
   */
  find(bytes: Buffer, start: number, end: number): boolean {
    this.#record++;
    this.#kinds.fill(NOTHING);
    const at = blanks(bytes, start);
    if (bytes[at] !== OPEN_BRACE) return false;
    const behind = this.#object(bytes, at + 1, this.#root, 0);
    return behind !== UNSURE && blanks(bytes, behind) === end;
  }

  /** Where the last record's value at the path of this index is kept; -1 if there is no text, number, true or false. */
  slotAt(path: number): number {
    let slot = this.#own[path] ?? -1;
    if (this.#kinds[slot] === NOTHING) slot = this.#dotted[path] ?? -1;
    return (this.#kinds[slot] ?? NOTHING) > ABSENT ? slot : -1;
  }

  /** Appends the value that is kept there, as `Values` does; the bytes are those in which it was found. */
  append(slot: number, bytes: Buffer, values: Values): RecordFault["reason"] | undefined {
    const kind = this.#kinds[slot];
    const start = this.#starts[slot] ?? 0;
    const end = this.#ends[slot] ?? 0;
    if (kind === ESCAPED) return values.append(JSON.parse(bytes.toString("utf8", start, end)) as string);
    if (kind === NUMBER) return values.appendNumber(Number(bytes.toString("latin1", start, end)));
    values.copy(bytes, start, end);
    return undefined;
  }

  #slotOf(keys: readonly string[]): number {
    let place = this.#root;
    for (const text of keys) {
      const key = Buffer.from(text);
      if (/^\d+$/.test(text)) place.hasPositions = true;
      let next = place.within.find((known) => known.key.equals(key));
      if (next === undefined) place.within.push((next = placeOf(text)));
      place = next;
    }
    if (place.slot < 0) place.slot = this.#count++;
    return place.slot;
  }

  /** Section 4: members from behind the brace on; returns the position behind the closing one. */
  #object(bytes: Buffer, from: number, place: Place, depth: number): number {
    let at = blanks(bytes, from);
    if (bytes[at] === CLOSE_BRACE) return at + 1;
    for (;;) {
      if (bytes[at] !== QUOTE) return UNSURE;
      const quote = behindPlain(bytes, at + 1);
      if (bytes[quote] !== QUOTE) return UNSURE;
      const inner = innerPlace(place, bytes, at + 1, quote);
      at = blanks(bytes, quote + 1);
      if (bytes[at] !== COLON) return UNSURE;
      at = this.#value(bytes, blanks(bytes, at + 1), inner, depth);
      if (at === UNSURE) return UNSURE;
      at = blanks(bytes, at);
      if (bytes[at] === CLOSE_BRACE) return at + 1;
      if (bytes[at] !== COMMA) return UNSURE;
      at = blanks(bytes, at + 1);
    }
  }

  /** Section 5: values from behind the bracket on; returns the position behind the closing one. */
  #list(bytes: Buffer, from: number, depth: number): number {
    let at = blanks(bytes, from);
    if (bytes[at] === CLOSE_BRACKET) return at + 1;
    for (;;) {
      at = this.#value(bytes, at, NOWHERE, depth);
      if (at === UNSURE) return UNSURE;
      at = blanks(bytes, at);
      if (bytes[at] === CLOSE_BRACKET) return at + 1;
      if (bytes[at] !== COMMA) return UNSURE;
      at = blanks(bytes, at + 1);
    }
  }

  /** Section 3: one value, noted if it is wanted; returns the position behind it. */
  #value(bytes: Buffer, at: number, place: Place, depth: number): number {
    if (place !== NOWHERE) {
      // Of a key that occurs twice the last counts, and nothing of what stands under the first.
      if (place.metIn === this.#record) return UNSURE;
      place.metIn = this.#record;
    }
    const { slot } = place;
    const first = bytes[at] ?? 0;
    if (first === QUOTE) return this.#text(bytes, at, slot);
    if (first === OPEN_BRACE || first === OPEN_BRACKET) {
      if (depth >= DEPTH) return UNSURE;
      if (slot >= 0) this.#kinds[slot] = ABSENT;
      if (first === OPEN_BRACE) return this.#object(bytes, at + 1, place, depth + 1);
      return place.hasPositions ? UNSURE : this.#list(bytes, at + 1, depth + 1);
    }
    if (first === MINUS || isDigit(first)) {
      const behind = behindNumber(bytes, at);
      if (slot >= 0 && behind !== UNSURE)
        this.#note(slot, isShortest(bytes, at, behind) ? PLAIN : NUMBER, at, behind);
      return behind;
    }
    const behind = behindWord(bytes, at, first);
    if (slot >= 0) this.#note(slot, first === SMALL_N ? ABSENT : PLAIN, at, behind);
    return behind;
  }

  /** Section 7. */
  #text(bytes: Buffer, at: number, slot: number): number {
    const from = at + 1;
    const quote = behindPlain(bytes, from);
    if (bytes[quote] === QUOTE) {
      if (slot >= 0) this.#note(slot, PLAIN, from, quote);
      return quote + 1;
    }
    const behind = behindEscaped(bytes, quote);
    if (slot >= 0 && behind !== UNSURE) this.#note(slot, ESCAPED, at, behind);
    return behind;
  }

  #note(slot: number, kind: number, start: number, end: number): void {
    this.#kinds[slot] = kind;
    this.#starts[slot] = start;
    this.#ends[slot] = end;
  }
}

function placeOf(key: string): Place {
  const bytes = Buffer.from(key);
  const signature = signatureOf(bytes, 0, bytes.length);
  return { key: bytes, signature, within: [], slot: -1, hasPositions: false, metIn: 0 };
}

/** Length, first and last byte: hardly two keys of an object have all of these in common. */
function signatureOf(bytes: Buffer, from: number, to: number): number {
  if (from === to) return 0;
  return ((to - from) << 16) | ((bytes[from] ?? 0) << 8) | (bytes[to - 1] ?? 0);
}

/** The place of this key. */
function innerPlace({ within }: Place, bytes: Buffer, from: number, to: number): Place {
  if (within.length === 0) return NOWHERE;
  const signature = signatureOf(bytes, from, to);
  for (let index = 0; index < within.length; index++) {
    const inner = within[index] ?? NOWHERE;
    if (inner.signature === signature && isSame(inner.key, bytes, from, to)) return inner;
  }
  return NOWHERE;
}

/**
 * The grammar of JSON's texts, numbers and words in bytes (RFC 8259). A reader is given where something begins, and returns the
 * position behind it. Behind the bytes at hand must stand a line end, which is part of nothing: so no reader needs to know
 * how many there are.
 */

export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TAB = 0x09;
const PLUS = 0x2b;
export const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const SMALL_E = 0x65;

/** In place of a position: this is for JSON.parse to judge. */
export const UNSURE = -1;

/** Decimals of so many digits are all different doubles, so that none has a shorter text that reads back as the same. */
const EXACT_DIGITS = 15;
/** A number with more zeros behind its point is written with an exponent. */
const ZEROS = 5;

/** Whether these bytes are the same as those in [from, to). */
export function isSame(key: Buffer, bytes: Buffer, from: number, to: number): boolean {
  if (key.length !== to - from) return false;
  for (let index = 0; index < key.length; index++) if (key[index] !== bytes[from + index]) return false;
  return true;
}

/** Behind blanks and tabs. Other white space is uncommon within a line. */
export function blanks(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
}

/** What ends a run of plain characters in a text: the closing quote, an escape, or a control character, which must not be there. */
const ENDS_PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === QUOTE || byte === BACKSLASH || byte < SPACE ? 1 : 0,
);

/** Where a text's plain characters end that begin at `from`. */
export function behindPlain(bytes: Buffer, from: number): number {
  let at = from;
  while (ENDS_PLAIN[bytes[at] ?? 0] === 0) at++;
  return at;
}

/** What may follow a backslash, `u` aside. */
const ESCAPES = new Set(Buffer.from('"\\/bfnrt'));
const SMALL_U = 0x75;

/** The closing quote of a text (section 7) whose first escape stands at `from`. */
export function behindEscaped(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === BACKSLASH) {
    const escape = bytes[at + 1] ?? 0;
    if (escape === SMALL_U) {
      for (let digit = at + 2; digit < at + 6; digit++) if (!isHexDigit(bytes[digit] ?? 0)) return UNSURE;
      at += 6;
    } else if (ESCAPES.has(escape)) at += 2;
    else return UNSURE;
    at = behindPlain(bytes, at);
  }
  return bytes[at] === QUOTE ? at + 1 : UNSURE;
}

function isHexDigit(byte: number): boolean {
  const letter = byte | 0x20;
  return isDigit(byte) || (letter >= 0x61 && letter <= 0x66);
}

export function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= ZERO + 9;
}

export const SMALL_N = 0x6e;
const NULL = Buffer.from("null");
const TRUE = Buffer.from("true");
const FALSE = Buffer.from("false");

/** null, true or false (section 3), of which `first` is the first byte. */
export function behindWord(bytes: Buffer, at: number, first: number): number {
  const word = first === SMALL_N ? NULL : first === TRUE[0] ? TRUE : FALSE;
  const behind = at + word.length;
  return isSame(word, bytes, at, behind) ? behind : UNSURE;
}

/** A number (section 6). */
export function behindNumber(bytes: Buffer, from: number): number {
  const first = bytes[from] === MINUS ? from + 1 : from;
  let at = bytes[first] === ZERO ? first + 1 : behindDigits(bytes, first);
  if (at === first) return UNSURE;
  if (bytes[at] === POINT) {
    const fraction = at + 1;
    at = behindDigits(bytes, fraction);
    if (at === fraction) return UNSURE;
  }
  if (((bytes[at] ?? 0) | 0x20) === SMALL_E) {
    const sign = bytes[at + 1];
    const exponent = sign === PLUS || sign === MINUS ? at + 2 : at + 1;
    at = behindDigits(bytes, exponent);
    if (at === exponent) return UNSURE;
  }
  return at;
}

function behindDigits(bytes: Buffer, from: number): number {
  let at = from;
  while (isDigit(bytes[at])) at++;
  return at;
}

/**
 * Whether a number is surely written as JavaScript writes it (ECMA-262, Number::toString): as the shortest text that reads back
 * as the same double.
 */
export function isShortest(bytes: Buffer, from: number, to: number): boolean {
  const first = bytes[from] === MINUS ? from + 1 : from;
  const point = behindDigits(bytes, first);
  if (point === to) return to - first <= EXACT_DIGITS && (first === from || bytes[first] !== ZERO);
  if (to - first > EXACT_DIGITS + 1 || bytes[point] !== POINT) return false;
  let digit = point + 1;
  while (bytes[digit] === ZERO) digit++;
  return digit - point - 1 <= ZEROS && behindDigits(bytes, digit) === to && bytes[to - 1] !== ZERO;
}

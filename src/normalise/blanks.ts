/** Blanks around a text never count: spaces, tabs, and the no-break spaces U+00A0 and U+202F in UTF-8. */

const SPACE = 0x20;
const TAB = 0x09;
/** The first byte of the first no-break space; all other blanks but the second one's are less. */
const NO_BREAK = 0xc2;

/** First byte that is no blank. */
export function trimStart(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const byte = bytes[at] ?? 0;
    if (byte > SPACE && byte < NO_BREAK) return at;
    const width = blankAt(bytes, at);
    if (width === 0 || at + width > end) return at;
    at += width;
  }
  return at;
}

/** Behind the last byte that is no blank. */
export function trimEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start) {
    const byte = bytes[at - 1] ?? 0;
    if (byte > SPACE && byte < 0x80) return at;
    const width = blankBefore(bytes, at);
    if (width === 0 || at - width < start) return at;
    at -= width;
  }
  return at;
}

/** Bytes of the blank that begins here; 0 if none does. */
function blankAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === SPACE || byte === TAB) return 1;
  if (byte === NO_BREAK) return bytes[at + 1] === 0xa0 ? 2 : 0;
  return byte === 0xe2 && bytes[at + 1] === 0x80 && bytes[at + 2] === 0xaf ? 3 : 0;
}

/** Bytes of the blank that ends here; 0 if none does. */
function blankBefore(bytes: Uint8Array, at: number): number {
  const byte = bytes[at - 1];
  if (byte === SPACE || byte === TAB) return 1;
  if (byte === 0xa0) return bytes[at - 2] === NO_BREAK ? 2 : 0;
  return byte === 0xaf && bytes[at - 2] === 0x80 && bytes[at - 3] === 0xe2 ? 3 : 0;
}

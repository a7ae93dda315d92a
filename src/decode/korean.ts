/**
 * Korean text as Windows writes it: code page 949, which is what the Encoding Standard calls euc-kr
 * (https://encoding.spec.whatwg.org/#euc-kr-decoder). Node's TextDecoder knows only the part of it that is KS X 1001, with
 * 2350 of the 11172 syllables. The other 8822 stand in the order of Unicode, in rows of bytes that the older code left
 * free.
 */

/** What decodes text piece by piece; TextDecoder is such a one. */
export interface PieceDecoder {
  /** The text of these bytes; with `stream`, what may be the beginning of a character is kept for the next piece. */
  decode(bytes?: Uint8Array, options?: { stream?: boolean }): string;
}

const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
/** First bytes of characters; below stands ASCII. */
const FIRST_LEAD = 0x81;
/** The two bytes of KS X 1001 are this or more. */
const OLDER = 0xa1;
const REPLACEMENT = "\ufffd";

/** The syllables that the older code lacks, by their two bytes as one number. */
let added: ReadonlyMap<number, string> | undefined;

function addedSyllables(): ReadonlyMap<number, string> {
  const older = new Set<string>();
  const decoder = new TextDecoder("euc-kr");
  for (let lead = OLDER; lead < 0xff; lead++)
    for (let trail = OLDER; trail < 0xff; trail++) older.add(decoder.decode(Uint8Array.of(lead, trail)));
  const syllables = new Map<number, string>();
  let code = FIRST_SYLLABLE;
  for (let lead = FIRST_LEAD; lead <= 0xc6; lead++) {
    for (let trail = 0x41; trail < (lead < OLDER ? 0xff : OLDER); trail++) {
      if ((trail > 0x5a && trail < 0x61) || (trail > 0x7a && trail < FIRST_LEAD)) continue;
      while (older.has(String.fromCharCode(code))) code++;
      if (code > LAST_SYLLABLE) return syllables;
      syllables.set((lead << 8) | trail, String.fromCharCode(code++));
    }
  }
  return syllables;
}

export class KoreanDecoder implements PieceDecoder {
  readonly #older = new TextDecoder("euc-kr");
  readonly #added = (added ??= addedSyllables());
  #rest: Uint8Array = new Uint8Array(0);

  decode(piece: Uint8Array = new Uint8Array(0), { stream = false } = {}): string {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let text = "";
    let run = 0;
    let at = 0;
    while (at < bytes.length) {
      const lead = bytes[at] ?? 0;
      if (lead < FIRST_LEAD) {
        at++;
        continue;
      }
      const trail = bytes[at + 1];
      if (trail === undefined) break;
      if (lead >= OLDER && trail >= OLDER) {
        at += 2;
        continue;
      }
      const syllable = this.#added.get((lead << 8) | trail);
      text += this.#older.decode(bytes.subarray(run, at)) + (syllable ?? REPLACEMENT);
      // A byte of ASCII that completes nothing stands for itself.
      at += syllable === undefined && trail < 0x80 ? 1 : 2;
      run = at;
    }
    text += this.#older.decode(bytes.subarray(run, at));
    this.#rest = stream ? Uint8Array.from(bytes.subarray(at)) : new Uint8Array(0);
    return stream || at === bytes.length ? text : text + REPLACEMENT;
  }
}

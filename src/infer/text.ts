/** A sample's bytes as text. */
import { isUtf8 } from "node:buffer";
import { textOf as decoded, type Encoding as Stored } from "../decode/encoding.ts";
import { eastAsian } from "./east-asian.ts";
import type { Sample } from "./sample.ts";

export type Encoding = Exclude<Stored, "utf-16">;

export interface SampleText {
  /** Whole lines, unless there is but one; without a byte order mark. */
  readonly text: string;
  readonly encoding: Encoding;
  /** What makes the encoding a guess, if it is one. */
  readonly doubt: string | undefined;
  /** The same bytes (of UTF-16 those that the text has in UTF-8), a character each: for places in bytes. */
  readonly bytewise: string;
}

/** Decodes the sample; a line that the sample cuts is left out. */
export function textOf({ bytes, isCut }: Pick<Sample, "bytes" | "isCut">): SampleText {
  const utf16 = utf16In(bytes);
  const readable = utf16 === undefined ? bytes : Buffer.from(new TextDecoder(utf16).decode(bytes));
  const start = readable.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const lastLine = readable.lastIndexOf(0x0a);
  const whole = readable.subarray(start, isCut && lastLine > 0 ? lastLine + 1 : readable.length);
  const encoding = utf16 ?? encodingOf(whole);
  const isUnicode = encoding.startsWith("utf-");
  const text = decoded(whole, isUnicode ? "utf-8" : encoding);
  return {
    text,
    encoding,
    doubt: isUnicode ? undefined : doubtOf(text),
    bytewise: whole.toString("latin1"),
  };
}

/** So many bytes tell UTF-16. */
const LOOKED_AT = 4096;
/** The share of units with an upper byte of zero: text of tables is mostly ASCII. */
const MOSTLY = 0.7;

/**
 * The order of bytes in UTF-16 without a byte order mark (with one it has become UTF-8 already): every other byte is
 * zero, and no text of another encoding has such bytes.
 */
function utf16In(bytes: Buffer): "utf-16le" | "utf-16be" | undefined {
  const zeros = [0, 0];
  const head = bytes.subarray(0, LOOKED_AT);
  for (const [at, byte] of head.entries()) if (byte === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  const most = (MOSTLY * head.length) / 2;
  if (odd > most && even === 0) return "utf-16le";
  return even > most && odd === 0 ? "utf-16be" : undefined;
}

/** Bytes 0x80 to 0x9F are control characters in latin-1, and letters and signs in windows-1252. */
function encodingOf(bytes: Buffer): Encoding {
  if (isUtf8(bytes)) return "utf-8";
  const asian = eastAsian(bytes);
  if (asian !== undefined) return asian;
  return bytes.some((byte) => byte >= 0x80 && byte <= 0x9f) ? "windows-1252" : "latin-1";
}

/** Words with a letter that is no ASCII. Signs of units (°, ², ³, µ, ·) stand in the same place in many encodings. */
const TELLING = /[\p{L}\p{M}]*[\u0080-\u00af\u00b4\u00b6\u00b8-\u{10ffff}][\p{L}\p{M}]*/u;
const LONGEST_WORD = 40;

/** What a person who knows the language sees at once. */
function doubtOf(text: string): string | undefined {
  const [word] = TELLING.exec(text) ?? [];
  return word === undefined
    ? undefined
    : `is \`${word.slice(0, LONGEST_WORD)}\` a word of the sample? Another encoding would read it otherwise`;
}

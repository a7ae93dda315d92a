/**
 * The encodings that text may be stored in. Formats are read in the stored bytes as far as possible, so that offsets,
 * byte positions and raw records are those of the object; only what leaves a decoder is UTF-8. (UTF-16 never comes
 * here: see utf-16.ts. Of encodings with several bytes only those of fixed-width text do: see several-bytes.ts.)
 *
 * - `latin-1` is ISO 8859-1: each byte is the code point of its number, 0x80 to 0x9F being control characters. (The
 *   WHATWG's Encoding Standard, and with it TextDecoder, takes the label for windows-1252.)
 * - `windows-1252` differs in 0x80 to 0x9F: by the index of the Encoding Standard. The five bytes that Microsoft's code
 *   page leaves open (81, 8D, 8F, 90, 9D) are the control characters of their numbers there too.
 *
 * - The others are those of the Encoding Standard (https://encoding.spec.whatwg.org). TextDecoder has its tables of one byte
 *   and that of gb18030. It lacks big5's characters of Hong Kong and most syllables of euc-kr, and shifts control characters
 *   of shift_jis: those and euc-jp are iconv-lite's, which lacks characters of gb18030.
 *
 * In the first two every sequence of bytes is text; in the others of one byte a byte that stands for nothing becomes
 * U+FFFD, in those of several it is a fault of its record. The table of windows-1252 is our own: TextDecoder of several
 * Node releases took it for ISO 8859-1.
 */
import { isUtf8 } from "node:buffer";
import { StringDecoder } from "node:string_decoder";
import iconv from "iconv-lite";
import { ONE_BYTE, SEVERAL_BYTES, type Stored, UTF_16 } from "../config/storage.ts";
import { MillraceError } from "../errors.ts";

export type Encoding = Stored["encoding"];
export type Utf16 = (typeof UTF_16)[number];
/** The encodings in which each byte is a character. */
export type OneByte = (typeof ONE_BYTE)[number];
/** The encodings in which a character is a byte of ASCII or several bytes. */
export type SeveralBytes = (typeof SEVERAL_BYTES)[number];

const isIn =
  <Kind extends Encoding>(encodings: readonly Kind[]) =>
  (encoding: Encoding): encoding is Kind =>
    (encodings as readonly Encoding[]).includes(encoding);

/** Whether the text is one of UTF-16. */
export const isUtf16 = isIn(UTF_16);
/** Whether each byte is a character. */
export const isOneByte = isIn(ONE_BYTE);
/** Whether a character is a byte of ASCII or several bytes. */
export const isSeveralBytes = isIn(SEVERAL_BYTES);

/** What the bytes 0x80 to 0x9F stand for in windows-1252. */
const WINDOWS_1252 = "€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ";

const LATIN_1 = Array.from({ length: 128 }, (_, index) => String.fromCharCode(0x80 + index)).join("");

const UPPER_HALVES = new Map<OneByte, string>([
  ["latin-1", LATIN_1],
  ["windows-1252", WINDOWS_1252 + LATIN_1.slice(32)],
]);

/** What the bytes 0x80 to 0xFF stand for, one character for each. */
function upperHalf(encoding: OneByte): string {
  const known = UPPER_HALVES.get(encoding);
  if (known !== undefined) return known;
  const upper = new TextDecoder(encoding).decode(Buffer.from(LATIN_1, "latin1"));
  UPPER_HALVES.set(encoding, upper);
  return upper;
}

/** The character of a byte in a one-byte encoding. */
export function characterOf(byte: number, encoding: OneByte): string {
  return byte < 0x80 ? String.fromCharCode(byte) : (upperHalf(encoding)[byte - 0x80] ?? "");
}

/** The Encoding Standard reads gbk with the decoder of gb18030, of which it is a part. */
const GB18030 = new TextDecoder("gb18030");

/** The text that these bytes are; what is none becomes U+FFFD. */
export function textOf(bytes: Buffer, encoding: Encoding): string {
  if (encoding === "utf-8") return bytes.toString("utf8");
  if (isUtf16(encoding)) return new TextDecoder(encoding).decode(bytes);
  if (encoding === "gb18030" || encoding === "gbk") return GB18030.decode(bytes);
  if (!isOneByte(encoding)) return iconv.decode(bytes, encoding);
  const text = bytes.toString("latin1");
  if (encoding === "latin-1") return text;
  return text.replace(/[\x80-\xff]/g, (character) => characterOf(character.charCodeAt(0), encoding));
}

/**
 * What decoders make of bytes that stand for nothing in an encoding of several: U+FFFD, control characters, and the
 * letters of Unicode's private use, which are no letters of anybody else's.
 */
export const NOTHING = /[\x80-\x9f\ufffd\p{Co}]/u;

/** Whether these bytes are text in this encoding; in one of one byte all are. */
export function isTextIn(bytes: Buffer, encoding: Encoding): boolean {
  if (encoding === "utf-8") return isUtf8(bytes);
  return isOneByte(encoding) || !NOTHING.test(textOf(bytes, encoding));
}

/** Turns the pieces of a text into strings, characters that are cut in two included. */
export function pieceDecoder(encoding: Encoding): { write(bytes: Buffer): string } {
  return encoding === "utf-8" ? new StringDecoder() : { write: (bytes) => textOf(bytes, encoding) };
}

/**
 * The bytes that a text of the configuration is in an object of this encoding; of letters that an encoding has twice, those
 * that the Encoding Standard writes.
 * @throws MillraceError CONFIG_INVALID if the encoding lacks a character of it.
 */
export function bytesOf(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf-8") return Buffer.from(text);
  if (isOneByte(encoding)) return Buffer.from(Array.from(text, (character) => byteOf(character, encoding)));
  const bytes = iconv.encode(text, encoding);
  if (textOf(bytes, encoding) === text) return bytes;
  throw new MillraceError("CONFIG_INVALID", `${encoding} has no \`${text}\`.`);
}

function byteOf(character: string, encoding: OneByte): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return code;
  const index = character === "\ufffd" ? -1 : upperHalf(encoding).indexOf(character);
  if (index < 0) throw new MillraceError("CONFIG_INVALID", `${encoding} has no \`${character}\`.`);
  return 0x80 + index;
}

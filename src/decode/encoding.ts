/**
 * The encodings that text may be stored in. Formats are read in the stored bytes, so that offsets, byte positions and
 * raw records are those of the object; only what leaves a decoder is UTF-8.
 *
 * - `latin-1` is ISO 8859-1: each byte is the code point of its number, 0x80 to 0x9F being control characters. (The
 *   WHATWG's Encoding Standard, and with it TextDecoder, takes the label for windows-1252.)
 * - `windows-1252` differs in 0x80 to 0x9F: by the index of the Encoding Standard. The five bytes that Microsoft's code
 *   page leaves open (81, 8D, 8F, 90, 9D) are the control characters of their numbers there too.
 *
 * - The others are those of the Encoding Standard, by TextDecoder's tables.
 *
 * In the first two every sequence of bytes is text; in the others a byte that stands for nothing becomes U+FFFD. The
 * table of windows-1252 is our own: TextDecoder of several Node releases took it for ISO 8859-1.
 */
import { StringDecoder } from "node:string_decoder";
import type { Stored } from "../config/format.ts";
import { MillraceError } from "../errors.ts";

export type Encoding = Stored["encoding"];
/** The encodings in which each byte is a character. */
export type OneByte = Exclude<Encoding, "utf-8">;

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

/** The text that these bytes are; invalid UTF-8 becomes U+FFFD. */
export function textOf(bytes: Buffer, encoding: Encoding): string {
  if (encoding === "utf-8") return bytes.toString("utf8");
  const text = bytes.toString("latin1");
  if (encoding === "latin-1") return text;
  return text.replace(/[\x80-\xff]/g, (character) => characterOf(character.charCodeAt(0), encoding));
}

/** Turns the pieces of a text into strings, characters that are cut in two included. */
export function pieceDecoder(encoding: Encoding): { write(bytes: Buffer): string } {
  return encoding === "utf-8" ? new StringDecoder() : { write: (bytes) => textOf(bytes, encoding) };
}

/**
 * The bytes that a text of the configuration is in an object of this encoding.
 * @throws MillraceError CONFIG_INVALID if the encoding lacks a character of it.
 */
export function bytesOf(text: string, encoding: Encoding): Buffer {
  if (encoding === "utf-8") return Buffer.from(text);
  const upper = upperHalf(encoding);
  const bytes = Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return code;
    const index = character === "\ufffd" ? -1 : upper.indexOf(character);
    if (index < 0) throw new MillraceError("CONFIG_INVALID", `${encoding} has no \`${character}\`.`);
    return 0x80 + index;
  });
  return Buffer.from(bytes);
}

/** A sample's bytes as text. */
import { isUtf8 } from "node:buffer";
import type { Sample } from "./sample.ts";

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "latin-1" | "windows-1252";

export interface SampleText {
  /** Whole lines, unless there is but one; without a byte order mark. */
  readonly text: string;
  readonly encoding: Encoding;
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
  const decoder = new TextDecoder(encoding.startsWith("utf") ? "utf-8" : "windows-1252");
  return { text: decoder.decode(whole), encoding, bytewise: whole.toString("latin1") };
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
  return bytes.some((byte) => byte >= 0x80 && byte <= 0x9f) ? "windows-1252" : "latin-1";
}

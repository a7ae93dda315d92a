/** A sample's bytes as text. */
import { isUtf8 } from "node:buffer";
import type { Sample } from "./sample.ts";

export type Encoding = "utf-8" | "latin-1" | "windows-1252";

export interface SampleText {
  /** Whole lines, unless there is but one; without a byte order mark. */
  readonly text: string;
  readonly encoding: Encoding;
  /** The same bytes, a character each: for places in bytes. */
  readonly bytewise: string;
}

/** Decodes the sample; a line that the sample cuts is left out. */
export function textOf({ bytes, isCut }: Pick<Sample, "bytes" | "isCut">): SampleText {
  const start = bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const lastLine = bytes.lastIndexOf(0x0a);
  const whole = bytes.subarray(start, isCut && lastLine > 0 ? lastLine + 1 : bytes.length);
  const encoding = encodingOf(whole);
  const decoder = new TextDecoder(encoding === "utf-8" ? "utf-8" : "windows-1252");
  return { text: decoder.decode(whole), encoding, bytewise: whole.toString("latin1") };
}

/** Bytes 0x80 to 0x9F are control characters in latin-1, and letters and signs in windows-1252. */
function encodingOf(bytes: Buffer): Encoding {
  if (isUtf8(bytes)) return "utf-8";
  return bytes.some((byte) => byte >= 0x80 && byte <= 0x9f) ? "windows-1252" : "latin-1";
}

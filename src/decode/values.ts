/** The buffer of a batch whose values do not stand in the object as they are. */
import type { TextFault } from "./account.ts";

const INITIAL_BYTES = 256 * 1024;

/** Longer texts are written by Node's own encoder; for short ones a call into it costs more than a loop. */
const SHORT_TEXT = 32;

export class Values {
  bytes = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  length = 0;

  /** Forgets all values. */
  clear(): void {
    this.length = 0;
  }

  /**
   * Appends a text as UTF-8. Returns what makes it one that Postgres cannot store, if anything does: a NUL, or half
   * a surrogate pair.
   */
  append(text: string): TextFault | undefined {
    this.#reserve(text.length * 3);
    if (text.length <= SHORT_TEXT && this.#appendAscii(text)) return undefined;
    if (text.includes("\0")) return "NUL byte";
    if (!text.isWellFormed()) return "invalid UTF-8";
    this.length += this.bytes.write(text, this.length);
    return undefined;
  }

  /**
   * Appends a parsed number as the shortest text that reads back as the same double. Returns what keeps it from being what
   * was written, if anything does: it has overflown, or is an integer that was rounded.
   */
  appendNumber(value: number): "number out of range" | undefined {
    const isExact = Number.isFinite(value) && (Number.isSafeInteger(value) || !Number.isInteger(value));
    if (!isExact) return "number out of range";
    this.append(String(value));
    return undefined;
  }

  /** Appends bytes that are UTF-8 without a NUL. */
  copy(source: Buffer, start: number, end: number): void {
    const length = end - start;
    this.#reserve(length);
    if (length > SHORT_TEXT) source.copy(this.bytes, this.length, start, end);
    else {
      const { bytes } = this;
      let to = this.length;
      for (let at = start; at < end; at++) bytes[to++] = source[at] ?? 0;
    }
    this.length += length;
  }

  #appendAscii(text: string): boolean {
    const { bytes, length } = this;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (unit === 0 || unit > 0x7f) return false;
      bytes[length + at] = unit;
    }
    this.length = length + text.length;
    return true;
  }

  #reserve(room: number): void {
    if (this.length + room <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(2 * (this.length + room));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}

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

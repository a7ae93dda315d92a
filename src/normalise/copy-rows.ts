/**
 * Rows in Postgres' binary COPY format, appended to one preallocated buffer
 * (https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format": per row an int16 with the number of
 * fields, per field an int32 length, -1 for null, and its bytes, all big-endian).
 */

/** Sent to Postgres in pieces of about this size; each piece costs two socket writes. */
const PIECE = 256 * 1024;
/** No fixed-size field, and no run of them in one row, needs more than this. */
const ROW_HEADROOM = 1024;

const BASE = 10_000;
const POWERS_OF_TEN = [1, 10, 100, 1000, 10_000];
/** Below this a mantissa can be multiplied by 1000 and stays exact in a double. */
const EXACT_LIMIT = Math.floor(Number.MAX_SAFE_INTEGER / 1000);
const MICROSECONDS = 1_000_000;
/** Below this a number has at most two digits of base 10000. */
const TWO_DIGITS = BASE * BASE;

export class CopyRows {
  #bytes: Buffer = Buffer.allocUnsafeSlow(PIECE + ROW_HEADROOM);
  /** The same bytes: V8 makes one store of a number set through a view. */
  #view = viewOf(this.#bytes);
  #at = 0;
  #rowStart = 0;
  readonly #digits = new Int32Array(64);

  /** Starts a row of so many fields. */
  begin(fields: number): void {
    this.#rowStart = this.#at;
    this.#reserve(ROW_HEADROOM);
    this.#int16(fields);
  }

  /** Takes back the row that was begun last; returns how many fields it had. */
  undo(): number {
    let fields = 0;
    for (let at = this.#rowStart + 2; at < this.#at; fields++) at += 4 + Math.max(this.#view.getInt32(at), 0);
    this.#at = this.#rowStart;
    return fields;
  }

  /** True once there is enough to be worth sending. */
  get full(): boolean {
    return this.#at >= PIECE;
  }

  /** Hands over what was written and goes on with a fresh buffer; undefined when there is nothing. */
  take(): Buffer | undefined {
    if (this.#at === 0) return undefined;
    let taken = this.#bytes.subarray(0, this.#at);
    // Small objects leave little behind: a copy is cheaper than a fresh buffer.
    if (this.#at < PIECE / 4) taken = Buffer.from(taken);
    else this.#use(Buffer.allocUnsafeSlow(PIECE + ROW_HEADROOM));
    this.#at = 0;
    this.#rowStart = 0;
    return taken;
  }

  null(): void {
    this.#int32(-1);
  }

  /** A field as `take` has handed it over, written without `begin`. */
  field(bytes: Buffer): void {
    this.#reserve(bytes.length + ROW_HEADROOM);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  int2(value: number): void {
    this.#int32(2);
    this.#int16(value);
  }

  int4(value: number): void {
    this.#int32(4);
    this.#int32(value);
  }

  /** A safe integer as int8. */
  int8(value: number): void {
    this.#int32(8);
    this.#int64(value);
  }

  /** Days since 1970-01-01 as a date (Postgres counts from 2000-01-01). */
  date(days: number): void {
    this.int4(days - 10_957);
  }

  /** Seconds since 1970-01-01 00:00 UTC and microseconds of a second as timestamptz. */
  timestamp(seconds: number, microseconds: number): void {
    this.#int32(8);
    this.#int64((seconds - 946_684_800) * MICROSECONDS + microseconds);
  }

  /** Text as UTF-8 bytes, taken from a buffer. */
  text(source: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#reserve(length + ROW_HEADROOM);
    this.#int32(length);
    if (length <= 16) {
      const bytes = this.#bytes;
      let at = this.#at;
      for (let index = start; index < end; index++) bytes[at++] = source[index] ?? 0;
    } else {
      this.#bytes.set(source.subarray(start, end), this.#at);
    }
    this.#at += length;
  }

  /** Two texts as one. */
  joined(first: Uint8Array, second: Uint8Array, start: number, end: number): void {
    const bytes = Buffer.concat([first, second.subarray(start, end)]);
    this.text(bytes, 0, bytes.length);
  }

  string(value: string): void {
    const bytes = Buffer.from(value, "utf8");
    this.text(bytes, 0, bytes.length);
  }

  /**
   * ±mantissa × 10^-scale as numeric, exactly and with `scale` decimals shown. The mantissa is a non-negative
   * safe integer, or a bigint; scale 0 to 200.
   */
  numeric(negative: boolean, mantissa: number | bigint, scale: number): void {
    const fractionGroups = (scale + 3) >> 2;
    const padding = POWERS_OF_TEN[fractionGroups * 4 - scale] ?? 1;
    if (typeof mantissa === "number" && mantissa * padding < TWO_DIGITS) {
      this.#shortNumeric(negative, mantissa * padding, scale);
      return;
    }
    let groups = 0;
    if (typeof mantissa === "number" && mantissa < EXACT_LIMIT) {
      let rest = mantissa * padding;
      while (rest > 0) {
        const next = Math.floor(rest / BASE);
        this.#digits[groups++] = rest - next * BASE;
        rest = next;
      }
    } else {
      let rest = BigInt(mantissa) * BigInt(padding);
      while (rest > 0n) {
        this.#digits[groups++] = Number(rest % 10_000n);
        rest /= 10_000n;
      }
    }
    let lowest = 0;
    while (lowest < groups && this.#digits[lowest] === 0) lowest++;
    const count = groups - lowest;
    this.#int32(8 + 2 * count);
    this.#int16(count);
    this.#int16(count === 0 ? 0 : groups - fractionGroups - 1);
    this.#int16(negative && count > 0 ? 0x4000 : 0);
    this.#int16(scale);
    for (let index = groups - 1; index >= lowest; index--) this.#int16(this.#digits[index] ?? 0);
  }

  /** Nearly every measurement: `digits` is the number's digits of base 10000, two at most, as one integer. */
  #shortNumeric(negative: boolean, digits: number, scale: number): void {
    const high = (digits / BASE) | 0;
    const low = digits - high * BASE;
    const count = (high > 0 ? 1 : 0) + (low > 0 ? 1 : 0);
    const view = this.#view;
    const at = this.#at;
    view.setInt32(at, 8 + 2 * count);
    view.setInt16(at + 4, count);
    view.setInt16(at + 6, count === 0 ? 0 : (high > 0 ? 1 : 0) - ((scale + 3) >> 2));
    view.setInt16(at + 8, negative && count > 0 ? 0x4000 : 0);
    view.setInt16(at + 10, scale);
    // What lies behind the last digit is written over by the next field.
    view.setInt16(at + 12, high > 0 ? high : low);
    view.setInt16(at + 14, low);
    this.#at = at + 12 + 2 * count;
  }

  #int16(value: number): void {
    this.#view.setInt16(this.#at, value);
    this.#at += 2;
  }

  #int32(value: number): void {
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
  }

  #int64(value: number): void {
    const high = Math.floor(value / 0x1_0000_0000);
    this.#int32(high | 0);
    this.#int32((value - high * 0x1_0000_0000) | 0);
  }

  /** Makes room, so that single fields need not ask. */
  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#bytes.length * 2, this.#at + bytes));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#use(larger);
  }

  #use(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

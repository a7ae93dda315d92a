/** A sliding window over an object's bytes, in which every decoder reads its records. */

/** Bytes read ahead before records are looked for; also the usual size of a batch. */
const WINDOW_BYTES = 256 * 1024;

/** Where the window begins: enough for an object of a few kilobytes, of which a load may read many thousands. */
const FIRST_BYTES = 32 * 1024;

export const LF = 0x0a;
export const CR = 0x0d;

/**
 * The bytes at hand: `bytes[0]` to `bytes[length - 1]`, then one byte to spare for a sentinel, and behind that
 * an area of the same size for values that do not stand in the object as they are (unescaped quotes). One
 * buffer holds all of it, so that a batch can point into both parts.
 */
export class Window {
  bytes: Buffer;
  /** How many bytes of the object are at hand. */
  length = 0;
  /** Byte offset of `bytes[0]` in the decompressed object. */
  offset = 0;
  /** Whether the object's last byte is at hand. */
  ended = false;
  /** Set by the decoder: how many of the bytes are done with. */
  consumed = 0;
  #capacity = FIRST_BYTES;

  constructor() {
    this.bytes = allocate(this.#capacity);
  }

  /** Where the area for values begins. */
  get side(): number {
    return this.#capacity + 1;
  }

  get full(): boolean {
    return this.length === this.#capacity && this.#capacity >= WINDOW_BYTES;
  }

  /** Appends bytes of the chunk from `from` on, as many as fit; returns how many. */
  take(chunk: Buffer, from: number): number {
    if (this.#capacity < WINDOW_BYTES && this.length + chunk.length - from > this.#capacity) {
      this.#grow(WINDOW_BYTES);
    }
    const copied = chunk.copy(this.bytes, this.length, from, from + (this.#capacity - this.length));
    this.length += copied;
    return copied;
  }

  /** Forgets what is done with and moves the rest to the front; a full window without progress grows. */
  advance(): void {
    const kept = this.length - this.consumed;
    if (this.consumed === 0 && this.full) this.#grow(this.#capacity * 2);
    else this.bytes.copyWithin(0, this.consumed, this.length);
    this.offset += this.consumed;
    this.length = kept;
    this.consumed = 0;
  }

  #grow(capacity: number): void {
    const larger = allocate(capacity);
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
    this.#capacity = capacity;
  }
}

function allocate(capacity: number): Buffer {
  return Buffer.allocUnsafeSlow(2 * capacity + 1);
}

/**
 * Yields one and the same window again and again: whenever it is full, then once with `ended` set. What the
 * consumer does not mark as `consumed` is there again next time, with more behind it. The window doubles when
 * it is full and nothing was consumed, so the consumer bounds memory: it must consume something once a record is
 * longer than its limit. How the object is cut into chunks makes no difference to what the window shows.
 */
export async function* windows(chunks: AsyncIterable<Buffer>): AsyncGenerator<Window> {
  const window = new Window();
  for await (const chunk of chunks) {
    let from = 0;
    while (from < chunk.length) {
      from += window.take(chunk, from);
      if (window.full) {
        yield window;
        window.advance();
      }
    }
  }
  window.ended = true;
  yield window;
}

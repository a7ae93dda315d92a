/** An object's bytes, taken chunk by chunk or in counted portions; what was taken too much is given back. */
export class ByteReader implements AsyncIterable<Buffer> {
  readonly #chunks: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);
  #taken = 0;

  constructor(chunks: AsyncIterable<Buffer>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** Bytes taken and not given back so far. */
  get position(): number {
    return this.#taken;
  }

  /** The next bytes, at least one and at most `limit` (which is positive); undefined at the end. */
  async next(limit = Number.POSITIVE_INFINITY): Promise<Buffer | undefined> {
    const chunk = this.#held.length > 0 ? this.#held : await this.#chunk();
    if (chunk === undefined) return undefined;
    const taken = chunk.length > limit ? chunk.subarray(0, limit) : chunk;
    this.#held = chunk.subarray(taken.length);
    this.#taken += taken.length;
    return taken;
  }

  /** Gives back the last bytes that were taken: they come next. */
  giveBack(bytes: Buffer): void {
    this.#held = this.#held.length === 0 ? bytes : Buffer.concat([bytes, this.#held]);
    this.#taken -= bytes.length;
  }

  /** The next `length` bytes without taking them; fewer if the bytes end before. There may be more of them. */
  async peek(length: number): Promise<Buffer> {
    if (this.#held.length < length) {
      const parts = [this.#held];
      let size = this.#held.length;
      while (size < length) {
        const chunk = await this.#chunk();
        if (chunk === undefined) break;
        parts.push(chunk);
        size += chunk.length;
      }
      this.#held = Buffer.concat(parts);
    }
    return this.#held;
  }

  /** Takes exactly `length` bytes; fewer if the bytes end before. */
  async take(length: number): Promise<Buffer> {
    const bytes = (await this.peek(length)).subarray(0, length);
    this.#held = this.#held.subarray(bytes.length);
    this.#taken += bytes.length;
    return bytes;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let chunk = await this.next(); chunk !== undefined; chunk = await this.next()) yield chunk;
  }

  /** Never an empty one. */
  async #chunk(): Promise<Buffer | undefined> {
    for (;;) {
      const result = await this.#chunks.next();
      if (result.done === true) return undefined;
      if (result.value.length > 0) return result.value;
    }
  }
}

/**
 * Records that the decoder refuses, told while it looks for rows. A decoder speaks up only when it has rows, and an object
 * may have none: so its chunks are held back for as long as refused records wait.
 */
import type { Batch } from "../decode/batch.ts";
import type { DryRecord } from "./record.ts";

/** Ends a decoder whose rest nobody wants; seen by nobody else. */
class NotWanted extends Error {}

export class Refusals {
  readonly #waiting: DryRecord[] = [];
  /** Set while chunks are held back: lets the next one through, or ends the decoder. */
  #release: ((wanted: boolean) => void) | undefined;
  /** Tells whoever waits for the decoder that chunks are held back. */
  #held = Promise.withResolvers<"held">();

  get length(): number {
    return this.#waiting.length;
  }

  add(record: DryRecord): void {
    this.#waiting.push(record);
  }

  /** Those that begin before this byte, in the order of the object; they wait no longer. */
  *before(byte: number): Generator<DryRecord> {
    let taken = 0;
    while ((this.#waiting[taken]?.byte ?? Number.POSITIVE_INFINITY) < byte) taken++;
    yield* this.#waiting.splice(0, taken);
  }

  /** The object's chunks for the decoder, each when nothing waits. */
  async *hold(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const chunk of chunks) {
      yield chunk;
      if (this.#waiting.length === 0) continue;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      this.#release = resolve;
      this.#held.resolve("held");
      if (!(await promise)) throw new NotWanted();
    }
  }

  /**
   * The decoder's batches, and `held` when refused records are to be taken before it can go on. The decoder is ended
   * when iteration ends, however it ends.
   */
  async *between(batches: AsyncGenerator<Batch>): AsyncGenerator<Batch | "held"> {
    let next = batches.next();
    try {
      for (;;) {
        const step = await Promise.race([next, this.#held.promise]);
        if (step !== "held") {
          if (step.done === true) return;
          yield step.value;
          next = batches.next();
          continue;
        }
        this.#held = Promise.withResolvers();
        yield step;
        this.#go(true);
      }
    } finally {
      this.#go(false);
      // What it was at: done, told above, or NotWanted.
      await next.catch(() => undefined);
      await batches.return(undefined);
    }
  }

  #go(wanted: boolean): void {
    this.#release?.(wanted);
    this.#release = undefined;
  }
}

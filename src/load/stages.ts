/** Where a load's time goes: for each stage how long it worked, and how long it waited for its neighbours. */
import type { StageSeconds } from "../observe/events.ts";

/** Seconds between two stages: how long the lower one waited for the upper, and how long it held the upper back. */
interface Seam {
  waited: number;
  held: number;
}

/** What `decompress` notes of the seam between the store and itself. */
export interface StoredSeam {
  readonly secondsWaited: number;
  readonly secondsHeld: number;
}

const now = (): number => performance.now() / 1000;

/** One load's clock. */
export class StageClock {
  /** Between the store and decompression, over all objects; several are read at once. */
  readonly #stored: Seam = { waited: 0, held: 0 };
  /** Between decompression and normalising. */
  readonly #content: Seam = { waited: 0, held: 0 };
  /** Between normalising and COPY. */
  readonly #rows: Seam = { waited: 0, held: 0 };
  readonly #own = { copy: 0, check: 0, merge: 0, commit: 0 };
  #committing: number | undefined;

  /** The content or rows as they are, the seam before whoever reads them timed. */
  async *timed<Piece>(seam: "content" | "rows", pieces: AsyncIterable<Piece>): AsyncGenerator<Piece> {
    const sums = seam === "content" ? this.#content : this.#rows;
    let asked = now();
    for await (const piece of pieces) {
      const arrived = now();
      sums.waited += arrived - asked;
      yield piece;
      asked = now();
      sums.held += asked - arrived;
    }
    sums.waited += now() - asked;
  }

  /** Adds what was noted while an object was decompressed. */
  addStored({ secondsWaited, secondsHeld }: StoredSeam): void {
    this.#stored.waited += secondsWaited;
    this.#stored.held += secondsHeld;
  }

  /** Does a stage's own work, timed whether it succeeds or not. */
  async during<Result>(stage: "copy" | "check" | "merge", work: () => Promise<Result>): Promise<Result> {
    const began = now();
    try {
      return await work();
    } finally {
      this.#own[stage] += now() - began;
    }
  }

  /** What the transaction has yet to do is to say how the load ended, and to commit. */
  committing(): void {
    this.#committing = now();
  }

  /** The transaction has ended. */
  ended(): void {
    if (this.#committing !== undefined) this.#own.commit += now() - this.#committing;
    this.#committing = undefined;
  }

  /**
   * The sums so far. Fetching and decompression run beside the rest: they count as busy while somebody waits for them.
   * Normalising is busy while its rows are waited for, unless it waits for content itself.
   */
  seconds(): StageSeconds {
    const [stored, content, rows] = [this.#stored, this.#content, this.#rows];
    const streaming = rows.waited + rows.held;
    return {
      fetch: { busy: stored.waited, upstream: 0, downstream: stored.held },
      decompress: {
        busy: Math.max(0, content.waited - stored.waited),
        upstream: Math.min(stored.waited, streaming),
        downstream: content.held,
      },
      normalise: {
        busy: Math.max(0, rows.waited - content.waited),
        upstream: content.waited,
        downstream: rows.held,
      },
      // What follows the last row (Postgres confirms the COPY) is its work as well.
      copy: {
        busy: rows.held + Math.max(0, this.#own.copy - streaming),
        upstream: rows.waited,
        downstream: 0,
      },
      check: { busy: this.#own.check, upstream: 0, downstream: 0 },
      merge: { busy: this.#own.merge, upstream: 0, downstream: 0 },
      commit: { busy: this.#own.commit, upstream: 0, downstream: 0 },
    };
  }
}

/**
 * A body that survives its connection: when that breaks, or nothing arrives while bytes are asked for, reading
 * goes on at the same offset over a new one.
 */
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { MillraceError, type Place } from "../errors.ts";
import { abortedError } from "./network.ts";

export interface BodyLimits {
  /** Longest silence while bytes are asked for; the time that the reader itself takes does not count. */
  readonly stallMilliseconds: number;
  /** Resumes of one body in all. */
  readonly resumes: number;
  /** Resumes in a row that bring no byte. */
  readonly fruitlessResumes: number;
  /** The pause before a resume doubles from the first to the longest; half of it is chance. */
  readonly firstPauseMilliseconds: number;
  readonly longestPauseMilliseconds: number;
}

export const BODY_LIMITS: BodyLimits = {
  stallMilliseconds: 30_000,
  resumes: 100,
  fruitlessResumes: 6,
  firstPauseMilliseconds: 200,
  longestPauseMilliseconds: 10_000,
};

export interface BodyOptions {
  /** Bytes that the body delivers. */
  readonly size: number;
  readonly place: Place;
  readonly limits: BodyLimits;
  /** Ends the body with LOAD_ABORTED. */
  readonly signal: AbortSignal;
  /**
   * Opens the same version from this offset to its end. STORE_UNREACHABLE and STORE_FAILED are tried again,
   * anything else ends the body with that error.
   */
  readonly reopen: (offset: number, signal: AbortSignal) => Promise<Readable>;
}

/** Enough to keep the network busy while the reader works on the chunk before. */
const BUFFERED_BYTES = 1024 * 1024;

type Breach = "broken" | "stalled" | MillraceError;

/**
 * Delivers exactly `size` bytes, the source's own buffers uncopied, beginning with the open source `first`.
 * Errors: OBJECT_TRUNCATED when the connection ends at the same byte again and again, OBJECT_STALLED when
 * nothing arrives there, STORE_UNREACHABLE when there are too many breaks, LOAD_ABORTED, and what `reopen`
 * throws. However it ends, its connection is closed or free for the next request.
 */
export function resumingBody(first: Readable, options: BodyOptions): Readable {
  return new ResumingBody(first, options);
}

class ResumingBody extends Readable {
  readonly #options: BodyOptions;
  readonly #reopening = new AbortController();
  #source: Readable | undefined;
  #detach: () => void = () => undefined;
  #received = 0;
  #resumes = 0;
  #fruitless = 0;
  #wanted = false;
  #resuming = false;
  #breach: Breach = "broken";
  #watchdog: NodeJS.Timeout | undefined;

  constructor(first: Readable, options: BodyOptions) {
    super({ highWaterMark: BUFFERED_BYTES });
    this.#options = options;
    this.#attach(first);
    options.signal.addEventListener("abort", this.#abort, { once: true });
    if (options.signal.aborted) this.#abort();
  }

  override _read(): void {
    this.#wanted = true;
    if (this.#source !== undefined) this.#flow(this.#source);
    else if (!this.#resuming) void this.#resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#options.signal.removeEventListener("abort", this.#abort);
    this.#reopening.abort();
    this.#release();
    callback(error);
  }

  readonly #abort = (): void => {
    this.destroy(abortedError(this.#options.signal, this.#options.place));
  };

  #attach(source: Readable): void {
    const onData = (chunk: Buffer): void => {
      this.#take(source, chunk);
    };
    const onBreak = (): void => {
      this.#break("broken");
    };
    // Paused first: otherwise the listener for data would start the flow before anybody asked for it.
    source.pause();
    source.on("data", onData).on("end", onBreak).on("error", onBreak).on("close", onBreak);
    this.#source = source;
    this.#detach = () => {
      source.off("data", onData).off("end", onBreak).off("error", onBreak).off("close", onBreak);
      // What a given-up connection still reports has no reader any more; unheard it would end the process.
      source.on("error", () => undefined);
      source.destroy();
    };
  }

  #flow(source: Readable): void {
    source.resume();
    this.#watchdog ??= setTimeout(() => {
      this.#break("stalled");
    }, this.#options.limits.stallMilliseconds);
  }

  #take(source: Readable, chunk: Buffer): void {
    this.#received += chunk.length;
    this.#fruitless = 0;
    if (this.#received > this.#options.size) {
      const { size, place } = this.#options;
      this.destroy(new MillraceError("STORE_FAILED", `more than the announced ${size} bytes arrive`, place));
      return;
    }
    if (this.push(chunk)) {
      this.#watchdog?.refresh();
      return;
    }
    this.#wanted = false;
    source.pause();
    this.#stopWatch();
  }

  /** The source has ended, failed, or gone silent. The next one is opened only when bytes are wanted. */
  #break(breach: Breach): void {
    this.#release();
    if (this.#received === this.#options.size) {
      this.push(null);
      return;
    }
    this.#breach = breach;
    if (this.#wanted && !this.#resuming) void this.#resume();
  }

  async #resume(): Promise<void> {
    this.#resuming = true;
    while (!this.destroyed && this.#source === undefined) {
      const exhausted = this.#exhausted();
      if (exhausted !== undefined) {
        this.destroy(exhausted);
        break;
      }
      await this.#reopen();
    }
    this.#resuming = false;
    if (!this.destroyed && this.#source !== undefined && this.#wanted) this.#flow(this.#source);
  }

  async #reopen(): Promise<void> {
    const { limits, reopen } = this.#options;
    const longest = limits.firstPauseMilliseconds * 2 ** this.#fruitless;
    const wait = Math.min(longest, limits.longestPauseMilliseconds) * (0.5 + Math.random() / 2);
    this.#resumes += 1;
    this.#fruitless += 1;
    try {
      await pause(wait, undefined, { signal: this.#reopening.signal });
      const source = await reopen(this.#received, this.#reopening.signal);
      this.#attach(source);
      // It was ended while the answer was on its way, so that _destroy could not see this source.
      if (this.destroyed) this.#release();
    } catch (error) {
      // Ended meanwhile: the wait or the request was cut short, and the reader has the reason already.
      if (this.destroyed) return;
      if (!(error instanceof MillraceError))
        this.destroy(error instanceof Error ? error : new Error(String(error)));
      else if (error.code === "STORE_UNREACHABLE" || error.code === "STORE_FAILED") this.#breach = error;
      else this.destroy(error);
    }
  }

  /** What ends the body when no further resume is allowed. */
  #exhausted(): MillraceError | undefined {
    const { limits, size, place } = this.#options;
    const fruitless = this.#fruitless >= limits.fruitlessResumes;
    if (!fruitless && this.#resumes < limits.resumes) return undefined;
    if (this.#breach instanceof MillraceError) return this.#breach;
    const where = `byte ${this.#received} of ${size} after ${this.#resumes} resumes`;
    if (this.#breach === "stalled")
      return new MillraceError("OBJECT_STALLED", `nothing more arrives at ${where}`, place);
    if (fruitless) return new MillraceError("OBJECT_TRUNCATED", `the body always ends at ${where}`, place);
    return new MillraceError("STORE_UNREACHABLE", `the connection broke too often, last at ${where}`, place);
  }

  #release(): void {
    this.#stopWatch();
    this.#source = undefined;
    this.#detach();
    this.#detach = () => undefined;
  }

  #stopWatch(): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = undefined;
  }
}

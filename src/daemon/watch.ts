/** The daemon's life: every pipeline is passed over on its schedule, sooner after trouble, and compacted in between. */
import { setTimeout as sleep } from "node:timers/promises";
import { Cron } from "croner";
import pLimit from "p-limit";
import type { Pipeline } from "../config/pipeline.ts";
import { describeFault, MillraceError, type Retries } from "../errors.ts";
import { databaseError } from "../postgres/errors.ts";
import { settleAbandoned } from "../postgres/ledger/loads.ts";
import { rebuildStale } from "../postgres/marts/rebuild.ts";
import { QuietTime } from "./compact.ts";
import { type PassContext, runPass } from "./pass.ts";

/** Between passes after trouble that has no `Retries` of its own: another process is at it, or a mart was not rebuilt. */
const TROUBLE: Retries = { attempts: Number.POSITIVE_INFINITY, firstPause: 30, longestPause: 3_600 };
/** What failed is due at a time of its own, but nobody's bucket is listed more often than this; seconds. */
const SHORTEST_PAUSE = 15;
/** The longest that a timer can be set to; waking up then for a pass too many does no harm. */
const LONGEST_SLEEP = 2 ** 31 - 1;

/** Until the next pass of a schedule that has no next time, in milliseconds. */
const DAY = 86_400_000;

/** What the daemon watches. */
export interface WatchOptions {
  readonly pipelines: readonly Pipeline[];
  /** Pipelines passed over at once. */
  readonly atOnce: number;
  /** Called when the first pass over every pipeline has ended and marts are up to date. */
  readonly onFirstRound?: () => Promise<void>;
  /** How time passes between passes; `setTimeout` unless a test says otherwise. */
  readonly pause?: Pause;
}

/** Resolves after so many milliseconds, or when the signal aborts. */
export type Pause = (milliseconds: number, signal: AbortSignal) => Promise<void>;

/**
 * Passes over the pipelines, at once and then on schedule, until `context.signal` aborts; what is under way then is
 * waited for, except a compaction, which is broken off. Whatever goes wrong in a pass is announced, and the pipeline is
 * tried again sooner. Throws only what `onFirstRound` throws.
 */
export async function watch(options: WatchOptions, context: PassContext): Promise<void> {
  const limit = pLimit(options.atOnce);
  const pause = options.pause ?? pauseByTimer;
  const { database, emit } = context.services;
  const quiet = new QuietTime(options.pipelines, { database, emit, signal: context.signal });
  const inTurn = (work: () => Promise<void>): Promise<void> => quiet.around(() => limit(work));
  const watchers = options.pipelines.map((pipeline) => new Watcher(pipeline, context, pause));
  await Promise.all(watchers.map((watcher) => inTurn(() => watcher.pass())));
  if (!context.signal.aborted) await options.onFirstRound?.();
  await Promise.all(watchers.map((watcher) => watcher.keepWatching(inTurn)));
  await quiet.ended();
}

class Watcher {
  readonly #pipeline: Pipeline;
  readonly #context: PassContext;
  readonly #pause: Pause;
  /** Passes in a row after which trying again soon may help. */
  #troubles = 0;
  /** Seconds until the next pass if nothing is due by the schedule before. */
  #wait = Number.POSITIVE_INFINITY;

  constructor(pipeline: Pipeline, context: PassContext, pause: Pause) {
    this.#pipeline = pipeline;
    this.#context = context;
    this.#pause = pause;
  }

  /** Waits for the schedule, passes, and again, until the signal aborts. Schedules missed meanwhile do not pile up. */
  async keepWatching(inTurn: (work: () => Promise<void>) => Promise<void>): Promise<void> {
    const { signal } = this.#context;
    while (!signal.aborted) {
      await this.#pause(this.#untilNext(), signal);
      await inTurn(() => this.pass());
    }
  }

  /** One pass, unless the end was requested, and the marts that depend on what it changed. Never rejects. */
  async pass(): Promise<void> {
    if (this.#context.signal.aborted) return;
    const { trouble, retryIn } = await this.#passes();
    this.#troubles = trouble === undefined ? 0 : this.#troubles + 1;
    const pauses = [
      ...(trouble === undefined ? [] : [pauseAfter(trouble, this.#troubles)]),
      ...(retryIn === undefined ? [] : [Math.max(retryIn, SHORTEST_PAUSE)]),
    ];
    this.#wait = Math.min(...pauses, Number.POSITIVE_INFINITY);
  }

  async #passes(): Promise<Aftermath> {
    const { services } = this.#context;
    try {
      // A load whose database went away could not write how it ended.
      await settleAbandoned(services.database);
      const options = { range: {}, reload: false, patient: true };
      const result = await runPass(this.#pipeline, options, this.#context);
      const { failures } = await rebuildStale(services.database, services.emit);
      const { retryIn } = result;
      const trouble = failures.length > 0 || result.skipped > 0 ? TROUBLE : result.error?.retries;
      return { trouble, retryIn };
    } catch (error) {
      const failure = error instanceof MillraceError ? error : databaseError(error);
      services.stations.forget();
      services.emit({
        type: "pass.failed",
        pipeline: this.#pipeline.name,
        code: failure.code,
        message: describeFault(failure),
      });
      // The daemon has nothing else to do: also a database that refuses it may let it in again.
      return { trouble: failure.retries ?? TROUBLE };
    }
  }

  /** Milliseconds until the next pass is due: on schedule, or sooner after trouble. */
  #untilNext(): number {
    const scheduled = new Cron(this.#pipeline.schedule, { timezone: "UTC" }).msToNext() ?? DAY;
    return Math.min(scheduled, this.#wait * 1000);
  }
}

/** Why, and when, trying again before the schedule may help. Quarantined loads wait for a person, not for time. */
interface Aftermath {
  readonly trouble?: Retries | undefined;
  /** Seconds until a failed version is due. */
  readonly retryIn?: number | undefined;
}

/** Seconds. */
function pauseAfter({ firstPause, longestPause }: Retries, troubles: number): number {
  return Math.min(firstPause * 2 ** (troubles - 1), longestPause);
}

/** Waits, or ends early without an error when the signal aborts. */
export async function pauseByTimer(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(Math.min(milliseconds, LONGEST_SLEEP), undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

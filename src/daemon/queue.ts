/** Where loads wait for their turn. */
import pLimit from "p-limit";
import type { LoadJob } from "../discover/job.ts";
import type { LoadReport } from "../load/report.ts";

/**
 * The queue contract: thin, so that a queue shared by several machines can take its place. It decides when a job
 * runs, never whether it is needed: that is decided inside the load's own transaction.
 */
export interface Queue {
  /**
   * Carries out the jobs, in their order as far as the limits allow, and resolves when the last one has ended.
   * Undefined stands for a job that was not begun because the queue was closed. Rejects when a job's ledger entry
   * could not be written; then jobs of this call that have not begun are dropped.
   */
  readonly run: (jobs: readonly LoadJob[]) => Promise<(LoadReport | undefined)[]>;
  /** Begins nothing more; what runs goes on. */
  readonly close: () => void;
}

/** What may run at the same time. */
export interface QueueLimits {
  /** Loads at once. */
  readonly loads: number;
  /** Stored bytes of all loads under way; a load that is larger runs alone. */
  readonly bytes: number;
}

/** A queue in this process's memory. */
export function memoryQueue(carryOut: (job: LoadJob) => Promise<LoadReport>, limits: QueueLimits): Queue {
  const limit = pLimit(limits.loads);
  const budget = new ByteBudget(limits.bytes);
  let closed = false;
  return {
    run: async (jobs) => {
      const failures: unknown[] = [];
      const reports = await Promise.all(
        jobs.map((job) =>
          limit(async () => {
            const release = await budget.take(job.bytes);
            try {
              return closed || failures.length > 0 ? undefined : await carryOut(job);
            } catch (error) {
              failures.push(error);
              return undefined;
            } finally {
              release();
            }
          }),
        ),
      );
      if (failures.length > 0) throw failures[0];
      return reports;
    },
    close: () => {
      closed = true;
    },
  };
}

/** Hands out bytes first come, first served. */
class ByteBudget {
  readonly #limit: number;
  readonly #waiting: { readonly bytes: number; readonly go: () => void }[] = [];
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Resolves when the bytes are to be had, with what gives them back. */
  async take(bytes: number): Promise<() => void> {
    const turn = Promise.withResolvers<undefined>();
    this.#waiting.push({
      bytes,
      go: () => {
        turn.resolve(undefined);
      },
    });
    this.#serve();
    await turn.promise;
    return () => {
      this.#used -= bytes;
      this.#serve();
    };
  }

  #serve(): void {
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (this.#used > 0 && this.#used + first.bytes > this.#limit) return;
      this.#used += first.bytes;
      this.#waiting.shift();
      first.go();
    }
  }
}

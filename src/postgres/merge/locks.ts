/** The locks that merges take, and how they take them without making anybody wait for long. */
import { setTimeout as pause } from "node:timers/promises";
import { MillraceError } from "../../errors.ts";
import type { Client } from "../connect.ts";
import { sqlState } from "../errors.ts";

/** How long a statement that readers queue behind may wait for its lock, in milliseconds. */
const SHORT_LOCK_TIMEOUT = 250;

/** Pauses between attempts, in milliseconds: they double from the first to the longest. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 2_000;

/** How long a merge goes on trying, in milliseconds: most reading queries end within that time. */
export const PATIENCE = 300_000;

/** lock_not_available and deadlock_detected: SQLSTATEs of an attempt that another transaction stood in the way of. */
export const BUSY: ReadonlySet<string> = new Set(["55P03", "40P01"]);

export interface Attempts {
  /** What is to be locked, for the message. */
  readonly table: string;
  /** How long to go on trying, in milliseconds; at least one attempt is made. */
  readonly patience: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Holds back, until the transaction ends, other merges into those tables of the source that several loads write
 * at once. Readers never wait for it. Throws TABLE_BUSY when others keep it for five minutes.
 */
export async function lockSource(client: Client, source: string): Promise<void> {
  try {
    await withLockTimeout(client, PATIENCE, () =>
      client.query("select pg_advisory_xact_lock(hashtext('millrace merge'), hashtext($1))", [source]),
    );
  } catch (error) {
    if (!BUSY.has(sqlState(error) ?? "")) throw error;
    throw new MillraceError(
      "TABLE_BUSY",
      `other loads of the source ${source} are still being merged`,
      {},
      error,
    );
  }
}

/**
 * Runs `work` in a savepoint with a short lock_timeout, and again after a pause when a lock could not be had,
 * so that whoever queues behind `work` waits no longer than that. Locks that `work` took stay until the
 * transaction ends.
 *
 * Throws TABLE_BUSY when patience runs out, LOAD_ABORTED when the signal aborts, and whatever else `work` throws.
 */
export async function underShortLocks<T>(
  client: Client,
  attempts: Attempts,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + attempts.patience;
  for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    try {
      return await inSavepoint(client, () => withLockTimeout(client, SHORT_LOCK_TIMEOUT, work));
    } catch (error) {
      if (!BUSY.has(sqlState(error) ?? "")) throw error;
      if (performance.now() + wait > deadline) {
        throw new MillraceError(
          "TABLE_BUSY",
          `no lock on ${attempts.table} could be had for merging`,
          {},
          error,
        );
      }
    }
    await pauseUnlessAborted(wait, attempts.signal);
  }
}

/** Runs `work` in a savepoint: when it throws, what it did and set is undone and the transaction can go on. */
export async function inSavepoint<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query("savepoint attempt");
  try {
    const result = await work();
    await client.query("release savepoint attempt");
    return result;
  } catch (error) {
    await rollBackTo(client, error);
    throw error;
  }
}

/** Runs `work` with this lock_timeout (milliseconds), then puts the former one back. */
export async function withLockTimeout<T>(client: Client, limit: number, work: () => Promise<T>): Promise<T> {
  const { rows } = await client.query<{ former: string }>("select current_setting('lock_timeout') as former");
  await client.query("select set_config('lock_timeout', $1, true)", [String(limit)]);
  const result = await work();
  await client.query("select set_config('lock_timeout', $1, true)", [rows[0]?.former ?? "0"]);
  return result;
}

async function rollBackTo(client: Client, fault: unknown): Promise<void> {
  try {
    await client.query("rollback to savepoint attempt");
    await client.query("release savepoint attempt");
  } catch (error) {
    // The connection is gone: what led here says why better than that nothing more can be sent.
    throw fault instanceof Error ? fault : error;
  }
}

async function pauseUnlessAborted(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await pause(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw new MillraceError("LOAD_ABORTED", "the load was stopped while it waited for a lock", {}, error);
  }
}

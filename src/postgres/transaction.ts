/** One transaction on one client: its limits, its end, and what an abort does to it. */
import pg from "pg";
import { MillraceError } from "../errors.ts";
import { databaseError, sqlState, unreachable } from "./errors.ts";
import { type Watched, watchSilence } from "./silence.ts";

/** A checked-out connection. Errors of its socket have a listener already. */
export type Client = pg.PoolClient;

/** All durations in milliseconds. */
export interface TransactionOptions {
  /** Aborting cancels the running statement, rolls back and closes the connection. */
  readonly signal?: AbortSignal;
  /** Longest single statement, a whole COPY included. Default: one hour. */
  readonly statementTimeout?: number;
  /** Longest pause between two statements. Default: five minutes. */
  readonly idleTimeout?: number;
  /** Longest wait for a lock. Default: 30 seconds. */
  readonly lockTimeout?: number;
}

const MINUTE = 60_000;

/** SQLSTATE read_only_sql_transaction. */
const READ_ONLY = "25006";

/** How long aborted work may take to notice before its connection is closed under it. */
const ABORT_GRACE = 5_000;

/** Without an answer to ROLLBACK or COMMIT for so long, the connection counts as dead. */
const ROLLBACK_LIMIT = 10_000;
const COMMIT_LIMIT = 5 * MINUTE;

export interface TransactionContext extends Watched {
  readonly client: Client;
  /** The socket error that broke the client, if one did. */
  readonly broken: () => Error | undefined;
  /** Stops what the client's backend is doing, through another connection. Never rejects. */
  readonly cancel: () => Promise<void>;
}

/**
 * Runs `work` between BEGIN and COMMIT on a client that it then releases, or closes when it may be unusable.
 * Whatever goes wrong, the transaction leaves nothing. Work that leaves its connection alone for longer than the
 * context's limit counts as silent. Throws LOAD_ABORTED after an abort (or the signal's
 * reason when that is a MillraceError), what `databaseError` makes of faults of the database, and the work's
 * own errors unchanged.
 */
export async function runTransaction<T>(
  context: TransactionContext,
  work: (client: Client) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const unwatchSilence = watchSilence(context);
  try {
    return await runWatched(context, work, options);
  } finally {
    unwatchSilence();
  }
}

async function runWatched<T>(
  context: TransactionContext,
  work: (client: Client) => Promise<T>,
  options: TransactionOptions,
): Promise<T> {
  const { signal } = options;
  const abort = watchAbort(context, signal);
  const attempt = async (): Promise<T> => {
    throwIfAborted(signal);
    await begin(context.client, options);
    return work(context.client);
  };
  let result: T;
  try {
    result = await Promise.race([attempt(), abort.graceOver]);
    await abort.unwatch();
    throwIfAborted(signal);
  } catch (error) {
    await abort.unwatch();
    const clean = !abort.expired() && (await rollback(context.client));
    // A cancel request may still be on its way to the backend, so an aborted client is not used again.
    // And one to a server that takes no writes any more, after fail-over, would never be to the new one.
    context.client.release(!clean || signal?.aborted === true || sqlState(error) === READ_ONLY);
    throwIfAborted(signal);
    throw faultOf(context, error);
  }
  // From here on an abort comes too late.
  await commit(context);
  return result;
}

/** After an abort throws LOAD_ABORTED, or the signal's reason when that is a MillraceError. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  const reason: unknown = signal.reason;
  if (reason instanceof MillraceError) throw reason;
  throw new MillraceError("LOAD_ABORTED", "the transaction was aborted and rolled back", {}, reason);
}

/** What `promise` gives, or DATABASE_UNREACHABLE when that takes longer than `limit` milliseconds. */
export async function within<T>(promise: Promise<T>, limit: number, name: string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(unreachable(name, `no answer for ${Math.round(limit / 1000)} s`));
  }, limit);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A transaction sets its own limits, so that neither a role's nor a server's defaults decide how long a load
 * may take: a statement that hangs, a paused process that holds a claim, or a wait for a lock ends by itself.
 */
async function begin(client: Client, options: TransactionOptions): Promise<void> {
  const { statementTimeout = 60 * MINUTE, idleTimeout = 5 * MINUTE, lockTimeout = 30_000 } = options;
  // One message instead of four: short transactions are made of little else than round trips.
  await client.query(
    `begin;
     set local statement_timeout = ${Math.ceil(statementTimeout)};
     set local idle_in_transaction_session_timeout = ${Math.ceil(idleTimeout)};
     set local lock_timeout = ${Math.ceil(lockTimeout)}`,
  );
}

async function commit({ client, name, broken }: TransactionContext): Promise<void> {
  try {
    const { command } = await within(client.query("commit"), COMMIT_LIMIT, name);
    // The server answers ROLLBACK when an earlier statement had failed and the work had not said so.
    if (command !== "COMMIT") {
      throw new MillraceError("DATABASE_FAILED", `${name}: a statement had failed, so COMMIT rolled back`);
    }
  } catch (error) {
    const fault = broken() ?? error;
    client.release(true);
    if (
      error instanceof pg.DatabaseError ||
      (error instanceof MillraceError && error.code === "DATABASE_FAILED")
    ) {
      throw databaseError(error, name);
    }
    throw unreachable(
      name,
      "lost during COMMIT; whether that took effect shows when it is tried again",
      fault,
    );
  }
  client.release();
}

/** Whether the transaction is known to be over, so that the client can be used again. */
async function rollback(client: Client): Promise<boolean> {
  try {
    await within(client.query("rollback"), ROLLBACK_LIMIT, "the database");
    return true;
  } catch {
    // The error that led here is the one to report; closing the connection rolls back as well.
    return false;
  }
}

/** The error to report for one that ended the work. */
function faultOf({ name, broken }: TransactionContext, error: unknown): unknown {
  // The server's own last words (shutdown, crash) say more than the socket that closed after them.
  if (error instanceof pg.DatabaseError) return databaseError(error, name);
  const fault = broken();
  return fault === undefined || error instanceof MillraceError
    ? error
    : unreachable(name, fault.message, error);
}

/** From an abort on: cancels the statement at once, and gives up on the work after a grace period. */
function watchAbort(context: TransactionContext, signal: AbortSignal | undefined) {
  const grace = Promise.withResolvers<never>();
  let cancelling = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let expired = false;
  const onAbort = (): void => {
    cancelling = context.cancel();
    timer = setTimeout(() => {
      expired = true;
      grace.reject(new Error("the work did not stop in time"));
    }, ABORT_GRACE);
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    /** Rejects when the grace period after an abort is over. */
    graceOver: grace.promise,
    expired: (): boolean => expired,
    async unwatch(): Promise<void> {
      signal?.removeEventListener("abort", onAbort);
      clearTimeout(timer);
      await cancelling;
    },
  };
}

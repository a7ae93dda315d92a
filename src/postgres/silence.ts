/**
 * Notices a connection that has gone silent. When packets are dropped instead of refused, neither side gets an error,
 * even with keep-alive: whoever waits for an answer waits for ever.
 *
 * Silence alone means little, since a merge may take half an hour without a byte. So when no byte has passed for a
 * while the server is asked, over another connection, what the backend is doing: one that works is left alone; one
 * that is gone, or that waits for us while we wait for it, will never answer.
 */
import { Socket } from "node:net";
import type pg from "pg";
import { MillraceError } from "../errors.ts";
import { sqlState, unreachable } from "./errors.ts";

/** How long no byte may pass before the server is asked, in milliseconds. */
export const SILENCE_LIMIT = 120_000;

/** What the server says of a backend: `state` and `wait_event` of pg_stat_activity. */
export interface BackendState {
  readonly state: string | null;
  readonly waitsFor: string | null;
}

export interface Watched {
  readonly client: pg.PoolClient;
  /** The database's name, for messages. */
  readonly name: string;
  /** Milliseconds without a byte before the server is asked. */
  readonly limit: number;
  /** Asks for the client's backend over another connection; undefined when there is none any more. */
  readonly inspect: () => Promise<BackendState | undefined>;
  /** Ends the backend, so that its locks do not outlive it, if the server can be told. Never rejects. */
  readonly terminate: () => Promise<void>;
}

/** Clients whose COPY has sent all rows that it has: the server waits for rows then, and rightly so. */
const withoutRows = new WeakSet<pg.PoolClient>();

/** Notes whether the client's COPY has nothing to send at present. */
export function noteWithoutRows(client: pg.PoolClient, idle: boolean): void {
  if (idle) withoutRows.add(client);
  else withoutRows.delete(client);
}

/**
 * Watches until the returned function is called. A silent connection is broken with DATABASE_UNREACHABLE, which fails
 * the statement that waits for it.
 */
export function watchSilence(watched: Watched): () => void {
  const { client, limit } = watched;
  const { stream } = client.connection;
  if (!(stream instanceof Socket)) throw new TypeError("Postgres is not reached through a socket");
  let passed = bytesPassed(stream);
  let since = performance.now();
  let asking = false;
  let over = false;
  const look = async (): Promise<void> => {
    const now = bytesPassed(stream);
    if (now !== passed) {
      passed = now;
      since = performance.now();
    }
    if (asking || performance.now() - since < limit) return;
    asking = true;
    const lost = await isLost(watched);
    asking = false;
    since = performance.now();
    if (!lost || over || bytesPassed(stream) !== passed) return;
    const seconds = Math.round(limit / 1000);
    stream.destroy(unreachable(watched.name, `the connection has been silent for ${seconds} s`));
    await watched.terminate();
  };
  const timer = setInterval(() => void look(), limit / 4);
  return () => {
    over = true;
    clearInterval(timer);
  };
}

/** Bytes that came, and those that left this process. */
function bytesPassed(stream: Socket): number {
  return stream.bytesRead + stream.bytesWritten - stream.writableLength;
}

/** Whether the client's backend will never answer. */
async function isLost({ client, inspect }: Watched): Promise<boolean> {
  let backend: BackendState | undefined;
  try {
    backend = await inspect();
  } catch (error) {
    // A server that refuses (too many connections) is there; one that does not answer either is as lost as the first.
    return error instanceof MillraceError && sqlState(error) === undefined;
  }
  if (backend === undefined) return true;
  if (backend.state !== "active") return true;
  if (backend.waitsFor === "ClientWrite") return true;
  return backend.waitsFor === "ClientRead" && !withoutRows.has(client);
}

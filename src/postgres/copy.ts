/** COPY into a staging table as the end of a stream pipeline, and out of a query as the beginning of one. */
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type CopyStreamQuery, from as copyFrom, to as copyTo } from "pg-copy-streams";
import { MillraceError } from "../errors.ts";
import type { Client } from "./connect.ts";
import { databaseError, sqlState, systemCode, unreachable } from "./errors.ts";
import { noteWithoutRows } from "./silence.ts";
import { quoteIdentifier, quoteTable } from "./staging.ts";

/**
 * What a binary COPY begins with: signature, flags, length of the header's extension. Source: the Postgres
 * manual, SQL command COPY, "Binary Format".
 */
export const COPY_HEADER: Buffer = Buffer.from("5047434f50590aff0d0a000000000000000000", "hex");

/** What a binary COPY ends with: a tuple of -1 fields. */
export const COPY_TRAILER: Buffer = Buffer.from("ffff", "hex");

/** Bytes that may wait for Postgres, so that it has the next rows at hand while Node reads on. */
const WAITING_BYTES = 1024 * 1024;

/** How long Postgres may take to confirm that a COPY was given up before its connection is closed. */
const ABORT_LIMIT = 5_000;

/**
 * Starts `COPY table (columns) FROM STDIN (FORMAT binary, FREEZE)` and returns where its bytes go, the header
 * and the trailer included. The table must have been created in this transaction and outside of savepoints
 * that are still open, else Postgres refuses FREEZE (SQLSTATE 55000).
 *
 * Use it at the end of `stream.pipeline`, in chunks of 64 to 256 kB: each costs two writes to the socket.
 * It finishes when Postgres has confirmed the rows. A fault of the database destroys it with what
 * `databaseError` makes of it, DATABASE_UNREACHABLE for a lost connection. When it is destroyed, Postgres is told to give the COPY up and it closes after
 * the answer; without one within five seconds the connection is closed. Either way the client accepts the
 * next statement (ROLLBACK) or fails it at once.
 */
export function copyInto(client: Client, table: string, columns: readonly string[]): CopySink {
  const names = columns.map(quoteIdentifier).join(", ");
  return new CopySink(
    client,
    copyFrom(`copy ${quoteTable(table)} (${names}) from stdin (format binary, freeze)`),
  );
}

/**
 * Sends what a query gives, as a binary COPY with its header and trailer, to where `copyInto` or another sink takes it, and
 * returns how many rows Postgres says there were. When either end fails the client's connection is closed: rows
 * may still be under way on it. Throws the driver's error, or the sink's.
 */
export async function copyQuery(client: Client, query: string, sink: Writable): Promise<number> {
  const source = copyTo(`copy (${query}) to stdout (format binary)`);
  client.query(source);
  try {
    await pipeline(source, sink);
  } catch (error) {
    // The driver tells a stream that is over already of the connection's end.
    source.on("error", () => undefined);
    client.connection.stream.destroy();
    throw error;
  }
  // The count follows the last row: it is here when the next statement is answered.
  await client.query("");
  return source.rowCount;
}

/**
 * Stands between a pipeline and the driver's COPY stream. That one emits `error` without ever closing when
 * Postgres refuses something or the connection breaks, and drops the callbacks of pending writes; this one
 * always closes.
 */
class CopySink extends Writable {
  readonly #client: Client;
  readonly #copy: CopyStreamQuery;
  /** Resolves when the driver is through with the COPY, well or not. */
  readonly #settled: Promise<void>;
  #over = false;

  constructor(client: Client, copy: CopyStreamQuery) {
    super({ highWaterMark: WAITING_BYTES });
    this.#client = client;
    this.#copy = copy;
    const settled = Promise.withResolvers<undefined>();
    this.#settled = settled.promise;
    const settle = (): void => {
      this.#over = true;
      noteWithoutRows(client, false);
      settled.resolve(undefined);
    };
    copy.on("finish", settle);
    copy.on("close", settle);
    copy.on("error", (error) => {
      settle();
      this.destroy(copyFault(error));
    });
    client.query(copy);
    // Until the first rows come it is right that Postgres waits.
    noteWithoutRows(client, true);
  }

  /** Rows that Postgres reports to have copied; 0 before it is finished. */
  get rowCount(): number {
    return this.#copy.rowCount;
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    noteWithoutRows(this.#client, false);
    this.#copy.write(chunk, encoding, (error) => {
      noteWithoutRows(this.#client, !this.#over);
      done(error);
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    noteWithoutRows(this.#client, false);
    this.#copy.end(() => {
      done();
    });
  }

  override _destroy(fault: Error | null, done: (error?: Error | null) => void): void {
    if (this.#over) {
      done(fault);
      return;
    }
    const timer = setTimeout(() => {
      this.#client.connection.stream.destroy(unreachable("the database", "no answer to the end of a COPY"));
    }, ABORT_LIMIT);
    this.#copy.destroy(fault ?? undefined);
    void this.#settled.then(() => {
      clearTimeout(timer);
      done(fault);
    });
  }
}

/** What the server or the network did not say themselves is the driver's word that the connection is gone. */
function copyFault(error: Error): MillraceError {
  if (error instanceof MillraceError) return error;
  const told = sqlState(error) !== undefined || systemCode(error) !== undefined;
  return told ? databaseError(error) : unreachable("the database", error.message, error);
}

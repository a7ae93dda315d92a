/** The connection to Postgres: a pool whose clients all have the same session settings and error handling. */
import pg from "pg";
import { MillraceError } from "../errors.ts";
import { databaseError, systemCode, unreachable } from "./errors.ts";
import { CONNECT_LIMIT, clientConfig, prepareSession, SessionClient, STATEMENT_TIMEOUT } from "./session.ts";
import { type BackendState, SILENCE_LIMIT, type Watched, watchSilence } from "./silence.ts";
import {
  type Client,
  runTransaction,
  type TransactionOptions,
  throwIfAborted,
  within,
} from "./transaction.ts";

export type { Client, TransactionOptions } from "./transaction.ts";

export interface Database {
  /** `host:port/database`, without user and password: safe to print. */
  readonly name: string;
  /** Runs one statement outside of any transaction. Throws what `databaseError` gives. */
  query<Row extends pg.QueryResultRow>(text: string, values?: readonly unknown[]): Promise<Row[]>;
  /** Runs `work` in a transaction of its own, see `runTransaction`. */
  transaction<T>(work: (client: Client) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** A client for the caller alone, who must `release()` it, with `true` to close it. Waits while all are taken. */
  connect(): Promise<Client>;
  /** Resolves when Postgres answers within five seconds and takes writes; throws otherwise. */
  check(): Promise<void>;
  /** Closes every connection, after those in use were released. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Most connections at once. A transaction that calls `query` needs a second one meanwhile. */
  readonly max: number;
  /**
   * How long no byte may pass in a statement or transaction before the server is asked whether it still works on it,
   * in milliseconds. Default: two minutes.
   */
  readonly silence?: number;
}

const CHECK_LIMIT = 5_000;

/** A little longer than the server's own limit, for it to say so. */
const QUERY_LIMIT = STATEMENT_TIMEOUT + 10_000;

/**
 * Opens a pool; connects when first used. `url` is `postgres://user:password@host:port/database`, with the
 * parameters of node-postgres (`sslmode`, …). Throws ENVIRONMENT_INVALID when it is no such URL.
 */
export function openDatabase(url: string, options: DatabaseOptions): Database {
  return new PooledDatabase(clientConfig(url, options.applicationName), options);
}

/**
 * Throws DATABASE_UNSUPPORTED unless the server is Postgres 15 to 18 and the database is encoded in UTF-8
 * (station names are).
 */
export async function requireSupportedServer(database: Database): Promise<void> {
  const [server] = await database.query<{ version: number; text: string; encoding: string }>(
    `select current_setting('server_version_num')::integer as version, current_setting('server_version') as text,
            current_setting('server_encoding') as encoding`,
  );
  const major = Math.floor((server?.version ?? 0) / 10_000);
  if (major < 15 || major > 18) {
    throw new MillraceError(
      "DATABASE_UNSUPPORTED",
      `${database.name} is Postgres ${server?.text ?? "(unknown)"}`,
    );
  }
  if (server?.encoding !== "UTF8") {
    throw new MillraceError(
      "DATABASE_UNSUPPORTED",
      `${database.name} is encoded in ${server?.encoding ?? "?"}, not UTF8`,
    );
  }
}

class PooledDatabase implements Database {
  readonly name: string;
  readonly #pool: pg.Pool;
  readonly #config: pg.ClientConfig;
  readonly #silence: number;
  /** Process ids of the backends whose sessions are set up. */
  readonly #backends = new WeakMap<Client, number>();
  readonly #broken = new WeakMap<Client, Error>();

  constructor(config: pg.ClientConfig, { max, silence = SILENCE_LIMIT }: DatabaseOptions) {
    this.#config = config;
    this.#silence = silence;
    // Only a client knows what it connects to once the environment's defaults are applied.
    const { host, port, database } = new SessionClient(config);
    this.name = `${host}:${port}/${database ?? ""}`;
    // Given to the pool itself, connectionTimeoutMillis would also end a mere wait for a free client.
    const Client = class extends SessionClient {
      constructor() {
        super(config);
      }
    };
    this.#pool = new pg.Pool({ max, Client });
    // A dying backend emits `error`; without a listener that would end the process.
    this.#pool.on("connect", (client) => {
      client.on("error", (error) => this.#broken.set(client, error));
    });
    // An idle client broke: the pool has dropped it already, and the next query connects anew or reports why not.
    this.#pool.on("error", (error, client) => this.#broken.set(client, error));
  }

  async connect(): Promise<Client> {
    const client = await this.#pool.connect().catch((error: unknown) => {
      throw connectionError(error, this.name);
    });
    if (this.#backends.has(client)) return client;
    try {
      this.#backends.set(client, await within(prepareSession(client), CONNECT_LIMIT, this.name));
      return client;
    } catch (error) {
      client.release(true);
      throw connectionError(error, this.name);
    }
  }

  async query<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const client = await this.connect();
    const unwatchSilence = watchSilence(this.#watched(client));
    try {
      const { rows } = await within(client.query<Row>(text, [...values]), QUERY_LIMIT, this.name);
      client.release();
      return rows;
    } catch (error) {
      const fault = this.#broken.get(client);
      client.release(fault !== undefined || error instanceof MillraceError);
      const broke = fault !== undefined && !(error instanceof pg.DatabaseError);
      throw broke ? unreachable(this.name, fault.message, error) : databaseError(error, this.name);
    } finally {
      unwatchSilence();
    }
  }

  async check(): Promise<void> {
    const [server] = await this.#aside<{ readOnly: boolean }>(
      "select current_setting('transaction_read_only')::boolean as \"readOnly\"",
      [],
    );
    if (server?.readOnly === true)
      throw new MillraceError("DATABASE_READ_ONLY", `${this.name} takes no writes`);
  }

  async transaction<T>(work: (client: Client) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    throwIfAborted(options.signal);
    const client = await this.connect();
    const context = {
      ...this.#watched(client),
      broken: () => this.#broken.get(client),
      cancel: () => this.#cancel(client),
    };
    return runTransaction(context, work, options);
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  #watched(client: Client): Watched {
    return {
      client,
      name: this.name,
      limit: this.#silence,
      inspect: () => this.#inspect(client),
      terminate: () => this.#terminate(client),
    };
  }

  /** Cancels the statement that `client` is running, or closes its connection when that cannot be asked for. */
  async #cancel(client: Client): Promise<void> {
    try {
      await this.#aside("select pg_cancel_backend($1)", [this.#backends.get(client)]);
    } catch {
      // Without a way to tell the server, closing the connection is what makes it notice.
      client.connection.stream.destroy();
    }
  }

  /** What the server says of the client's backend; undefined when it has none any more. */
  async #inspect(client: Client): Promise<BackendState | undefined> {
    const [backend] = await this.#aside<BackendState>(
      'select state, wait_event as "waitsFor" from pg_stat_activity where pid = $1',
      [this.#backends.get(client)],
    );
    return backend;
  }

  /** Ends the backend of a client that was given up, if the server can be told. */
  async #terminate(client: Client): Promise<void> {
    try {
      await this.#aside("select pg_terminate_backend($1)", [this.#backends.get(client)]);
    } catch {
      // The server cannot be reached: its keep-alive ends the backend within about a minute.
    }
  }

  /** Runs a statement on a connection of its own, however busy the pool is; within CHECK_LIMIT or not at all. */
  async #aside<Row extends pg.QueryResultRow>(text: string, values: readonly unknown[]): Promise<Row[]> {
    const client = new SessionClient(this.#config);
    const broken = Promise.withResolvers<never>();
    client.on("error", (error) => {
      broken.reject(error);
    });
    const ask = async (): Promise<Row[]> => {
      await client.connect();
      const { rows } = await client.query<Row>(text, [...values]);
      await client.end();
      return rows;
    };
    try {
      return await within(Promise.race([ask(), broken.promise]), CHECK_LIMIT, this.name);
    } catch (error) {
      client.connection.stream.destroy();
      throw connectionError(error, this.name);
    }
  }
}

/** What went wrong before a session stood. The driver's own errors there have no code, only a text. */
function connectionError(error: unknown, name: string): MillraceError {
  if (error instanceof MillraceError || error instanceof pg.DatabaseError) return databaseError(error, name);
  const text = error instanceof Error ? error.message : String(error);
  return unreachable(name, systemCode(error) ?? text, error);
}

/** One session with Postgres: what it connects with, and the settings that every one of them gets. */
import pg from "pg";
import { MillraceError } from "../errors.ts";
import { sqlState } from "./errors.ts";
import { valueTypes } from "./values.ts";

/** Longest wait for a connection and its set-up, in milliseconds. */
export const CONNECT_LIMIT = 10_000;

/** Longest statement outside of a transaction, in milliseconds. */
export const STATEMENT_TIMEOUT = 300_000;

/** A client that says what is wrong when the server wants a password and there is none. */
export class SessionClient extends pg.Client {
  constructor(config: pg.ClientConfig) {
    super(config);
    if (typeof this.password === "string") return;
    // The driver calls a function for the password, and only when the server asks for one.
    const passwordMissing = (): never => {
      // The driver would leave the connection open, and the server waits for the password until its time-out.
      setImmediate(() => this.connection.stream.destroy());
      throw new MillraceError(
        "DATABASE_REFUSED",
        "the server asks for a password and the database URL has none",
      );
    };
    Object.defineProperty(this, "password", { value: passwordMissing });
  }
}

/**
 * The driver's configuration for a URL as `openDatabase` takes it. Throws ENVIRONMENT_INVALID without repeating
 * the URL.
 */
export function clientConfig(url: string, applicationName: string): pg.ClientConfig {
  const config: pg.ClientConfig = {
    connectionString: url,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_LIMIT,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    types: valueTypes,
  };
  if (!isPostgresUrl(url) || !isAccepted(config)) {
    // Neither the URL nor the driver's complaint is repeated: both may hold a password.
    throw new MillraceError(
      "ENVIRONMENT_INVALID",
      "the database URL must look like postgres://user:password@host:5432/database (special characters as %XX)",
    );
  }
  return config;
}

function isPostgresUrl(url: string): boolean {
  return URL.canParse(url) && ["postgres:", "postgresql:"].includes(new URL(url).protocol);
}

function isAccepted(config: pg.ClientConfig): boolean {
  try {
    return new SessionClient(config).port > 0;
  } catch {
    // A malformed escape, or a certificate file that cannot be read.
    return false;
  }
}

/**
 * Settings of the whole session. Times are UTC whatever the server's default, since results come back as text.
 * The server looks every second whether a busy session's client is still there (client_connection_check_interval)
 * and probes a silent one (tcp_keepalives): otherwise a load that died in a long statement would keep its claim
 * until that ended. Platforms without such a check refuse it with 22023; then the claim lasts that long.
 *
 * @returns the process id of the backend
 */
export async function prepareSession(client: pg.ClientBase): Promise<number> {
  const { rows } = await client.query<{ pid: number }>(
    `select pg_backend_pid() as pid, set_config('timezone', 'UTC', false), set_config('datestyle', 'ISO', false),
            set_config('statement_timeout', $1, false), set_config('tcp_keepalives_idle', '30', false),
            set_config('tcp_keepalives_interval', '10', false), set_config('tcp_keepalives_count', '3', false)`,
    [String(STATEMENT_TIMEOUT)],
  );
  try {
    await client.query("select set_config('client_connection_check_interval', '1s', false)");
  } catch (error) {
    if (sqlState(error) !== "22023") throw error;
  }
  return rows[0]?.pid ?? 0;
}

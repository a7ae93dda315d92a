/** What an error of Postgres, of its driver or of the network below means for Millrace. */
import { DatabaseError } from "pg";
import { type ErrorCode, MillraceError } from "../errors.ts";

/** Longest text of the server's that goes into a message. */
const LONGEST_TEXT = 500;

/**
 * SQLSTATEs and classes (their first two characters) that mean more than "it failed". Source: appendix A of
 * the Postgres manual. 08: connection exception; 25006: read-only transaction; 28: invalid authorisation; 3D: no such database; 42501:
 * insufficient privilege; 53100: disk full; 53300: too many connections; 57P01 to 57P03: shut down, crashed, starting up.
 */
const CODE_BY_SQLSTATE = new Map<string, ErrorCode>([
  ["08", "DATABASE_UNREACHABLE"],
  ["25006", "DATABASE_READ_ONLY"],
  ["28", "DATABASE_REFUSED"],
  ["3D", "DATABASE_REFUSED"],
  ["42501", "DATABASE_REFUSED"],
  ["53100", "DATABASE_FULL"],
  ["53300", "DATABASE_UNREACHABLE"],
  ["57P01", "DATABASE_UNREACHABLE"],
  ["57P02", "DATABASE_UNREACHABLE"],
  ["57P03", "DATABASE_UNREACHABLE"],
]);

/** The code of an error of the operating system (`ECONNREFUSED`), of the resolver or of TLS; else undefined. */
export function systemCode(error: unknown): string | undefined {
  if (error instanceof MillraceError || error instanceof DatabaseError) return undefined;
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  return typeof error.code === "string" ? error.code : undefined;
}

/** The five-character SQLSTATE of an error that the server reported; else undefined. */
export function sqlState(error: unknown): string | undefined {
  const original = error instanceof MillraceError ? error.cause : error;
  return original instanceof DatabaseError ? original.code : undefined;
}

/**
 * Classifies an error of a query or a connection by its SQLSTATE or system code: DATABASE_REFUSED (login,
 * rights, no such database), DATABASE_READ_ONLY, DATABASE_FULL, DATABASE_UNREACHABLE (no connection, server stopping or starting) or
 * DATABASE_FAILED with the SQLSTATE in its text. A MillraceError is returned as it is.
 *
 * @param name the database as `Database.name` gives it, for the message
 */
export function databaseError(error: unknown, name = "the database"): MillraceError {
  if (error instanceof MillraceError) return error;
  if (error instanceof DatabaseError) {
    const state = error.code ?? "XX000";
    const code = CODE_BY_SQLSTATE.get(state) ?? CODE_BY_SQLSTATE.get(state.slice(0, 2)) ?? "DATABASE_FAILED";
    return new MillraceError(code, `${name}: ${serverText(error)} (SQLSTATE ${state})`, {}, error);
  }
  const system = systemCode(error);
  if (system !== undefined) return unreachable(name, system, error);
  const text = error instanceof Error ? error.message : String(error);
  return new MillraceError("DATABASE_FAILED", `${name}: ${text}`, {}, error);
}

/** DATABASE_UNREACHABLE for a connection that broke, timed out or never came about. */
export function unreachable(name: string, what: string, cause?: unknown): MillraceError {
  return new MillraceError("DATABASE_UNREACHABLE", `no connection to ${name}: ${what}`, {}, cause);
}

function serverText(error: DatabaseError): string {
  const text = error.detail === undefined ? error.message : `${error.message}: ${error.detail}`;
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}

/** Migrated databases for tests, each of its own and dropped afterwards. */
import { randomBytes } from "node:crypto";
import { escapeIdentifier } from "pg";
import { type Database, openDatabase } from "../src/postgres/connect.ts";
import { databaseOf, onDatabase, siblingUrl, startTestServer, type TestServer } from "./server.ts";

/** A test's or suite's context, or `{ after }` of node:test for a whole file. */
interface Scope {
  after(cleanUp: () => Promise<void>): void;
}

/** Of this process, when a file is run alone, without the run's global set-up. */
let ownServer: Promise<TestServer> | undefined;

/**
 * A fresh database with every migration applied; closed and dropped when the scope ends. `database` has up to
 * ten connections.
 */
export async function testDatabase(scope: Scope): Promise<{ url: string; database: Database }> {
  const template = await templateUrl();
  const name = `millrace_test_${process.pid}_${randomBytes(4).toString("hex")}`;
  const administration = siblingUrl(template, "postgres");
  await onDatabase(administration, (admin) =>
    admin.query(
      `create database ${escapeIdentifier(name)} template ${escapeIdentifier(databaseOf(template))} strategy file_copy`,
    ),
  );
  const url = siblingUrl(template, name);
  const database = openDatabase(url, { applicationName: "millrace test", max: 10 });
  scope.after(async () => {
    await database.close();
    await onDatabase(administration, (admin) =>
      admin.query(`drop database ${escapeIdentifier(name)} with (force)`),
    );
  });
  return { url, database };
}

async function templateUrl(): Promise<string> {
  const shared = process.env["MILLRACE_TEST_CLUSTER"];
  if (shared !== undefined) return shared;
  ownServer ??= startOwnServer();
  return (await ownServer).url;
}

/** Stops when nothing is left to do, which is after every test and hook. */
async function startOwnServer(): Promise<TestServer> {
  const server = await startTestServer();
  process.once("beforeExit", () => void server.stop());
  return server;
}

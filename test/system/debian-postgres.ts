/** A Postgres from Debian's package, with a cluster of the test's own. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bareEnvironment, findProgram, freePort, runProgram, type Scope, startProgram } from "./programs.ts";

/** Where Debian's package of a major version has the server; the oldest that Millrace supports comes first. */
const FOLDERS = [15, 16, 17, 18].map((major) => `/usr/lib/postgresql/${major}/bin`);
const folder = FOLDERS.find((candidate) => existsSync(join(candidate, "postgres")));

/** For `{ skip }`. */
export const skipWithoutPostgres: false | string =
  folder === undefined || findProgram("psql") === undefined
    ? "neither Debian's postgresql package nor psql is on this machine"
    : false;

export interface DebianPostgres {
  readonly version: string;
  /** The URL of a database for a role that owns it and may do nothing else. */
  readonly ownerUrl: string;
  /** The same database for a role that may only log in. */
  readonly readerUrl: string;
}

/** Starts the server, as the user `postgres` where we are root, and creates two roles and a database. */
export async function startDebianPostgres(scope: Scope): Promise<DebianPostgres> {
  assert.ok(folder !== undefined);
  const identity = process.getuid?.() === 0 ? await identityOf("postgres") : undefined;
  const home = await mkdtemp(join(tmpdir(), "millrace-system-postgres-"));
  scope.after(() => rm(home, { recursive: true }));
  const password = randomBytes(12).toString("hex");
  const passwordFile = join(home, "password");
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (identity !== undefined) {
    await chown(home, identity.uid, identity.gid);
    await chown(passwordFile, identity.uid, identity.gid);
  }
  const options = { cwd: home, env: { ...bareEnvironment(), LC_ALL: "C.UTF-8" }, ...identity };
  const data = join(home, "data");
  const authentication = ["--username=admin", "--auth=scram-sha-256", `--pwfile=${passwordFile}`];
  const made = await runProgram(
    join(folder, "initdb"),
    [`--pgdata=${data}`, "--no-sync", ...authentication],
    options,
  );
  assert.equal(made.code, 0, made.stderr);
  const port = await freePort();
  const settings = [`port=${port}`, "listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"];
  const server = startProgram(
    scope,
    join(folder, "postgres"),
    ["-D", data, ...settings.flatMap((one) => ["-c", one])],
    options,
  );
  await server.waitFor(/ready to accept connections/);
  const url = (user: string, database: string) =>
    `postgresql://${user}:${password}@127.0.0.1:${port}/${database}`;
  for (const role of ["millrace", "reader"])
    await psql(url("admin", "postgres"), `create role ${role} login password '${password}'`);
  await psql(url("admin", "postgres"), "create database climate owner millrace");
  const version = await psql(url("admin", "postgres"), "show server_version");
  return { version, ownerUrl: url("millrace", "climate"), readerUrl: url("reader", "climate") };
}

/** What psql prints for a statement: rows as lines, columns parted by `|`. An Error when it fails. */
export async function psql(url: string, sql: string): Promise<string> {
  const flags = ["--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1"];
  const { code, stdout, stderr } = await runProgram("psql", [...flags, "--command", sql, url], {
    env: { ...bareEnvironment(), LC_ALL: "C.UTF-8" },
  });
  if (code !== 0) throw new Error(`psql: ${stderr}`);
  return stdout.trimEnd();
}

/** The numbers of a user of this machine. */
export async function identityOf(user: string): Promise<{ uid: number; gid: number }> {
  const number = async (flag: string) => {
    const { code, stdout, stderr } = await runProgram("id", [flag, user], { env: bareEnvironment() });
    assert.equal(code, 0, stderr);
    return Number(stdout);
  };
  return { uid: await number("-u"), gid: await number("-g") };
}

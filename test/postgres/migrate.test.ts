import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, suite, type TestContext, test } from "node:test";
import { MillraceError } from "../../src/errors.ts";
import { type Database, openDatabase } from "../../src/postgres/connect.ts";
import { migrate, migrationState } from "../../src/postgres/migrate.ts";
import { testDatabase } from "../database.ts";
import { siblingUrl } from "../server.ts";

const SHIPPED = new URL("../../sql/migrations/", import.meta.url);
const shipped = (await readdir(SHIPPED)).sort();

const { url, database: administration } = await testDatabase({ after });

/** An empty database that belongs to a role without any special right; the connection is that role's. */
async function emptyDatabase(t: TestContext): Promise<Database> {
  const name = `migrate_${randomBytes(4).toString("hex")}`;
  await administration.query(`create role ${name} login password 'secret' nosuperuser`);
  // Whoever is no superuser either may give a database only to a role that it belongs to.
  await administration.query(`grant ${name} to current_user`);
  await administration.query(`create database ${name} owner ${name} template template0`);
  const login = new URL(siblingUrl(url, name));
  login.username = name;
  login.password = "secret";
  const database = openDatabase(login.href, { applicationName: "migrate test", max: 2 });
  t.after(async () => {
    await database.close();
    await administration.query(`drop database ${name} with (force)`);
    await administration.query(`drop role ${name}`);
  });
  return database;
}

/** A folder with migrations of the test's own. */
async function folderOf(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "millrace-migrations-"));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, sql] of Object.entries(files)) await writeFile(join(folder, name), sql);
  return folder;
}

async function tables(database: Database): Promise<unknown[]> {
  const rows = await database.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public' order by 1",
  );
  return rows.map(({ name }) => name);
}

function fault(code: string, text: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof MillraceError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, text);
    return true;
  };
}

suite("the shipped migrations", () => {
  test("apply once, in order, for a role that is no superuser", async (t) => {
    const database = await emptyDatabase(t);
    assert.deepEqual(await migrationState(database), { applied: [], pending: shipped });
    assert.deepEqual(await migrate(database), shipped);
    assert.deepEqual(await migrate(database), []);
    assert.deepEqual(await migrationState(database), { applied: shipped, pending: [] });
  });

  test("apply once when two processes start at the same time", async (t) => {
    const database = await emptyDatabase(t);
    const results = await Promise.all([migrate(database), migrate(database)]);
    assert.deepEqual(results.flat(), shipped);
    assert.equal((await database.query("select from millrace.migration")).length, shipped.length);
  });
});

suite("migrations", () => {
  const two = {
    "0001_one.sql": "create table one (id integer);\ninsert into one values (1);",
    "0002_two.sql": "create table two (id integer);",
  };

  test("that are new are applied to what is there", async (t) => {
    const database = await emptyDatabase(t);
    const folder = await folderOf(t, two);
    await migrate(database, folder);
    await writeFile(join(folder, "0003_three.sql"), "create table three as select * from one");
    await writeFile(join(folder, "notes.txt"), "no migration");
    assert.deepEqual(await migrate(database, folder), ["0003_three.sql"]);
    assert.deepEqual(await tables(database), ["one", "three", "two"]);
  });

  test("of a newer program are not touched", async (t) => {
    const database = await emptyDatabase(t);
    const folder = await folderOf(t, two);
    await migrate(database, folder);
    await rm(join(folder, "0002_two.sql"));
    await assert.rejects(migrate(database, folder), fault("DATABASE_NEWER", /0002_two\.sql/));
    await assert.rejects(migrationState(database, folder), fault("DATABASE_NEWER", /0002_two\.sql/));
  });

  test("that were edited, removed or slipped in after the fact are refused", async (t) => {
    const database = await emptyDatabase(t);
    const original = await folderOf(t, two);
    await migrate(database, original);
    const changed = fault("MIGRATION_CHANGED", /0001_one\.sql/);
    const edited = await folderOf(t, { ...two, "0001_one.sql": "create table one (id bigint);" });
    await assert.rejects(migrate(database, edited), changed);
    const removed = await folderOf(t, { "0002_two.sql": two["0002_two.sql"] });
    await assert.rejects(migrate(database, removed), changed);
    const slippedIn = await folderOf(t, { ...two, "0001_also.sql": "select 1" });
    await assert.rejects(migrate(database, slippedIn), changed);
    // Line ends are no edit.
    const converted = await folderOf(t, {
      ...two,
      "0001_one.sql": two["0001_one.sql"].replaceAll("\n", "\r\n"),
    });
    assert.deepEqual(await migrate(database, converted), []);
  });

  test("leave nothing when one fails, and say where", async (t) => {
    const database = await emptyDatabase(t);
    const folder = await folderOf(t, {
      ...two,
      "0003_broken.sql": "-- größer 🌡️\n\nselect 1;\nselect nonsense;",
    });
    await assert.rejects(migrate(database, folder), (error) => {
      assert.ok(fault("DATABASE_FAILED", /42703/)(error) && error instanceof MillraceError);
      assert.deepEqual(error.place, { file: "0003_broken.sql", line: 4 });
      return true;
    });
    assert.deepEqual(await tables(database), []);
    assert.deepEqual((await migrationState(database, folder)).applied, []);
  });

  test("are refused to a role that may not create schemas", async (t) => {
    const database = await emptyDatabase(t);
    const [row] = await database.query<{ name: string }>("select current_user as name");
    await administration.query(`alter database ${row?.name ?? ""} owner to current_user`);
    await assert.rejects(migrate(database), fault("DATABASE_REFUSED", /42501/));
  });

  test("record the hash of the file as it was applied", async (t) => {
    const database = await emptyDatabase(t);
    const folder = await folderOf(t, {});
    await cp(new URL(shipped[0] ?? "", SHIPPED), join(folder, "0001_copy.sql"));
    await migrate(database, folder);
    const sql = await readFile(join(folder, "0001_copy.sql"));
    const digest = Buffer.from(await crypto.subtle.digest("SHA-256", sql)).toString("hex");
    const rows = await database.query("select name, sha256 from millrace.migration");
    assert.deepEqual(rows, [{ name: "0001_copy.sql", sha256: digest }]);
  });
});

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { suite, type TestContext, test } from "node:test";
import { MillraceError } from "../../src/errors.ts";
import { openDatabase } from "../../src/postgres/connect.ts";
import { type EmbeddedPostgres, startEmbedded } from "../../src/postgres/embedded.ts";
import { onDatabase, TEST_SETTINGS } from "../server.ts";

const OPTIONS = { port: 0, settings: TEST_SETTINGS };

/** A directory that vanishes after the test; what is started on it must have been stopped by then. */
async function dataDir(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `millrace-test-${process.pid}-`));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "data");
}

interface Other extends Pick<EmbeddedPostgres, "url" | "adopted"> {
  readonly process: ChildProcess;
}

/** Another process that starts the server on the same directory and then does nothing. */
async function startElsewhere(t: TestContext, folder: string): Promise<Other> {
  const module = new URL("../../src/postgres/embedded.ts", import.meta.url).href;
  const script = `
    const { startEmbedded } = await import(${JSON.stringify(module)});
    const { url, adopted } = await startEmbedded(${JSON.stringify(folder)}, ${JSON.stringify(OPTIONS)});
    console.log(JSON.stringify({ url, adopted }));
    setInterval(() => undefined, 60_000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  for await (const line of createInterface({ input: child.stdout })) {
    return { ...(JSON.parse(line) as Pick<EmbeddedPostgres, "url" | "adopted">), process: child };
  }
  return assert.fail("the other process ended without a server");
}

/** A connection that tells when the server closes it. */
async function watch(t: TestContext, url: string): Promise<{ closed: Promise<void> }> {
  const database = openDatabase(url, { applicationName: "watch", max: 1 });
  const client = await database.connect();
  t.after(async () => {
    client.release(true);
    await database.close();
  });
  return {
    closed: new Promise((resolve) => {
      client.once("end", resolve);
    }),
  };
}

async function write(url: string): Promise<void> {
  await onDatabase(url, async (database) => {
    await database.query("create table kept (id integer)");
    await database.query("insert into kept values (1)");
  });
}

async function read(url: string): Promise<unknown[]> {
  return onDatabase(url, (database) => database.query("select id from kept"));
}

function isFault(text: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof MillraceError, String(error));
    assert.equal(error.code, "EMBEDDED_POSTGRES", error.message);
    assert.match(error.message, text);
    return true;
  };
}

suite("an embedded server", { concurrency: 2 }, () => {
  test("starts, keeps data and port over a restart, and lets nobody in without the password", async (t) => {
    const folder = await dataDir(t);
    const first = await startEmbedded(folder, OPTIONS);
    assert.equal(first.adopted, false);
    await write(first.url);
    const [server] = await onDatabase(first.url, (database) =>
      database.query(
        `select current_setting('server_encoding') as encoding, current_setting('wal_level') as wal,
              current_setting('listen_addresses') as addresses, 'ä' ~ '^[[:alpha:]]$' as utf8,
              (select datcollate from pg_database where datname = current_database()) as collation`,
      ),
    );
    assert.deepEqual(server, {
      encoding: "UTF8",
      wal: "minimal",
      addresses: "127.0.0.1",
      utf8: true,
      collation: "C",
    });
    const intruder = new URL(first.url);
    intruder.password = "guess";
    await assert.rejects(
      onDatabase(intruder.href, (database) => database.query("select 1")),
      (error) => error instanceof MillraceError && error.code === "DATABASE_REFUSED",
    );
    assert.equal((await stat(join(folder, "postgres/millrace.password"))).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, "postgres"))).mode & 0o777, 0o700);

    const { closed } = await watch(t, first.url);
    await Promise.all([first.stop(), first.stop(), closed]);
    const second = await startEmbedded(folder, OPTIONS);
    assert.equal(second.url, first.url);
    assert.deepEqual(await read(second.url), [{ id: 1 }]);
    await second.stop();
    assert.deepEqual((await readdir(folder)).sort(), ["postgres", "postgres.log"]);
  });

  test("of two processes that start at once one starts the server and the other adopts it", async (t) => {
    const folder = await dataDir(t);
    const both = await Promise.all([startElsewhere(t, folder), startElsewhere(t, folder)]);
    assert.deepEqual(both.map(({ adopted }) => adopted).sort(), [false, true]);
    assert.equal(both[0].url, both[1].url);
    const third = await startEmbedded(folder, OPTIONS);
    assert.equal(third.adopted, true);
    await third.stop();
    await write(third.url);

    // The server ends with the process that started it, even by SIGKILL, and not with another.
    const { closed } = await watch(t, third.url);
    both.find(({ adopted }) => adopted)?.process.kill("SIGKILL");
    assert.deepEqual(await read(third.url), [{ id: 1 }]);
    both.find(({ adopted }) => !adopted)?.process.kill("SIGKILL");
    await closed;
    const next = await startEmbedded(folder, OPTIONS);
    assert.equal(next.adopted, false);
    assert.deepEqual(await read(next.url), [{ id: 1 }]);
    await next.stop();
  });

  test("recovers when the server itself was killed and its lock file still says ready", async (t) => {
    const folder = await dataDir(t);
    const killed = await startElsewhere(t, folder);
    await write(killed.url);
    const { closed } = await watch(t, killed.url);
    const lockFile = await readFile(join(folder, "postgres/postmaster.pid"), "utf8");
    process.kill(Number(lockFile.split("\n")[0]), "SIGKILL");
    await closed;
    assert.match(await readFile(join(folder, "postgres/postmaster.pid"), "utf8"), /^ready/m);
    const next = await startEmbedded(folder, OPTIONS);
    assert.equal(next.adopted, false);
    assert.deepEqual(await read(next.url), [{ id: 1 }]);
    await next.stop();
  });

  test("says what is wrong with the directory or the settings", async (t) => {
    const folder = await dataDir(t);
    await mkdir(join(folder, "postgres"), { recursive: true });
    await writeFile(join(folder, "postgres/PG_VERSION"), "14\n");
    await assert.rejects(startEmbedded(folder, OPTIONS), isFault(/made by Postgres 14/));
    await assert.rejects(
      startEmbedded(join(folder, "postgres/PG_VERSION"), OPTIONS),
      isFault(/EEXIST|ENOTDIR/),
    );
    const wrong = { ...OPTIONS, settings: { shared_buffers: "much" } };
    await assert.rejects(startEmbedded(join(folder, "fresh"), wrong), isFault(/shared_buffers/));
  });
});

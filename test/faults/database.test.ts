/** A database that fails in the middle of a load: the load leaves nothing, the daemon stays up, says so, and recovers. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { suite, test } from "node:test";
import { databaseOf, onDatabase, siblingUrl } from "../server.ts";
import { assertRecovered, type Daemon, startDaemon } from "./daemon.ts";

const COPY = { text: 'copy "staging"', side: "after" } as const;
const RECEIPT = { text: "insert into millrace.receipt", side: "after" } as const;
const COMMIT = { text: "commit\0", side: "after", following: "set etag = read.etag" } as const;
const BACKENDS =
  "from pg_stat_activity where datname = current_database() and application_name = 'daemon' and xact_start is not null";

/** Lets the pass come to a step, does something there, and waits for the pass to end. */
async function passWith(
  daemon: Daemon,
  step: Parameters<Daemon["toDatabase"]["hold"]>[0],
  happens: () => unknown,
): Promise<void> {
  const held = daemon.toDatabase.hold(step);
  const pass = daemon.pass();
  await held.reached;
  await happens();
  held.release();
  await pass;
}

suite("a database that fails in mid-load", { concurrency: 2 }, () => {
  for (const [name, step] of [
    ["COPY", COPY],
    ["the receipt", RECEIPT],
  ] as const) {
    test(`reset during ${name}`, async (context) => {
      const daemon = await startDaemon(context);
      await passWith(daemon, step, daemon.toDatabase.reset);
      assert.deepEqual(daemon.failures(), ["DATABASE_UNREACHABLE"]);
      await assertRecovered(daemon);
    });
  }

  test("reset while COMMIT is on its way, which takes effect", async (context) => {
    const daemon = await startDaemon(context);
    await passWith(daemon, COMMIT, daemon.toDatabase.reset);
    assert.deepEqual(daemon.failures(), ["DATABASE_UNREACHABLE"]);
    await assertRecovered(daemon);
  });

  test("backend killed", async (context) => {
    const daemon = await startDaemon(context);
    await passWith(daemon, COPY, () =>
      daemon.mill.database.query(`select pg_terminate_backend(pid) ${BACKENDS}`),
    );
    assert.deepEqual(daemon.failures(), ["DATABASE_UNREACHABLE"]);
    await assertRecovered(daemon);
  });

  test("packets swallowed without a reset", async (context) => {
    const daemon = await startDaemon(context);
    daemon.toDatabase.hold(RECEIPT);
    await daemon.pass();
    assert.deepEqual(daemon.failures(), ["DATABASE_UNREACHABLE"]);
    await assertRecovered(daemon);
  });

  test("server away, for longer than one pass", async (context) => {
    const daemon = await startDaemon(context);
    await passWith(daemon, COPY, daemon.toDatabase.refuse);
    assert.match((await daemon.obstacle()) ?? "", /does not answer.*ECONNREFUSED.*DATABASE_UNREACHABLE/);
    await daemon.pass();
    // The load's failure could not be written, so its pass failed, and so did the one after it.
    assert.deepEqual(daemon.failures(), ["DATABASE_UNREACHABLE", "DATABASE_UNREACHABLE"]);
    await daemon.toDatabase.heal();
    // As if the attempt was made a while ago: a young one may be about to claim.
    await daemon.mill.database.query(
      "update millrace.load set started_at = started_at - interval '1 minute'",
    );
    await assertRecovered(daemon);
  });

  test("statement ended by the server (its time-out has the same SQLSTATE 57014)", async (context) => {
    const daemon = await startDaemon(context);
    await passWith(daemon, COPY, () =>
      daemon.mill.database.query(`select pg_cancel_backend(pid) ${BACKENDS}`),
    );
    assert.deepEqual(daemon.failures(), ["DATABASE_FAILED"]);
    await assertRecovered(daemon);
  });

  test("too many connections", async (context) => {
    const role = `loader_${randomBytes(4).toString("hex")}`;
    const daemon = await startDaemon(context, async (direct) => {
      const url = new URL(direct);
      await onDatabase(direct, (database) =>
        database.query(`create role ${role} login password 'x' in role ${url.username}`),
      );
      url.username = role;
      url.password = "x";
      return url.href;
    });
    const { database, url } = daemon.mill;
    context.after(() =>
      onDatabase(siblingUrl(url, "postgres"), (server) => server.query(`drop role if exists ${role}`)),
    );
    await database.query(`alter role ${role} connection limit 0`);
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'daemon'",
    );
    await daemon.pass();
    assert.deepEqual(daemon.failures(), ["DATABASE_UNREACHABLE"]);
    assert.match((await daemon.obstacle()) ?? "", /SQLSTATE 53300/);
    await database.query(`alter role ${role} connection limit -1`);
    await assertRecovered(daemon);
  });

  test("read-only, as after fail-over to a replica", async (context) => {
    const daemon = await startDaemon(context);
    const { database, url } = daemon.mill;
    const name = databaseOf(url);
    await database.query(`alter database ${name} set default_transaction_read_only = on`);
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'daemon'",
    );
    await daemon.pass();
    assert.ok(
      daemon.failures().every((code) => code === "DATABASE_READ_ONLY" || code === "DATABASE_UNREACHABLE"),
    );
    await daemon.pass();
    assert.equal(daemon.failures().at(-1), "DATABASE_READ_ONLY");
    assert.match((await daemon.obstacle()) ?? "", /takes no writes.*DATABASE_READ_ONLY/);
    // Connections made before must not keep the old mode.
    await database.query(`alter database ${name} reset default_transaction_read_only`);
    await daemon.pass();
    await assertRecovered(daemon);
  });

  test("disk full (raised by a trigger with the SQLSTATE of a real one, 53100)", async (context) => {
    const daemon = await startDaemon(context);
    const { database } = daemon.mill;
    await database.query(
      `create function public.full_disk() returns trigger language plpgsql as $$
       begin raise exception 'could not extend file' using errcode = '53100'; end $$`,
    );
    await database.query(
      "create trigger full_disk before insert on millrace.receipt execute function public.full_disk()",
    );
    await daemon.pass();
    assert.deepEqual(daemon.failures(), ["DATABASE_FULL"]);
    assert.match((await daemon.obstacle()) ?? "", /disk is full/);
    await database.query("drop function public.full_disk cascade");
    await assertRecovered(daemon);
  });
});

/** A database that goes silent: packets are dropped without a reset, in each phase of a transaction. */
import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { suite, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { MillraceError } from "../../src/errors.ts";
import { openDatabase } from "../../src/postgres/connect.ts";
import { COPY_HEADER, COPY_TRAILER, copyInto } from "../../src/postgres/copy.ts";
import { testDatabase } from "../database.ts";
import { startProxy } from "./proxy.ts";

const SILENCE = 400;

async function openSilenceable(context: TestContext) {
  const { url, database: direct } = await testDatabase(context);
  const proxy = await startProxy(url);
  const database = openDatabase(proxy.url(url), { applicationName: "silent", max: 4, silence: SILENCE });
  context.after(async () => {
    await proxy.stop();
    await database.close();
  });
  const backends = async () => {
    const rows = await direct.query<{ state: string }>(
      "select state from pg_stat_activity where application_name = 'silent' and state <> 'idle'",
    );
    return rows.map(({ state }) => state);
  };
  return { proxy, database, direct, backends };
}

const isUnreachable = (error: unknown): boolean =>
  error instanceof MillraceError && error.code === "DATABASE_UNREACHABLE" && /silent/.test(error.message);

suite("a database that goes silent", { concurrency: 4 }, () => {
  test("ends the statement that waits for it, and its backend with its locks", async (context) => {
    const { proxy, database, backends } = await openSilenceable(context);
    const held = proxy.hold({ text: "select 'lost'", side: "before" });
    await assert.rejects(
      database.transaction(async (client) => {
        await client.query("select pg_advisory_xact_lock(1)");
        await client.query("select 'lost'");
      }),
      isUnreachable,
    );
    // The way to the server is open but for that connection, so the backend could be ended.
    while ((await backends()).length > 0) await pause(10);
    held.release();
    assert.deepEqual(await database.query("select 1 as one"), [{ one: 1 }]);
  });

  test("answers that never arrive are noticed as well", async (context) => {
    const { proxy, database } = await openSilenceable(context);
    proxy.hold({ text: "select 'answered'", side: "after" });
    await assert.rejects(
      database.transaction((client) => client.query("select 'answered'")),
      isUnreachable,
    );
  });

  for (const side of ["before", "after"] as const) {
    test(`a statement of its own, lost ${side} it reached the server`, async (context) => {
      const { proxy, database } = await openSilenceable(context);
      proxy.hold({ text: "select 'alone'", side });
      await assert.rejects(database.query("select 'alone'"), isUnreachable);
    });

    test(`COMMIT, lost ${side} it reached the server`, async (context) => {
      const { proxy, database, direct } = await openSilenceable(context);
      await database.query("create table kept (line text)");
      proxy.hold({ text: "commit\0", side });
      await assert.rejects(
        database.transaction((client) => client.query("insert into kept values ('x')")),
        (error) => error instanceof MillraceError && error.code === "DATABASE_UNREACHABLE",
      );
      const kept = await direct.query("select from kept");
      assert.equal(kept.length, side === "after" ? 1 : 0);
    });
  }

  test("and so is a network in which nobody answers any more", async (context) => {
    const { proxy, database } = await openSilenceable(context);
    await assert.rejects(
      database.transaction(async (client) => {
        proxy.blackHole();
        await client.query("select 1");
      }),
      isUnreachable,
    );
    await proxy.heal();
    assert.deepEqual(await database.query("select 1 as one"), [{ one: 1 }]);
  });

  for (const [when, rows] of [
    ["in the middle", Number.POSITIVE_INFINITY],
    ["after the last row", 3],
  ] as const) {
    test(`a COPY is ended ${when}`, async (context) => {
      const { proxy, database } = await openSilenceable(context);
      await assert.rejects(
        database.transaction(async (client) => {
          await client.query("create table many (line text)");
          const copy = copyInto(client, "public.many", ["line"]);
          await pipeline(
            Readable.from(
              tuples(rows, 2, () => {
                proxy.blackHole();
              }),
            ),
            copy,
          );
        }),
        isUnreachable,
      );
    });
  }

  test("work that takes longer is left alone: a long statement, and a COPY whose rows are late", async (context) => {
    const { database } = await openSilenceable(context);
    const copied = await database.transaction(async (client) => {
      await client.query("create table few (line text)");
      const copy = copyInto(client, "public.few", ["line"]);
      async function* late() {
        for (const piece of [COPY_HEADER, tuple("late"), COPY_TRAILER]) {
          await pause(SILENCE * 3);
          yield piece;
        }
      }
      await pipeline(Readable.from(late()), copy);
      await client.query("select pg_sleep($1)", [(SILENCE * 4) / 1000]);
      return copy.rowCount;
    });
    assert.equal(copied, 1);
  });
});

function tuple(text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(6);
  head.writeInt16BE(1, 0);
  head.writeInt32BE(body.length, 2);
  return Buffer.concat([head, body]);
}

/** A binary COPY of so many rows of 64 kB; says when a row is the one at which something happens. */
async function* tuples(rows: number, at: number, happens: () => void) {
  yield COPY_HEADER;
  const row = tuple("x".repeat(65_536));
  for (let number = 0; number < rows; number++) {
    if (number === at) happens();
    yield row;
    await pause(0);
  }
  yield COPY_TRAILER;
}

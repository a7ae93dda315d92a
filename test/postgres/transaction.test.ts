import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import { MillraceError } from "../../src/errors.ts";
import { type Client, openDatabase } from "../../src/postgres/connect.ts";
import { testDatabase } from "../database.ts";

const { url, database } = await testDatabase({ after });
await database.query("create table note (id integer primary key deferrable initially deferred)");

/** Ends, when the test ends, with the connections closed. */
function open(t: { after(work: () => Promise<void>): void }, target: string, max = 2) {
  const opened = openDatabase(target, { applicationName: "connect test", max });
  t.after(() => opened.close());
  return opened;
}

/** When the connection is closed; `once` of node:events would reject with the error that comes before. */
async function ended(client: Client): Promise<void> {
  return new Promise((resolve) => {
    client.once("end", resolve);
  });
}

async function notes(): Promise<number[]> {
  return (await database.query<{ id: number }>("select id from note order by id")).map(({ id }) => id);
}

/** Runs a statement that tells by a notice that it is running, and then does not end by itself. */
async function runForever(client: Client, onRunning: () => void): Promise<void> {
  client.once("notice", onRunning);
  await client.query("do $$ begin raise notice 'running'; perform pg_sleep(600); end $$");
}

function hasCode(code: string, text?: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof MillraceError, String(error));
    assert.equal(error.code, code, error.message);
    if (text !== undefined) assert.match(error.message, text);
    return true;
  };
}

suite("a transaction", () => {
  test("commits what it did, and leaves nothing when its work throws", async () => {
    const result = await database.transaction(async (client) => {
      await client.query("insert into note values (1)");
      return "done";
    });
    assert.equal(result, "done");
    const fault = new TypeError("of the work");
    const failing = database.transaction(async (client) => {
      await client.query("insert into note values (2)");
      throw fault;
    });
    await assert.rejects(failing, (error) => error === fault);
    assert.deepEqual(await notes(), [1]);
  });

  test("has its own limits, which do not outlive it", async (t) => {
    const one = open(t, url, 1);
    const limits = `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
                           current_setting('idle_in_transaction_session_timeout') as idle`;
    const inside = await one.transaction((client) => client.query(limits), {
      statementTimeout: 7_000,
      lockTimeout: 400,
    });
    assert.deepEqual(inside.rows, [{ statement: "7s", lock: "400ms", idle: "5min" }]);
    assert.deepEqual(await one.query(limits), [{ statement: "5min", lock: "0", idle: "0" }]);
  });

  test("reports a COMMIT that fails", async () => {
    const twice = database.transaction((client) => client.query("insert into note values (3), (3)"));
    await assert.rejects(twice, hasCode("DATABASE_FAILED", /SQLSTATE 23505/));
    assert.ok(!(await notes()).includes(3));
  });

  test("reports a COMMIT that rolls back because the work swallowed an error", async () => {
    const swallowing = database.transaction(async (client) => {
      await client.query("insert into note values (4)");
      await client.query("select 1/0").catch(() => undefined);
    });
    await assert.rejects(swallowing, hasCode("DATABASE_FAILED", /rolled back/));
    assert.ok(!(await notes()).includes(4));
  });

  test("survives the death of its backend and of an idle one", async (t) => {
    const victim = open(t, url, 1);
    const killed = victim.transaction(async (client) => {
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      const closed = ended(client);
      await database.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      await closed;
      await client.query("select 1");
    });
    await assert.rejects(killed, hasCode("DATABASE_UNREACHABLE"));
    const [idle] = await victim.query<{ pid: number }>("select pg_backend_pid() as pid");
    const client = await victim.connect();
    client.release();
    const closed = ended(client);
    await database.query("select pg_terminate_backend($1)", [idle?.pid]);
    await closed;
    assert.deepEqual(await victim.query("select 1 as one"), [{ one: 1 }]);
  });

  test("that is killed in the middle of a statement says that the server is gone", async () => {
    const killed = database.transaction(async (client) => {
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      const kill = Promise.withResolvers<unknown>();
      const running = runForever(client, () => {
        kill.resolve(database.query("select pg_terminate_backend($1)", [rows[0]?.pid]));
      });
      await Promise.all([running, kill.promise]);
    });
    await assert.rejects(killed, hasCode("DATABASE_UNREACHABLE", /57P01/));
  });

  test("whose client vanishes lets go of its locks while its statement runs", async () => {
    const gone = Promise.withResolvers<undefined>();
    const vanishing = database.transaction(async (client) => {
      await client.query("select pg_advisory_xact_lock(77)");
      await runForever(client, () => {
        client.connection.stream.destroy();
        gone.resolve(undefined);
      });
    });
    await assert.rejects(vanishing, hasCode("DATABASE_UNREACHABLE"));
    await gone.promise;
    await database.transaction((client) => client.query("select pg_advisory_xact_lock(77)"), {
      lockTimeout: 20_000,
    });
  });
});

suite("an abort", () => {
  test("cancels the running statement and leaves nothing", async () => {
    const controller = new AbortController();
    let pid: number | undefined;
    const aborted = database.transaction(
      async (client) => {
        const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
        pid = rows[0]?.pid;
        await client.query("insert into note values (10)");
        await runForever(client, () => {
          controller.abort();
        });
      },
      { signal: controller.signal },
    );
    await assert.rejects(aborted, hasCode("LOAD_ABORTED"));
    assert.ok(!(await notes()).includes(10));
    const running = await database.query("select from pg_stat_activity where pid = $1 and state = 'active'", [
      pid,
    ]);
    assert.equal(running.length, 0);
  });

  test("prevents the COMMIT of work that did not notice, and keeps the reason it was given", async () => {
    const reason = new MillraceError("OBJECT_STALLED", "nothing came");
    const controller = new AbortController();
    const deaf = database.transaction(
      async (client) => {
        await client.query("insert into note values (11)");
        controller.abort(reason);
      },
      { signal: controller.signal },
    );
    await assert.rejects(deaf, (error) => error === reason);
    assert.ok(!(await notes()).includes(11));
  });

  test("closes the connection under work that never ends", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    // A pool of its own: one made before would hold timers that the mocked clearTimeout does not know.
    const mocked = open(t, url, 1);
    const controller = new AbortController();
    const started = Promise.withResolvers<Client>();
    const stuck = mocked.transaction(
      async (client) => {
        await client.query("insert into note values (12)");
        started.resolve(client);
        await new Promise(() => undefined);
      },
      { signal: controller.signal },
    );
    const client = await started.promise;
    const closed = ended(client);
    controller.abort();
    t.mock.timers.tick(5_000);
    await assert.rejects(stuck, hasCode("LOAD_ABORTED"));
    await closed;
    t.mock.timers.reset();
    assert.ok(!(await notes()).includes(12));
  });

  test("before the start runs nothing", async () => {
    const never = database.transaction(() => assert.fail("ran"), { signal: AbortSignal.abort() });
    await assert.rejects(never, hasCode("LOAD_ABORTED"));
  });
});

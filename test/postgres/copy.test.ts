import * as assert from "node:assert/strict";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { suite, test } from "node:test";
import { MillraceError } from "../../src/errors.ts";
import type { Client, Database } from "../../src/postgres/connect.ts";
import { COPY_HEADER, COPY_TRAILER, copyInto, copyQuery } from "../../src/postgres/copy.ts";
import { sqlState } from "../../src/postgres/errors.ts";
import { createStaging } from "../../src/postgres/staging.ts";
import { testDatabase } from "../database.ts";
import { dimensionPipeline, first } from "./merging.ts";

const COUNTRIES = dimensionPipeline("countries");
const COLUMNS = ["country_id", "country"];

/** A binary tuple of texts, after the manual's "Binary Format": field count, then length and bytes of each. */
function tuple(...fields: string[]): Buffer {
  const parts = [Buffer.from([0, fields.length])];
  for (const field of fields) {
    const length = Buffer.alloc(4);
    length.writeInt32BE(Buffer.byteLength(field));
    parts.push(length, Buffer.from(field));
  }
  return Buffer.concat(parts);
}

/** A COPY that has begun, and for ever more rows. */
async function* endless(onEach: (chunk: number) => Promise<void> | void = () => undefined) {
  yield COPY_HEADER;
  for (let chunk = 0; ; chunk += 1) {
    await onEach(chunk);
    yield Buffer.concat(new Array<Buffer>(1000).fill(tuple("DE", "Germany".repeat(10))));
  }
}

async function staged(
  database: Database,
  work: (client: Client, table: string) => Promise<void>,
): Promise<void> {
  await database.transaction(async (client) => {
    await work(client, await createStaging(client, COUNTRIES, 1));
  });
}

suite("COPY", () => {
  test("takes binary rows, reports their number and freezes them, also after savepoints", async (context) => {
    const { database } = await testDatabase(context);
    await staged(database, async (client, table) => {
      await client.query("savepoint one");
      await client.query("select 1");
      await client.query("release savepoint one");
      await client.query("savepoint two");
      await client.query("rollback to savepoint two");
      await client.query("release savepoint two");
      const sink = copyInto(client, table, COLUMNS);
      const rows = [tuple("DE", "Germany"), tuple("FR", "France")];
      await pipeline(Readable.from([COPY_HEADER, ...rows, COPY_TRAILER]), sink);
      assert.equal(sink.rowCount, 2);
      const { rows: copied } = await client.query(`select country_id, country from ${table} order by ctid`);
      assert.deepEqual(copied, [
        { country_id: "DE", country: "Germany" },
        { country_id: "FR", country: "France" },
      ]);
    });
    // ANALYZE only counts the pages that are marked as visible to everybody; COPY without FREEZE marks none.
    await database.query("analyze staging.load_1");
    assert.deepEqual(await database.query("select relallvisible from pg_class where relname = 'load_1'"), [
      { relallvisible: 1 },
    ]);
  });

  test("what a query gives goes from one connection to another", async (context) => {
    const { database } = await testDatabase(context);
    await staged(database, async (client, table) => {
      const sink = copyInto(client, table, COLUMNS);
      const read = await database.transaction((reader) =>
        copyQuery(reader, "select n::text, 'C' || n from generate_series(1, 50000) n", sink),
      );
      assert.deepEqual([read, sink.rowCount], [50_000, 50_000]);
      const { rows } = await client.query(`select count(*) as n, max(length(country)) as most from ${table}`);
      assert.deepEqual(rows, [{ n: 50_000, most: 6 }]);
    });
  });

  test("a query that fails, or whose rows nobody takes, is its own transaction's end only", async (context) => {
    const { database } = await testDatabase(context);
    for (const [query, sqlstate] of [
      ["select (1 / (n - 400000))::text, 'x' from generate_series(1, 1000000) n", "22012"],
      ["select n::text || chr(9), null from generate_series(1, 1000000) n", "23502"],
    ] as const) {
      const copying = staged(database, async (client, table) => {
        const sink = copyInto(client, table, COLUMNS);
        await database.transaction((reader) => copyQuery(reader, query, sink));
      });
      await assert.rejects(copying, refusedWith(sqlstate));
      assert.deepEqual(await database.query("select 1 as one"), [{ one: 1 }]);
    }
  });

  test("is refused inside of a savepoint opened after the table was created", async (context) => {
    const { database } = await testDatabase(context);
    await assert.rejects(
      staged(database, async (client, table) => {
        await client.query("savepoint open");
        await client.query(`select * from ${table}`);
        await pipeline(Readable.from([COPY_HEADER, COPY_TRAILER]), copyInto(client, table, COLUMNS));
      }),
      refusedWith("55000"),
    );
  });

  test("bytes that are no tuples fail it with the database's error, and the client goes on", async (context) => {
    const { database } = await testDatabase(context);
    await staged(database, async (client, table) => {
      await client.query("savepoint before");
      await client.query(`drop table ${table}`);
      await createStaging(client, COUNTRIES, 1);
      const sink = copyInto(client, table, COLUMNS);
      await assert.rejects(
        pipeline(Readable.from([COPY_HEADER, tuple("only one"), COPY_TRAILER]), sink),
        refusedWith("22P04"),
      );
      await closed(sink);
      await client.query("rollback to savepoint before");
      assert.deepEqual((await client.query("select 1 as one")).rows, [{ one: 1 }]);
    });
  });

  test("an unknown column fails it before the first byte", async (context) => {
    const { database } = await testDatabase(context);
    await assert.rejects(
      staged(database, async (client, table) => {
        await pipeline(Readable.from(endless()), copyInto(client, table, ["nonsense"]));
      }),
      refusedWith("42703"),
    );
  });

  test("a source that breaks ends it, with the source's error, and the client goes on", async (context) => {
    const { database } = await testDatabase(context);
    await staged(database, async (client, table) => {
      await client.query("savepoint before");
      const fault = new Error("the object broke");
      await client.query("release savepoint before");
      const source = Readable.from(
        endless((chunk) => {
          if (chunk === 20) throw fault;
        }),
      );
      const sink = copyInto(client, table, COLUMNS);
      await assert.rejects(pipeline(source, sink), fault);
      await closed(sink);
      await client.query("rollback");
      assert.deepEqual((await client.query("select to_regclass($1) as gone", [table])).rows, [
        { gone: null },
      ]);
      await client.query("begin");
    });
  });

  test("an abort ends it, even before Postgres has answered", async (context) => {
    const { database } = await testDatabase(context);
    for (const when of [0, 5]) {
      await staged(database, async (client, table) => {
        const abort = new AbortController();
        const sink = copyInto(client, table, COLUMNS);
        const source = endless((chunk) => {
          if (chunk === when) abort.abort();
        });
        await assert.rejects(pipeline(Readable.from(source), sink, { signal: abort.signal }), {
          name: "AbortError",
        });
        await closed(sink);
        await client.query("rollback");
        await client.query("begin");
      });
    }
  });

  test("a backend that is killed in the middle fails it at once", async (context) => {
    const { database } = await testDatabase(context);
    await assert.rejects(
      staged(database, async (client, table) => {
        const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
        const source = endless(async (chunk) => {
          if (chunk === 20) await database.query("select pg_terminate_backend($1)", [first(rows).pid]);
        });
        const sink = copyInto(client, table, COLUMNS);
        await assert.rejects(pipeline(Readable.from(source), sink), { code: "DATABASE_UNREACHABLE" });
        await closed(sink);
        await client.query("select 1");
      }),
      { code: "DATABASE_UNREACHABLE" },
    );
    assert.deepEqual(
      await database.query("select count(*)::integer as n from pg_class where relname = 'load_1'"),
      [{ n: 0 }],
    );
  });

  test("a connection that breaks without a word from the server fails it at once", async (context) => {
    const { database } = await testDatabase(context);
    await assert.rejects(
      staged(database, async (client, table) => {
        const source = endless((chunk) => {
          if (chunk === 20) client.connection.stream.destroy();
        });
        const sink = copyInto(client, table, COLUMNS);
        await assert.rejects(pipeline(Readable.from(source), sink), { code: "DATABASE_UNREACHABLE" });
        await closed(sink);
        await client.query("select 1");
      }),
      { code: "DATABASE_UNREACHABLE" },
    );
  });

  test("while Postgres does not read, the source is paused and memory does not grow", async (context) => {
    const { database } = await testDatabase(context);
    await staged(database, async (client, table) => {
      let sent = 0;
      const socket = client.connection.stream;
      const sink = copyInto(client, table, COLUMNS);
      const source = Readable.from(
        endless((chunk) => {
          sent = chunk;
          // A corked socket takes bytes and passes none on, like a network that stands still.
          if (chunk === 3) socket.cork();
        }),
      );
      const stopped = assert.rejects(pipeline(source, sink), { name: "AbortError" });
      await full(sink);
      const before = sent;
      assert.ok(before < 20, `${before} chunks were taken from the source`);
      socket.uncork();
      source.destroy(new DOMException("enough", "AbortError"));
      await stopped;
      await closed(sink);
      await client.query("rollback");
      await client.query("begin");
    });
  });
});

/** Whether an error is the database's own, with this SQLSTATE. */
function refusedWith(state: string): (error: unknown) => boolean {
  return (error) => error instanceof MillraceError && sqlState(error) === state;
}

async function closed(sink: Writable): Promise<void> {
  if (sink.closed) return;
  await new Promise((resolve) => sink.once("close", resolve));
}

/** Resolves when a stream has had no room for many turns of the event loop. */
async function full(sink: Writable): Promise<void> {
  for (let turns = 0; turns < 100; turns = sink.writableNeedDrain ? turns + 1 : 0) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

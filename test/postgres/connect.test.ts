import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, suite, test } from "node:test";
import fc from "fast-check";
import { formatError, MillraceError } from "../../src/errors.ts";
import { openDatabase, requireSupportedServer } from "../../src/postgres/connect.ts";
import { testDatabase } from "../database.ts";
import { onDatabase, siblingUrl } from "../server.ts";

const { url, database } = await testDatabase({ after });
await database.query("create table note (id integer)");

/** Ends, when the test ends, with the connections closed. */
function open(t: { after(work: () => Promise<void>): void }, target: string, max = 2) {
  const opened = openDatabase(target, { applicationName: "connect test", max });
  t.after(() => opened.close());
  return opened;
}

function withLogin(user: string, password: string): string {
  const login = new URL(url);
  login.username = user;
  login.password = encodeURIComponent(password);
  return login.href;
}

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

function hasCode(code: string, text?: RegExp) {
  return (error: unknown): boolean => {
    assert.ok(error instanceof MillraceError, String(error));
    assert.equal(error.code, code, error.message);
    if (text !== undefined) assert.match(error.message, text);
    return true;
  };
}

suite("values", () => {
  test("come back exact and independent of the server's time zone", async (t) => {
    await database.query("alter role current_user set timezone to 'America/New_York'");
    t.after(async () => {
      await database.query("alter role current_user reset timezone");
    });
    const fresh = open(t, url);
    const [row] = await fresh.query(
      `select 9007199254740991::bigint as big, 1.50::numeric as exact, date '1763-01-01' as day,
              timestamptz '2024-05-01 02:00:00.123456+02' as instant, timestamp '2024-05-01 02:00' as local,
              array[1::bigint, null] as bigs, array[date '0800-02-29'] as days, array[0.10, 'NaN'] as exacts,
              array[array[timestamptz '2024-01-01 00:00+00']] as nested, 1::smallint as small, null::date as nothing`,
    );
    assert.deepEqual(row, {
      big: 9007199254740991,
      exact: "1.50",
      day: "1763-01-01",
      instant: "2024-05-01T00:00:00.123456Z",
      local: "2024-05-01T02:00:00",
      bigs: [1, null],
      days: ["0800-02-29"],
      exacts: ["0.10", "NaN"],
      nested: [["2024-01-01T00:00:00Z"]],
      small: 1,
      nothing: null,
    });
  });

  test("a bigint beyond 2^53 is an error, not a rounded number", async () => {
    await assert.rejects(database.query("select 9007199254740993::bigint"), /9007199254740993/);
    assert.deepEqual(await database.query("select 1 as one"), [{ one: 1 }]);
  });
});

suite("errors", () => {
  test("nobody listens: unreachable", async (t) => {
    const nowhere = open(t, `postgres://u:p@127.0.0.1:${await unusedPort()}/d`);
    await assert.rejects(nowhere.query("select 1"), hasCode("DATABASE_UNREACHABLE", /ECONNREFUSED/));
    await assert.rejects(nowhere.check(), hasCode("DATABASE_UNREACHABLE", /ECONNREFUSED/));
  });

  test("wrong password, no password, wrong database: refused", async (t) => {
    await database.query("create role limited login password 'right'");
    t.after(async () => {
      await database.query("drop role limited");
    });
    const right = open(t, withLogin("limited", "right"));
    assert.deepEqual(await right.query("select current_user as name"), [{ name: "limited" }]);
    await assert.rejects(right.query("select * from note"), hasCode("DATABASE_REFUSED", /42501/));

    const wrong = open(t, withLogin("limited", "wrong"));
    await assert.rejects(wrong.query("select 1"), hasCode("DATABASE_REFUSED", /28P01/));
    const none = open(t, withLogin("limited", ""));
    await assert.rejects(none.query("select 1"), hasCode("DATABASE_REFUSED", /has none/));
    const missing = open(t, siblingUrl(url, "no_such_database"));
    await assert.rejects(missing.query("select 1"), hasCode("DATABASE_REFUSED", /3D000/));
  });

  test("a mistake in SQL: failed, with its SQLSTATE", async () => {
    await assert.rejects(database.query("selec 1"), hasCode("DATABASE_FAILED", /42601/));
  });

  test("what is no Postgres URL: invalid environment", () => {
    for (const text of ["", "localhost", "http://u:hunter2@h/d", "postgres://u:hunter2@h:99999/d"]) {
      assert.throws(
        () => openDatabase(text, { applicationName: "t", max: 1 }),
        (error) => hasCode("ENVIRONMENT_INVALID")(error) && !formatError(error).includes("hunter"),
        text,
      );
    }
  });

  test("a password never shows", async () => {
    const port = await unusedPort();
    const secret = fc.string({ minLength: 8, unit: "binary-ascii" }).map((text) => `hunter-${text}`);
    await fc.assert(
      fc.asyncProperty(secret, async (password) => {
        const target = `postgres://u:${encodeURIComponent(password)}@127.0.0.1:${port}/d`;
        const nowhere = openDatabase(target, { applicationName: "t", max: 1 });
        const error: unknown = await nowhere.query("select 1").catch((reason: unknown) => reason);
        await nowhere.close();
        assert.ok(error instanceof MillraceError);
        assert.ok(!formatError(error).includes("hunter") && !nowhere.name.includes("hunter"));
      }),
      { numRuns: 20 },
    );
  });
});

suite("a database", () => {
  test("answers check while every connection is taken", async (t) => {
    const one = open(t, url, 1);
    await one.transaction(() => one.check());
  });

  test("is named without its login", () => {
    const { hostname, port, pathname } = new URL(url);
    assert.equal(database.name, `${hostname}:${port}${pathname}`);
  });

  test("of a supported version passes, one that is not in UTF-8 does not", async (t) => {
    await requireSupportedServer(database);
    await database.query(
      "create database connect_latin1 template template0 encoding 'LATIN1' locale 'C' locale_provider libc",
    );
    t.after(async () => {
      await database.query("drop database connect_latin1");
    });
    await onDatabase(siblingUrl(url, "connect_latin1"), (latin) =>
      assert.rejects(requireSupportedServer(latin), hasCode("DATABASE_UNSUPPORTED", /LATIN1/)),
    );
  });
});

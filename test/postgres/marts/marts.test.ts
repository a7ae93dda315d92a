import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import type { MillraceEvent } from "../../../src/observe/events.ts";
import type { Database } from "../../../src/postgres/connect.ts";
import { markStale, rebuildStale } from "../../../src/postgres/marts/rebuild.ts";
import { registerMarts } from "../../../src/postgres/marts/register.ts";
import { testDatabase } from "../../database.ts";

const header = (reads: string) => `-- reads: ${reads}
-- comment: Numbers, doubled.
-- column n: A number.
`;
const DOUBLED = `${header("noaa.daily")}select 2 * n as n from public.number;\n`;

/** A database with a table `number` to read, and a folder of marts. */
async function prepared(t: TestContext) {
  const { database } = await testDatabase(t);
  await database.query("create table public.number (n integer)");
  await database.query("insert into public.number values (1), (2)");
  const folder = await mkdtemp(join(tmpdir(), "millrace-marts-"));
  t.after(() => rm(folder, { recursive: true }));
  const events: MillraceEvent[] = [];
  return {
    database,
    events,
    file: (name: string, text: string) => writeFile(join(folder, `${name}.sql`), text),
    remove: (name: string) => rm(join(folder, `${name}.sql`)),
    register: () => registerMarts(database, (event) => events.push(event), folder),
    rebuild: () => rebuildStale(database, (event) => events.push(event)),
  };
}

const numbers = async (database: Database, mart: string) =>
  (await database.query<{ n: number }>(`select n from production.${mart} order by n`)).map((row) => row.n);

const mark = (database: Database, ...inputs: string[]) =>
  database.transaction((client) => markStale(client, inputs));

suite("marts", () => {
  test("a file becomes a table with comments that is filled once and again when its inputs change", async (t) => {
    const { database, file, register, rebuild } = await prepared(t);
    await file("doubled", DOUBLED);
    assert.deepEqual(await register(), []);
    assert.deepEqual(await numbers(database, "doubled"), []);
    assert.deepEqual(await rebuild(), { rebuilt: ["doubled"], failures: [] });
    assert.deepEqual(await numbers(database, "doubled"), [2, 4]);
    assert.deepEqual(
      await database.query(
        `select obj_description(oid, 'pg_class') as table, col_description(oid, 1) as column
         from pg_class where oid = 'production.doubled'::regclass`,
      ),
      [{ table: "Numbers, doubled.", column: "A number." }],
    );

    await database.query("insert into public.number values (3)");
    await mark(database, "openaq.daily", "noaa.stations");
    assert.deepEqual((await rebuild()).rebuilt, [], "other inputs");
    await mark(database, "openaq.daily", "noaa.daily");
    assert.deepEqual((await rebuild()).rebuilt, ["doubled"]);
    assert.deepEqual(await numbers(database, "doubled"), [2, 4, 6]);
    assert.deepEqual((await rebuild()).rebuilt, []);
    assert.deepEqual(await register(), []);
    assert.deepEqual((await rebuild()).rebuilt, [], "registering again changes nothing");
  });

  test("readers see the former rows until a rebuild commits, and views on a mart survive", async (t) => {
    const { database, file, register, rebuild } = await prepared(t);
    await file("doubled", DOUBLED);
    await register();
    await rebuild();
    await database.query("create view public.mine as select n from production.doubled");
    await database.query("insert into public.number values (3)");
    await mark(database, "noaa.daily");
    // Whoever keeps the mart's mark keeps a rebuild from committing, at its very end.
    const holder = await database.connect();
    await holder.query("begin");
    await holder.query("select from millrace.mart for update");
    const rebuilding = rebuild();
    await untilBlocked(database);
    assert.deepEqual(await numbers(database, "doubled"), [2, 4]);
    await holder.query("commit");
    holder.release();
    await rebuilding;
    assert.equal((await database.query("select from public.mine")).length, 3);
  });

  test("a change that commits during a rebuild leaves the mart stale", async (t) => {
    const { database, file, register, rebuild } = await prepared(t);
    await file("doubled", DOUBLED);
    await register();
    const load = await database.connect();
    await load.query("begin");
    await load.query("insert into public.number values (3)");
    await markStale(load, ["noaa.daily"]);
    const rebuilding = rebuild();
    await untilBlocked(database);
    await load.query("commit");
    load.release();
    await rebuilding;
    assert.deepEqual(await numbers(database, "doubled"), [2, 4]);
    assert.deepEqual((await rebuild()).rebuilt, ["doubled"]);
    assert.deepEqual(await numbers(database, "doubled"), [2, 4, 6]);
  });

  test("processes that register and rebuild at once do each thing once", async (t) => {
    const { database, events, file, register, rebuild } = await prepared(t);
    await file("doubled", DOUBLED);
    await file("again", DOUBLED);
    await Promise.all([register(), register(), register()]);
    await Promise.all([rebuild(), rebuild(), rebuild()]);
    const rebuilt = events.flatMap((event) =>
      event.type === "mart.rebuilt" ? [[event.mart, event.rows]] : [],
    );
    assert.deepEqual(rebuilt.sort(), [
      ["again", 2],
      ["doubled", 2],
    ]);
    assert.deepEqual(await numbers(database, "again"), [2, 4]);
  });

  test("a mart that fails keeps its rows, is reported and does not stop the others", async (t) => {
    const { database, events, file, register, rebuild } = await prepared(t);
    await file("divided", `${header("noaa.daily")}select 12 / n as n from public.number`);
    await file("doubled", DOUBLED);
    await register();
    await rebuild();
    await database.query("insert into public.number values (0)");
    await mark(database, "noaa.daily");
    const { rebuilt, failures } = await rebuild();
    assert.deepEqual(rebuilt, ["doubled"]);
    assert.deepEqual(
      failures.map(({ mart, error }) => [mart, error.code]),
      [["divided", "DATABASE_FAILED"]],
    );
    assert.deepEqual(await numbers(database, "divided"), [6, 12]);
    const [failed] = events.filter((event) => event.type === "mart.failed");
    assert.match(failed?.message ?? "", /division by zero/);
    assert.match(
      (await database.query<{ error: string }>("select error from millrace.mart where mart = 'divided'"))[0]
        ?.error ?? "",
      /division by zero/,
    );
    await database.query("delete from public.number where n = 0");
    assert.deepEqual((await rebuild()).rebuilt, ["divided"], "it has stayed stale");
  });

  test("a changed query keeps the table, changed columns replace it, filled", async (t) => {
    const { database, file, register, rebuild } = await prepared(t);
    await file("doubled", DOUBLED);
    await register();
    await rebuild();
    await database.query("create view public.mine as select n from production.doubled");
    await file("doubled", DOUBLED.replace("2 * n", "20 * n").replace("A number.", "Twentyfold."));
    assert.deepEqual(await register(), []);
    assert.deepEqual(await numbers(database, "doubled"), [2, 4]);
    await rebuild();
    assert.deepEqual(await numbers(database, "doubled"), [20, 40]);

    const wider = `${header("noaa.daily")}-- key: n\n-- column half: A half.\nselect n, n / 2.0 as half from public.number`;
    await file("doubled", wider);
    assert.equal((await register()).length, 1, "a view of the user's depends on the former columns");
    assert.deepEqual(await numbers(database, "doubled"), [20, 40]);
    await database.query("drop view public.mine");
    assert.deepEqual(await register(), []);
    assert.deepEqual(await numbers(database, "doubled"), [1, 2]);
    await database.query("insert into public.number values (2)");
    const { failures } = await rebuild();
    assert.match(failures[0]?.error.message ?? "", /duplicate key/);
  });

  test("a mart whose file is gone keeps its table and is left alone", async (t) => {
    const { database, file, remove, register, rebuild } = await prepared(t);
    await file("doubled", DOUBLED);
    await register();
    await rebuild();
    await remove("doubled");
    await register();
    await mark(database, "noaa.daily");
    assert.deepEqual(await rebuild(), { rebuilt: [], failures: [] });
    assert.deepEqual(await numbers(database, "doubled"), [2, 4]);
  });

  const mistakes: [what: string, text: string, message: RegExp][] = [
    ["no inputs", "-- comment: x\n-- column n: x\nselect 1 as n", /reads/],
    ["an input of an unknown target", `${header("noaa.everything")}select 1 as n`, /reads/],
    ["no comment", "-- reads: noaa.daily\n-- column n: x\nselect 1 as n", /comment/],
    ["a column without meaning", `${header("noaa.daily")}select 1 as n, 2 as other`, /column other/],
    ["a meaning without column", `${header("noaa.daily")}-- column other: x\nselect 1 as n`, /column other/],
    ["a key that is no column", `${header("noaa.daily")}-- key: other\nselect 1 as n`, /other/],
    ["a word that means nothing", `-- raeds: noaa.daily\n${header("noaa.daily")}select 1 as n`, /expected/],
    ["no query", header("noaa.daily"), /no query/],
    ["a mistake in the query", `${header("noaa.daily")}selec 1 as n`, /syntax error/],
    ["two queries", `${header("noaa.daily")}select 1 as n; select 2 as n`, /syntax error/],
  ];
  test("files with mistakes are reported, the others registered", async (t) => {
    const { events, file, register, rebuild } = await prepared(t);
    for (const [index, [, text]] of mistakes.entries()) await file(`mart${index}`, text);
    await file("doubled", DOUBLED);
    const failures = await register();
    for (const [index, [what, , message]] of mistakes.entries()) {
      const failure = failures.find(({ mart }) => mart === `mart${index}`);
      assert.match(failure?.error.message ?? "", message, what);
    }
    assert.equal(events.filter((event) => event.type === "mart.failed").length, mistakes.length);
    assert.deepEqual((await rebuild()).rebuilt, ["doubled"]);
  });

  test("a mart does not take the place of one of the project's own views", async (t) => {
    const { database, file, register } = await prepared(t);
    await file("d_stations", DOUBLED);
    assert.equal((await register()).length, 1);
    await database.query("select station_id from production.d_stations");
  });
});

/** Resolves once a backend of this database waits for another's transaction to end. */
async function untilBlocked(database: Database): Promise<void> {
  for (;;) {
    const blocked = await database.query(
      `select from pg_stat_activity
       where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0`,
    );
    if (blocked.length > 0) return;
  }
}

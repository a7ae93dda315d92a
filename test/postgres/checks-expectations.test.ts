import * as assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import type { Checks } from "../../src/config/pipeline.ts";
import { askExpectations } from "../../src/postgres/expectations.ts";
import type { CheckResult } from "../../src/postgres/verdict.ts";
import { testDatabase } from "../database.ts";
import { dailyPipeline, dimensionPipeline, Loader, observationsPipeline, stage } from "./merging.ts";

type Expected = Checks["expectations"][number]["expect"];

async function loader(context: TestContext): Promise<Loader> {
  const { database } = await testDatabase(context);
  return Loader.of(database, dailyPipeline());
}

/** Asks questions of two staged rows; `after` looks at the same transaction when they were asked. */
async function ask(
  load: Loader,
  questions: Record<string, [sql: string, expect: Expected]>,
): Promise<CheckResult[]> {
  const station_key = await load.station("A");
  const kpi_key = await load.kpi("TMAX");
  return load.database.transaction(async (client) => {
    const staging = await stage(client, load.pipeline, 1, [
      { station_key, kpi_key, date_: "1872-01-01", value: "5.0", observ_time: 700, quality_flag: null },
      { station_key, kpi_key, date_: "1872-01-02", value: "-1.5", observ_time: null, quality_flag: "X" },
    ]);
    const expectations = Object.entries(questions).map(([name, [sql, expect]]) => ({ name, sql, expect }));
    const results = await askExpectations(client, "daily", staging, expectations);
    const { rows } = await client.query(
      `select count(*)::integer as rows, current_setting('transaction_read_only') as read_only from ${staging}`,
    );
    assert.deepEqual(rows, [{ rows: 2, read_only: "off" }]);
    return results;
  });
}

suite("expectations", () => {
  test("ask the staged rows under their readable names, and compare by value", async (context) => {
    const results = await ask(await loader(context), {
      number: ["select count(*) from {rows} where common_kpi_name = 'TMAX' and common_unit = '°C'", 2],
      decimal: ["select max(data_value) from {rows} r", 5],
      text: ["select observ_time from {rows} where quality_flag is null;", "0700"],
      date: ["select max(date_) from {rows}", "1872-01-02"],
      yes: ["select bool_and(station_id = 'A' and source = 'noaa') from {rows}", true],
      nothing: ["select min(country_id) from {rows}", null],
      twice: ["select (select count(*) from {rows}) - (select count(*) from {rows}) -- all of them", 0],
    });
    assert.deepEqual(
      results.filter(({ passed }) => !passed),
      [],
    );
    assert.equal(results.length, 7);
  });

  test("another answer, no answer and an error are failed checks that tell", async (context) => {
    const results = await ask(await loader(context), {
      other: ["select count(*) from {rows}", 3],
      null: ["select null::integer", 0],
      empty: ["select ''", 0],
      none: ["select 1 from {rows} where false", 1],
      many: ["select 1 from {rows}", 1],
      wide: ["select 1, 2", 1],
      error: ["select 1 / 0", 0],
      syntax: ["selec 1", 1],
    });
    assert.deepEqual(
      results.map(({ name, passed, observed }) => [name, passed, observed.replace(/^.*?: /, "")]),
      [
        ["expectation.other", false, "2"],
        ["expectation.null", false, "null"],
        ["expectation.empty", false, ""],
        ["expectation.none", false, "the query gave no row"],
        ["expectation.many", false, "the query gave more than one row"],
        ["expectation.wide", false, "the query gave 2 columns instead of one"],
        ["expectation.error", false, "division by zero (SQLSTATE 22012)"],
        ["expectation.syntax", false, 'syntax error at or near "1" (SQLSTATE 42601)'],
      ],
    );
  });

  test("cannot change anything", async (context) => {
    const load = await loader(context);
    await load.database.query(
      `create function public.sneak() returns integer language sql volatile as
       'insert into storage.country values (''XX'', ''Sneak'', 1) returning 1'`,
    );
    const results = await ask(load, {
      delete: ["delete from staging.load_1 returning 1", 1],
      with: ["with gone as (delete from staging.load_1 returning 1) select count(*) from gone", 2],
      commit: ["commit", null],
      rollback: ["rollback", null],
      statements: ["select 1; delete from staging.load_1", 1],
      closing: ["select 1) as answer; commit; select * from (select 1", 1],
      function: ["select public.sneak()", 1],
      writable: ["select set_config('transaction_read_only', 'off', false)", "off"],
      sequence: ["select nextval('storage.kpi_kpi_key_seq')", 1],
      copy: ["copy staging.load_1 to program 'true'", 1],
    });
    assert.deepEqual(
      results.filter(({ passed }) => passed),
      [],
    );
    assert.deepEqual(await load.database.query("select * from storage.country"), []);
    assert.deepEqual(await load.database.query("select count(*)::integer as n from staging.load_1"), [
      { n: 2 },
    ]);
  });

  test("settings that a question changes end with it", async (context) => {
    const load = await loader(context);
    const [first, second] = await ask(load, {
      loosened: ["select set_config('statement_timeout', '0', false)", "0"],
      limit: ["select current_setting('statement_timeout')", "1min"],
    });
    assert.deepEqual([first?.passed, second?.passed], [true, true]);
  });

  test("a lost connection is no failed check", async (context) => {
    const load = await loader(context);
    await assert.rejects(ask(load, { end: ["select pg_terminate_backend(pg_backend_pid())", true] }), {
      code: "DATABASE_UNREACHABLE",
    });
  });

  test("every target has readable rows", async (context) => {
    const { database } = await testDatabase(context);
    const pipelines = [
      dailyPipeline("openaq"),
      observationsPipeline(true),
      dimensionPipeline("stations", "openaq"),
      dimensionPipeline("countries", "openaq"),
      dimensionPipeline("inventory", "openaq"),
    ];
    for (const pipeline of pipelines) {
      const { target } = pipeline;
      await database.transaction(async (client) => {
        const staging = await stage(client, pipeline, 1, []);
        const [result] = await askExpectations(client, target, staging, [
          { name: "none", sql: "select count(*) from {rows}", expect: 0 },
        ]);
        assert.equal(result?.passed, true, `${target}: ${result?.observed ?? ""}`);
        await client.query("rollback");
        await client.query("begin");
      });
    }
  });
});

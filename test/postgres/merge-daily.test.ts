import * as assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { sqlState } from "../../src/postgres/errors.ts";
import { dropExpiredFormers } from "../../src/postgres/merge/former.ts";
import { testDatabase } from "../database.ts";
import { dailyPipeline, first, Loader } from "./merging.ts";

async function loader(context: TestContext): Promise<Loader> {
  const { database } = await testDatabase(context);
  return Loader.of(database, dailyPipeline());
}

/** Rows of stations `A` and `B` from their values by date. */
async function facts(load: Loader, values: Readonly<Record<string, string | number>>) {
  const [a, b] = [await load.station("A"), await load.station("B")];
  const kpi = await load.kpi("TMAX");
  return Object.entries(values).map(([at, value]) => {
    const [station, date] = at.split(" ");
    return {
      station_key: station === "A" ? a : b,
      date_: date ?? "",
      kpi_key: kpi,
      value,
      quality_flag: null,
    };
  });
}

async function production(load: Loader): Promise<string[]> {
  const rows = await load.database.query<{ text: string }>(
    `select station_id || ' ' || date_ || ' ' || data_value as text from production.f_climate_data_flagged order by text`,
  );
  return rows.map(({ text }) => text);
}

suite("replacing a year", () => {
  test("the staging table becomes the partition, and its successor replaces all of it", async (context) => {
    const load = await loader(context);
    const seenStations = [await load.station("A")];
    const one = await load.load(
      await facts(load, { "A 1872-01-01": "1.5", "A 1872-12-31": "2", "B 1872-06-01": 3 }),
      {
        slice: "1872",
        seenStations,
      },
    );
    assert.deepEqual(one, {
      inserted: 3,
      updated: 0,
      unchanged: 0,
      duplicates: 0,
      deleted: 0,
      changedInputs: ["noaa.daily", "noaa.stations"],
    });
    const two = await load.load(await facts(load, { "A 1872-01-01": "1.6", "B 1872-06-02": "4" }), {
      slice: "1872",
      seenStations,
    });
    assert.deepEqual(
      { ...two, changedInputs: [...two.changedInputs] },
      {
        inserted: 2,
        updated: 0,
        unchanged: 0,
        duplicates: 0,
        deleted: 3,
        changedInputs: ["noaa.daily"],
      },
    );
    assert.deepEqual(await production(load), ["A 1872-01-01 1.6", "B 1872-06-02 4"]);
  });

  test("keeps the version before, and only that one, until its time is over", async (context) => {
    const load = await loader(context);
    for (const value of [1, 2, 3]) {
      await load.load(await facts(load, { "A 1872-01-01": value }), { slice: "1872" });
    }
    await load.load(await facts(load, { "A 1873-01-01": 9 }), { slice: "1873" });
    const staged = () =>
      load.database.query<{ name: string }>(
        "select relname as name from pg_class where relnamespace = 'staging'::regnamespace order by relname",
      );
    assert.deepEqual(await staged(), [
      { name: "daily_noaa_1872" },
      { name: "daily_noaa_1872_day" },
      { name: "daily_noaa_1872_station" },
    ]);
    assert.deepEqual(await load.database.query("select value from staging.daily_noaa_1872"), [
      { value: "2" },
    ]);
    assert.deepEqual(
      await load.database.query(
        "select slice, former_table, former_load_id < load_id as older from millrace.slice order by slice",
      ),
      [
        { slice: "1872", former_table: "staging.daily_noaa_1872", older: true },
        { slice: "1873", former_table: null, older: null },
      ],
    );

    assert.equal(await dropExpiredFormers(load.database), 0);
    await load.database.query("update millrace.slice set former_until = now() - interval '1 second'");
    assert.equal(await dropExpiredFormers(load.database), 1);
    assert.deepEqual(await staged(), []);
    assert.equal(await dropExpiredFormers(load.database), 0);
    await load.load(await facts(load, { "A 1872-01-01": 4 }), { slice: "1872" });
    assert.deepEqual(await production(load), ["A 1872-01-01 4", "A 1873-01-01 9"]);
  });

  test("keeps it for as many days as the pipeline says", async (context) => {
    const { database } = await testDatabase(context);
    const pipeline = dailyPipeline();
    assert.ok(pipeline.target === "daily" && pipeline.merge.mode === "replace");
    const load = await Loader.of(database, {
      ...pipeline,
      merge: { ...pipeline.merge, keep_days: 30 },
    });
    for (const value of [1, 2])
      await load.load(await facts(load, { "A 1872-01-01": value }), { slice: "1872" });
    const days = await load.database.query(
      "select round(extract(epoch from former_until - now()) / 86400)::integer as days from millrace.slice",
    );
    assert.deepEqual(days, [{ days: 30 }]);
  });

  test("an expired version that somebody reads is left for the next time", async (context) => {
    const load = await loader(context);
    for (const value of [1, 2])
      await load.load(await facts(load, { "A 1872-01-01": value }), { slice: "1872" });
    await load.database.query("update millrace.slice set former_until = now() - interval '1 second'");
    await load.database.transaction(async (reader) => {
      await reader.query("select from staging.daily_noaa_1872");
      assert.equal(await dropExpiredFormers(load.database), 0);
    });
    assert.equal(await dropExpiredFormers(load.database), 1);
  });

  test("of rows with one key the last copied stays and the others are counted", async (context) => {
    const load = await loader(context);
    const rows = [
      ...(await facts(load, { "A 1872-01-01": 1, "B 1872-01-01": 7 })),
      ...(await facts(load, { "A 1872-01-01": 2 })),
      ...(await facts(load, { "A 1872-01-01": 3 })),
    ];
    const result = await load.load(rows, { slice: "1872" });
    assert.equal(result.duplicates, 2);
    assert.equal(result.inserted, 2);
    assert.deepEqual(await production(load), ["A 1872-01-01 3", "B 1872-01-01 7"]);
  });

  test("leaves a partition that looks like any other", async (context) => {
    const load = await loader(context);
    await load.load(await facts(load, { "A 1872-01-01": 1 }), { slice: "1872" });
    const partition = await load.database.query(
      `select c.relname as name, c.reloptions as options, pg_get_expr(c.relpartbound, c.oid) as bound, c.reltuples as rows,
         array(select i.indexrelid::regclass::text from pg_index i where i.indrelid = c.oid order by 1) as indexes,
         (select count(*)::integer from pg_constraint k where k.conrelid = c.oid and k.contype = 'c') as checks
       from pg_class c where c.oid = 'storage.daily_noaa_1872'::regclass`,
    );
    assert.deepEqual(partition, [
      {
        name: "daily_noaa_1872",
        options: null,
        bound: "FOR VALUES FROM ('1872-01-01') TO ('1873-01-01')",
        rows: 1,
        indexes: ["storage.daily_noaa_1872_day", "storage.daily_noaa_1872_station"],
        checks: 0,
      },
    ]);
  });

  test("refuses rows of another year and leaves production as it was", async (context) => {
    const load = await loader(context);
    await load.load(await facts(load, { "A 1872-01-01": 1 }), { slice: "1872" });
    const stray = await facts(load, { "A 1872-01-02": 1, "A 1873-01-01": 2 });
    await assert.rejects(load.load(stray, { slice: "1872" }), (error) => sqlState(error) === "23514");
    await assert.rejects(load.load(stray, { slice: "all" }), { code: "CONFIG_INVALID" });
    assert.deepEqual(await production(load), ["A 1872-01-01 1"]);
  });
});

suite("replacing a year while somebody reads", () => {
  test("goes on trying until the reader is done", async (context) => {
    const load = await loader(context);
    await load.load(await facts(load, { "A 1872-01-01": 1 }), { slice: "1872" });
    const reader = await load.database.connect();
    await reader.query("begin");
    await reader.query("select count(*) from production.f_climate_data");
    const rows = await facts(load, { "A 1872-01-01": 2 });
    const loading = load.load(rows, { slice: "1872" });
    await refusedAttempt(load);
    // A new reader does not queue behind the merge for good: this would hang if it did.
    assert.deepEqual(await production(load), ["A 1872-01-01 1"]);
    await reader.query("commit");
    reader.release();
    assert.equal((await loading).inserted, 1);
    assert.deepEqual(await production(load), ["A 1872-01-01 2"]);
  });

  test("gives up with TABLE_BUSY when patience runs out, and leaves nothing", async (context) => {
    const load = await loader(context);
    await load.load(await facts(load, { "A 1872-01-01": 1 }), { slice: "1872" });
    const reader = await load.database.connect();
    await reader.query("begin");
    await reader.query("select count(*) from production.f_climate_data");
    const rows = await facts(load, { "A 1872-01-01": 2 });
    await assert.rejects(load.load(rows, { slice: "1872", patience: 0 }), { code: "TABLE_BUSY" });
    await reader.query("commit");
    reader.release();
    assert.deepEqual(await production(load), ["A 1872-01-01 1"]);
    const left = await load.database.query(
      "select count(*)::integer as n from pg_class where relnamespace = 'staging'::regnamespace",
    );
    assert.deepEqual(left, [{ n: 0 }]);
  });

  test("stops waiting when it is aborted", async (context) => {
    const load = await loader(context);
    await load.load(await facts(load, { "A 1872-01-01": 1 }), { slice: "1872" });
    const reader = await load.database.connect();
    await reader.query("begin");
    await reader.query("select count(*) from production.f_climate_data");
    const abort = new AbortController();
    const loading = load.load(await facts(load, { "A 1872-01-01": 2 }), {
      slice: "1872",
      signal: abort.signal,
    });
    const stopped = assert.rejects(loading, { code: "LOAD_ABORTED" });
    await refusedAttempt(load);
    abort.abort();
    await stopped;
    await reader.query("commit");
    reader.release();
  });

  test("two years of one source at the same time do not deadlock", async (context) => {
    const load = await loader(context);
    const seen = [await load.station("A"), await load.station("B")];
    for (const round of [1, 2, 3]) {
      const loads = ["1870", "1871", "1872", "1873"].map(async (slice, at) =>
        load.load(await facts(load, { [`A ${slice}-01-01`]: round, [`B ${slice}-01-01`]: round }), {
          slice,
          seenStations: at % 2 === 0 ? seen : seen.toReversed(),
        }),
      );
      assert.deepEqual(
        (await Promise.all(loads)).map(({ inserted }) => inserted),
        [2, 2, 2, 2],
      );
    }
    assert.equal((await production(load)).length, 8);
  });
});

/** Resolves when the merge has failed to get a lock at least once: Postgres counts rolled back subtransactions. */
async function refusedAttempt(load: Loader): Promise<void> {
  for (;;) {
    const waiting = await load.database.query<{ n: number }>(
      `select count(*)::integer as n from pg_locks where not granted and mode = 'AccessExclusiveLock'`,
    );
    if (first(waiting).n > 0) return;
  }
}

import * as assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import fc from "fast-check";
import { testDatabase } from "../database.ts";
import { dailyPipeline, Loader } from "./merging.ts";

interface Fact {
  readonly object: string;
  readonly station?: string;
  readonly kpi?: string;
  readonly date: string;
  readonly value: string;
  readonly flag?: string | null;
  readonly at?: number | null;
}

async function loader(context: TestContext, deletes = false): Promise<Loader> {
  const { database } = await testDatabase(context);
  return Loader.of(database, dailyPipeline("dwd", { mode: "upsert", deletes }));
}

/** Loads one version of each of these objects; objects without facts are named apart. */
async function bring(load: Loader, facts: readonly Fact[], empty: readonly string[] = [], reload = false) {
  const keys = [...new Set([...facts.map(({ object }) => object), ...empty])];
  const objectIds: number[] = [];
  for (const key of keys) objectIds.push(await load.object(key));
  const rows: Record<string, string | number | null>[] = [];
  for (const fact of facts) {
    rows.push({
      station_key: await load.station(fact.station ?? "S"),
      date_: fact.date,
      kpi_key: await load.kpi(fact.kpi ?? "TMAX"),
      observ_time: fact.at ?? null,
      value: fact.value,
      quality_flag: fact.flag ?? null,
      object_id: await load.object(fact.object),
    });
  }
  const seenStations = rows.map(({ station_key }) => Number(station_key));
  const result = await load.load(rows, { objectIds, seenStations, reload });
  return { ...result, changedInputs: [...result.changedInputs] };
}

/** The stored rows with the key of the object that they belong to. */
async function production(load: Loader): Promise<string[]> {
  const rows = await load.database.query<{ text: string }>(
    `select concat_ws(' ', station_id, common_kpi_name, date_, value, quality_flag, observ_time, key) as text
     from storage.daily_dwd join storage.station using (station_key)
     left join millrace.object using (object_id)`,
  );
  return rows.map(({ text }) => text).sort();
}

const NONE = { inserted: 0, updated: 0, unchanged: 0, duplicates: 0, deleted: 0, changedInputs: [] };

suite("merging daily facts of objects that add to each other", () => {
  test("a station's years go to their partitions, and a redelivery changes nothing", async (context) => {
    const load = await loader(context);
    const facts = [
      { object: "a", date: "1781-12-31", value: "-3.10", at: 700 },
      { object: "a", date: "1782-01-01", value: "-4", flag: "?5" },
      { object: "a", date: "2024-02-29", value: "9", flag: "X" },
      { object: "a", date: "2024-02-29", value: "1", kpi: "TMIN" },
    ];
    assert.deepEqual(await bring(load, facts), {
      ...NONE,
      inserted: 4,
      changedInputs: ["dwd.daily", "dwd.stations"],
    });
    assert.deepEqual(await bring(load, facts), { ...NONE, unchanged: 4 });
    const partitions = await load.database.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits
       where inhparent = 'storage.daily_dwd'::regclass order by name`,
    );
    assert.deepEqual(
      partitions.map(({ name }) => name),
      ["storage.daily_dwd_1781", "storage.daily_dwd_1782", "storage.daily_dwd_2024"],
    );
    const shown = await load.database.query<{ text: string }>(
      `select concat_ws(' ', source, station_id, date_, common_kpi_name, data_value, observ_time) as text
       from production.f_climate_data order by date_`,
    );
    assert.deepEqual(
      shown.map(({ text }) => text),
      ["dwd S 1781-12-31 TMAX -3.10 0700", "dwd S 1782-01-01 TMAX -4", "dwd S 2024-02-29 TMIN 1"],
    );
  });

  test("a value, a flag or a time of observation that changed is an update", async (context) => {
    const load = await loader(context);
    const fact = { object: "a", date: "2024-01-01", value: "1" };
    await bring(load, [fact]);
    for (const revised of [
      { ...fact, value: "2" },
      { ...fact, value: "2", flag: "X" },
      { ...fact, value: "2", flag: "X", at: 600 },
    ]) {
      assert.deepEqual(await bring(load, [revised]), { ...NONE, updated: 1, changedInputs: ["dwd.daily"] });
    }
    assert.deepEqual(await production(load), ["S TMAX 2024-01-01 2 X 600 a"]);
  });

  test("within an object the last row counts, between objects the greater key, in either order", async (context) => {
    const load = await loader(context);
    const date = "2024-01-01";
    const twice = [
      { object: "b", date, value: "1" },
      { object: "b", date, value: "2" },
    ];
    assert.deepEqual(await bring(load, [...twice, { object: "a", date, value: "3" }]), {
      ...NONE,
      inserted: 1,
      duplicates: 2,
      changedInputs: ["dwd.daily", "dwd.stations"],
    });
    assert.deepEqual(await bring(load, [{ object: "a", date, value: "3" }]), { ...NONE, duplicates: 1 });
    assert.deepEqual(await production(load), [`S TMAX ${date} 2 b`]);
    assert.equal((await bring(load, [{ object: "c", date, value: "2.0" }])).unchanged, 1);
    assert.deepEqual(await production(load), [`S TMAX ${date} 2.0 c`]);
  });

  test("rows of a year that was replaced once lose to every object", async (context) => {
    const load = await loader(context);
    await bring(load, [{ object: "b", date: "2024-01-01", value: "1" }]);
    await load.database.query("update storage.daily_dwd set object_id = null");
    assert.equal((await bring(load, [{ object: "a", date: "2024-01-01", value: "1" }])).unchanged, 1);
    assert.deepEqual(await production(load), ["S TMAX 2024-01-01 1 a"]);
  });

  test("a year that was replaced gets the index by which single rows are looked for", async (context) => {
    const { database } = await testDatabase(context);
    const replacing = await Loader.of(database, dailyPipeline("dwd"));
    const [station, kpi] = [await replacing.station("S"), await replacing.kpi("TMAX")];
    const row = { station_key: station, date_: "2024-01-01", kpi_key: kpi, value: 1, quality_flag: null };
    await replacing.load([row], { slice: "2024", seenStations: [station] });
    const adding = { ...dailyPipeline("dwd", { mode: "upsert", deletes: false }), name: "dwd-later" };
    const load = await Loader.of(database, adding);
    const facts = ["2024-01-01", "2024-01-02", "2025-01-01"].map((date) => ({
      object: "a",
      date,
      value: "2",
    }));
    assert.deepEqual(await bring(load, facts), {
      ...NONE,
      inserted: 2,
      updated: 1,
      changedInputs: ["dwd.daily"],
    });
    const indexes = await database.query<{ name: string }>(
      "select indexrelid::regclass::text as name from pg_index where indrelid = 'storage.daily_dwd_2024'::regclass and indisunique",
    );
    assert.deepEqual(indexes, [{ name: "storage.daily_dwd_2024_key" }]);
    assert.deepEqual(await bring(load, facts), { ...NONE, unchanged: 3 });
  });

  test("what a new version lacks goes only where the pipeline deletes, or in a reload", async (context) => {
    const days = ["2023-12-31", "2024-01-01"].map((date) => ({ object: "a", date, value: "1" }));
    const keeping = await loader(context);
    await bring(keeping, days);
    assert.equal((await bring(keeping, days.slice(0, 1))).deleted, 0);
    assert.deepEqual(await bring(keeping, days.slice(0, 1), [], true), {
      ...NONE,
      unchanged: 1,
      deleted: 1,
      changedInputs: ["dwd.daily"],
    });
    const deleting = await loader(context, true);
    await bring(deleting, [...days, { object: "b", date: "2024-01-02", value: "2" }]);
    assert.equal((await bring(deleting, days.slice(0, 1))).deleted, 1);
    assert.deepEqual(await production(deleting), ["S TMAX 2023-12-31 1 a", "S TMAX 2024-01-02 2 b"]);
  });

  for (const { reload, deletes } of [
    { reload: false, deletes: true },
    { reload: true, deletes: false },
  ]) {
    const how = reload ? "in a reload" : "since its pipeline deletes";
    test(`what the greater object drops ${how} is brought by one of a pipeline that keeps`, async (context) => {
      const winner = await loader(context, deletes);
      const keeping = { ...dailyPipeline("dwd", { mode: "upsert", deletes: false }), name: "dwd-late" };
      const loser = await Loader.of(winner.database, keeping);
      const late = { object: "a", date: "2024-01-01", value: "1" };
      await bring(winner, [{ object: "b", date: "2024-01-01", value: "2" }]);
      assert.equal((await bring(loser, [late])).duplicates, 1);
      assert.deepEqual(await production(winner), ["S TMAX 2024-01-01 2 b"]);
      assert.equal((await bring(winner, [], ["b"], reload)).deleted, 1);
      assert.deepEqual(await loser.incomplete(), ["a"]);
      assert.equal((await bring(loser, [late], [], true)).inserted, 1);
      assert.deepEqual(await production(winner), ["S TMAX 2024-01-01 1 a"]);
    });
  }
});

const DATES = ["2023-12-30", "2023-12-31", "2024-01-01", "2024-01-02"];

const versions = fc.array(
  fc.record({
    object: fc.constantFrom("a", "B", "b", "c"),
    rows: fc.array(
      fc.record({
        station: fc.constantFrom("S1", "S2"),
        date: fc.constantFrom(...DATES),
        value: fc.integer({ min: -3, max: 3 }).map(String),
        flag: fc.constantFrom(null, "?", "X"),
      }),
      { maxLength: 6 },
    ),
  }),
  { minLength: 1, maxLength: 8 },
);

/** What an object holds: the last row of each station and day. */
function lastRows(object: string, rows: readonly Omit<Fact, "object">[]): Map<string, Fact> {
  return new Map(rows.map((row) => [`${row.station ?? ""} ${row.date}`, { object, ...row }]));
}

suite("daily production is a function of the bucket", () => {
  for (const deletes of [false, true]) {
    test(
      deletes ? "also where objects determine their rows" : "whatever the order of loading",
      async (context) => {
        const load = await loader(context, deletes);
        await fc.assert(
          fc.asyncProperty(versions, fc.integer({ min: 1, max: 3 }), async (history, together) => {
            await clear(load);
            const bucket = new Map<string, Map<string, Fact>>();
            for (let at = 0; at < history.length; at += together) {
              const group = new Map(
                history.slice(at, at + together).map((version) => [version.object, version]),
              );
              for (const { object, rows } of group.values()) {
                const before = deletes ? [] : (bucket.get(object) ?? []);
                bucket.set(object, new Map([...before, ...lastRows(object, rows)]));
              }
              const facts = [...group.values()].flatMap(({ object, rows }) =>
                rows.map((row) => ({ object, ...row })),
              );
              await bring(load, facts, [...group.keys()]);
            }
            for (let marked = await load.incomplete(); marked.length > 0; marked = await load.incomplete()) {
              await bring(
                load,
                marked.flatMap((object) => [...(bucket.get(object)?.values() ?? [])]),
                marked,
                true,
              );
            }
            const winners = new Map(
              [...bucket.keys()].sort().flatMap((object) => [...(bucket.get(object) ?? [])]),
            );
            const expected = [...winners.values()].map(({ object, station, date, value, flag }) =>
              [station, "TMAX", date, value, flag, object].filter((part) => part !== null).join(" "),
            );
            assert.deepEqual(await production(load), expected.sort());
          }),
          { numRuns: 30 },
        );
      },
    );
  }
});

async function clear(load: Loader): Promise<void> {
  await load.database.query("delete from storage.daily_dwd");
  await load.database.query("delete from millrace.overlap");
  await load.database.query("update millrace.object set load_id = null, incomplete = false");
}

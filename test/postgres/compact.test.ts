/** Compaction of one year, beside loads, readers and accidents. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { compactYear, settledYears } from "../../src/postgres/compact.ts";
import type { Client, Database } from "../../src/postgres/connect.ts";
import { lockSource } from "../../src/postgres/merge/locks.ts";
import { merge } from "../../src/postgres/merge.ts";
import { production } from "../daemon/books.ts";
import { testDatabase } from "../database.ts";
import { dailyPipeline, first, Loader, stage } from "./merging.ts";

const NEVER = new AbortController().signal;

async function loader(context: TestContext): Promise<Loader> {
  const { database } = await testDatabase(context);
  return Loader.of(database, dailyPipeline());
}

/** A year of four stations and two KPIs, in the order of a provider's file; `shift` is added to every value. */
async function yearOf(load: Loader, slice: string, shift = 0) {
  const stations = await Promise.all(["A", "B", "C", "D"].map((id) => load.station(id)));
  const kpis = [await load.kpi("TMAX"), await load.kpi("TMIN")];
  const rows = [];
  for (let month = 1; month <= 12; month++) {
    for (let day = 1; day <= 9; day++) {
      for (const station_key of stations) {
        for (const kpi_key of kpis) {
          const date_ = `${slice}-${String(month).padStart(2, "0")}-0${day}`;
          const quality_flag = (day + station_key) % 7 === 0 ? "X" : null;
          const observ_time = day % 2 === 0 ? 700 : null;
          rows.push({
            station_key,
            date_,
            kpi_key,
            observ_time,
            value: shift + month * day + kpi_key / 4,
            quality_flag,
          });
        }
      }
    }
  }
  return rows;
}

/** Loads a year and notes, as a load does, when that was. */
async function loadYear(load: Loader, slice: string, shift = 0): Promise<void> {
  await load.load(await yearOf(load, slice, shift), { slice, seenStations: [await load.station("A")] });
  await finishLoads(load);
}

async function finishLoads({ database }: Loader): Promise<void> {
  await database.query(
    "update millrace.load set status = 'loaded', finished_at = now() - interval '1 hour' where finished_at is null",
  );
}

async function due({ database, pipeline }: Loader, days = 0): Promise<string[]> {
  return (await settledYears(database, pipeline, days)).map(({ slice }) => slice);
}

async function compact({ database, pipeline }: Loader, slice: string, signal: AbortSignal = NEVER) {
  const years = await settledYears(database, pipeline, 0);
  const year = years.find((settled) => settled.slice === slice);
  assert.ok(year !== undefined, `${slice} is not due`);
  return compactYear(database, year, signal);
}

/** Every table and index in the schema staging. */
async function staged(database: Database): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'staging'::regnamespace order by relname",
  );
  return rows.map(({ name }) => name);
}

/** What the catalogue says of a partition that people may come to depend on. */
async function catalogue(database: Database, table: string) {
  const rows = await database.query(
    `select c.reloptions as options, pg_get_expr(c.relpartbound, c.oid) as bound, c.reltuples as rows,
       c.relallvisible = c.relpages and c.relpages > 0 as frozen,
       array(select pg_get_indexdef(i.indexrelid) from pg_index i where i.indrelid = c.oid order by 1) as indexes,
       (select count(*)::integer from pg_constraint k where k.conrelid = c.oid and k.contype = 'c') as checks
     from pg_class c where c.oid = $1::regclass`,
    [table],
  );
  return first(rows);
}

/** Resolves when a backend of this database waits for a lock of this kind. */
async function somebodyWaits(database: Database, locktype: "advisory" | "relation"): Promise<void> {
  for (;;) {
    const waiting = await database.query<{ n: number }>(
      `select count(*)::integer as n from pg_locks where not granted and locktype = $1
         and database = (select oid from pg_database where datname = current_database())`,
      [locktype],
    );
    if (first(waiting).n > 0) return;
  }
}

/** Holds the source's merge lock while `work` runs; a compaction that begins meanwhile stops short of its swap. */
async function holdingMerges(load: Loader, work: (client: Client) => Promise<void>): Promise<void> {
  await load.database.transaction(async (client) => {
    await lockSource(client, load.pipeline.source);
    await work(client);
  });
}

suite("compacting a year", () => {
  test("leaves every answer as it was, and the rows sorted, frozen and indexed", async (context) => {
    const load = await loader(context);
    await loadYear(load, "1872");
    const before = await production(load.database);
    const compacted = await compact(load, "1872");
    assert.equal(compacted?.rows, 12 * 9 * 4 * 2);
    assert.ok(compacted.bytesBefore > 0 && compacted.bytesAfter > 0);
    assert.deepEqual(await production(load.database), before);
    const sorted = await load.database.query<{ sorted: boolean }>(
      `select array_agg(ctid order by ctid)
         = array_agg(ctid order by kpi_key, extract(month from date_), station_key, date_) as sorted
       from storage.daily_noaa_1872`,
    );
    assert.deepEqual(sorted, [{ sorted: true }]);
    assert.deepEqual(await catalogue(load.database, "storage.daily_noaa_1872"), {
      options: null,
      bound: "FOR VALUES FROM ('1872-01-01') TO ('1873-01-01')",
      rows: 864,
      frozen: true,
      indexes: [
        "CREATE INDEX daily_noaa_1872_day ON storage.daily_noaa_1872 USING brin (common_kpi_name, date_) WITH (pages_per_range='32')",
        "CREATE INDEX daily_noaa_1872_station ON storage.daily_noaa_1872 USING btree (station_key, common_kpi_name)",
      ],
      checks: 0,
    });
    assert.deepEqual(await staged(load.database), []);
    assert.deepEqual(await due(load), []);
  });

  test("a new load of the year is compacted again, and what undo needs stays as it was", async (context) => {
    const load = await loader(context);
    await loadYear(load, "1872");
    await compact(load, "1872");
    await loadYear(load, "1872", 1);
    assert.deepEqual(await due(load), ["1872"]);
    const former = ["daily_noaa_1872", "daily_noaa_1872_day", "daily_noaa_1872_station"];
    assert.deepEqual(await staged(load.database), former);
    const kept = async () => [
      await load.database.query("select former_load_id, former_table, former_until from millrace.slice"),
      await load.database.query("select to_regclass('staging.daily_noaa_1872')::oid as oid"),
      await catalogue(load.database, "staging.daily_noaa_1872"),
      await load.database.query("select count(*) as n, sum(value) as sum from staging.daily_noaa_1872"),
    ];
    const before = [await kept(), await production(load.database)];
    assert.ok((await compact(load, "1872")) !== undefined);
    assert.deepEqual([await kept(), await production(load.database)], before);
    assert.deepEqual(await staged(load.database), former);
    assert.deepEqual(await due(load), []);

    await loadYear(load, "1872", 2);
    assert.deepEqual(await staged(load.database), former);
    assert.deepEqual(await due(load), ["1872"]);
  });

  test("copies whatever columns the table has", async (context) => {
    const load = await loader(context);
    await load.database.query(
      `alter table storage.daily_replaced_template add column extra text;
       alter table storage.daily_noaa add column extra text`,
    );
    await loadYear(load, "1872");
    await load.database.query("update storage.daily_noaa_1872 set extra = 'x' || value");
    await compact(load, "1872");
    const kept = await load.database.query(
      "select count(*) filter (where extra = 'x' || value) as n from storage.daily_noaa_1872",
    );
    assert.deepEqual(kept, [{ n: 864 }]);
  });

  test("an empty year is no trouble", async (context) => {
    const load = await loader(context);
    await load.load([], { slice: "1872" });
    await finishLoads(load);
    assert.equal((await compact(load, "1872"))?.rows, 0);
  });
});

suite("what is due", () => {
  test("years whose load has stood long enough, the newest first", async (context) => {
    const load = await loader(context);
    for (const slice of ["1871", "1873", "1872"]) await loadYear(load, slice);
    assert.deepEqual(await due(load, 1), []);
    assert.deepEqual(await due(load), ["1873", "1872", "1871"]);
    assert.deepEqual(await due(load, 1 / 48), ["1873", "1872", "1871"]);
    assert.deepEqual(await settledYears(load.database, { ...load.pipeline, name: "another" }, 0), []);
  });

  test("no year into which rows were merged one by one, nor one that came so", async (context) => {
    const load = await loader(context);
    await loadYear(load, "1872");
    const upsert: Pipeline = dailyPipeline("noaa", { mode: "upsert" });
    const other = await Loader.of(load.database, { ...upsert, name: "noaa-more" });
    const objectIds = [await other.object("x")];
    const row = { station_key: await load.station("E"), kpi_key: await load.kpi("TMAX"), value: 1 };
    await other.load(
      ["1872-05-05", "1873-05-05"].map((date_) => ({ ...row, date_, object_id: objectIds[0] ?? 0 })),
      { objectIds },
    );
    await finishLoads(load);
    assert.deepEqual(await due(load), []);
    assert.deepEqual(await settledYears(load.database, other.pipeline, 0), []);
  });
});

suite("compacting a year while others work", () => {
  test("a load that replaces it meanwhile wins", async (context) => {
    const load = await loader(context);
    await loadYear(load, "1872");
    const rows = await yearOf(load, "1872", 5);
    const loadId = await load.attempt("1872");
    let compacting: ReturnType<typeof compact> | undefined;
    await holdingMerges(load, async (client) => {
      compacting = compact(load, "1872");
      await somebodyWaits(load.database, "advisory");
      const staging = await stage(client, load.pipeline, loadId, rows);
      await merge(client, {
        pipeline: load.pipeline,
        loadId,
        staging,
        copied: rows.length,
        slice: "1872",
        objectIds: [],
        seenStations: [],
        descriptions: [],
        reload: false,
      });
    });
    assert.equal(await compacting, undefined);
    const values = await load.database.query("select min(value) as least from storage.daily_noaa_1872");
    assert.deepEqual(values, [{ least: String(5 + 1 + first(rows).kpi_key / 4) }]);
    const left = ["daily_noaa_1872", "daily_noaa_1872_day", "daily_noaa_1872_station"];
    assert.deepEqual(await staged(load.database), left);
    await finishLoads(load);
    assert.ok((await compact(load, "1872")) !== undefined);
  });

  test("a row that is merged into it meanwhile stays", async (context) => {
    const load = await loader(context);
    await loadYear(load, "1872");
    const upsert: Pipeline = dailyPipeline("noaa", { mode: "upsert" });
    const other = await Loader.of(load.database, { ...upsert, name: "noaa-more" });
    const [objectId, loadId] = [await other.object("x"), await other.attempt()];
    const row = {
      station_key: await load.station("E"),
      kpi_key: await load.kpi("TMAX"),
      date_: "1872-05-05",
      value: 123,
      object_id: objectId,
    };
    let compacting: ReturnType<typeof compact> | undefined;
    await holdingMerges(load, async (client) => {
      compacting = compact(load, "1872");
      await somebodyWaits(load.database, "advisory");
      const staging = await stage(client, other.pipeline, loadId, [row]);
      await merge(client, {
        pipeline: other.pipeline,
        loadId,
        staging,
        copied: 1,
        objectIds: [objectId],
        seenStations: [],
        descriptions: [],
        reload: false,
      });
    });
    assert.equal(await compacting, undefined);
    const kept = await load.database.query("select value from storage.daily_noaa_1872 where value = 123");
    assert.equal(kept.length, 1);
    assert.deepEqual(await staged(load.database), []);
  });

  test("of two processes one does it", async (context) => {
    const load = await loader(context);
    await loadYear(load, "1872");
    let compacting: ReturnType<typeof compact> | undefined;
    await holdingMerges(load, async () => {
      compacting = compact(load, "1872");
      await somebodyWaits(load.database, "advisory");
      assert.equal(await compact(load, "1872"), undefined);
    });
    assert.ok((await compacting) !== undefined);
  });

  test("readers are waited for, and do not queue behind it", async (context) => {
    const load = await loader(context);
    await loadYear(load, "1872");
    const before = await production(load.database);
    const reader = await load.database.connect();
    await reader.query("begin");
    await reader.query("select count(*) from production.f_climate_data");
    const compacting = compact(load, "1872");
    await somebodyWaits(load.database, "relation");
    assert.deepEqual(await production(load.database), before);
    await reader.query("commit");
    reader.release();
    assert.ok((await compacting) !== undefined);
    assert.deepEqual(await production(load.database), before);
  });
});

suite("a compaction that is cut short", () => {
  test("by a request before the swap: nothing is left, and the next one does it", async (context) => {
    const load = await loader(context);
    await loadYear(load, "1872");
    const before = await production(load.database);
    const abort = new AbortController();
    await holdingMerges(load, async () => {
      const stopped = assert.rejects(compact(load, "1872", abort.signal), { code: "LOAD_ABORTED" });
      await somebodyWaits(load.database, "advisory");
      abort.abort();
      await stopped;
    });
    await assertUntouched(load, before);
  });

  test("by a request before the first row", async (context) => {
    const load = await loader(context);
    await loadYear(load, "1872");
    const before = await production(load.database);
    const abort = new AbortController();
    await load.database.transaction(async (client) => {
      await client.query("lock table storage.daily_replaced_template in access exclusive mode");
      const stopped = assert.rejects(compact(load, "1872", abort.signal), { code: "LOAD_ABORTED" });
      await somebodyWaits(load.database, "relation");
      abort.abort();
      await stopped;
    });
    await assertUntouched(load, before);
  });

  for (const [what, statement] of [
    ["reads", "copy (select%"],
    ["writes", 'copy "staging".%'],
  ] as const) {
    test(`by the end of the backend that ${what} in the middle of the rows`, async (context) => {
      const load = await loader(context);
      await loadYear(load, "1872");
      // Enough that no buffer holds them all.
      await load.database.query(
        `insert into storage.daily_noaa_1872
         select f.* from storage.daily_noaa_1872 f, generate_series(1, 400)`,
      );
      const ended = assert.rejects(compact(load, "1872"), { code: "DATABASE_UNREACHABLE" });
      await endBackend(load.database, statement);
      await ended;
      assert.deepEqual(await staged(load.database), []);
      assert.deepEqual(await due(load), ["1872"]);
    });
  }
});

/** Ends the backend that runs a COPY like this as soon as rows have moved. */
async function endBackend(database: Database, statement: string): Promise<void> {
  for (;;) {
    const ended = await database.query(
      `select pg_terminate_backend(pid) from pg_stat_progress_copy join pg_stat_activity using (pid, datid)
       where datid = (select oid from pg_database where datname = current_database())
         and tuples_processed > 0 and query like $1`,
      [statement],
    );
    if (ended.length > 0) return;
  }
}

/** Nothing is left behind or changed, and the year can still be compacted. */
async function assertUntouched(load: Loader, before: Record<string, string>): Promise<void> {
  assert.deepEqual(await staged(load.database), []);
  assert.deepEqual(await production(load.database), before);
  assert.ok((await compact(load, "1872")) !== undefined);
  assert.deepEqual(await production(load.database), before);
}

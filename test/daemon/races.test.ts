/** Two processes at once, loads that are stopped, and configurations that change between runs. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import type { MillraceEvent } from "../../src/observe/events.ts";
import { assertBooks, loadsAfter, production, stagingTables } from "./books.ts";
import { archiveDay, year, yearLines } from "./damage.ts";
import { type Front, startFront } from "./front.ts";
import { archiveKey, type Mill, openMill, type StoredObject, shipped, yearKey } from "./mill.ts";

const RANGE = { range: { from: "2001-01-01" } };

async function openHeld(
  context: TestContext,
  pipelines: readonly Pipeline[],
  objects: readonly StoredObject[],
): Promise<{ mill: Mill; front: Front }> {
  const mill = await openMill(context, pipelines, objects);
  const front = await startFront(mill.bucket.endpoint);
  context.after(() => front.stop());
  return { mill, front };
}

async function count(mill: Mill, relation: string): Promise<number> {
  const [row] = await mill.database.query<{ rows: number }>(
    `select count(*)::int as rows from production.${relation}`,
  );
  return row?.rows ?? 0;
}

suite("two runs at once", { concurrency: 2 }, () => {
  for (const [name, objects, relation, rows] of [
    [
      "noaa-daily",
      [2001, 2002, 2003].map((number) => year(number, yearLines(number))),
      "f_climate_data",
      3 * 288,
    ],
    [
      "openaq-archive",
      ["2024-05-01", "2024-05-02"].map((day) => archiveDay(2178, day, [1, 2])),
      "o_openaq",
      4,
    ],
  ] as const) {
    test(`${name}: each object is loaded once, and neither ends before all is committed`, async (context) => {
      const { mill, front } = await openHeld(context, await shipped(name), objects);
      const held = front.hold(name === "noaa-daily" ? yearKey(2002) : archiveKey(2178, "2024-05-01"));
      const ends: string[] = [];
      const first = mill
        .run({ ...RANGE, endpoint: front.endpoint })
        .finally(() => ends.push("first"))
        .then(async (well) => ({ well, rows: await count(mill, relation) }));
      await held.reached;
      const skipped = Promise.withResolvers<undefined>();
      const listener = (event: MillraceEvent): void => {
        if (event.type === "load.finished" && event.outcome === "skipped") skipped.resolve(undefined);
      };
      const second = mill
        .run({ ...RANGE, listener })
        .finally(() => ends.push("second"))
        .then(async (well) => ({ well, rows: await count(mill, relation) }));
      await Promise.race([skipped.promise, first, second]);
      assert.deepEqual(ends, []);
      held.release();
      assert.deepEqual(await Promise.all([first, second]), [
        { well: true, rows },
        { well: true, rows },
      ]);
      const loaded = await mill.database.query<{ key: string; n: number }>(
        `select key, count(*)::int as n from millrace.load join millrace.load_object using (load_id)
         join millrace.object using (object_id) where status = 'loaded' group by 1`,
      );
      assert.deepEqual(
        loaded.map(({ key, n }) => [key, n]).sort(),
        objects.map(({ key }) => [key, 1]).sort(),
      );
      await assertBooks(mill.database);
    });
  }
});

suite("a load that is stopped", () => {
  test("leaves nothing but its entry, and the next run makes it", async (context) => {
    const { mill, front } = await openHeld(context, await shipped("noaa-daily"), [
      year(2001, yearLines(2001)),
    ]);
    const held = front.hold(yearKey(2001));
    const abort = new AbortController();
    const run = mill.run({ ...RANGE, endpoint: front.endpoint, signal: abort.signal });
    await held.reached;
    abort.abort();
    assert.equal(await run, false);
    held.release();
    const [stopped, ...others] = await loadsAfter(mill.database, 0);
    assert.deepEqual(others, []);
    assert.equal(stopped?.status, "failed");
    assert.equal(stopped.code, "LOAD_ABORTED");
    assert.equal(await count(mill, "f_climate_data_flagged"), 0);
    assert.deepEqual(await stagingTables(mill.database), []);
    const [refused] = await mill.database.query("select refused_outcome from millrace.object");
    assert.equal(refused?.["refused_outcome"], null);
    assert.equal(await mill.run(RANGE), true);
    assert.equal(await count(mill, "f_climate_data_flagged"), 288);
    await assertBooks(mill.database);
  });
});

suite("another configuration", { concurrency: 2 }, () => {
  test("shapes what is loaded already only with --reload", async (context) => {
    const [pipeline] = await shipped("noaa-daily");
    assert.ok(pipeline);
    const mill = await openMill(
      context,
      [pipeline],
      [year(2001, [...yearLines(2001), "GM000004204,20010101,TAVG,55,,,E,"])],
    );
    assert.equal(await mill.run(RANGE), true);
    const before = await production(mill.database);
    const values = async (kpi: string) => {
      const [row] = await mill.database.query<{ n: number; max: string | null; flagged: number }>(
        `select count(*)::int as n, max(data_value)::float8 as max
         from production.f_climate_data where common_kpi_name = $1`,
        [kpi],
      );
      return row;
    };
    const factors = () =>
      mill.database.query(
        "select orig_kpi_name as kpi, factor::float8 as factor from production.d_kpi_names where orig_kpi_name in ('TMAX', 'TAVG') order by 1",
      );
    assert.deepEqual(await values("TMAX"), { n: 144, max: 22.6 });
    assert.deepEqual(await factors(), [{ kpi: "TMAX", factor: 0.1 }]);

    // As if a tenth of a degree had been a mistake, and another element was wanted.
    const [template] = pipeline.kpiList;
    assert.ok(template);
    const changed: Pipeline = {
      ...pipeline,
      fingerprint: "another",
      kpiList: [
        ...pipeline.kpiList.map((kpi) => (kpi.from === "TMAX" ? { ...kpi, multiply: 0.05 } : kpi)),
        { ...template, from: "TAVG", to: "TAVG", in: "0.1 °C", unit: "°C", range: [-95, 62] },
      ],
    };
    assert.equal(await mill.run({ ...RANGE, pipelines: [changed] }), true);
    assert.ok(!mill.events.some(({ type }) => type === "load.started"));
    assert.equal((await production(mill.database))["f_climate_data"], before["f_climate_data"]);

    assert.equal(await mill.run({ ...RANGE, pipelines: [changed], reload: true }), true);
    assert.deepEqual(await values("TMAX"), { n: 144, max: 11.3 });
    assert.deepEqual(await values("TAVG"), { n: 1, max: 5.5 });
    assert.deepEqual(await factors(), [
      { kpi: "TAVG", factor: 0.1 },
      { kpi: "TMAX", factor: 0.05 },
    ]);

    assert.equal(await mill.run({ ...RANGE, pipelines: [changed], reload: true }), true);
    assert.ok(!mill.events.some(({ type }) => type === "load.started"));
    assert.equal(await mill.run({ ...RANGE, reload: true }), true);
    // The name of an element that is no longer wanted stays.
    assert.deepEqual(await factors(), [
      { kpi: "TAVG", factor: 0.1 },
      { kpi: "TMAX", factor: 0.1 },
    ]);
    const { d_kpi_names: _names, ...rest } = before;
    const { d_kpi_names: _now, ...restNow } = await production(mill.database);
    assert.deepEqual(restNow, rest);
    await assertBooks(mill.database);
  });

  test("the same for measurements: rows of the new mapping only, daily rows with them", async (context) => {
    const [pipeline] = await shipped("openaq-archive");
    assert.ok(pipeline);
    const mill = await openMill(context, [pipeline], [archiveDay(2178, "2024-05-01", [10, 20])]);
    const rows = () =>
      mill.database.query(
        `select common_kpi_name as kpi, data_value::float8 as value from production.f_climate_data
         union all select 'measured ' || common_kpi_name, data_value::float8 from production.o_openaq order by 1, 2`,
      );
    assert.equal(await mill.run(), true);
    const former = await rows();
    assert.equal(former.length, 5);
    const changed: Pipeline = {
      ...pipeline,
      fingerprint: "another",
      kpiList: pipeline.kpiList.map((kpi) =>
        kpi.from === "pm25" && kpi.in === "µg/m³" ? { ...kpi, to: "DUST", multiply: 2 } : kpi,
      ),
    };
    assert.equal(await mill.run({ pipelines: [changed] }), true);
    assert.deepEqual(await rows(), former);
    assert.equal(await mill.run({ pipelines: [changed], reload: true }), true);
    assert.deepEqual(await rows(), [
      { kpi: "DUST", value: 30 },
      { kpi: "DUST_MAX", value: 40 },
      { kpi: "DUST_MIN", value: 20 },
      { kpi: "measured DUST", value: 20 },
      { kpi: "measured DUST", value: 40 },
    ]);
    await assertBooks(mill.database);
  });
});

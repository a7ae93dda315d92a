/** Versions that are held back before they are merged, versions that are not, and the sums of all of them. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { assertBooks, type LoadEntry, loadsAfter, newestLoad, production } from "./books.ts";
import { archiveDay, year, yearLines } from "./damage.ts";
import { ARCHIVE, archiveKey, type Mill, NOAA, openMill, shipped, yearKey } from "./mill.ts";

const RANGE = { range: { from: "2001-01-01" } };
const LINES = yearLines(2001, 9);

interface Held {
  readonly mill: Mill;
  /** What production held before. */
  readonly before: Record<string, string>;
  /** Writes the year anew and runs; gives the load that this made. */
  readonly next: (lines: readonly string[]) => Promise<LoadEntry | undefined>;
}

/** A mill with a good year in it. */
async function openWithYear(context: TestContext, change: (pipeline: Pipeline) => Pipeline): Promise<Held> {
  const pipelines = (await shipped("noaa-daily")).map(change);
  const mill = await openMill(context, pipelines, [year(2001, LINES)]);
  assert.equal(await mill.run(RANGE), true, JSON.stringify(mill.events));
  return {
    mill,
    before: await production(mill.database),
    next: async (lines) => {
      const last = await newestLoad(mill.database);
      await mill.bucket.put(NOAA, yearKey(2001), year(2001, lines).body);
      const well = await mill.run(RANGE);
      const [load, ...others] = await loadsAfter(mill.database, last);
      assert.deepEqual(others, []);
      assert.equal(well, load?.status === "loaded");
      return load;
    },
  };
}

async function factsOf(mill: Mill): Promise<number> {
  const [row] = await mill.database.query<{ facts: number }>(
    "select count(*)::int as facts from production.f_climate_data_flagged",
  );
  return row?.facts ?? 0;
}

async function failedChecks(mill: Mill, load: number | undefined): Promise<string[]> {
  const rows = await mill.database.query<{ name: string }>(
    "select name from millrace.check_result where load_id = $1 and not passed order by 1",
    [load],
  );
  return rows.map(({ name }) => name);
}

const asItIs = (pipeline: Pipeline): Pipeline => pipeline;

suite("versions that are held back", { concurrency: 2 }, () => {
  test("those that cover less", async (context) => {
    const { mill, before, next } = await openWithYear(context, asItIs);
    const june = LINES.filter((line) => line.slice(12, 18) === "200106");
    assert.equal(june.length, 54);
    for (const [lines, checks] of [
      [LINES.filter((line) => !june.includes(line)), ["coverage.months"]],
      [LINES.filter((line) => !line.includes(",20011209,")), ["coverage.month_loss", "coverage.newest"]],
      // 4 of 54 rows are 7.4 %.
      [LINES.filter((line) => !june.slice(0, 4).includes(line)), ["coverage.month_loss"]],
    ] as const) {
      const load = await next(lines);
      assert.equal(load?.status, "quarantined", JSON.stringify(load));
      assert.deepEqual(await failedChecks(mill, load.load), checks);
      assert.deepEqual(await production(mill.database), before);
    }
    // 2 of 54 rows are 3.7 %: revisions.
    assert.equal((await next(LINES.filter((line) => !june.slice(0, 2).includes(line))))?.status, "loaded");
    assert.equal(await factsOf(mill), LINES.length - 2);
    await assertBooks(mill.database);
  });

  test("those with a value that cannot be, unless the provider has marked it", async (context) => {
    const { mill, before, next } = await openWithYear(context, asItIs);
    const hot = await next([...LINES, "GM000004204,20010120,TMAX,900,,,E,"]);
    assert.equal(hot?.status, "quarantined");
    assert.match(hot.error ?? "", /range\.TMAX.*1 of 325 values outside.*such as 90/);
    assert.deepEqual(await production(mill.database), before);
    const marked = await next([...LINES, "GM000004204,20010120,TMAX,900,,X,E,"]);
    assert.equal(marked?.status, "loaded");
    assert.equal(await factsOf(mill), LINES.length + 1);
    const [row] = await mill.database.query(
      "select count(*)::int as hot from production.f_climate_data where data_value > 62",
    );
    assert.equal(row?.["hot"], 0);
    await assertBooks(mill.database);
  });

  test("those that do not meet an expectation in SQL", async (context) => {
    const expectations = [
      {
        name: "three stations",
        sql: "select count(distinct station_id) from {rows}",
        expect: 3,
      },
      { name: "a mistake", sql: "select no_such_column from {rows}", expect: 1 },
    ];
    const expecting =
      (first: number, last: number) =>
      (pipeline: Pipeline): Pipeline => ({
        ...pipeline,
        checks: { ...pipeline.checks, expectations: expectations.slice(first, last) },
      });
    const { mill, before, next } = await openWithYear(context, expecting(0, 1));
    const another = await next([...LINES, "FR000007190,20010120,TMAX,90,,,E,"]);
    assert.equal(another?.status, "quarantined");
    assert.match(another.error ?? "", /three stations found 4, expected 3/);
    assert.deepEqual(await production(mill.database), before);
    const pipelines = (await shipped("noaa-daily")).map(expecting(1, 2));
    await mill.bucket.put(NOAA, yearKey(2001), year(2001, LINES.slice(1)).body);
    assert.equal(await mill.run({ ...RANGE, pipelines }), false);
    const [mistaken] = await loadsAfter(mill.database, another.load);
    assert.equal(mistaken?.status, "quarantined");
    assert.match(mistaken.error ?? "", /a mistake found .*no_such_column.* expected 1/);
    assert.deepEqual(await production(mill.database), before);
    await assertBooks(mill.database);
  });
});

suite("what differs is what changes", { concurrency: 2 }, () => {
  test("one row changed, one deleted, one added; of two of one key the last wins", async (context) => {
    const { mill, next } = await openWithYear(context, asItIs);
    const contents = async () =>
      new Set(
        (
          await mill.database.query(
            "select station_id, date_::text, common_kpi_name, data_value::text from production.f_climate_data",
          )
        ).map((row) => Object.values(row).join(" ")),
      );
    const former = await contents();
    const [changed = "", deleted = "", ...rest] = LINES;
    assert.equal(changed, "GM000004204,20010101,TMAX,111,,,E,");
    assert.equal(deleted, "GM000004204,20010101,TMIN,9,,,E,0700");
    const load = await next([
      "GM000004204,20010101,TMAX,112,,,E,",
      ...rest,
      "GM000004204,20011231,TMAX,5,,,E,",
      "GM000004204,20011231,TMAX,-7,,,E,",
      "GM000004204,20010101,TMAX,113,,,E,",
    ]);
    assert.equal(load?.status, "loaded");
    const latter = await contents();
    assert.deepEqual([...former].filter((row) => !latter.has(row)).sort(), [
      "GM000004204 2001-01-01 TMAX 11.1",
      "GM000004204 2001-01-01 TMIN 0.9",
    ]);
    assert.deepEqual([...latter].filter((row) => !former.has(row)).sort(), [
      "GM000004204 2001-01-01 TMAX 11.3",
      "GM000004204 2001-12-31 TMAX -0.7",
    ]);
    const [receipt] = await mill.database.query(
      "select copied::int, inserted::int, duplicates::int, deleted::int from millrace.receipt where load_id = $1",
      [load.load],
    );
    const rows = LINES.length;
    assert.deepEqual(receipt, { copied: rows + 2, inserted: rows, duplicates: 2, deleted: rows });
    await assertBooks(mill.database);
  });

  test("an archive object written anew with a row less, gone, and back", async (context) => {
    const day = "2024-05-02";
    const mill = await openMill(context, await shipped("openaq-archive"), [
      archiveDay(2178, "2024-05-01", [1, 2, 3]),
      archiveDay(2178, day, [4, 8, 60]),
    ]);
    const daily = () =>
      mill.database.query(
        `select common_kpi_name as kpi, data_value::float8 as value, n_measurements as n
         from production.f_climate_data_flagged where date_ = $1 order by 1`,
        [day],
      );
    assert.equal(await mill.run(), true);
    assert.deepEqual(await daily(), [
      { kpi: "PM25", value: 24, n: 3 },
      { kpi: "PM25_MAX", value: 60, n: 3 },
      { kpi: "PM25_MIN", value: 4, n: 3 },
    ]);
    const shorter = archiveDay(2178, day, [4, 8]).body;
    await mill.bucket.put(ARCHIVE, archiveKey(2178, day), shorter);
    assert.equal(await mill.run(), true);
    const after = [
      { kpi: "PM25", value: 6, n: 2 },
      { kpi: "PM25_MAX", value: 8, n: 2 },
      { kpi: "PM25_MIN", value: 4, n: 2 },
    ];
    assert.deepEqual(await daily(), after);
    const load = await newestLoad(mill.database);
    const [receipt] = await mill.database.query(
      "select copied::int, unchanged::int, deleted::int from millrace.receipt where load_id = $1",
      [load],
    );
    assert.deepEqual(receipt, { copied: 2, unchanged: 2, deleted: 1 });

    const before = await production(mill.database);
    const gone = () =>
      mill.database.query("select key from millrace.object where gone_at is not null order by 1");
    await mill.bucket.remove(ARCHIVE, archiveKey(2178, day));
    assert.equal(await mill.run(), true);
    assert.deepEqual(await gone(), [{ key: archiveKey(2178, day) }]);
    assert.deepEqual(await production(mill.database), before);
    await mill.bucket.put(ARCHIVE, archiveKey(2178, day), shorter);
    assert.equal(await mill.run(), true);
    assert.deepEqual(await gone(), []);
    assert.equal(await newestLoad(mill.database), load);
    assert.deepEqual(await production(mill.database), before);
    await assertBooks(mill.database);
  });
});

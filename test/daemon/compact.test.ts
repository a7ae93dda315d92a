/** Compaction in the background: after the loads, out of everybody's way, and broken off at the end. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { compactDue, QuietTime } from "../../src/daemon/compact.ts";
import type { MillraceEvent } from "../../src/observe/events.ts";
import type { Database } from "../../src/postgres/connect.ts";
import { lockSource } from "../../src/postgres/merge/locks.ts";
import { production, stagingTables } from "./books.ts";
import { year, yearLines } from "./damage.ts";
import { type Mill, openMill, shipped } from "./mill.ts";

const YEARS = [2001, 2002];

/** `noaa-daily` with all years watched, and compacted as soon as that is possible. */
async function eager(): Promise<Pipeline[]> {
  return (await shipped("noaa-daily")).map((pipeline) => {
    assert.ok(pipeline.target === "daily" && pipeline.merge.mode === "replace");
    return { ...pipeline, merge: { ...pipeline.merge, compact_after_days: 0 } };
  });
}

/** A mill in which two years were loaded, and what listens to its compaction. */
async function loadedMill(context: TestContext) {
  const pipelines = await eager();
  const mill = await openMill(
    context,
    pipelines,
    YEARS.map((number) => year(number, yearLines(number))),
  );
  assert.ok(await mill.run({ range: { from: "2001-01-01" } }));
  const told: string[] = [];
  const abort = new AbortController();
  const emit = (event: MillraceEvent): void => {
    if (event.type === "compaction.finished") told.push(`${event.slice ?? ""} ${event.outcome}`);
  };
  const { database } = mill;
  return { mill, pipelines, told, abort, quietly: { database, emit, signal: abort.signal } };
}

async function compactedYears({ database }: Mill): Promise<string[]> {
  const rows = await database.query<{ slice: string }>(
    "select slice from millrace.slice where compacted_load_id = load_id order by slice",
  );
  return rows.map(({ slice }) => slice);
}

/** Stops every compaction short of its swap. Returns what ends that. */
async function holdMerges(database: Database): Promise<() => Promise<void>> {
  const held = Promise.withResolvers<undefined>();
  const release = Promise.withResolvers<undefined>();
  const holding = database.transaction(async (client) => {
    await lockSource(client, "noaa");
    held.resolve(undefined);
    await release.promise;
  });
  await held.promise;
  return async () => {
    release.resolve(undefined);
    await holding;
  };
}

/** Resolves when a compaction has stopped there. */
async function somebodyWaits(database: Database): Promise<void> {
  for (;;) {
    const waiting = await database.query(
      `select from pg_locks where not granted and locktype = 'advisory'
         and database = (select oid from pg_database where datname = current_database())`,
    );
    if (waiting.length > 0) return;
  }
}

suite("quiet time", () => {
  test("while a pass is under way no other year is begun; afterwards it goes on", async (context) => {
    const { mill, pipelines, told, quietly } = await loadedMill(context);
    const quiet = new QuietTime(pipelines, quietly);
    const goOn = await holdMerges(mill.database);
    await quiet.around(() => Promise.resolve());
    await somebodyWaits(mill.database);
    const pass = Promise.withResolvers<undefined>();
    const passing = quiet.around(() => pass.promise);
    await goOn();
    await quiet.ended();
    assert.deepEqual(told, ["2002 compacted"]);
    pass.resolve(undefined);
    await passing;
    await quiet.ended();
    assert.deepEqual(told, ["2002 compacted", "2001 compacted"]);
  });

  test("the last of several passes begins it", async (context) => {
    const { pipelines, told, quietly } = await loadedMill(context);
    const quiet = new QuietTime(pipelines, quietly);
    const pass = Promise.withResolvers<undefined>();
    const passing = quiet.around(() => pass.promise);
    await quiet.around(() => Promise.resolve());
    await quiet.ended();
    assert.deepEqual(told, []);
    pass.resolve(undefined);
    await passing;
    await quiet.ended();
    assert.equal(told.length, 2);
  });

  test("a request to end leaves the year as it was, without calling that a failure", async (context) => {
    const { mill, pipelines, told, abort, quietly } = await loadedMill(context);
    const before = await production(mill.database);
    const quiet = new QuietTime(pipelines, quietly);
    const goOn = await holdMerges(mill.database);
    await quiet.around(() => Promise.resolve());
    await somebodyWaits(mill.database);
    abort.abort();
    await quiet.ended();
    await goOn();
    assert.deepEqual(told, []);
    assert.deepEqual(await stagingTables(mill.database), []);
    assert.deepEqual(await compactedYears(mill), []);
    assert.deepEqual(await production(mill.database), before);
  });
});

suite("a round of compaction", () => {
  test("a year that fails is told of, and the next one is compacted", async (context) => {
    const { mill, pipelines, told, quietly } = await loadedMill(context);
    // A table with the name of the compaction's own is in its way.
    await mill.database.query("create table staging.compact_noaa_2002 ()");
    assert.equal(await compactDue({ pipelines, all: false }, quietly), false);
    assert.deepEqual(told, ["2002 failed", "2001 compacted"]);
    assert.deepEqual(await compactedYears(mill), ["2001"]);
    await mill.database.query("drop table staging.compact_noaa_2002");
    assert.equal(await compactDue({ pipelines, all: false }, quietly), true);
    assert.deepEqual(await compactedYears(mill), ["2001", "2002"]);
  });

  test("keeps to the quiet days, unless it is asked for all", async (context) => {
    const { mill, told, quietly } = await loadedMill(context);
    const pipelines = await shipped("noaa-daily", "noaa-countries");
    assert.equal(await compactDue({ pipelines, all: false }, quietly), true);
    assert.deepEqual(told, []);
    assert.equal(await compactDue({ pipelines, all: true }, quietly), true);
    assert.deepEqual(told, ["2002 compacted", "2001 compacted"]);
    assert.deepEqual(await compactedYears(mill), ["2001", "2002"]);
  });
});

test("the daemon loads, then compacts, and its answers stay the same", async (context) => {
  const pipelines = await eager();
  const mill = await openMill(
    context,
    pipelines,
    [2020, 2021].map((number) => year(number, yearLines(number))),
  );
  const stop = new AbortController();
  context.after(() => {
    stop.abort();
  });
  const asleep = Promise.withResolvers<undefined>();
  const daemon = mill.watch(async (_, signal) => {
    asleep.resolve(undefined);
    await new Promise((resolve) => {
      signal.addEventListener("abort", resolve);
    });
  }, stop.signal);
  await asleep.promise;
  const before = await production(mill.database);
  while ((await compactedYears(mill)).length < 2) await production(mill.database);
  assert.deepEqual(await production(mill.database), before);
  stop.abort();
  await daemon;
  const order = mill.events.map(({ type }) => type);
  assert.ok(order.lastIndexOf("load.finished") < order.indexOf("compaction.finished"));
  assert.equal(order.filter((type) => type === "compaction.finished").length, 2);
});

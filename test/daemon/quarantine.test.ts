/** What becomes of versions that were held back: until a new one, until somebody asks for them again. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { describe } from "../../src/observe/sentence.ts";
import { assertBooks, loadsAfter, production, stagingTables } from "./books.ts";
import { year, yearLines } from "./damage.ts";
import { type Mill, NOAA, openMill, shipped, yearKey } from "./mill.ts";

const RANGE = { range: { from: "2001-01-01" } };
const LINES = yearLines(2001, 9);
const WITHOUT_JUNE = LINES.filter((line) => line.slice(12, 18) !== "200106");

async function statuses(mill: Mill): Promise<string[]> {
  return (await loadsAfter(mill.database, 0)).map(({ status }) => status);
}

function held(mill: Mill): number | undefined {
  return mill.events.find((event) => event.type === "pass.planned")?.held;
}

/** The same content in a gzip file of the same size and another etag, as a rewrite makes it: other time, same deflate. */
function rewritten(lines: readonly string[], time: number): Buffer {
  const body = Buffer.from(year(2001, lines).body);
  body.writeUInt32LE(time, 4);
  return body;
}

suite("quarantine", { concurrency: 2 }, () => {
  test("a rewrite with the same content is held and said; a new content takes its place", async (context) => {
    const mill = await openMill(context, await shipped("noaa-daily"), [year(2001, LINES)]);
    assert.equal(await mill.run(RANGE), true);
    assert.equal(held(mill), 0);
    const before = await production(mill.database);

    await mill.bucket.put(NOAA, yearKey(2001), rewritten(WITHOUT_JUNE, 1));
    assert.equal(await mill.run(RANGE), false);
    const finished = mill.events.find((event) => event.type === "load.finished");
    assert.ok(finished);
    assert.match(
      describe(finished)?.text ?? "",
      /quarantined: .*millrace\.check_result for load 2;.*`millrace release 2`.*`millrace retry 2`/,
    );
    const tables = await stagingTables(mill.database);
    assert.equal(tables.length, 1);

    for (const time of [2, 2, 3]) {
      await mill.bucket.put(NOAA, yearKey(2001), rewritten(WITHOUT_JUNE, time));
      assert.equal(await mill.run(RANGE), false, "a person must look");
      assert.equal(held(mill), 1);
      const planned = mill.events.find((event) => event.type === "pass.planned");
      assert.ok(planned);
      assert.deepEqual(describe(planned), {
        level: "info",
        text: "noaa-daily: 1 object listed, 0 unchanged, 1 held for a person (status says why), nothing to load",
      });
    }
    assert.deepEqual(await statuses(mill), ["loaded", "quarantined"]);
    const [object] = await mill.database.query(
      "select refused_etag = seen_etag as held from millrace.object where refused_load_id = 2",
    );
    assert.deepEqual(object, { held: true });

    await mill.bucket.put(NOAA, yearKey(2001), year(2001, WITHOUT_JUNE.slice(1)).body);
    assert.equal(await mill.run(RANGE), false);
    assert.deepEqual(await statuses(mill), ["loaded", "superseded", "quarantined"]);
    assert.equal((await stagingTables(mill.database)).length, 1);
    assert.deepEqual(await production(mill.database), before);

    await mill.bucket.put(
      NOAA,
      yearKey(2001),
      year(2001, [...LINES, "GM000004204,20011231,TMAX,5,,,E,"]).body,
    );
    assert.equal(await mill.run(RANGE), true);
    assert.deepEqual(await statuses(mill), ["loaded", "superseded", "superseded", "loaded"]);
    const waiting = await mill.database.query(
      "select to_regclass(staging_table) from millrace.load where staging_table is not null",
    );
    assert.deepEqual(waiting, []);
    await assertBooks(mill.database);
  });

  test("--reload takes it again, by the checks of today", async (context) => {
    const pipelines = await shipped("noaa-daily");
    const strict = pipelines.map((pipeline) => ({
      ...pipeline,
      checks: { ...pipeline.checks, expectations: [{ name: "one", sql: "select 1", expect: 2 }] },
    }));
    const mill = await openMill(context, pipelines, [year(2001, LINES)]);
    assert.equal(await mill.run({ ...RANGE, pipelines: strict }), false);
    assert.equal(await mill.run(RANGE), false);
    assert.equal(held(mill), 1);
    assert.deepEqual(await statuses(mill), ["quarantined"]);
    assert.equal(await mill.run({ ...RANGE, reload: true }), true);
    assert.equal(held(mill), 0);
    assert.deepEqual(await statuses(mill), ["superseded", "loaded"]);
    await assertBooks(mill.database);
  });

  test("a station file that was cut short", async (context) => {
    const lines = Array.from(
      { length: 40 },
      (_, at) => `GM${String(at).padStart(9, "0")}  52.4639   13.3017   51.0    BERLIN`,
    );
    const file = (rows: readonly string[]) => Buffer.from(rows.map((row) => `${row}\n`).join(""));
    const key = "ghcnd-stations.txt";
    const mill = await openMill(context, await shipped("noaa-stations"), [
      { bucket: NOAA, key, body: file(lines) },
    ]);
    assert.equal(await mill.run(), true, JSON.stringify(mill.events));
    const before = await production(mill.database);
    await mill.bucket.put(NOAA, key, file(lines.slice(0, 37)));
    assert.equal(await mill.run(), false);
    const [, load] = await loadsAfter(mill.database, 0);
    assert.equal(load?.status, "quarantined");
    assert.match(load.error ?? "", /coverage\.stations found 3 of 40 stations gone \(7\.5 %\)/);
    assert.deepEqual(await production(mill.database), before);
    await mill.bucket.put(NOAA, key, file(lines.slice(0, 38)));
    assert.equal(await mill.run(), true, JSON.stringify(mill.events));

    await mill.bucket.put(NOAA, `${key}.gz`, gzipSync(file(lines)));
    assert.equal(await mill.run(), false);
    const failed = mill.events.find((event) => event.type === "pass.failed");
    assert.equal(failed?.code, "CONFIG_INVALID");
    assert.match(
      failed.message,
      /ghcnd-stations\.txt and ghcnd-stations\.txt\.gz both hold all stations of noaa/,
    );
    await assertBooks(mill.database);
  });
});

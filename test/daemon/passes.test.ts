/** Which objects a pass looks at, and what it tidies up. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { year, yearLines } from "./damage.ts";
import { type Mill, NOAA, openMill, shipped, yearKey } from "./mill.ts";

const EARLIER = { range: { from: "2019-01-01" } };

/** Names of the loads begun and keys announced as gone, since the last run began. */
function told({ events }: Mill): string[] {
  return events.flatMap((event) => {
    if (event.type === "load.started") return [event.name];
    return event.type === "object.gone" ? [`gone ${event.key}`] : [];
  });
}

suite("objects outside a pipeline's history", () => {
  test("stay watched once they are loaded", async (context) => {
    const mill = await openMill(context, await shipped("noaa-daily"), [
      year(2018, yearLines(2018)),
      year(2019, yearLines(2019)),
      year(2020, yearLines(2020)),
    ]);
    assert.equal(await mill.run(EARLIER), true);
    assert.deepEqual(told(mill).sort(), ["2019", "2020"]);

    await mill.bucket.put(NOAA, yearKey(2018), year(2018, yearLines(2018, 5)).body);
    await mill.bucket.put(NOAA, yearKey(2019), year(2019, yearLines(2019, 5)).body);
    assert.equal(await mill.run(), true);
    assert.deepEqual(told(mill), ["2019"]);

    await mill.bucket.remove(NOAA, yearKey(2019));
    assert.equal(await mill.run(), true);
    assert.deepEqual(told(mill), [`gone ${yearKey(2019)}`]);
    assert.equal(await mill.run(), true);
    assert.deepEqual(told(mill), []);
  });

  test("are left alone while none of their versions is loaded, and do not count as gone", async (context) => {
    const broken = { bucket: NOAA, key: yearKey(2019), body: Buffer.from("<html>busy</html>") };
    const mill = await openMill(context, await shipped("noaa-daily"), [broken, year(2020, yearLines(2020))]);
    assert.equal(await mill.run(EARLIER), false);
    assert.deepEqual(told(mill).sort(), ["2019", "2020"]);

    assert.equal(await mill.run(), true);
    assert.deepEqual(told(mill), []);
    await mill.bucket.remove(NOAA, yearKey(2019));
    assert.equal(await mill.run(), true);
    assert.deepEqual(told(mill), []);

    assert.equal(await mill.run(EARLIER), true);
    assert.deepEqual(told(mill), [`gone ${yearKey(2019)}`]);
  });
});

test("the version before is kept for as long as the pipeline says, and removed by the next pass", async (context) => {
  const pipelines = await shipped("noaa-daily");
  const mill = await openMill(context, pipelines, [year(2020, yearLines(2020))]);
  const kept = async () =>
    mill.database.query(
      "select slice, former_table as table from millrace.slice where former_table is not null",
    );
  assert.equal(await mill.run(), true);
  await mill.bucket.put(NOAA, yearKey(2020), year(2020, yearLines(2020, 5)).body);
  assert.equal(await mill.run(), true);
  assert.deepEqual(await kept(), [{ slice: "2020", table: "staging.daily_noaa_2020" }]);
  assert.equal(await mill.run(), true);
  assert.equal((await kept()).length, 1);

  const forgetful = pipelines.map((pipeline) => {
    assert.ok(pipeline.target === "daily");
    return { ...pipeline, merge: { ...pipeline.merge, keep_days: 0 } };
  });
  await mill.bucket.put(NOAA, yearKey(2020), year(2020, yearLines(2020, 6)).body);
  assert.equal(await mill.run({ pipelines: forgetful }), true);
  assert.deepEqual(await kept(), []);
  assert.deepEqual(
    await mill.database.query("select from pg_class where relnamespace = 'staging'::regnamespace"),
    [],
  );
});

/** A process that planned a group of objects before another one loaded it, and claims it afterwards. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { archiveDay } from "../daemon/damage.ts";
import { ARCHIVE, openMill, shipped } from "../daemon/mill.ts";
import { Machine } from "./machine.ts";
import { startProxy } from "./proxy.ts";

const CLAIM = "select pg_advisory_xact_lock(hashtext('millrace load')";

test("a late process reads of a group only what nobody has loaded since", async (context) => {
  const pipelines = await shipped("openaq-archive");
  const [good, bad] = ["2024-05-01", "2024-05-02"].map((day) => archiveDay(2178, day, [1, 2]));
  assert.ok(good !== undefined && bad !== undefined);
  const truncated = { ...bad, body: bad.body.subarray(0, -9) };
  const mill = await openMill(context, pipelines, [good, truncated]);
  const [toDatabase, toStore] = [await startProxy(mill.url), await startProxy(mill.bucket.endpoint)];
  const late = new Machine({ mill, pipelines, toDatabase, toStore });
  context.after(async () => {
    await toStore.stop();
    await toDatabase.stop();
    await late.close();
  });
  const held = toDatabase.hold({ text: CLAIM, side: "before" });
  const run = late.run();
  await held.reached;
  assert.equal(await mill.run(), false);
  await mill.bucket.put(ARCHIVE, bad.key, bad.body);
  held.release();
  await run;
  assert.equal(await mill.run(), true);
  const loaded = await mill.database.query(
    `select key, count(*)::int as loads
     from millrace.load join millrace.load_object using (load_id) join millrace.object using (object_id)
     where status = 'loaded' group by key order by key`,
  );
  assert.deepEqual(loaded, [
    { key: good.key, loads: 1 },
    { key: bad.key, loads: 1 },
  ]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { readPipelines } from "../../src/config/read.ts";
import { ARCHIVE_BUCKET, BUCKETS, DEMO, generateBucket } from "../../src/demo/bucket.ts";
import { demoPipelines } from "../../src/demo/pipelines.ts";

test("the demo runs the shipped pipelines, pointed at what it generates", async () => {
  const { pipelines: shipped, problems } = await readPipelines("pipelines");
  assert.deepEqual(problems, []);
  const options = { ...DEMO, stations: 10 };
  const demo = demoPipelines(shipped, options, "http://127.0.0.1:4000");
  assert.deepEqual(
    demo.map(({ name }) => name),
    ["noaa-countries", "noaa-daily", "noaa-inventory", "noaa-stations", "openaq-archive", "openaq-fetches"],
  );
  const named = (name: string) => {
    const found = demo.find((pipeline) => pipeline.name === name);
    assert.ok(found !== undefined, name);
    return found;
  };
  for (const pipeline of demo) {
    const { objects, enabled, ...rest } = pipeline;
    const original = shipped.find(({ name }) => name === pipeline.name);
    assert.ok(original !== undefined);
    const { objects: _objects, enabled: _enabled, ...shippedRest } = original;
    assert.deepEqual(rest, shippedRest);
    assert.equal(objects.endpoint, "http://127.0.0.1:4000");
    assert.equal(enabled, true);
    assert.ok((BUCKETS as readonly string[]).includes(objects.bucket), objects.bucket);
  }
  assert.equal(named("noaa-daily").objects.from, "2023-01-01");
  assert.equal(named("noaa-stations").objects.from, undefined);

  const generated = new Set<string>();
  for (const { bucket, key } of generateBucket(options)) {
    const location = /locationid=(\d+)\//.exec(key)?.[1];
    if (bucket === ARCHIVE_BUCKET && location !== undefined) generated.add(location);
  }
  assert.deepEqual(named("openaq-archive").objects.values["location"], [...generated]);
  assert.equal(generated.size, 40);
});

/** Finding the newest objects without listing a bucket. */
import assert from "node:assert/strict";
import { after, suite, test } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { newestObjects } from "../../src/dry-run/newest.ts";
import { observationsYaml, pipelineOf } from "../config/folder.ts";
import { recording, startEndpoint } from "../s3/endpoint.ts";
import { NOW } from "./running.ts";

const BUCKET = "a-bucket";
const SIGNAL = new AbortController().signal;

suite("newest objects", async () => {
  const endpoint = await startEndpoint(BUCKET);
  after(() => endpoint.stop());
  for (const day of ["20190101", "20251229", "20251230"]) {
    await endpoint.put(BUCKET, `loc=12/${day.slice(0, 4)}/12-${day}.csv.gz`, "x");
  }
  await endpoint.put(BUCKET, "loc=13/2018/13-20180101.csv.gz", "x");
  await endpoint.put(BUCKET, "loc=14/2025/14-20251231.csv.gz", "x");
  const keysOf = async (pipeline: Pipeline, count: number): Promise<string[]> => {
    const { objects } = await newestObjects(endpoint.store, pipeline, { count, now: NOW }, SIGNAL);
    return objects.map(({ object }) => object.key);
  };

  test("by the dates in their keys, wanted ones only", async (t) => {
    const pipeline = await pipelineOf(t, observationsYaml());
    assert.deepEqual(await keysOf(pipeline, 1), ["loc=12/2025/12-20251230.csv.gz"]);
    assert.deepEqual(await keysOf(pipeline, 2), [
      "loc=12/2025/12-20251230.csv.gz",
      "loc=12/2025/12-20251229.csv.gz",
    ]);
  });

  test("older ones where there are no new ones, and none before the pipeline's range", async (t) => {
    const old = await pipelineOf(t, observationsYaml({ "[12, 13]": "[13]" }));
    assert.deepEqual(await keysOf(old, 1), ["loc=13/2018/13-20180101.csv.gz"]);
    const late = await pipelineOf(t, observationsYaml({ "[12, 13] }": "[13] }\n  from: 2019-01-01" }));
    assert.deepEqual(await keysOf(late, 1), []);
  });

  test("folders of other years are not listed", async (t) => {
    const pipeline = await pipelineOf(t, observationsYaml({ "[12, 13]": "[12]" }));
    const store = recording(endpoint.store);
    await newestObjects(store, pipeline, { count: 1, now: NOW }, SIGNAL);
    assert.deepEqual(store.requests, ["list loc=12/ /", "list loc=12/2025/"]);
  });
});

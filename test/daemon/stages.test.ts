/** That loads tell where their time went, and that the metrics count it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { STAGES } from "../../src/observe/events.ts";
import { createMetrics } from "../../src/observe/metrics.ts";
import { archiveDay, year, yearLines } from "./damage.ts";
import { openMill, shipped } from "./mill.ts";

test("every stage of a load that streams and of a group's took its time", async (context) => {
  const pipelines = await shipped("noaa-daily", "openaq-archive");
  const objects = [
    year(2001, yearLines(2001, 9)),
    ...["2024-01-01", "2024-01-02"].map((day) => archiveDay(2178, day, [1, 2, 3])),
  ];
  const mill = await openMill(context, pipelines, objects);
  assert.equal(await mill.run({ range: { from: "2001-01-01" } }), true, JSON.stringify(mill.events));
  const metrics = createMetrics("0.0.0", pipelines);
  for (const event of mill.events) metrics.listen(event);
  const text = await metrics.render();
  for (const { name } of pipelines) {
    const load = mill.events.find((event) => event.type === "load.finished" && event.pipeline === name);
    assert(load?.type === "load.finished" && load.outcome === "loaded" && load.stages !== undefined, name);
    // Decompression is busy only while it is waited for, which it may never be.
    for (const stage of STAGES.filter((one) => one !== "decompress")) {
      assert(load.stages[stage].busy > 0, `${name}: ${stage}`);
      const counter = `millrace_stage_seconds_total{pipeline="${name}",stage="${stage}",state="busy"} `;
      const line = text.split("\n").find((one) => one.startsWith(counter)) ?? "";
      assert.equal(Number(line.slice(counter.length)), load.stages[stage].busy, counter);
    }
    assert(load.stages.normalise.upstream > 0 && load.stages.copy.upstream > 0, name);
  }
});

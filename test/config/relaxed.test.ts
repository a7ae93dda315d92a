/** What may be left out where something else says it; flags that are numbers; words that mean nothing. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { readPipeline } from "../../src/config/read.ts";
import { recordsOf } from "../dry-run/running.ts";
import { folderWith, pipelineOf } from "./folder.ts";

const yaml = (kpis: string, more = ""): string => `description: A test.
source: test
target: daily
objects: { bucket: a-bucket, key: "data/{year:yyyy}.csv.gz" }
format: { type: delimited, header: none, columns: [id, date, v, q] }
fields:
  station_id: id
  date: { column: date, format: yyyy-MM-dd }
  value: { column: v${more} }
  quality_flag: { column: q, pass: { at_least: 75 }, unknown: { at_least: 50, at_most: 74 } }
kpis: ${kpis}
merge: { mode: upsert }
`;

const LIST = "{ element: { literal: x }, list: [{ from: x, in: °C, to: T, unit: °C, description: x }] }";

async function messagesOf(t: TestContext, text: string): Promise<string[]> {
  const folder = await folderWith(t, { "a.yaml": text });
  const { problems } = await readPipeline(`${folder}/a.yaml`);
  return problems.map(({ message }) => message);
}

suite("relaxed", () => {
  test("flags are judged by number: the bounds belong to them", async (t) => {
    const pipeline = await pipelineOf(t, yaml(LIST));
    const flags = ["75", "100.0", "74", "50", "49.9", "x", ""];
    const records = await recordsOf(pipeline, flags.map((flag) => `A,2020-01-02,1,${flag}\n`).join(""));
    assert.deepEqual(
      records.map(({ rows }) => rows[0]?.["quality_flag"]),
      [null, null, "?74", "?50", "49.9", "x", null],
    );
  });

  test("what keeps everything needs no list; what leaves out does", async (t) => {
    const kept = "{ element: { literal: x }, unit: { literal: °C }, unknown: keep }";
    assert.deepEqual(await messagesOf(t, yaml(kept)), []);
    assert.equal((await messagesOf(t, yaml("{ element: { literal: x } }"))).length, 1);
  });

  test("a word that is also missing", async (t) => {
    assert.deepEqual(await messagesOf(t, yaml(LIST, ", missing: [NR], words: { T: 0 }")), []);
    assert.equal((await messagesOf(t, yaml(LIST, ", missing: [NR], words: { NR: 0 }"))).length, 1);
  });

  test("daily statistics of the pipeline only where a KPI lacks its own", async (t) => {
    const observations = (own: string, more = ""): string =>
      yaml(LIST.replace("description: x", `description: x${own}`).replace("{ element", `{ ${more}element`))
        .replace("target: daily", "target: observations")
        .replace(
          "date: { column: date, format: yyyy-MM-dd }",
          "date: { of: time, day_of: end }\n  time: { column: date, format: yyyy-MM-dd HH, zone: UTC }",
        );
    assert.deepEqual(await messagesOf(t, observations(", daily: { T: mean }")), []);
    assert.equal((await messagesOf(t, observations(""))).length, 1);
    assert.equal((await messagesOf(t, observations(", daily: { T: mean }", "unknown: keep, "))).length, 1);
  });
});

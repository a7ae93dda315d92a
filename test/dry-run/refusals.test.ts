/** Objects of which nothing decodes: a dry run tells what is refused as it comes, and reads no further than it must. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Repeats } from "../../src/dry-run/repeats.ts";
import { dailyYaml, pipelineOf } from "../config/folder.ts";
import { recordsOf, runOver } from "./running.ts";

const LINE = "A;20200102;TMAX;-125;X\n";

suite("refused records", () => {
  test("reading ends at the limit, though no row ever comes", async (t) => {
    const pipeline = await pipelineOf(t, dailyYaml());
    const { run, body } = runOver(pipeline, LINE.repeat(100_000), { limit: 3 });
    const records = await Array.fromAsync(run.records());
    assert.deepEqual(
      records.map(({ line, rejects }) => [line, rejects[0]?.reason]),
      [1, 2, 3].map((line) => [line, "too few fields"]),
    );
    assert.equal(run.refused, 3);
    assert.equal(run.complete, false);
    assert.ok(run.bytes.decompressed < 1_000_000);
    assert.ok(body.destroyed);
  });

  test("without a limit all are told, in the order of the object", async (t) => {
    const pipeline = await pipelineOf(t, dailyYaml());
    const text = `${LINE.repeat(40_000)}A,20200102,TMAX,-125,X\n${LINE.repeat(40_000)}`;
    const records = await recordsOf(pipeline, text);
    assert.deepEqual(
      records.map(({ line }) => line),
      Array.from({ length: 80_001 }, (_, index) => index + 1),
    );
    assert.deepEqual(
      records.filter(({ rows }) => rows.length > 0).map(({ line }) => line),
      [40_001],
    );
  });

  test("rows that repeat a key name the line that had it", () => {
    const repeats = new Repeats("countries");
    const row = (country_id: string) => ({ country_id });
    assert.deepEqual(repeats.see({ line: 1, rows: [row("DE")] }), []);
    assert.deepEqual(repeats.see({ line: 2, rows: [row("FR")] }), []);
    assert.deepEqual(repeats.see({ line: 3, rows: [row("DE")] }), [{ line: 3, earlier: 1, key: ["DE"] }]);
  });
});

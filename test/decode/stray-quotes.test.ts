/** Quotes that open a field on every line: the search for the end of records of several lines has its bounds. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { DelimitedFormat } from "../../src/config/format.ts";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { dailyYaml, pipelineOf } from "../config/folder.ts";
import { recordsOf } from "../dry-run/running.ts";

suite("stray quotes", () => {
  test("each line is refused once, and a record of several lines behind them is one", {
    timeout: 60_000,
  }, async (t) => {
    const plain = await pipelineOf(t, dailyYaml());
    const format = {
      ...plain.format,
      multiline: true,
      long_lines: "cut",
      record_limit: 16_384,
    } as DelimitedFormat;
    const pipeline: Pipeline = { ...plain, format };
    // Without a bound, each of these lines would have 16 KiB searched: more than 3 GB.
    const lines = 200_000;
    const text = `${'a","\n'.repeat(lines)}${"A,20200102,TMAX,-125,X\n".repeat(2000)}A,20200102,TMAX,-125,"X\nY"\n`;
    const records = await recordsOf(pipeline, text, { limit: lines + 2001 });
    assert.equal(records.length, lines + 2001);
    assert.deepEqual(
      records.map(({ line }) => line),
      Array.from({ length: lines + 2001 }, (_, index) => index + 1),
    );
    assert.equal(records.at(-1)?.raw, 'A,20200102,TMAX,-125,"X\nY"');
  });
});

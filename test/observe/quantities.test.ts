import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { formatBytes, formatDuration, formatPlural, formatRate } from "../../src/observe/quantities.ts";
import { formatTable } from "../../src/observe/table.ts";
import { truncate } from "../../src/observe/width.ts";

suite("quantities", () => {
  for (const [bytes, text] of [
    [0, "0 B"],
    [999, "999 B"],
    [999.6, "1 kB"],
    [1_000, "1 kB"],
    [999_499, "999 kB"],
    [999_500, "1 MB"],
    [1_234_567, "1.23 MB"],
    [2.5e18, "2,500 PB"],
  ] as const) {
    test(`${bytes} bytes`, () => {
      assert.equal(formatBytes(bytes), text);
    });
  }
  for (const [seconds, text] of [
    [0, "0.0 s"],
    [9.94, "9.9 s"],
    [9.96, "10 s"],
    [59.6, "1 min"],
    [200, "3 min 20 s"],
    [3_599.7, "1 h"],
    [7_500, "2 h 5 min"],
    [86_399, "1 d"],
    [273_600, "3 d 4 h"],
  ] as const) {
    test(`${seconds} seconds`, () => {
      assert.equal(formatDuration(seconds), text);
    });
  }
  test("rates and counts", () => {
    assert.equal(formatRate(1_712_345), "1.71 M rows/s");
    assert.equal(formatRate(0.4), "0 rows/s");
    assert.equal(formatPlural(1, "load"), "1 load");
    assert.equal(formatPlural(0, "load"), "0 loads");
    assert.equal(formatPlural(1_000, "load"), "1,000 loads");
  });
});

suite("tables", () => {
  test("align their columns by what people see", () => {
    const table = formatTable(
      [{ title: "name" }, { title: "rows", align: "right" }],
      [
        ["Zürich", "7"],
        ["a\nb", "1,000"],
      ],
    );
    assert.deepEqual(table.split("\n"), ["name     rows", "──────  ─────", "Zürich      7", "a?b     1,000"]);
  });
  test("texts are cut between characters", () => {
    assert.equal(truncate("Zürich 🏔🏔", 9), "Zürich 🏔🏔");
    assert.equal(truncate("Zürich 🏔🏔", 8), "Zürich …");
    assert.equal(truncate("x", 0), "");
  });
});

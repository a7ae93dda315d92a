import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { KeyTable } from "../../src/normalise/key-table.ts";

test("finds what a Map of texts finds, entries numbered by arrival", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 12 }), { maxLength: 3000, size: "max" }), (texts) => {
      const table = new KeyTable();
      const model = new Map<string, number>();
      for (const text of texts) {
        const bytes = Buffer.from(`<${text}>`);
        assert.equal(table.find(bytes, 1, bytes.length - 1), model.get(text) ?? -1);
        if (!model.has(text)) {
          assert.equal(table.add(bytes, 1, bytes.length - 1), model.size);
          model.set(text, model.size);
        }
      }
      assert.equal(table.size, model.size);
    }),
    { numRuns: 20 },
  );
});

test("grows to all stations of the world", () => {
  const table = new KeyTable();
  for (let index = 0; index < 130_000; index++)
    assert.equal(table.addText(`GME${String(index).padStart(8, "0")}`), index);
  const bytes = Buffer.from("GME00077777");
  assert.equal(table.find(bytes, 0, bytes.length), 77_777);
  assert.equal(table.addText("GME00077777"), 77_777);
  assert.equal(table.find(bytes, 0, bytes.length - 1), -1);
});

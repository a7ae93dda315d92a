import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { cut, decodeAll, faultsOf, valuesOf } from "./decoding.ts";

const format = { type: "fixed-width", columns: { id: "1-4", value: "6-9", name: "11-20", last: 22 } };

suite("fixed-width text", () => {
  test("columns are bytes, blanks around values are dropped", async () => {
    const decoded = await decodeAll(format, "ABCD   12  Köln     x\r\nE    -1.5 a b        yz\n");
    assert.deepEqual(valuesOf(decoded), [
      ["ABCD", "12", "Köln", "x"],
      ["E", "-1.5", "a b", "y"],
    ]);
    assert.deepEqual(
      decoded.records.map(({ line, byte }) => [line, byte]),
      [
        [1, 0],
        [2, 24],
      ],
    );
  });

  test("columns beyond the end of their line are empty", async () => {
    const decoded = await decodeAll(format, "ABCD   12\nAB\n", ["last", "value", "id"]);
    assert.deepEqual(valuesOf(decoded), [
      ["", "12", "ABCD"],
      ["", "", "AB"],
    ]);
  });

  test("lines shorter than the minimum are refused, blank ones counted", async () => {
    const decoded = await decodeAll({ ...format, minimum: 6 }, "ABCD 1\nABCD      \n\n      \t   \n");
    assert.equal(decoded.counts.decoded, 1);
    assert.equal(decoded.counts.blanks, 2);
    assert.deepEqual(decoded.rejects, [{ reason: "too few fields", line: 2, byte: 7, raw: "ABCD      " }]);
  });

  test("NUL, invalid UTF-8, divided characters and over-long lines are refused", async () => {
    const lines = [
      "AB\0D   12",
      "AB\xffD   12",
      "ABC\xc3\xa9   12",
      `ABCD   12${" ".repeat(100)}`,
      "ABCD   12",
    ];
    const decoded = await decodeAll(
      { ...format, record_limit: 100 },
      Buffer.from(lines.join("\n"), "latin1"),
    );
    assert.deepEqual(faultsOf(decoded), [
      [1, "NUL byte"],
      [2, "invalid UTF-8"],
      [3, "invalid UTF-8"],
      [4, "record too long"],
    ]);
    assert.deepEqual(
      decoded.rejects.map(({ field }) => field),
      ["id", "id", "id", undefined],
    );
    assert.equal(decoded.counts.decoded, 1);
  });

  test("any lines, however they are cut, against slices of the bytes", async () => {
    const line = fc.string({ unit: fc.constantFrom("a", "1", " ", "\t", "."), minLength: 1, maxLength: 30 });
    const property = fc.asyncProperty(
      fc.array(line),
      fc.array(fc.nat(), { maxLength: 5 }),
      async (lines, at) => {
        const decoded = await decodeAll(format, cut(Buffer.from(lines.join("\n")), at));
        const expected = lines
          .filter((text) => text.trim() !== "")
          .map((text) => [text.slice(0, 4), text.slice(5, 9), text.slice(10, 20), text.slice(21, 22)])
          .map((values) => values.map((value) => value.trim()));
        assert.deepEqual(valuesOf(decoded), expected);
      },
    );
    await fc.assert(property, { numRuns: 100 });
  });
});

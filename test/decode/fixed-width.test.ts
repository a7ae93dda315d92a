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

  test("preamble and comments", async () => {
    const text = "STATION LIST\n\nABCD 0\n*note\nABCD 1\n\n*\nE    2\n";
    const decoded = await decodeAll({ ...format, skip_lines: 2, skip_to: "ABCD", comment: ["*", "§"] }, text);
    assert.deepEqual(
      valuesOf(decoded).map(([id, value]) => [id, value]),
      [
        ["ABCD", "0"],
        ["ABCD", "1"],
        ["E", "2"],
      ],
    );
    assert.deepEqual(decoded.counts, {
      read: 8,
      headers: 0,
      comments: 4,
      blanks: 1,
      decoded: 3,
      rejected: 0,
    });
    await assert.rejects(decodeAll({ ...format, skip_to: "ABCE" }, text), { code: "COLUMN_MISSING" });
  });

  test("a repeated group: its columns are numbered", async () => {
    const described = {
      type: "fixed-width",
      columns: { id: "1-2", month: 3 },
      repeat: { count: 3, every: 4, columns: { value: "4-6", flag: 7 } },
    };
    const decoded = await decodeAll(described, "AB1 12x-99   7y\nCD2  1\n");
    assert.deepEqual(valuesOf(decoded), [
      ["AB", "1", "12", "x", "-99", "", "7", "y"],
      ["CD", "2", "1", "", "", "", "", ""],
    ]);
    const some = await decodeAll(described, "AB1 12x-99   7y\n", ["flag3", "value1", "id"]);
    assert.deepEqual(valuesOf(some), [["y", "12", "AB"]]);
    await assert.rejects(decodeAll(described, "AB\n", ["value4"]), { code: "CONFIG_INVALID" });
    await assert.rejects(decodeAll(described, "AB\n", ["value"]), { code: "CONFIG_INVALID" });
  });

  test("any bytes in latin-1, any columns and groups, against slices of the bytes", async () => {
    const code = fc.oneof(fc.constantFrom(0x20, 0x20, 0x09, 0x31), fc.integer({ min: 0x80, max: 0xff }));
    const lines = fc.array(fc.array(code, { maxLength: 40 }), { maxLength: 6 });
    const range = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 6 }));
    const group = fc.tuple(range, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 8 }));
    const cuts = fc.array(fc.nat(), { maxLength: 5 });
    const property = fc.asyncProperty(
      lines,
      range,
      group,
      cuts,
      async (some, [first, more], repeated, at) => {
        const [[groupFirst, groupMore], count, every] = repeated;
        const described = {
          type: "fixed-width",
          encoding: "latin-1",
          columns: { fixed: `${first}-${first + more}` },
          repeat: { count, every, columns: { v: `${groupFirst}-${groupFirst + groupMore}` } },
        };
        const stored = Buffer.from(some.flatMap((codes) => [...codes, 0x0a]));
        const decoded = await decodeAll(described, cut(stored, at));
        const slice = (codes: readonly number[], from: number, length: number): string =>
          String.fromCharCode(...codes.slice(from - 1, from - 1 + length)).replace(/^[ \t]+|[ \t]+$/g, "");
        const expected = some
          .filter((codes) => codes.some((one) => one !== 0x20 && one !== 0x09))
          .map((codes) => [
            slice(codes, first, more + 1),
            ...Array.from({ length: count }, (_, index) =>
              slice(codes, groupFirst + index * every, groupMore + 1),
            ),
          ]);
        assert.deepEqual(valuesOf(decoded), expected);
      },
    );
    await fc.assert(property, { numRuns: 200 });
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

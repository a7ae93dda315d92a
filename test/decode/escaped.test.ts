import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { openDecoder } from "../../src/decode/decoder.ts";
import { cut, decodeAll, faultsOf, formatOf, valuesOf } from "./decoding.ts";

const format = { type: "delimited", escape: "\\", header: "none", columns: ["a", "b"] };

suite("delimited text with an escape character", () => {
  test("escaped quotes, with exact lines and bytes", async () => {
    const decoded = await decodeAll(format, '\uFEFF1,"say \\"hi\\""\r\n\n"a\\\\",é', ["b", "a"]);
    assert.deepEqual(decoded.records, [
      { values: ['say "hi"', "1"], line: 1, byte: 3, raw: '1,"say \\"hi\\""' },
      { values: ["é", "a\\"], line: 3, byte: 20, raw: '"a\\\\",é' },
    ]);
    assert.equal(decoded.counts.blanks, 1);
  });

  test("headers and comments as in the other dialects", async () => {
    const described = { ...format, header: "detect", header_repeats: true, comment: "#" };
    const decoded = await decodeAll(described, '#x\n"b","a"\n1,2\n#y\n"b","a"\n3,4\n');
    assert.deepEqual(valuesOf(decoded), [
      ["2", "1"],
      ["4", "3"],
    ]);
    assert.deepEqual(decoded.counts, {
      read: 6,
      headers: 2,
      comments: 2,
      blanks: 0,
      decoded: 2,
      rejected: 0,
    });
    await assert.rejects(decodeAll({ ...described, header: "always" }, "b\n1\n"), { code: "COLUMN_MISSING" });
  });

  test("bad lines are refused one by one", async () => {
    const good = "1,2\n".repeat(3_000);
    const bad = ['"1,2', '"1"x,2', "1", "1,2,3", "1,\0", "1,\xff", "1\r2,3", `1,${"x".repeat(50)}`];
    const input = Buffer.from(bad.map((line) => `${good}${line}\n`).join("") + good, "latin1");
    const decoded = await decodeAll({ ...format, record_limit: 40 }, input);
    assert.equal(decoded.counts.decoded, 27_000);
    assert.deepEqual(faultsOf(decoded), [
      [3_001, "unclosed quote"],
      [6_002, "misplaced quote"],
      [9_003, "too few fields"],
      [12_004, "too many fields"],
      [15_005, "NUL byte"],
      [18_006, "invalid UTF-8"],
      [21_007, "too few fields"],
      [24_008, "record too long"],
    ]);
  });

  test("records of several lines are not to be had in this dialect", () => {
    assert.throws(() => openDecoder(formatOf({ ...format, multiline: true })), { code: "CONFIG_INVALID" });
  });

  test("any fields, however they are cut", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\\", " ", ";") });
    const rows = fc.array(fc.tuple(text, text), { maxLength: 8 });
    const cuts = fc.array(fc.nat(), { maxLength: 6 });
    const write = (field: string): string => `"${field.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
    const property = fc.asyncProperty(rows, cuts, async (some, at) => {
      const input = Buffer.from(some.map((row) => row.map(write).join(",")).join("\n"));
      assert.deepEqual(valuesOf(await decodeAll(format, cut(input, at))), some);
    });
    await fc.assert(property, { numRuns: 100 });
  });
});

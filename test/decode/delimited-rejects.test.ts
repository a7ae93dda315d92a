import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { RAW_LIMIT } from "../../src/decode/batch.ts";
import { decodeAll, faultsOf, valuesOf } from "./decoding.ts";

const plain = { type: "delimited", header: "none", columns: ["a", "b", "c"] };

suite("delimited records that are refused", () => {
  test("with line, byte and the bytes themselves", async () => {
    const decoded = await decodeAll(plain, "1,2,3\n1,2\n1,2,3,4\n4,5,6\n");
    assert.deepEqual(decoded.rejects, [
      { reason: "too few fields", line: 2, byte: 6, raw: "1,2" },
      { reason: "too many fields", line: 3, byte: 10, raw: "1,2,3,4" },
    ]);
    assert.equal(decoded.counts.decoded, 2);
  });

  test("NUL bytes and invalid UTF-8, wherever they are", async () => {
    const input = Buffer.from("a,b,c\n\0,b,c\na,b,\xff\na,\xc3,c\n\xc3\xa9,b,c\n", "latin1");
    const decoded = await decodeAll(plain, input, ["a"]);
    assert.deepEqual(valuesOf(decoded), [["a"], ["é"]]);
    assert.deepEqual(faultsOf(decoded), [
      [2, "NUL byte"],
      [3, "invalid UTF-8"],
      [4, "invalid UTF-8"],
    ]);
    // The field at fault is named if it is one of those that are read.
    assert.deepEqual(
      decoded.rejects.map(({ field }) => field),
      ["a", undefined, undefined],
    );
  });

  test("a stray quote costs its own line", async () => {
    const rest = "4,5,6\n".repeat(20_000);
    for (const multiline of [false, true]) {
      const decoded = await decodeAll({ ...plain, multiline }, `1,"2,3\n${rest}"a"b,1,2\n${rest}`);
      assert.deepEqual(faultsOf(decoded), [
        [1, multiline ? "misplaced quote" : "unclosed quote"],
        [20_002, "misplaced quote"],
      ]);
      assert.equal(decoded.counts.decoded, 40_000);
    }
  });

  test("an unclosed quote in a multiline file costs its own line, up to the record limit and to the end", async () => {
    const rest = "4,5,6\n".repeat(100_000);
    const decoded = await decodeAll({ ...plain, multiline: true, record_limit: "64 KiB" }, `1,"2,3\n${rest}`);
    assert.deepEqual(faultsOf(decoded), [[1, "unclosed quote"]]);
    assert.equal(decoded.counts.decoded, 100_000);
    assert.equal(decoded.records.at(-1)?.line, 100_001);
  });

  test("a multiline record of the wrong number of fields costs its first line", async () => {
    const decoded = await decodeAll({ ...plain, multiline: true }, '1,"2\n3,4,5\n6",7\n8,9,10\n');
    assert.deepEqual(faultsOf(decoded), []);
    assert.deepEqual(valuesOf(decoded), [
      ["1", "2\n3,4,5\n6", "7"],
      ["8", "9", "10"],
    ]);
    assert.deepEqual(
      decoded.records.map(({ line }) => line),
      [1, 4],
    );
    const wrong = await decodeAll({ ...plain, multiline: true }, '1,"2\n3,4,5\n6",7,8\n8,9,10\n');
    assert.deepEqual(faultsOf(wrong), [[1, "too many fields"]]);
    assert.deepEqual(valuesOf(wrong), [
      ["3", "4", "5"],
      ['6"', "7", "8"],
      ["8", "9", "10"],
    ]);
  });

  test("the record limit counts the bytes of a record without its line end", async () => {
    const decoded = await decodeAll(
      { ...plain, record_limit: 9 },
      "aaa,bbb,c\r\naaa,bbb,cc\naaa,bbb,c\naaa,bbbb,c",
    );
    assert.deepEqual(faultsOf(decoded), [
      [2, "record too long"],
      [4, "record too long"],
    ]);
  });

  test("an unclosed quote is given up at the record limit, in bounded memory", async () => {
    const comments = Buffer.from(`#${"x".repeat(2 ** 20 - 2)}\n`);
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    function* hostile(): Generator<Buffer> {
      yield Buffer.from('1,"2,3\n');
      for (let times = 0; times < 40; times++) {
        yield comments;
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
      yield Buffer.from("4,5,6\n");
    }
    const decoded = await decodeAll({ ...plain, multiline: true, comment: "#" }, hostile());
    assert.deepEqual(faultsOf(decoded), [[1, "unclosed quote"]]);
    assert.equal(decoded.counts.comments, 40);
    assert.deepEqual(valuesOf(decoded), [["4", "5", "6"]]);
    assert.ok(most < 20 * 2 ** 20, `${most} bytes of buffers`);
  });

  test("a line of 100 MB is stepped over in bounded memory", async () => {
    const megabyte = Buffer.alloc(2 ** 20, "x");
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    function* hostile(): Generator<Buffer> {
      yield Buffer.from("1,2,3\n");
      for (let times = 0; times < 100; times++) {
        yield megabyte;
        most = Math.max(most, process.memoryUsage().arrayBuffers - before);
      }
      yield Buffer.from("\n4,5,6\n");
    }
    const decoded = await decodeAll(plain, hostile());
    assert.deepEqual(valuesOf(decoded), [
      ["1", "2", "3"],
      ["4", "5", "6"],
    ]);
    assert.deepEqual(decoded.rejects, [
      { reason: "record too long", line: 2, byte: 6, raw: "x".repeat(RAW_LIMIT) },
    ]);
    assert.equal(decoded.records[1]?.byte, 6 + 100 * 2 ** 20 + 1);
    assert.ok(most < 20 * 2 ** 20, `${most} bytes of buffers`);
  });

  test("an over-long last line without a line end, and an over-long comment", async () => {
    const long = "x".repeat(600_000);
    const format = { ...plain, comment: "#", record_limit: "1 kB" };
    const decoded = await decodeAll(format, `#${long}\n1,2,3\n${long}`);
    assert.deepEqual(decoded.counts, {
      read: 3,
      headers: 0,
      comments: 1,
      blanks: 0,
      decoded: 1,
      rejected: 1,
    });
    assert.deepEqual(faultsOf(decoded), [[3, "record too long"]]);
  });

  test("records larger than the window, within their limit, are read", async () => {
    const long = "x".repeat(900_000);
    const decoded = await decodeAll(plain, `1,"${long}""",3\n4,5,6\n1,${long},${long}\n7,8,9\n`);
    assert.deepEqual(faultsOf(decoded), [[3, "record too long"]]);
    assert.deepEqual(valuesOf(decoded), [
      ["1", `${long}"`, "3"],
      ["4", "5", "6"],
      ["7", "8", "9"],
    ]);
  });
});

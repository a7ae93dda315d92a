import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { chunksOf, cut, decodeAll, faultsOf, valuesOf } from "./decoding.ts";

const format = { type: "json", records: "body.data", columns: { a: "a", b: "b.c" } };

suite("JSON documents", () => {
  test("records, their values, numbers and bytes", async () => {
    const text =
      '\uFEFF{"body": {"data": [ {"a":"}{","b":{"c":14.0}},\n {"a":12345678901234567890} , {}]}, "more":[{"a":1}]}\n';
    const decoded = await decodeAll(format, text);
    assert.deepEqual(valuesOf(decoded), [
      ["}{", "14.0"],
      ["12345678901234567890", null],
      [null, null],
    ]);
    const bytes = Buffer.from(text);
    for (const [index, { line, byte, raw }] of decoded.records.entries()) {
      assert.equal(line, index + 1);
      assert.equal(bytes.toString("utf8", byte, byte + Buffer.byteLength(raw)), raw);
      assert.equal(raw[0], "{");
      assert.doesNotThrow(() => JSON.parse(raw) as unknown);
    }
  });

  test("the document itself may be the array", async () => {
    const decoded = await decodeAll({ ...format, records: undefined }, '[{"a":true},{"a":"é"}]');
    assert.deepEqual(valuesOf(decoded), [
      ["true", null],
      ["é", null],
    ]);
    assert.equal((await decodeAll({ ...format, records: undefined }, " [ ] ")).counts.read, 0);
  });

  test("elements that are no objects, and texts that cannot be stored, are refused", async () => {
    const input = Buffer.from(
      '{"body":{"data":[1,{"a":"1"},[{"a":2}],{"a":"\xff"},{"b":{"c":"\\u0000"}},null]}}',
      "latin1",
    );
    const decoded = await decodeAll(format, input);
    assert.deepEqual(faultsOf(decoded), [
      [1, "not an object"],
      [3, "not an object"],
      [4, "invalid UTF-8"],
      [5, "NUL byte"],
    ]);
    assert.equal(decoded.counts.blanks, 1);
    assert.equal(decoded.rejects[0]?.raw, "1");
    assert.equal(decoded.rejects[3]?.field, "b");
    assert.deepEqual(valuesOf(decoded), [["1", null]]);
  });

  test("what is no document of this shape fails the object", async () => {
    const broken = [
      '{"body":{"data":[{"a":1}',
      '{"body":{"data":[{"a":1}]}',
      '{"body":{"data":[{"a":1}]}} x',
      '{"body":{"data":[{"a":1},]}}',
      '{"body":{"data":[{"a":01}]}}',
      '{"body":{"data":null}}',
      '{"body":{"data":"x"}}',
      '{"body":{}}',
      '{"body":{"data":[{"a":"\n"}]}}',
      " ",
      "a,b\n1,2\n",
    ];
    for (const text of broken)
      await assert.rejects(decodeAll(format, text), { code: "DOCUMENT_INVALID" }, text);
  });

  test("one object instead of a list is one record, at a path or as the document itself", async () => {
    const object = '{"a":1, "b":{"c":[{}]}}';
    const atPath = await decodeAll(format, `{"body": {"data": ${object} }}`);
    assert.deepEqual(valuesOf(atPath), [["1", null]]);
    assert.equal(atPath.records[0]?.raw, object);
    const itself = await decodeAll({ ...format, records: undefined }, `\uFEFF ${object}\n`);
    assert.deepEqual(valuesOf(itself), [["1", null]]);
    assert.equal(itself.records[0]?.raw, object);
    assert.equal(itself.records[0].byte, 4);
    const scalar = await decodeAll({ ...format, records: undefined }, " 12 ");
    assert.deepEqual(faultsOf(scalar), [[1, "not an object"]]);
  });

  test("the list of records may be one of several in a list", async () => {
    const text = '[{"page":1,"total":2}, [{"a":1},{"a":2}]]';
    assert.deepEqual(valuesOf(await decodeAll({ ...format, records: "1" }, text)), [
      ["1", null],
      ["2", null],
    ]);
  });

  test("a record over the limit is refused and stepped over, whatever its size", async () => {
    const small = { ...format, record_limit: 60 };
    const long = `{"b":${JSON.stringify(Array.from({ length: 30 }, () => ({ c: 1 })))}}`;
    for (const at of [[], Array.from({ length: 300 }, (_, index) => index)]) {
      const input = `{"body":{"data":[{"a":1},${long}, {"a":2},${long},3,{"a":"4"}]}}`;
      const decoded = await decodeAll(small, cut(Buffer.from(input), at));
      assert.deepEqual(valuesOf(decoded).flat().filter(Boolean), ["1", "2", "4"]);
      assert.deepEqual(faultsOf(decoded), [
        [2, "record too long"],
        [4, "record too long"],
        [5, "not an object"],
      ]);
      for (const index of [0, 1]) assert.equal(decoded.rejects[index]?.raw, long);
      assert.equal(decoded.rejects[0]?.byte, input.indexOf(long));
    }
    async function* endless(): AsyncGenerator<Buffer> {
      yield* chunksOf('{"body":{"data":[{"a":1},{"b":[');
      const piece = Buffer.from('{"c":1},'.repeat(2 ** 13));
      for (let times = 0; times < 10; times++) yield piece;
      yield* chunksOf('{}]},{"a":2}]}}');
    }
    const decoded = await decodeAll({ ...format, record_limit: "100 KiB" }, endless());
    assert.deepEqual(valuesOf(decoded).flat().filter(Boolean), ["1", "2"]);
    assert.deepEqual(faultsOf(decoded), [[2, "record too long"]]);
    assert.equal(decoded.rejects[0]?.byte, 25);
    assert.equal(decoded.rejects[0].raw.length, 1024);
  });

  test("depth is limited", async () => {
    const nested = (levels: number): string =>
      `{"body":{"data":[{"a":${"[".repeat(levels)}${"]".repeat(levels)}}]}}`;
    assert.equal((await decodeAll({ ...format, depth_limit: 10 }, nested(6))).counts.decoded, 1);
    await assert.rejects(decodeAll({ ...format, depth_limit: 10 }, nested(7)), {
      code: "DOCUMENT_INVALID",
      message: "The document nests deeper than 10 levels.",
    });
    await assert.rejects(decodeAll(format, "[".repeat(100_000)), { code: "DOCUMENT_INVALID" });
  });

  test("a record or a text of more than 16 MiB is refused while it streams", async () => {
    async function* endless(start: string): AsyncGenerator<Buffer> {
      yield* chunksOf(start);
      const megabyte = Buffer.alloc(2 ** 20, "x");
      for (let times = 0; times < 1000; times++) yield megabyte;
      assert.fail("read to the end");
    }
    for (const start of ['{"body":{"data":[{"a":"', '{"other":"']) {
      await assert.rejects(decodeAll(format, endless(start)), { code: "DOCUMENT_INVALID" });
    }
  });

  test("a failing source is not taken for an invalid document", async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield* chunksOf('{"body":');
      throw new RangeError("gone");
    }
    await assert.rejects(decodeAll(format, failing()), { name: "RangeError" });
  });

  test("any records, however they are cut, against JSON.parse", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", "{", "}", '"', "\\", "😀", "\n") });
    const plain = { noNullPrototype: true };
    const record = fc.record({ a: text, b: fc.record({ c: fc.integer() }, plain) }, plain);
    const cuts = fc.array(fc.nat(), { maxLength: 6 });
    const property = fc.asyncProperty(fc.array(record), cuts, fc.nat(3), async (records, at, indent) => {
      await compare(records, (input) => cut(input, at), indent);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("a document of several windows", async () => {
    const records = Array.from({ length: 6_000 }, (_, index) => ({
      a: "é}{".repeat(index % 40),
      b: { c: index },
    }));
    await compare(records, (input) => cut(input, [1, 300_001, 300_003]), 1);
  });
});

/** Decodes a document of these records and compares values and raw bytes. */
async function compare(
  records: readonly { a: string; b: { c: number } }[],
  split: (input: Buffer) => Buffer[],
  indent: number,
): Promise<void> {
  const input = Buffer.from(JSON.stringify({ body: { data: records } }, null, indent));
  const decoded = await decodeAll(format, split(input));
  assert.deepEqual(
    valuesOf(decoded),
    records.map(({ a, b }) => [a, String(b.c)]),
  );
  for (const [index, { byte, raw }] of decoded.records.entries()) {
    assert.equal(input.toString("utf8", byte, byte + Buffer.byteLength(raw)), raw);
    assert.deepEqual(JSON.parse(raw), records[index]);
  }
}

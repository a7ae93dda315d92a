/** Where the records of a document are: lists and objects that `records` leads through, and the keys above a record. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { chunksOf, cut, decodeAll, faultsOf, valuesOf } from "./decoding.ts";

const type = "json";

/** The values of all rows. */
async function rowsOf(
  format: { records?: string; columns: Record<string, string> },
  document: unknown,
  at: readonly number[] = [],
): Promise<(readonly (string | null)[])[]> {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  return valuesOf(await decodeAll({ type, ...format }, cut(Buffer.from(text), at)));
}

suite("records of a JSON document", () => {
  test("the values of an object, each under its key", async () => {
    const text =
      '{"n": 3, "data": { "s{1": {"v": 1}, "s2": {"v": 2, "in": {"v": 9}},\n "s3": {} }, "more": {"s4": {"v": 4}}}';
    const format = { type, records: "data{}", columns: { station: "^{key}", v: "v" } };
    const decoded = await decodeAll(format, text);
    assert.deepEqual(valuesOf(decoded), [
      ["s{1", "1"],
      ["s2", "2"],
      ["s3", null],
    ]);
    assert.deepEqual(
      decoded.records.map(({ line, byte, raw }) => [line, text.indexOf(raw) === byte, raw]),
      [
        [1, true, '{"v": 1}'],
        [2, true, '{"v": 2, "in": {"v": 9}}'],
        [3, true, "{}"],
      ],
    );
    assert.equal(decoded.counts.read, 3);
  });

  test("the document itself, and lists and objects within each other", async () => {
    const columns = { one: "^{key}", v: "v" };
    assert.deepEqual(await rowsOf({ records: "{}", columns }, { a: { v: 1 }, b: { v: 2 } }), [
      ["a", "1"],
      ["b", "2"],
    ]);
    const both = { one: "^^{key}", two: "^{key}", v: "v" };
    const lists = { data: { a: [{ v: 1 }, { v: 2 }], none: [], nil: null, b: [{ v: 3 }], c: { v: 4 } } };
    assert.deepEqual(await rowsOf({ records: "data{}[]", columns: both }, lists), [
      ["a", "0", "1"],
      ["a", "1", "2"],
      ["b", "0", "3"],
      // An object where a list is expected is one record.
      ["c", "0", "4"],
    ]);
    const objects = [{ x: { v: 1 }, y: { v: 2 } }, {}, { x: { v: 3 } }];
    for (const records of ["[]{}", "all[]{}"]) {
      const document = records === "[]{}" ? objects : { all: objects };
      assert.deepEqual(await rowsOf({ records, columns: both }, document), [
        ["0", "x", "1"],
        ["0", "y", "2"],
        ["2", "x", "3"],
      ]);
    }
    const mixed = { data: [[{ v: 1 }, { v: 2 }], { x: { v: 3 } }, [{ v: 4 }]] };
    assert.deepEqual(await rowsOf({ records: "data[]{}", columns: both }, mixed), [
      ["0", "0", "1"],
      ["0", "1", "2"],
      ["1", "x", "3"],
      ["2", "0", "4"],
    ]);
    // A list has positions for keys, also where an object is expected, and also where nothing says how records stand.
    assert.deepEqual(await rowsOf({ records: "all{}", columns }, { all: [{ v: 1 }, { v: 2 }] }), [
      ["0", "1"],
      ["1", "2"],
    ]);
    assert.deepEqual(await rowsOf({ columns }, [{ v: 1 }]), [["0", "1"]]);
    assert.deepEqual(await rowsOf({ columns }, { v: 1 }), [["0", "1"]]);
  });

  test("records that are lists, and walks within a record beside the key above it", async () => {
    const document = { data: { s1: { t1: [5, 2, 31.5], t2: [5, 2, null] }, s2: { t1: [5, 2, 7] } } };
    const within = { station: "^{key}", time: "{key}", value: "{}.2" };
    const hour = { station: "^^{key}", time: "^{key}", value: "2" };
    const rows = [
      ["s1", "t1", "31.5"],
      ["s1", "t2", null],
      ["s2", "t1", "7"],
    ];
    assert.deepEqual(await rowsOf({ records: "data{}", columns: within }, document), rows);
    assert.deepEqual(await rowsOf({ records: "data{}{}", columns: hour }, document), rows);
  });

  test("keys that occur twice, and those that mean something to JavaScript", async () => {
    const columns = { key: "^{key}", v: "v" };
    const text =
      '{"a": {"v": 1}, "__proto__": {"v": 2}, "a": {"v": 3}, "9": {"v": 4}, "1": {"v": 5}, "": {"v": 6}}';
    assert.deepEqual(await rowsOf({ records: "{}", columns }, text), [
      ["a", "1"],
      ["__proto__", "2"],
      ["a", "3"],
      ["9", "4"],
      ["1", "5"],
      ["", "6"],
    ]);
    assert.deepEqual(
      await rowsOf({ records: "a\\.b.c\\{d\\}{}", columns }, { "a.b": { "c{d}": { k: { v: 1 } } } }),
      [["k", "1"]],
    );
  });

  test("what is no record is refused, what is nothing is none", async () => {
    const format = { type, records: "data{}", columns: { key: "^{key}", v: "v" } };
    const text = '{"data": {"a": 1, "b": {"v": 2}, "c": null, "d": "x", "e": [1], "f": {"v": 3}}}';
    const decoded = await decodeAll(format, text);
    assert.deepEqual(faultsOf(decoded), [
      [1, "not an object"],
      [4, "not an object"],
      [5, "not an object"],
    ]);
    assert.deepEqual(
      decoded.rejects.map(({ raw, byte }) => [raw, byte]),
      [
        ["1", text.indexOf("1")],
        ['"x"', text.indexOf('"x"')],
        ["[1]", text.indexOf("[1]")],
      ],
    );
    const { read, blanks } = decoded.counts;
    assert.deepEqual({ read, blanks }, { read: 6, blanks: 1 });
    assert.deepEqual(valuesOf(decoded), [
      ["b", "2"],
      ["f", "3"],
    ]);
    // Where a list or object of records is expected, null is an empty one; what is neither stands for a record.
    const inner = await decodeAll(
      { ...format, records: "data{}[]" },
      '{"data":{"a":null,"b":[{"v":1},null],"c":5}}',
    );
    assert.deepEqual(valuesOf(inner), [["0", "1"]]);
    assert.deepEqual(faultsOf(inner), [[3, "not an object"]]);
    assert.equal(inner.counts.blanks, 1);
    for (const nothing of ["{}", "[]"])
      assert.equal((await decodeAll(format, `{"data":${nothing}}`)).counts.read, 0);
    for (const wrong of ['{"data": null}', '{"data": 5}', '{"other": {}}', '{"data": {"a": {"v": 1}}'])
      await assert.rejects(decodeAll(format, wrong), { code: "DOCUMENT_INVALID" }, wrong);
    const key = await decodeAll(format, '{"data": {"\\u0000": {"v": 1}, "b": {"v": 2}}}');
    assert.deepEqual(faultsOf(key), [[1, "NUL byte"]]);
    assert.equal(key.rejects[0]?.field, "key");
  });

  test("what is refused has its own bytes, however the document is cut", async () => {
    const scalar = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
      fc.string({
        unit: fc.constantFrom("a", "{", "}", "[", "]", '"', "\\", ",", ":", " ", "é"),
        maxLength: 6,
      }),
    );
    const space = fc.constantFrom("", " ", "\n  ");
    const member = fc.record({
      value: fc.oneof(scalar, scalar, fc.constant({ v: 1 })),
      before: space,
      behind: space,
    });
    const cuts = fc.array(fc.nat(), { maxLength: 8 });
    const properties = [
      { records: "d.x{}", begin: '{"e": "}", "d": {"x": {', end: '}, "z": [",{"]}}', isObject: true },
      { records: "{}", begin: " {", end: "}", isObject: true },
      { records: undefined, begin: "[", end: "]", isObject: false },
    ].map(({ begin, end, isObject, records }) =>
      fc.asyncProperty(fc.array(member, { maxLength: 6 }), cuts, async (members, at) => {
        let text = begin;
        const expected: { line: number; byte: number; raw: string }[] = [];
        for (const [index, { value, before, behind }] of members.entries()) {
          if (index > 0) text += ",";
          text += before + (isObject ? `${JSON.stringify(`k,"{${index}`)}${behind}:${before}` : "");
          const raw = JSON.stringify(value);
          if (value !== null && typeof value !== "object")
            expected.push({
              line: index + 1,
              byte: Buffer.byteLength(text),
              raw: Buffer.from(raw).toString("latin1"),
            });
          text += raw + behind;
        }
        text += end;
        const decoded = await decodeAll({ type, records, columns: { v: "v" } }, cut(Buffer.from(text), at));
        assert.deepEqual(
          decoded.rejects.map(({ line, byte, raw }) => ({ line, byte, raw })),
          expected,
        );
        assert.equal(decoded.counts.blanks, members.filter(({ value }) => value === null).length);
        assert.equal(decoded.counts.read, members.length);
      }),
    );
    for (const property of properties) await fc.assert(property, { numRuns: 300 });
  });

  test("a dot that belongs to a key, and one that does not", async () => {
    const document = {
      a: { b: { k1: { v: 1 } } },
      "a.b": { k2: { v: 2 } },
      "a.b.c": { v: 3 },
      a2: [{ v: 4 }],
    };
    const columns = { key: "^{key}", v: "v" };
    assert.deepEqual(await rowsOf({ records: "a\\.b{}", columns }, document), [["k2", "2"]]);
    assert.deepEqual(await rowsOf({ records: "a.b{}", columns }, document), [["k1", "1"]]);
    const lists = { "0": { "1": [{ v: 5 }] }, list: [[{ v: 6 }], [{ v: 7 }]] };
    assert.deepEqual(await rowsOf({ records: "list.1", columns }, lists), [["0", "7"]]);
    assert.deepEqual(await rowsOf({ records: "0.1", columns }, lists), [["0", "5"]]);
    await assert.rejects(rowsOf({ records: "a.b", columns }, { "a.b": [{ v: 1 }] }), {
      code: "DOCUMENT_INVALID",
      message: /nothing at a\.b\. .*a\\\.b/,
    });
  });

  test("a document far longer than a record may be", async () => {
    async function* endless(): AsyncGenerator<Buffer> {
      yield* chunksOf('{"data": {"first": {"v": [0]}');
      for (let index = 0; index < 20_000; index++)
        yield Buffer.from(`,\n "k${index}": {"v": [1, 2, ${index}]}`);
      yield* chunksOf("}}");
    }
    const format = { type, records: "data{}", record_limit: 100, columns: { key: "^{key}", v: "v.2" } };
    const decoded = await decodeAll(format, endless());
    assert.equal(decoded.rejects.length, 0);
    assert.equal(decoded.records.length, 20_001);
    assert.deepEqual(decoded.records.at(-1)?.values, ["k19999", "19999"]);
  });

  test("a record over the limit is stepped over; a document that is nothing else fails, and says why", async () => {
    const long = JSON.stringify({ v: 0, list: Array.from({ length: 3_000 }, () => ({ n: 1 })) });
    const format = { type, record_limit: 2_000, columns: { v: "v" } };
    const text = `{"data": {"a": {"v": 1}, "b": ${long}, "c": {"v": 3}}}`;
    const decoded = await decodeAll(
      { ...format, records: "data{}", columns: { key: "^{key}", v: "v" } },
      text,
    );
    assert.deepEqual(valuesOf(decoded), [
      ["a", "1"],
      ["c", "3"],
    ]);
    assert.deepEqual(faultsOf(decoded), [[2, "record too long"]]);
    for (const records of [undefined, "data", "data[]"]) {
      for (const limit of [10, 2_000]) {
        await assert.rejects(
          decodeAll({ ...format, records, record_limit: limit }, text),
          (error: Error & { code?: string }) => {
            assert.equal(error.code, "OBJECT_TOO_LARGE");
            assert.match(
              error.message,
              new RegExp(`one record, of more than ${limit} bytes .*records: a\\.b\\{\\}`),
            );
            return true;
          },
        );
      }
    }
    async function* unending(): AsyncGenerator<Buffer> {
      yield* chunksOf('{"data": {');
      for (let times = 0; times < 1_000; times++) yield Buffer.from(`"k${times}": ${long},`);
      assert.fail("read to the end");
    }
    await assert.rejects(decodeAll({ ...format, record_limit: "1 MiB" }, unending()), {
      code: "OBJECT_TOO_LARGE",
    });
  });

  test("any document by records, however it is cut, gives the rows that it gives as one record", async () => {
    const value = fc.oneof(fc.nat(99), fc.constantFrom("x", "}{", "é", null));
    const key = fc.constantFrom("a", "b", "{", "]", "é", "__proto", "k", "20240101");
    const days = fc.dictionary(key, fc.array(value, { maxLength: 3 }), { maxKeys: 4, noNullPrototype: true });
    const document = fc.record(
      { n: value, data: fc.dictionary(key, days, { maxKeys: 4, noNullPrototype: true }) },
      { noNullPrototype: true },
    );
    const cuts = fc.array(fc.nat(), { maxLength: 6 });
    const property = fc.asyncProperty(document, cuts, async (one, at) => {
      const whole = await rowsOf({ columns: { s: "data{key}", d: "data{}{key}", v: "data{}{}.0" } }, one);
      const station = { s: "^{key}", d: "{key}", v: "{}.0" };
      const day = { s: "^^{key}", d: "^{key}", v: "0" };
      // In a stream keys keep their order; in an object of JavaScript whole numbers come first.
      const sorted = (rows: readonly (readonly unknown[])[]): string[] =>
        rows.map((row) => JSON.stringify(row)).sort();
      assert.deepEqual(sorted(await rowsOf({ records: "data{}", columns: station }, one, at)), sorted(whole));
      assert.deepEqual(sorted(await rowsOf({ records: "data{}{}", columns: day }, one, at)), sorted(whole));
    });
    await fc.assert(property, { numRuns: 200 });
  });

  test("paths that cannot be followed", async () => {
    const columns = { v: "v" };
    for (const records of ["data{", "data{key}", "^{key}", "data{}.x", "data{}x[]"])
      await assert.rejects(rowsOf({ records, columns }, {}), { code: "CONFIG_INVALID" }, records);
    await assert.rejects(rowsOf({ records: "data{}", columns: { v: "^^{key}" } }, {}), {
      code: "CONFIG_INVALID",
    });
    await assert.rejects(decodeAll({ type: "json-lines", columns: { v: "^{key}" } }, "{}"), {
      code: "CONFIG_INVALID",
    });
  });
});

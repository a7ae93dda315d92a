/** Paths that lead through lists, and other paths that both JSON formats share. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { cut, type Decoded, decodeAll, faultsOf, valuesOf } from "./decoding.ts";

type Type = "json" | "json-lines";
const TYPES: readonly Type[] = ["json", "json-lines"];

/** Decodes the records as one document or as lines. */
function decode(
  type: Type,
  records: readonly unknown[],
  { at = [], ...format }: { columns?: Record<string, string>; wanted?: string[]; at?: number[] },
): Promise<Decoded> {
  const { wanted, ...rest } = format;
  const lines = records.map((record) => JSON.stringify(record));
  const text = type === "json" ? `[${lines.join(",")}]` : lines.join("\n");
  return decodeAll({ type, ...rest }, cut(Buffer.from(text), at), wanted);
}

suite("paths into JSON records", () => {
  for (const type of TYPES) {
    test(`${type}: a row for each element, beside the values of the record`, async () => {
      const columns = { sensor: "sensor.id", kind: "values[].type", value: "values[].value" };
      const decoded = await decode(
        type,
        [
          { sensor: { id: 7 }, values: [{ type: "P1", value: "3.5" }, { type: "P2" }, null, 5] },
          { sensor: { id: 8 }, values: [] },
          { sensor: { id: 9 } },
          { sensor: { id: 10 }, values: null },
          { sensor: { id: 11 }, values: { type: "P1", value: "1" } },
        ],
        { columns },
      );
      assert.deepEqual(valuesOf(decoded), [
        ["7", "P1", "3.5"],
        ["7", "P2", null],
        ["7", null, null],
        ["7", null, null],
        ["8", null, null],
        ["9", null, null],
        ["10", null, null],
        ["11", "P1", "1"],
      ]);
      assert.deepEqual(
        decoded.records.map(({ line }) => line),
        [1, 1, 1, 1, 2, 3, 4, 5],
      );
      assert.equal(new Set(decoded.records.map(({ raw }) => raw)).size, 5);
      assert.equal(decoded.counts.decoded, 5);
      assert.equal(decoded.counts.read, 5);
    });

    test(`${type}: several lists go in step, the longest counts`, async () => {
      const columns = { time: "hourly.time[]", a: "hourly.a[]", b: "hourly.b[].0", place: "place" };
      const record = { place: "x", hourly: { time: ["t0", "t1", "t2"], a: [1, 2], b: [[5, 6], [7]] } };
      const decoded = await decode(type, [record], { columns });
      assert.deepEqual(valuesOf(decoded), [
        ["t0", "1", "5", "x"],
        ["t1", "2", "7", "x"],
        ["t2", null, null, "x"],
      ]);
      const unread = await decode(type, [record], { columns, wanted: ["place"] });
      assert.deepEqual(valuesOf(unread), [["x"]]);
    });

    test(`${type}: a value that is refused refuses the record, and none of its rows is there`, async () => {
      const decoded = await decode(type, [{ v: ["a", "b\0", "c"] }, { v: ["d"] }], { columns: { v: "v[]" } });
      assert.deepEqual(valuesOf(decoded), [["d"]]);
      assert.deepEqual(faultsOf(decoded), [[1, "NUL byte"]]);
      assert.equal(decoded.rejects[0]?.field, "v");
    });

    test(`${type}: without columns the names are paths`, async () => {
      const decoded = await decode(type, [{ a: { b: 1 }, c: [{ d: 2 }, { d: 3 }] }], {
        wanted: ["c[].d", "a.b", "c.1.d", "nothing"],
      });
      assert.deepEqual(valuesOf(decoded), [
        ["2", "1", "3", null],
        ["3", "1", "3", null],
      ]);
    });

    test(`${type}: a key with dots in its name, where the path leads nowhere`, async () => {
      const records = [
        { "a.b": 1 },
        { a: { b: 3 } },
        { "a.b": null },
        { "a.b": "", a: { c: 4 } },
        { a: "x" },
      ];
      const decoded = await decode(type, records, { wanted: ["a.b"] });
      assert.deepEqual(valuesOf(decoded), [["1"], ["3"], [null], [""], [null]]);
    });

    test(`${type}: lists are records where paths begin with a number or []`, async () => {
      const decoded = await decode(type, [["x", 1], ["y"], { 0: "z" }, 5], { wanted: ["0", "1"] });
      assert.deepEqual(valuesOf(decoded), [
        ["x", "1"],
        ["y", null],
        ["z", null],
      ]);
      assert.deepEqual(faultsOf(decoded), [[4, "not an object"]]);
      assert.equal(decoded.records[1]?.raw, '["y"]');
      const elements = await decode(type, [[{ v: 1 }, { v: 2 }], []], { wanted: ["[].v"] });
      assert.deepEqual(valuesOf(elements), [["1"], ["2"]]);
      assert.equal(elements.counts.decoded, 2);
    });

    test(`${type}: more rows than a batch holds`, async () => {
      const lengths = [1500, 0, 1, 700, 0];
      const records = lengths.map((length, index) => ({
        id: index,
        v: Array.from({ length }, (_, at) => at),
      }));
      const decoded = await decode(type, records, { wanted: ["id", "v[]"] });
      const expected = records.flatMap(({ id, v }) =>
        v.length === 0 ? [[String(id), null]] : v.map((value) => [String(id), String(value)]),
      );
      assert.deepEqual(valuesOf(decoded), expected);
      assert.equal(decoded.counts.decoded, lengths.length);
    });

    test(`${type}: any lists, however they are cut, against a plain loop`, async () => {
      const list = fc.array(fc.oneof(fc.integer(), fc.constant(null), fc.constantFrom("x", "é]", "[{")), {
        maxLength: 4,
      });
      const record = fc.record(
        { id: fc.nat(), a: list, b: list },
        { requiredKeys: ["id"], noNullPrototype: true },
      );
      const cuts = fc.array(fc.nat(), { maxLength: 6 });
      const property = fc.asyncProperty(fc.array(record), cuts, async (records, at) => {
        const decoded = await decode(type, records, { wanted: ["id", "a[]", "b[]"], at });
        const text = (value: string | number | null | undefined): string | null =>
          typeof value === "number" ? String(value) : (value ?? null);
        const expected: unknown[] = [];
        for (const { id, a = [], b = [] } of records) {
          for (let index = 0; index < Math.max(a.length, b.length, 1); index++) {
            expected.push([text(id), text(a[index]), text(b[index])]);
          }
        }
        assert.deepEqual(valuesOf(decoded), expected);
        assert.equal(decoded.counts.decoded, records.length);
      });
      await fc.assert(property, { numRuns: 100 });
    });

    test(`${type}: lists within lists, what is around them repeated`, async () => {
      const site = {
        id: 1,
        parts: [
          { name: "NO2", values: [{ t: "1", v: 5 }, { t: "2" }], more: ["x"] },
          { name: "none", values: [] },
          { name: "O3", values: [{ t: "3", v: 7 }], more: ["y", "z"] },
        ],
        notes: ["first", "second"],
      };
      const wanted = [
        "id",
        "parts[].name",
        "parts[].values[].t",
        "parts[].values[].v",
        "parts[].more[]",
        "notes[]",
      ];
      const decoded = await decode(type, [site, { id: 2 }], { wanted });
      assert.deepEqual(valuesOf(decoded), [
        ["1", "NO2", "1", "5", "x", "first"],
        ["1", "NO2", "2", null, null, "first"],
        ["1", "none", null, null, null, "second"],
        ["1", "O3", "3", "7", "y", null],
        ["1", "O3", null, null, "z", null],
        ["2", null, null, null, null, null],
      ]);
      assert.equal(decoded.counts.decoded, 2);
      const matrix = await decode(type, [{ m: [[1, 2], [], [[3]]] }, { m: 4 }], { wanted: ["m[][]"] });
      assert.deepEqual(valuesOf(matrix), [["1"], ["2"], [null], ["4"]]);
    });

    test(`${type}: any lists within lists, against plain loops`, async () => {
      const inner = fc.array(fc.nat(), { maxLength: 3 });
      const element = fc.record({ n: fc.nat(), v: inner, w: inner }, { noNullPrototype: true });
      const record = fc.record(
        { id: fc.nat(), a: fc.array(element, { maxLength: 3 }) },
        { noNullPrototype: true },
      );
      const wanted = ["a[].v[]", "id", "a[].w[]", "a[].n"];
      const property = fc.asyncProperty(fc.array(record), async (records) => {
        const decoded = await decode(type, records, { wanted });
        const expected: unknown[] = [];
        for (const { id, a } of records) {
          if (a.length === 0) expected.push([null, String(id), null, null]);
          for (const { n, v, w } of a) {
            for (let index = 0; index < Math.max(v.length, w.length, 1); index++)
              expected.push(
                [v[index], id, w[index], n].map((value) => (value === undefined ? null : String(value))),
              );
          }
        }
        assert.deepEqual(valuesOf(decoded), expected);
        assert.equal(decoded.counts.decoded, records.length);
      });
      await fc.assert(property, { numRuns: 100 });
    });

    test(`${type}: lists without end are refused, and columns without a path`, async () => {
      await assert.rejects(decode(type, [{}], { wanted: ["a[][][][].b[][][][][]"] }), {
        code: "CONFIG_INVALID",
        message: /leads through more than 8 lists/,
      });
      await assert.rejects(decode(type, [{}], { columns: { a: "a" }, wanted: ["b"] }), {
        code: "CONFIG_INVALID",
      });
    });
  }

  test("other encodings than UTF-8", async () => {
    for (const type of TYPES) {
      const text = Buffer.from('{"a":"K\xf6ln","b":["\xe9"]}', "latin1");
      const decoded = await decodeAll({ type, encoding: "latin-1" }, cut(text, [1, 8, 9]), ["a", "b[]"]);
      assert.deepEqual(valuesOf(decoded), [["Köln", "é"]]);
    }
  });
});

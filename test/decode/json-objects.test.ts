/** Paths that lead through objects whose keys are data. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { type Decoded, decodeAll, valuesOf } from "./decoding.ts";
import { distinct, expected, path, record, textOf, valuesAt } from "./json-reached.ts";

type Type = "json" | "json-lines";

/** Decodes the records, given as values or as their texts, as one document or as lines. */
function decode(type: Type, records: readonly unknown[], columns: Record<string, string>): Promise<Decoded> {
  const texts = records.map((record) => (typeof record === "string" ? record : JSON.stringify(record)));
  return decodeAll({ type, columns }, type === "json" ? `[${texts.join(",")}]` : texts.join("\n"));
}

/** What became of one record. */
async function rowsOf(
  type: Type,
  record: unknown,
  columns: Record<string, string>,
): Promise<(readonly (string | null)[])[]> {
  return valuesOf(await decode(type, [record], columns));
}

for (const type of ["json", "json-lines"] as const) {
  suite(`${type}: objects whose keys are data`, () => {
    test("stations, hours, and a list in each hour", async () => {
      const record = {
        data: {
          DEBE: {
            "2024-01-01 00:00:00": [5, 2, 31.5, "2024-01-01 01:00:00", "0"],
            "2024-01-01 01:00:00": [5, 2, null],
          },
          none: {},
          DEHH: { "2024-01-01 00:00:00": [5, 2, 7] },
        },
      };
      const columns = {
        station: "data{key}",
        time: "data{}{key}",
        kind: "data{}{}.0",
        value: "data{}{}.2",
        end: "data{}{}.3",
      };
      assert.deepEqual(await rowsOf(type, record, columns), [
        ["DEBE", "2024-01-01 00:00:00", "5", "31.5", "2024-01-01 01:00:00"],
        ["DEBE", "2024-01-01 01:00:00", "5", null, null],
        ["DEHH", "2024-01-01 00:00:00", "5", "7", null],
      ]);
      assert.deepEqual(await rowsOf(type, record, { station: "data{key}" }), [["DEBE"], ["none"], ["DEHH"]]);
    });

    test("objects beside each other go in step by key, in the order in which keys come", async () => {
      const record = { a: { y: 1, x: 2 }, b: { z: 3, x: 4, w: null }, c: null, at: "here" };
      const columns = { key: "a{key}", a: "a{}", b: "b{}", c: "c{}", at: "at" };
      assert.deepEqual(await rowsOf(type, record, columns), [
        ["y", "1", null, null, "here"],
        ["x", "2", "4", null, "here"],
        ["z", null, "3", null, "here"],
        ["w", null, null, null, "here"],
      ]);
      const others = { b: "b{}", key: "c{key}" };
      assert.deepEqual(await rowsOf(type, record, others), [
        ["3", "z"],
        ["4", "x"],
        [null, "w"],
      ]);
    });

    test("what stands in objects beside each other goes in step too", async () => {
      const record = {
        T2M: { s1: { d1: 1, d2: 2 }, s2: { d1: 3 } },
        RAIN: { s2: { d2: 4, d1: 5 }, s3: { d1: 6 } },
      };
      const columns = { station: "T2M{key}", day: "T2M{}{key}", t: "T2M{}{}", rain: "RAIN{}{}" };
      assert.deepEqual(await rowsOf(type, record, columns), [
        ["s1", "d1", "1", null],
        ["s1", "d2", "2", null],
        ["s2", "d1", "3", "5"],
        ["s2", "d2", null, "4"],
        // No day is there in the first of the objects: the key is that of the other.
        ["s3", "d1", null, "6"],
      ]);
    });

    test("keys stay texts; whole numbers come first, in ascending order", async () => {
      const text = '{"v": {"x": 1, "20240102": 2, "007": 3, "20240101": 4, "12345678901234567890": 5}}';
      assert.deepEqual(await rowsOf(type, text, { key: "v{key}", v: "v{}" }), [
        ["20240101", "4"],
        ["20240102", "2"],
        ["x", "1"],
        ["007", "3"],
        ["12345678901234567890", "5"],
      ]);
    });

    test("keys that mean something to JavaScript are keys, and of one that comes twice the last value counts", async () => {
      const text =
        '{"v": {"__proto__": {"n": 1}, "constructor": {"n": 2}, "a": {"n": 3}, "toString": {}, "a": {"n": 4}}, "w": {"__proto__": 5}}';
      assert.deepEqual(await rowsOf(type, text, { key: "v{key}", n: "v{}.n", w: "w{}" }), [
        ["__proto__", "1", "5"],
        ["constructor", "2", null],
        ["a", "4", null],
        ["toString", null, null],
      ]);
      assert.deepEqual(
        await rowsOf(type, '{"__proto__": {"k": 1}}', { k: "__proto__{key}", v: "__proto__{}" }),
        [["k", "1"]],
      );
      assert.deepEqual(await rowsOf(type, "{}", { k: "__proto__{key}", v: "constructor{}" }), []);
      assert.equal(({} as Record<string, unknown>)["n"], undefined);
    });

    test("a list under {} has positions for keys; what is no object or list has none", async () => {
      const columns = { key: "v{key}", value: "v{}" };
      assert.deepEqual(await rowsOf(type, { v: ["a", null] }, columns), [
        ["0", "a"],
        ["1", null],
      ]);
      assert.deepEqual(await rowsOf(type, { v: 5 }, columns), [[null, "5"]]);
      for (const v of [null, undefined, {}, []]) assert.deepEqual(await rowsOf(type, { v }, columns), []);
      const beside = await rowsOf(type, { v: 5, w: { k: 6 } }, { ...columns, w: "w{}" });
      assert.deepEqual(beside, [
        [null, "5", null],
        ["k", null, "6"],
      ]);
    });

    test("a list beside an object has positions for keys", async () => {
      const record = { list: ["a", "b", "c"], object: { 1: "B", x: "X" } };
      const columns = { key: "list[]", o: "object{}", name: "object{key}" };
      assert.deepEqual(await rowsOf(type, record, columns), [
        ["a", null, "0"],
        ["b", "B", "1"],
        ["c", null, "2"],
        [null, "X", "x"],
      ]);
      // An object where a list is expected counts as a list of one.
      assert.deepEqual(await rowsOf(type, { v: { n: 1, m: 2 } }, { n: "v[].n" }), [["1"]]);
    });

    test("lists in objects, objects in lists, and the record itself as either", async () => {
      const record = {
        sites: [
          { id: 1, v: { t1: [10, 11], t2: [12] } },
          { id: 2, v: { t3: 13 } },
        ],
      };
      const columns = { id: "sites[].id", t: "sites[].v{key}", v: "sites[].v{}[]" };
      assert.deepEqual(await rowsOf(type, record, columns), [
        ["1", "t1", "10"],
        ["1", "t1", "11"],
        ["1", "t2", "12"],
        ["2", "t3", "13"],
      ]);
      const itself = await decode(type, [{ a: { n: 1 }, b: { n: 2 } }, [{ n: 3 }]], {
        k: "{key}",
        n: "{}.n",
      });
      assert.deepEqual(valuesOf(itself), [
        ["a", "1"],
        ["b", "2"],
        ["0", "3"],
      ]);
    });

    test("a key that holds what paths are made of", async () => {
      const record = {
        "t{C}": { "x[]": 1 },
        "a.b": { c: 2 },
        "^d": 3,
        "e\\f": 4,
        "g\\": 5,
        "{}": 6,
        "[h]i": 7,
      };
      const columns = {
        one: "t\\{C\\}{}",
        brackets: "t\\{C\\}.x\\[]",
        two: "a\\.b.c",
        three: "\\^d",
        four: "e\\f",
        fourToo: "e\\\\f",
        five: "g\\",
        six: "\\{}",
        seven: "[h]i",
      };
      const { six, ...rest } = columns;
      assert.deepEqual(await rowsOf(type, record, rest), [["1", "1", "2", "3", "4", "4", "5", "7"]]);
      await assert.rejects(rowsOf(type, record, { six }), { code: "CONFIG_INVALID" });
      assert.deepEqual(await rowsOf(type, record, { six: "\\{\\}" }), [["6"]]);
    });

    test("a key that cannot be stored refuses the record", async () => {
      const decoded = await decode(type, ['{"v":{"a\\u0000":1}}', '{"v":{"\\ud800":1}}'], { key: "v{key}" });
      assert.deepEqual(
        decoded.rejects.map(({ reason, field }) => [reason, field]),
        [
          ["NUL byte", "key"],
          ["invalid UTF-8", "key"],
        ],
      );
    });

    test("more values than a batch holds", async () => {
      const v = Object.fromEntries(Array.from({ length: 3_000 }, (_, index) => [`k${index}`, index]));
      const decoded = await decode(
        type,
        [
          { id: 1, v },
          { id: 2, v: { k: 1 } },
        ],
        { id: "id", key: "v{key}", v: "v{}" },
      );
      assert.equal(decoded.records.length, 3_001);
      assert.deepEqual(decoded.records[2_999]?.values, ["1", "k2999", "2999"]);
      assert.deepEqual(decoded.records[3_000]?.values, ["2", "k", "1"]);
      assert.equal(decoded.counts.decoded, 2);
    });

    test("any paths through any record, against an enumeration of what each path reaches", async () => {
      const property = fc.asyncProperty(
        record,
        fc.array(path, { minLength: 1, maxLength: 4 }),
        async (one, paths) => {
          const columns = Object.fromEntries(paths.map((steps, index) => [`c${index}`, textOf(steps)]));
          const inOrder = (rows: readonly (readonly unknown[])[]): string[] => {
            const lines = rows.map((row) => JSON.stringify(row));
            // In which order several paths find their keys is told above.
            return paths.length === 1 ? lines : lines.sort();
          };
          assert.deepEqual(inOrder(await rowsOf(type, one, columns)), inOrder(expected(one, paths)));
        },
      );
      await fc.assert(property, { numRuns: 1000 });
    });

    test("any value that a path reaches is in a row, whatever else is empty or absent", async () => {
      const several = fc.array(path, { minLength: 1, maxLength: 5 });
      const property = fc.asyncProperty(record, several, async (random, paths) => {
        const one = distinct(random);
        const columns = Object.fromEntries(paths.map((steps, index) => [`c${index}`, textOf(steps)]));
        const rows = await rowsOf(type, one, columns);
        for (const [index, steps] of paths.entries()) {
          const found = new Set(rows.map((row) => row[index]));
          for (const value of valuesAt(one, steps)) assert(found.has(value), `${textOf(steps)}: ${value}`);
        }
      });
      await fc.assert(property, { numRuns: 1000 });
    });

    test("what stands around empty lists and objects is a row; a key alone, null and what is no value are none", async () => {
      const hours = { q: "days{}.hours[].q", day: "days{key}", t: "days{}.tmax" };
      const days = {
        d1: { tmax: 1, hours: [{ q: 10 }, { q: 11 }] },
        d2: { tmax: 2, hours: [] },
        d3: { tmax: 3 },
        d4: { hours: [] },
        d5: { tmax: null, hours: null },
        d6: { tmax: [6], hours: [] },
        d7: { tmax: "", hours: [] },
        d8: { tmax: false, hours: [{}] },
      };
      assert.deepEqual(await rowsOf(type, { days }, hours), [
        ["10", "d1", "1"],
        ["11", "d1", "1"],
        [null, "d2", "2"],
        [null, "d3", "3"],
        [null, "d7", ""],
        [null, "d8", "false"],
      ]);
      const beside = { days: { d1: { h: [{ q: 1 }] } }, notes: [{ x: "a" }, {}, { x: "c" }] };
      assert.deepEqual(await rowsOf(type, beside, { x: "notes[].x", q: "days{}.h[].q", key: "days{key}" }), [
        ["a", null, "0"],
        ["c", null, "2"],
        [null, "1", "d1"],
      ]);
      const deep = {
        a: [
          { v: 1, b: [{ c: [] }, {}] },
          { v: 2, b: [{ c: [{ w: 3 }] }] },
        ],
      };
      const through = { v: "a[].v", k: "a[].b{key}", w: "a[].b{}.c[].w" };
      assert.deepEqual(await rowsOf(type, deep, through), [
        ["1", null, null],
        ["2", "0", "3"],
      ]);
      assert.deepEqual(await rowsOf(type, { "id.x": 7, a: [] }, { id: "id.x", a: "a[]" }), [["7", null]]);
    });
  });
}

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { chunksOf, cut, decodeAll, faultsOf, valuesOf } from "./decoding.ts";

const format = {
  type: "json-lines",
  columns: { value: "value", city: "city", latitude: "coordinates.latitude", name: "attribution.0.name" },
};

suite("JSON lines", () => {
  test("values at their paths, as text", async () => {
    const lines = [
      '{"value":14.0,"city":"Köln","coordinates":{"latitude":-41.3056},"attribution":[{"name":"EPA"}]}',
      '{"city":"a\\n\\u00e9\\"","value":-0.0001,"coordinates":null,"attribution":[]}\r',
      '  {"value":true,"city":"","coordinates":{"latitude":1e-7},"attribution":{"0":{"name":false}}}  ',
      '{"value":[1],"city":{"a":1},"coordinates":"latitude"}',
    ];
    const decoded = await decodeAll(format, lines.join("\n"));
    assert.deepEqual(valuesOf(decoded), [
      ["14", "Köln", "-41.3056", "EPA"],
      ["-0.0001", 'a\né"', null, null],
      ["true", "", "1e-7", "false"],
      [null, null, null, null],
    ]);
    assert.equal(decoded.records[1]?.raw, lines[1]?.trimEnd());
    assert.equal(decoded.records[1]?.byte, Buffer.byteLength(lines[0] ?? "") + 1);
  });

  test("a record's own keys only", async () => {
    const columns = { a: "constructor", b: "city.length", c: "__proto__.x", d: "attribution.length" };
    const decoded = await decodeAll(
      { ...format, columns },
      '{"city":"abc","attribution":[1]}\n{"__proto__":{"x":5}}',
    );
    assert.deepEqual(valuesOf(decoded), [
      [null, null, null, null],
      [null, null, "5", null],
    ]);
  });

  test("what is refused, and why", async () => {
    const lines = [
      '{"value":1}',
      '{"value":1',
      "[1]",
      "5",
      "null",
      '{"value":9007199254740993}',
      '{"value":1e400}',
      '{"city":"a\\u0000b"}',
      '{"city":"\\ud800"}',
      '{"city":"\0"}',
      '{"city":"\xff"}',
      `{"city":"${"x".repeat(100)}"}`,
      " \t",
      '{"value":9007199254740991}',
    ];
    const decoded = await decodeAll({ ...format, record_limit: 60 }, Buffer.from(lines.join("\n"), "latin1"));
    assert.deepEqual(faultsOf(decoded), [
      [2, "invalid JSON"],
      [3, "not an object"],
      [4, "not an object"],
      [5, "not an object"],
      [6, "number out of range"],
      [7, "number out of range"],
      [8, "NUL byte"],
      [9, "invalid UTF-8"],
      [10, "NUL byte"],
      [11, "invalid UTF-8"],
      [12, "record too long"],
    ]);
    assert.deepEqual(decoded.rejects.map(({ field }) => field).slice(4, 8), [
      "value",
      "value",
      "city",
      "city",
    ]);
    assert.deepEqual(
      valuesOf(decoded).map(([value]) => value),
      ["1", "9007199254740991"],
    );
    assert.equal(decoded.counts.blanks, 1);
  });

  test("deep nesting is a record like any other", async () => {
    const deep = `{"a":${"[".repeat(300_000)}${"]".repeat(300_000)},"value":1}`;
    const decoded = await decodeAll(format, `${deep}\n${"[".repeat(300_000)}\n`, ["value"]);
    assert.deepEqual(valuesOf(decoded), [["1"]]);
    assert.deepEqual(faultsOf(decoded), [[2, "invalid JSON"]]);
  });

  test("values outgrow the buffer that they are written to", async () => {
    const city = "é".repeat(100_000);
    const lines = Array.from({ length: 5 }, (_, index) => JSON.stringify({ city: `${index}${city}` }));
    const decoded = await decodeAll(format, lines.join("\n"), ["city"]);
    assert.deepEqual(
      valuesOf(decoded),
      [0, 1, 2, 3, 4].map((index) => [`${index}${city}`]),
    );
  });

  test("a line of 40 MB is stepped over", async () => {
    async function* input(): AsyncGenerator<Buffer> {
      yield* chunksOf('{"value":"');
      const megabyte = Buffer.alloc(2 ** 20, "x");
      for (let times = 0; times < 40; times++) yield megabyte;
      yield* chunksOf('"}\n{"value":2}');
    }
    const decoded = await decodeAll(format, input(), ["value"]);
    assert.deepEqual(faultsOf(decoded), [[1, "record too long"]]);
    assert.deepEqual(valuesOf(decoded), [["2"]]);
  });

  test("any records, however they are cut, against JSON.parse", async () => {
    const value = fc.oneof(
      fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0")),
      fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e15, max: 1e15 }),
      fc.constantFrom(null, true, false),
    );
    const record = fc.record(
      { value, city: value, coordinates: fc.record({ latitude: value }) },
      { requiredKeys: [] },
    );
    const cuts = fc.array(fc.nat(), { maxLength: 6 });
    const property = fc.asyncProperty(fc.array(record), cuts, async (records, at) => {
      const text = records.map((one) => JSON.stringify(one)).join("\n");
      const decoded = await decodeAll(format, cut(Buffer.from(text), at), ["latitude", "value", "city"]);
      const written = (one: unknown): string | null =>
        one === undefined || one === null ? null : typeof one === "string" ? one : JSON.stringify(one);
      assert.deepEqual(
        valuesOf(decoded),
        records.map((one) => [one.coordinates?.latitude, one.value, one.city].map(written)),
      );
    });
    await fc.assert(property, { numRuns: 150 });
  });
});

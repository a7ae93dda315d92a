/** Records that are read in their bytes, against JSON.parse. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { JsonScan } from "../../src/decode/json-scan.ts";
import { cut, decodeAll, faultsOf, valuesOf } from "./decoding.ts";

const columns = {
  plain: "a",
  nested: "b.c",
  within: "b",
  dotted: "c.a",
  deep: "b.c.a",
  position: "c.0",
  empty: "a.",
  accent: "é",
};

/** What JSON.parse says of a line, with the rules of JsonColumns on top, written down anew. */
function oracle(line: string): readonly (string | null)[] | string {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    return "invalid JSON";
  }
  if (typeof record !== "object" || record === null || Array.isArray(record)) return "not an object";
  const values = Object.values(columns).map((path) => written(at(record, path)));
  return values.find((value) => value?.startsWith("!"))?.slice(1) ?? values;
}

function at(record: object, path: string): unknown {
  let value: unknown = record;
  for (const key of path.split(".")) {
    const own =
      typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, key) : undefined;
    if (own === undefined)
      return path.includes(".") ? Object.getOwnPropertyDescriptor(record, path)?.value : undefined;
    value = own.value;
  }
  return value;
}

function written(value: unknown): string | null {
  if (typeof value === "string") {
    if (value.includes("\0")) return "!NUL byte";
    return /\p{Surrogate}/u.test(value) ? "!invalid UTF-8" : value;
  }
  if (typeof value === "number") {
    const rounded = Math.abs(value) > Number.MAX_SAFE_INTEGER && Number.isInteger(value);
    return rounded || !Number.isFinite(value) ? "!number out of range" : String(value);
  }
  return typeof value === "boolean" ? String(value) : null;
}

const blank = fc.string({ unit: fc.constantFrom(" ", "\t", "\r"), maxLength: 1 });
const key = fc
  .constantFrom("a", "b", "c", "0", "length", "__proto__", "", "é", "c.a", "b.c", "bc", "aa")
  .chain((name) => fc.constantFrom(JSON.stringify(name), JSON.stringify(name).replace("a", "\\u0061")));
const text = fc
  .array(
    fc.constantFrom(
      "x",
      "é",
      "😀",
      "/",
      "7",
      "\\n",
      '\\"',
      "\\\\",
      "\\u0041",
      "\\u00E9",
      "\\ud83d\\ude00",
      "\\u0000",
      "\\ud800",
      "\\x",
    ),
    { maxLength: 40, size: "small" },
  )
  .map((parts) => `"${parts.join("")}"`);
const number = fc.oneof(
  fc.stringMatching(/^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?$/),
  fc.stringMatching(/^-?0\.0{3,8}[1-9]{0,2}0{0,1}$/),
  fc.double().map(String),
  fc.constantFrom(
    "0",
    "-0",
    "-0.0",
    "01",
    "1.",
    ".5",
    "+1",
    "-",
    "1e",
    "1e+",
    "9007199254740991",
    "-9007199254740993",
    "1e400",
  ),
);
const word = fc.constantFrom("true", "false", "null", "tru", "nulll", "NaN");
const { value } = fc.letrec<{ value: string; object: string; list: string }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, text, number, word, tie("object"), tie("list")),
  object: fc
    .array(fc.tuple(blank, key, blank, blank, tie("value"), blank), { maxLength: 5 })
    .map(
      (members) =>
        `{${members.map(([a, name, b, c, inner, d]) => a + name + b + ":" + c + inner + d).join(",")}}`,
    ),
  list: fc
    .array(fc.tuple(blank, tie("value"), blank), { maxLength: 3 })
    .map((elements) => `[${elements.map((parts) => parts.join("")).join(",")}]`),
}));
const record = fc
  .array(fc.tuple(blank, key, blank, blank, value, blank), { maxLength: 6 })
  .map(
    (members) =>
      `{${members.map(([a, name, b, c, inner, d]) => a + name + b + ":" + c + inner + d).join(",")}}`,
  );
/** Mostly whole; else something is missing, or in its wrong place. */
const line = fc.oneof(
  { weight: 6, arbitrary: record },
  { weight: 1, arbitrary: value },
  {
    weight: 3,
    arbitrary: fc
      .tuple(record, fc.nat(), fc.constantFrom("", '"', "{", "}", "[", "]", ",", ":", "\\", "\x01", " 1"))
      .map(
        ([whole, place, other]) =>
          whole.slice(0, place % whole.length) + other + whole.slice((place % whole.length) + 1),
      ),
  },
);

suite("JSON lines in their bytes", () => {
  test("any line gives what JSON.parse makes of it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 12 }),
        fc.array(fc.nat(), { maxLength: 3 }),
        async (all, at) => {
          const lines = all.map((one) => one.toWellFormed()).filter((one) => /[^ \t\r]/.test(one));
          const bytes = Buffer.from(lines.map((one) => `${one}\n`).join(""));
          const decoded = await decodeAll({ type: "json-lines", columns }, cut(bytes, at));
          const expected = lines.map(oracle);
          assert.deepEqual(
            valuesOf(decoded),
            expected.filter((one) => typeof one !== "string"),
          );
          assert.deepEqual(
            faultsOf(decoded),
            expected.flatMap((one, index) => (typeof one === "string" ? [[index + 1, one]] : [])),
          );
        },
      ),
      { numRuns: 1500 },
    );
  });

  test("records of the common shape need no JSON.parse, uncommon ones do", () => {
    const scan = new JsonScan([
      { text: "a.b", keys: ["a", "b"], dotted: true },
      { text: "d.0", keys: ["d", "0"], dotted: true },
    ]);
    const isFound = (text: string): boolean =>
      scan.find(Buffer.from(`${text}\n`), 0, Buffer.byteLength(text));
    for (const common of [
      '{"a":{"b":"é"},"other":[1,-2.5e3,{"x":[]}],"last":null}',
      ' { "a" : { "b" : "with \\"escapes\\" \\u00e9" } , "a.b" : 1 , "x" : true } ',
      '{"d":{"0":0.1}}',
      "{}",
    ])
      assert.equal(isFound(common), true, common);
    for (const uncommon of [
      '{"a":1,"a":2}',
      '{"\\u0061":1}',
      '{"d":[1]}',
      `{"x":${"[".repeat(100)}${"]".repeat(100)}}`,
      '{"a":1}x',
      "[]",
      "",
    ])
      assert.equal(isFound(uncommon), false, uncommon);
  });
});

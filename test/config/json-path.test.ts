/** Paths into JSON as they are written, and what is said of those that cannot be followed. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { parseJsonPath, parseRecordsPath, writtenKey } from "../../src/config/json-path.ts";
import { assertProblems, dailyYaml } from "./folder.ts";

/** The keys and walks of a path, in their order. */
function partsOf(text: string): string[] {
  const path = parseJsonPath(text);
  assert(!("problem" in path), text);
  const walked = path.walks.flatMap(({ keys, over }) => [...keys, over === "list" ? "[]" : "{}"]);
  return [...walked, ...path.keys, ...(path.isKey ? ["key"] : [])];
}

suite("paths into JSON", () => {
  test("their parts", () => {
    const parts: Record<string, string[]> = {
      "a.b": ["a", "b"],
      "a[].0": ["a", "[]", "0"],
      "[][].b": ["[]", "[]", "b"],
      "a{}[]{}.b{key}": ["a", "{}", "[]", "{}", "b", "{}", "key"],
      "{}": ["{}"],
      "{key}": ["{}", "key"],
      "{}{key}": ["{}", "{}", "key"],
      "a.{}.b": ["a", "{}", "b"],
      "a..b.": ["a", "", "b", ""],
      "PM2\\.5 [µg/m³]": ["PM2.5 [µg/m³]"],
      "a\\{key\\}{key}": ["a{key}", "{}", "key"],
      "a\\[].b\\\\{}": ["a[]", "b\\", "{}"],
      "\\^a.b^": ["^a", "b^"],
      "a\\": ["a\\"],
      "a[b": ["a[b"],
    };
    for (const [text, expected] of Object.entries(parts)) assert.deepEqual(partsOf(text), expected, text);
  });

  test("other notations are told what to write", () => {
    for (const text of ["a[0]", "a[*].b", "$['v']", '$["v"]', "a[?(@.b)]", "b.c[12].d"]) {
      const path = parseJsonPath(text);
      assert("problem" in path && path.problem.includes("`name.0`"), text);
    }
    for (const text of ["$", "$.v", "$..v"]) {
      const path = parseJsonPath(text);
      assert("problem" in path && path.problem.includes("begins with $"), text);
    }
    assert.deepEqual(partsOf("\\$.$.a\\[0]"), ["$", "$", "a[0]"]);
  });

  test("any key can be written, whatever is in it", () => {
    const keys = fc.array(
      fc.string({
        unit: fc.constantFrom("a", ".", "[", "]", "{", "}", "^", "\\", "key", "$", "0", "*"),
        minLength: 1,
      }),
      {
        minLength: 1,
        maxLength: 4,
      },
    );
    fc.assert(
      fc.property(keys, (written) => {
        const text = written.map(writtenKey).join(".");
        assert.deepEqual(partsOf(text), written);
      }),
    );
  });

  test("any text is a path or has a message", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", ".", "[]", "{}", "{key}", "{", "}", "^", "\\"),
      maxLength: 20,
    });
    fc.assert(
      fc.property(text, (written) => {
        const path = parseJsonPath(written);
        if ("problem" in path) assert(path.problem.includes(`\`${written}\``), path.problem);
        else assert(!path.isKey || written.endsWith("{key}"));
      }),
      { numRuns: 2000 },
    );
    // Nor does a long one take long.
    assert("problem" in parseJsonPath("[]{}".repeat(250)));
    assert("problem" in parseJsonPath(`${"[]{}".repeat(200)}{`));
    assert("problem" in parseJsonPath("a".repeat(1001)));
  });

  test("where records are", () => {
    assert.deepEqual(parseRecordsPath(undefined), { place: [], walks: ["list"] });
    assert.deepEqual(parseRecordsPath("a.b"), { place: ["a", "b"], walks: ["list"] });
    assert.deepEqual(parseRecordsPath("a\\.b.c[]"), { place: ["a.b", "c"], walks: ["list"] });
    assert.deepEqual(parseRecordsPath("a.0.b{}[]"), { place: ["a", "0", "b"], walks: ["object", "list"] });
    assert.deepEqual(parseRecordsPath("{}"), { place: [], walks: ["object"] });
  });

  test("what is said of those that cannot be followed", async (t) => {
    const written: Record<string, string> = {
      "a{": "`a{` has a brace without its other one; a brace that belongs to a key is written \\{ or \\}",
      "a}.b{}":
        "`a}.b{}` has a brace without its other one; a brace that belongs to a key is written \\{ or \\}",
      "a{b.c}":
        "`a{b.c}` has a brace without its other one; a brace that belongs to a key is written \\{ or \\}",
      "a{key}.b": "`a{key}.b` goes on behind {key}, which ends a path: a key has no parts",
      "a{key}{}": "`a{key}{}` goes on behind {key}, which ends a path: a key has no parts",
      "a{key}[]": "`a{key}[]` goes on behind {key}, which ends a path: a key has no parts",
      "{foo}":
        "`{foo}` has {foo}, and there are {} for each value of an object and {key} for its key; a brace that belongs to a key is written \\{",
      "a{}b": "`a{}b` goes on behind {} without a dot",
      "^a": "`^a`: only {key} can follow ^, for the key that the record stands under; a ^ that a key begins with is written \\^",
      "^^^{key}":
        "`^^^{key}` is a key 3 levels above the record, and `records` leads through 2: as many ^ there can be",
    };
    const columns = Object.keys(written).map((path, index) => `    c${index}: §"${path}"`);
    const text = dailyYaml({
      "type: delimited\n  header: detect": 'type: json\n  records: "a{}{}"',
      "  columns: [station, date, element, value, flag]": `  columns:\n${columns.join("\n")}\n    station: "^{key}"\n    date: "^^{key}"\n    element: "{key}"\n    value: "{}"\n    flag: f`,
    });
    await assertProblems(t, text, Object.values(written));
  });

  test("also where fields name the paths, and where lines are records", async (t) => {
    const text = dailyYaml({
      "type: delimited\n  header: detect": "type: json-lines",
      "\n  columns: [station, date, element, value, flag]": "",
      "station_id: station": 'station_id: §"^{key}"',
      "quality_flag: flag": 'quality_flag: §"a{b}"',
    });
    await assertProblems(t, text, [
      "`^{key}` is a key above the record, and nothing is above a line",
      "`a{b}` has {b}, and there are {} for each value of an object and {key} for its key; a brace that belongs to a key is written \\{",
    ]);
  });

  test("of records", async (t) => {
    const written: Record<string, string> = {
      "a{key}":
        "`a{key}` leads to keys: records are what {} walks, and the column `^{key}` is the key of each",
      "^{key}":
        "`^{key}` leads to keys: records are what {} walks, and the column `^{key}` is the key of each",
      "a{}.b[]":
        "`a{}.b[]` goes on behind [] or {}: in `records` they stand at the end, and columns lead on from there",
      "a[].b":
        "`a[].b` goes on behind [] or {}: in `records` they stand at the end, and columns lead on from there",
      "a{": "`a{` has a brace without its other one; a brace that belongs to a key is written \\{ or \\}",
    };
    for (const [records, message] of Object.entries(written)) {
      const text = dailyYaml({
        "type: delimited\n  header: detect": `type: json\n  records: §"${records}"`,
        "\n  columns: [station, date, element, value, flag]": "",
        "station_id: station": 'station_id: "^{key}"',
      });
      await assertProblems(t, text, [message]);
    }
  });
});

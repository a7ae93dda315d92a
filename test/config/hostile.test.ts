/** Files that are broken, or made to break whoever reads them: each is a problem with a place, quickly. */
import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { readPipeline, readPipelines } from "../../src/config/read.ts";
import { dailyYaml, folderWith, observationsYaml, placed } from "./folder.ts";

const LIMIT = 2 ** 20;
const STATION = "station_id: station\n";

/** Nine aliases of the line above on every line: 9^9 items. */
function aliasBomb(): string {
  const lines = ["a: &a [x, x, x, x, x, x, x, x, x]"];
  for (const [index, name] of Array.from("bcdefghi").entries()) {
    const above = "abcdefgh".charAt(index);
    lines.push(`${name}: &${name} [${Array<string>(9).fill(`*${above}`).join(", ")}]`);
  }
  return `${lines.join("\n")}\n`;
}

suite("hostile files", () => {
  const cases: [what: string, content: string | Buffer, expected: string[]][] = [
    ["an empty file", "", ["1:1 the file is empty; it should describe a pipeline"]],
    ["a file of comments", "# nothing\n", ["1:1 the file is empty; it should describe a pipeline"]],
    [
      "a file of 10 MB",
      Buffer.alloc(10_000_000, "x"),
      ["1:1 the file has 10000000 bytes; the limit is 1 MiB"],
    ],
    [
      "an alias bomb",
      aliasBomb(),
      ["1:1 aliases cannot be resolved: Excessive alias count indicates a resource exhaustion attack"],
    ],
    [
      "an alias without anchor",
      "a: *b\n",
      ["1:1 aliases cannot be resolved: Unresolved alias (the anchor must be set before the alias): b"],
    ],
    [
      "invalid UTF-8",
      Buffer.from("description: \u00e9\nsource: \xff\n", "latin1"),
      ["1:14 the file is not valid UTF-8 here"],
    ],
    ["UTF-16", Buffer.from("\ufeffsource: x\n", "utf16le"), ["1:1 the file is not valid UTF-8 here"]],
    ["a control character", "source: a\u0007b\n", ["1:10 the file holds a control character here"]],
    ["NUL by escape", 'source: "a\\0b"\n', ["1:9 a text cannot hold NUL"]],
    ["tabs as indentation", "objects:\n\tbucket: a\n", ["2:1 tabs cannot indent in YAML; use blanks"]],
    [
      "two documents",
      `${dailyYaml()}---\na: 1\n`,
      ["27:1 a second document begins here; one file is one pipeline"],
    ],
    ["nested brackets", "[".repeat(LIMIT), ["1:101 the file nests deeper than 100 levels"]],
    ["nested lists", "- ".repeat(LIMIT / 2), ["1:401 the file nests deeper than 100 levels"]],
    ["a list as a key", "? [a, b]\n: c\n", ["1:3 expected a plain name as the key"]],
    [
      "a tag that names a type",
      "source: !!js/function 'x'\n",
      ["1:9 Unresolved tag: tag:yaml.org,2002:js/function"],
    ],
    ["a list instead of keys", "- a\n", ["1:1 expected a group of keys, found a list"]],
    ["a sentence instead of keys", "hello\n", ["1:1 expected a group of keys, found a text"]],
    ["HTML", "<html>\n<body>403</body>\n</html>\n", ["1:1 expected a group of keys, found a text"]],
  ];
  for (const [what, content, expected] of cases) {
    test(what, async (t) => {
      const folder = await folderWith(t, { "a.yaml": content });
      const { pipeline, problems } = await readPipeline(join(folder, "a.yaml"));
      assert.equal(pipeline, undefined);
      assert.deepEqual(placed(problems), expected);
    });
  }

  test("a key given twice is a mistake beside the others", async (t) => {
    const content = dailyYaml({
      "source: test": "source: test\nsource: other",
      "header: detect": "header: x",
    });
    const folder = await folderWith(t, { "a.yaml": content });
    assert.deepEqual(placed((await readPipeline(join(folder, "a.yaml"))).problems), [
      "3:1 `source` is given twice",
      "13:11 unknown `header` `x`; valid: none, always, detect",
    ]);
  });

  test("an alias that holds itself", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml({ "source: test": "source: &s [*s]" }) });
    assert.deepEqual(placed((await readPipeline(join(folder, "a.yaml"))).problems), [
      "2:12 expected a text, found a list",
    ]);
  });

  test("names that objects inherit are unknown like any other", async (t) => {
    const folder = await folderWith(t, { "a.yaml": `${dailyYaml()}__proto__: { x: 1 }\nconstructor: 1\n` });
    const { problems } = await readPipeline(join(folder, "a.yaml"));
    assert.deepEqual(
      problems.map(({ line, column, message }) => `${line}:${column} ${message.split(";")[0] ?? ""}`),
      ["27:1 unknown key `__proto__`", "28:1 unknown key `constructor`"],
    );
  });

  test("twenty thousand mistakes are cut to a hundred", async (t) => {
    const keys = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1\n`).join("");
    const folder = await folderWith(t, { "a.yaml": keys.slice(0, LIMIT - 1) });
    const { problems } = await readPipeline(join(folder, "a.yaml"));
    assert.equal(problems.length, 101);
    assert.match(problems.at(-1)?.message ?? "", /^\d+ more mistakes from here on$/);
  });

  test("files that are none, or badly named", async (t) => {
    const folder = await folderWith(t, {
      "Big Name.yaml": dailyYaml(),
      "b.yml": dailyYaml({ "source: test": "source: b" }),
      "c.txt": "",
    });
    await mkdir(join(folder, "d.yaml"));
    await symlink(join(folder, "nowhere"), join(folder, "e.yaml"));
    const { pipelines, problems } = await readPipelines(folder);
    const name =
      "1:1 the file's name must be small letters, digits and hyphens, ending in .yaml: it names the pipeline";
    assert.deepEqual(pipelines, []);
    assert.deepEqual(placed(problems), [name, name, "1:1 there is no such file"]);
  });

  test("a folder that does not exist", async () => {
    const { problems } = await readPipelines("/nonexistent");
    assert.deepEqual(placed(problems), [
      "1:1 there is no such folder; MILLRACE_PIPELINES says where pipelines are",
    ]);
  });

  test("whatever the bytes, there is a pipeline or a problem inside the file", async (t) => {
    const folder = await folderWith(t, {});
    const file = join(folder, "a.yaml");
    const valid = dailyYaml();
    const piece = fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom(
        "&a ",
        "*a",
        "- ",
        "? ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "!!set ",
        "|\n",
        "\t",
        "<<: ",
        '"',
        "#",
        "---\n",
      ),
    );
    const edit = fc.record({ at: fc.nat(valid.length), length: fc.nat(30), text: piece });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        let text = valid;
        for (const { at, length, text: into } of edits)
          text = text.slice(0, at) + into + text.slice(at + length);
        await writeFile(file, text);
        const { pipeline, problems } = await readPipeline(file);
        assert.equal(pipeline === undefined, problems.length > 0);
        const lines = text.split("\n");
        for (const { line, column, message } of problems) {
          assert(line >= 1 && line <= lines.length, `line ${line} of ${lines.length}`);
          assert(column >= 1 && column <= (lines[line - 1]?.length ?? 0) + 1, `column ${column}: ${message}`);
          assert(!/\n|undefined|\[object|Invalid input/.test(message), message);
        }
      }),
      // A map among the columns, which a fuzzer met once.
      { numRuns: 100, examples: [[[{ at: valid.indexOf("station, date"), length: 0, text: "<<: " }]]] },
    );
  });
});

suite("hostile configuration", () => {
  /** Nothing becomes of the file but mistakes, among them this one; and quickly. */
  async function refused(t: TestContext, text: string, message: RegExp): Promise<void> {
    const folder = await folderWith(t, { "a.yaml": text });
    const { pipeline, problems } = await readPipeline(join(folder, "a.yaml"));
    assert.equal(pipeline, undefined);
    assert(
      problems.some((problem) => message.test(problem.message)),
      placed(problems).join("\n"),
    );
  }

  const injection = `x"; drop schema production cascade; --`;
  const cases: [what: string, text: string, message: RegExp][] = [
    [
      "a source with quotes",
      dailyYaml({ "source: test": `source: '${injection}'` }),
      /^expected small letters/,
    ],
    ["a source with capitals", dailyYaml({ "source: test": "source: Test" }), /^expected small letters/],
    ["a KPI with quotes", dailyYaml({ "to: PRCP": `to: '${injection}'` }), /^expected capitals, digits/],
    [
      "a statistic with quotes",
      observationsYaml({ "_MAX: max": `'${injection}': max` }),
      /^expected '' or a suffix/,
    ],
    ["a bucket with a path", dailyYaml({ "a-bucket": "'../../etc'" }), /^expected a bucket's name/],
    ["a URL of another protocol", dailyYaml({ "bucket: a-bucket": "url: file:///etc/" }), /http or https/],
    [
      "a pattern of a megabyte",
      dailyYaml({ [STATION]: `station_id: { column: station, match: '${"(a+)+".repeat(100_000)}' }\n` }),
      /^too long: 200 at most$/,
    ],
    [
      "a pattern that would unfold to a billion steps",
      dailyYaml({ [STATION]: "station_id: { column: station, match: '((a{1000}){1000}){1000}' }\n" }),
      /^not a regular expression of RE2: invalid repeat count/,
    ],
    [
      "a billion measurements",
      dailyYaml({
        "kpis:\n":
          "measurements:\n  - { for: { a: 0-9999, b: 0-9999, c: 0-9999 }, element: TMAX, value: '{a}{b}{c}' }\nkpis:\n",
      }),
      /^a record would hold more than 1000 measurements$/,
    ],
    [
      "a thousand measurements of a thousand texts each",
      dailyYaml({
        "kpis:\n": `measurements:\n  - { for: { a: 1-1000 }, element: TMAX, value: { column: '{a}', missing: [${"x,".repeat(1000)}] } }\nkpis:\n`,
      }),
      /^these measurements are too large together$/,
    ],
    [
      "a measurement that holds itself ninety times",
      dailyYaml({ "kpis:\n": `measurements: &m [${"*m, ".repeat(90)}]\nkpis:\n` }),
      /^expected a text or a group of keys, found a list$|^expected a group of keys, found a list$/,
    ],
    [
      "a prototype among the fields",
      dailyYaml({ [STATION]: `${STATION.trimEnd()}\n  __proto__: { column: station }\n` }),
      /^unknown key `__proto__`/,
    ],
    [
      "a prototype among the operations",
      dailyYaml({ [STATION]: "station_id: { column: station, constructor: { prototype: x } }\n" }),
      /^unknown key `constructor`/,
    ],
    [
      "code in a tag",
      dailyYaml({ "source: test": "source: !!js/function 'function () { process.exit(7) }'" }),
      /^Unresolved tag/,
    ],
    ["a key that climbs", dailyYaml({ "key: data/": "key: data/../../" }), /^a key has no `\.` or `\.\.`/],
    [
      "a KPI list of its own",
      dailyYaml({ "  list:\n": "  of: a\n  list:\n" }),
      /^this goes in a circle: a → a$/,
    ],
  ];
  for (const [what, text, message] of cases) {
    test(what, async (t) => {
      await refused(t, text, message);
    });
  }

  test("names of columns are texts like any other: quotes and semicolons do nothing", async (t) => {
    const text = dailyYaml({
      "columns: [station,": `columns: ['${injection}',`,
      [STATION]: `station_id: '${injection}'\n`,
    });
    const folder = await folderWith(t, { "a.yaml": text });
    const { pipeline, problems } = await readPipeline(join(folder, "a.yaml"));
    assert.deepEqual(problems, []);
    assert(pipeline?.target === "daily");
    assert.equal(pipeline.fields.station_id?.column, injection);
  });

  test("side tables outside the folder are not read, wherever a field names them", async (t) => {
    const folder = await folderWith(t, {});
    await symlink("/etc", join(folder, "link"));
    for (const [file, message] of [
      ["../secret.csv", "expected a path below the pipelines folder"],
      ["/etc/passwd", "expected a path below the pipelines folder"],
      ["link/passwd", "this link leads out of the pipelines folder"],
      ["a/../../x", "expected a path below the pipelines folder"],
    ] as const) {
      const lookup = `lookup: { file: ${file}, key: k, value: v }`;
      const text = dailyYaml({
        "fields:\n": `filter:\n  - { column: flag, is: [x], ${lookup} }\nfields:\n`,
        "element: element\n": `element: { column: element, ${lookup} }\n`,
        "kpis:\n": `measurements:\n  - { value: { column: value, ${lookup} } }\nkpis:\n`,
      });
      await writeFile(join(folder, "a.yaml"), text);
      const { problems } = await readPipeline(join(folder, "a.yaml"));
      assert.deepEqual(
        problems.map((problem) => problem.message),
        [message, message, message],
      );
    }
  });

  test("aliases may repeat a part, and count as what they stand for", async (t) => {
    const text = dailyYaml({
      "value: { column: value, sentinels: [-9999] }": "value: &v { column: value, sentinels: [-9999] }",
      "kpis:\n": "measurements:\n  - { element: TMAX, value: *v }\n  - { element: PRCP, value: *v }\nkpis:\n",
      "  element: element\n": "",
    });
    const folder = await folderWith(t, { "a.yaml": text });
    const { pipeline, problems } = await readPipeline(join(folder, "a.yaml"));
    assert.deepEqual(placed(problems), []);
    assert.equal(pipeline?.measurementList.length, 2);
  });
});

suite("regular expressions", () => {
  // What needs 2^n steps in an engine that tries one way after the other; here a text of n = 200,000 is nothing.
  for (const pattern of ["(a+)+$", "(a|aa)+$", "(.*a){20}$", "^(([a-z])+.)+[A-Z]([a-z])+$"]) {
    test(`${pattern} takes linear time`, { timeout: 20_000 }, () => {
      assert.equal(
        RE2JS.compile(pattern)
          .matcher(`${"a".repeat(200_000)}!`)
          .find(),
        false,
      );
    });
  }
});

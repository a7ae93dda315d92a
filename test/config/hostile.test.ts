/** Files that are broken, or made to break whoever reads them: each is a problem with a place, quickly. */
import assert from "node:assert/strict";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import fc from "fast-check";
import { readPipeline, readPipelines } from "../../src/config/read.ts";
import { dailyYaml, folderWith, placed } from "./folder.ts";

const LIMIT = 2 ** 20;

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

import assert from "node:assert/strict";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { suite, test } from "node:test";
import { validate } from "../../src/cli/validate.ts";
import { dailyYaml, folderWith, observationsYaml } from "./folder.ts";

async function run(files: readonly string[], pipelines: string, json = false) {
  const out = new PassThrough();
  const code = await validate({ files, json }, { pipelines }, out);
  out.end();
  return { code, printed: await text(out) };
}

suite("validate", () => {
  test("counts the pipelines that are in order", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), "b.yaml": observationsYaml() });
    assert.deepEqual(await run([], folder), { code: 0, printed: "2 pipelines, no mistakes\n" });
    assert.deepEqual(await run([join(folder, "a.yaml")], folder), {
      code: 0,
      printed: "1 pipeline, no mistakes\n",
    });
  });

  test("prints file:line:column message for each mistake and returns 2", async (t) => {
    const broken = dailyYaml({ "source: test": "sauce: test", "[-9999]": "[none]" });
    const folder = await folderWith(t, { "a.yaml": broken, "b.yaml": observationsYaml() });
    const file = join(folder, "a.yaml");
    const expected = [
      `${file}:1:1 missing key \`source\``,
      `${file}:2:1 unknown key \`sauce\`; did you mean \`source\`?`,
      `${file}:17:39 expected a number, found a text`,
    ];
    assert.deepEqual(await run([file], folder), { code: 2, printed: `${expected.join("\n")}\n` });
    assert.equal((await run([], folder)).code, 2);
  });

  test("prints the same facts as JSON", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml({ "source: test": "source: 7" }),
      "b.yaml": observationsYaml(),
    });
    const { code, printed } = await run([join(folder, "a.yaml"), join(folder, "b.yaml")], folder, true);
    assert.equal(code, 2);
    assert.deepEqual(JSON.parse(printed), {
      valid: ["b"],
      problems: [
        {
          file: join(folder, "a.yaml"),
          line: 2,
          column: 9,
          message: 'expected a text; put it in quotes: "7"',
        },
      ],
    });
  });
});

/**
 * One definition, three outputs: what `validate` checks, the editor's schema and the reference page. After a change
 * of the definition, `MILLRACE_UPDATE_DOCS=1 node --test test/config/reference.test.ts` writes the two files anew.
 */
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { suite, test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { parse } from "yaml";
import { schema } from "../../src/cli/schema.ts";
import { jsonSchema, jsonSchemaText } from "../../src/config/json-schema.ts";
import { pipelineSchema } from "../../src/config/pipeline.ts";
import { isRawMap, rawItems } from "../../src/config/raw.ts";
import { reference } from "../../src/config/reference.ts";
import { dailyYaml, observationsYaml } from "./folder.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "pipelines");
const update = process.env["MILLRACE_UPDATE_DOCS"] === "1";

const validates = new Ajv2020({ strict: false, formats: { uri: true } }).compile(jsonSchema());

async function shipped(): Promise<{ name: string; content: string }[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith(".yaml")).sort();
  return await Promise.all(
    names.map(async (name) => ({ name, content: await readFile(join(FOLDER, name), "utf8") })),
  );
}

suite("the files beside the pipelines are those of the definition", () => {
  for (const [name, content] of [
    ["pipeline.schema.json", jsonSchemaText()],
    ["REFERENCE.md", reference()],
  ] as const) {
    test(name, async () => {
      if (update) await writeFile(join(FOLDER, name), content);
      const advice = "run MILLRACE_UPDATE_DOCS=1 node --test test/config/reference.test.ts";
      assert(content === (await readFile(join(FOLDER, name), "utf8")), advice);
    });
  }

  test("`millrace schema` prints the schema", async () => {
    const out = new PassThrough();
    assert.equal(schema(out), 0);
    out.end();
    assert.equal(await text(out), await readFile(join(FOLDER, "pipeline.schema.json"), "utf8"));
  });
});

test("every shipped pipeline begins with the line that tells editors the schema, and fits it", async () => {
  for (const { name, content } of await shipped()) {
    const [first] = content.split("\n", 1);
    assert.equal(first, "# yaml-language-server: $schema=pipeline.schema.json", name);
    assert(validates(parse(content)), `${name}: ${JSON.stringify(validates.errors)}`);
  }
});

suite("schema and validation agree", () => {
  const seeds = [dailyYaml(), observationsYaml()];

  test("short forms are taken, and not everything in their place", () => {
    const document = (more: string) => parse(`${dailyYaml()}${more}`) as unknown;
    for (const short of ["[TMAX, TMIN]", "[{ element: X, value: x, quality_flag: q }]"])
      assert(validates(document(`measurements: ${short}\nfilter: [{ column: flag, is: [x] }]\n`)), short);
    for (const wrong of ["[7]", "[{ value: 7 }]", "TMAX", "[{ value: [x] }]"])
      assert(!validates(document(`measurements: ${wrong}\n`)), wrong);
  });

  /** The places of a document: paths to every value in it. */
  function placesOf(value: unknown, path: readonly (string | number)[] = []): (string | number)[][] {
    const parts: [string | number, unknown][] = isRawMap(value)
      ? Object.entries(value)
      : [...rawItems(value).entries()];
    return [[...path], ...parts.flatMap(([step, part]) => placesOf(part, [...path, step]))];
  }

  function changed(
    value: unknown,
    path: readonly (string | number)[],
    make: (old: unknown) => unknown,
  ): unknown {
    const [step, ...rest] = path;
    if (step === undefined) return make(value);
    if (Array.isArray(value)) {
      return value.map((item: unknown, index) => (index === step ? changed(item, rest, make) : item));
    }
    assert(isRawMap(value));
    return { ...value, [step]: changed(value[String(step)], rest, make) };
  }

  test("what the definition takes, the schema takes; unknown keys neither of them", async () => {
    const documents = [...seeds, ...(await shipped()).map(({ content }) => content)].map(
      (content) => parse(content) as unknown,
    );
    const junk = fc.oneof(
      fc.constantFrom<unknown>(
        null,
        true,
        0,
        -1,
        1.5,
        "x",
        "1-2",
        [],
        ["x"],
        {},
        { column: "x" },
        "64 MiB",
        "all",
      ),
      fc.constantFrom("always", "none", "zip", "upsert", "replace", "mean", "iso", "UTC", "keep"),
    );
    const edit = fc.record({ document: fc.constantFrom(...documents), at: fc.nat(), value: junk });
    let taken = 0;
    fc.assert(
      fc.property(edit, ({ document, at, value }) => {
        const places = placesOf(document);
        const place = places[at % places.length] ?? [];
        const edited = changed(document, place, () => value);
        if (!pipelineSchema.safeParse(edited).success) return;
        taken += 1;
        assert(validates(edited), `${place.join(".")}: ${JSON.stringify(validates.errors)}`);
      }),
      { numRuns: 1500 },
    );
    assert(taken > 30, `only ${taken} of the edited documents were right`);
    for (const document of documents) {
      for (const place of placesOf(document)) {
        const edited = changed(document, place, (old) => (isRawMap(old) ? { ...old, nosuchkey: 1 } : old));
        if (edited === document || JSON.stringify(edited) === JSON.stringify(document)) continue;
        assert.equal(validates(edited), pipelineSchema.safeParse(edited).success, place.join("."));
      }
    }
  });
});

test("the reference tells of every key, and describes it", () => {
  const page = reference();
  const look = (value: unknown, path: string): void => {
    if (!isRawMap(value)) {
      for (const part of rawItems(value)) look(part, path);
      return;
    }
    for (const [name, property] of Object.entries(isRawMap(value["properties"]) ? value["properties"] : {})) {
      const told = page.includes(`${name}\``) || page.includes(`\n## ${name}\n`);
      assert(told, `${path}.${name} is not in the reference`);
      look(property, `${path}.${name}`);
    }
    for (const [key, part] of Object.entries(value)) if (key !== "properties") look(part, path);
  };
  look(jsonSchema(), "");
  const keys = page.split("\n").filter((line) => /^\| `[a-z_.]+`( \*)? \|.*\|.*\|.*\|$/.test(line));
  assert(keys.length > 150);
  for (const row of keys)
    assert(!row.endsWith("|  |") || row.includes("`type` *"), `nothing is said of ${row}`);
});

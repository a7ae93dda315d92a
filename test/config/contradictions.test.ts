import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readPipelines } from "../../src/config/read.ts";
import { dailyYaml, folderWith, observationsYaml, placed } from "./folder.ts";

const YEARS = "merge: { mode: replace, slice: year, year: year }";
const UPSERT = { [YEARS]: "merge: { mode: upsert, deletes: true }" };

const provider = (over: Readonly<Record<string, string>> = {}): string => {
  const said = {
    name: "A Service",
    url: "https://a.example/",
    licence: "CC0",
    attribution: "Data by A",
    ...over,
  };
  return `provider:\n${Object.entries(said)
    .map(([key, value]) => `  ${key}: ${value}\n`)
    .join("")}`;
};

suite("pipelines of one source", () => {
  const rivals = "2:9 `a` fills the same tables of `test`; each would replace the other's rows";
  const cases: [what: string, a: string, b: string, problems: string[]][] = [
    ["two that upsert daily rows agree", dailyYaml(UPSERT), dailyYaml(UPSERT), []],
    ["one replaces years, the other upserts", dailyYaml(), dailyYaml(UPSERT), [rivals]],
    ["the same the other way round", dailyYaml(UPSERT), dailyYaml(), [rivals]],
    [
      "daily rows, and observations whose statistics are daily rows",
      dailyYaml(UPSERT),
      observationsYaml({ "source: air": "source: test" }),
      [rivals],
    ],
    ["other sources do not matter", dailyYaml(), dailyYaml({ "source: test": "source: other" }), []],
    ["one provider, told twice", dailyYaml(UPSERT) + provider(), dailyYaml(UPSERT) + provider(), []],
    ["one provider, told once", dailyYaml(UPSERT) + provider(), dailyYaml(UPSERT), []],
  ];
  for (const [what, a, b, problems] of cases) {
    test(what, async (context) => {
      const folder = await folderWith(context, { "a.yaml": a, "b.yaml": b });
      assert.deepEqual(placed((await readPipelines(folder)).problems), problems);
    });
  }

  test("two providers contradict", async (context) => {
    const a = dailyYaml(UPSERT) + provider();
    const b = dailyYaml(UPSERT) + provider({ licence: "CC BY 4.0", attribution: "Data by B" });
    const folder = await folderWith(context, { "a.yaml": a, "b.yaml": b, "c.yaml": b });
    const line = b.split("\n").findIndex((text) => text.startsWith("  licence")) + 1;
    const message = "`a` states another licence and attribution for `test`; a source has one provider";
    const { problems } = await readPipelines(folder);
    assert.deepEqual(placed(problems), [`${line}:12 ${message}`, `${line}:12 ${message}`]);
  });

  test("an element's factor may be given, or come from the table of units", async (context) => {
    const stated = dailyYaml(UPSERT);
    const derived = dailyYaml({ ...UPSERT, "unit: mm, factor: 0.1": "unit: mm" });
    const wrong = dailyYaml({ ...UPSERT, "unit: mm, factor: 0.1": "unit: mm, factor: 0.2" });
    const folder = await folderWith(context, { "a.yaml": derived, "b.yaml": stated, "c.yaml": wrong });
    const { problems } = await readPipelines(folder);
    assert.deepEqual(
      problems.map(({ message }) => message),
      ["`a` makes `PRCP` × 0.1 of this element"],
    );
  });
});

/** `millrace test`: cases beside pipelines. */
import assert from "node:assert/strict";
import { access, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { test as runTests, type TestOptions } from "../../src/cli/test.ts";
import { dailyYaml, folderWith } from "../config/folder.ts";
import { millrace } from "./command.ts";
import { sink } from "./sink.ts";

const INPUT = 'S 1,20200102,TMAX,-125,\n"S,""2""",20200103,TMAX,1,X\nA,20200104,TMAX,x,\n';
const ROWS = `station_id,date_,common_kpi_name,common_unit,data_value,quality_flag
S 1,2020-01-02,TMAX,°C,-12.5,
"S,""2""",2020-01-03,TMAX,°C,0.1,X
`;
const REJECTS = "line,field,reason\n3,value,not a number\n";
const CASE = "a.cases/first";

async function run(
  folder: string,
  options: Partial<TestOptions> = {},
): Promise<{ code: number; text: string }> {
  const out = sink();
  const all = { pipelines: [], update: false, json: false, color: false, ...options };
  return { code: await runTests(all, { pipelines: folder }, out), text: out.text() };
}

suite("test", () => {
  test("a case without expectations fails and says what to do; --update writes them, and it passes", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), [`${CASE}/input.csv`]: INPUT });
    const fresh = await run(folder);
    assert.equal(fresh.code, 1);
    assert.match(fresh.text, /✗ a \/ first expects nothing yet: .*`millrace test --update`/);
    assert.match(fresh.text, /\+ S 1,2020-01-02,TMAX,°C,-12\.5/);
    const updated = await run(folder, { update: true });
    assert.equal(updated.code, 0);
    assert.match(updated.text, /1 case: 1 updated/);
    assert.equal(await readFile(join(folder, CASE, "rows.csv"), "utf8"), ROWS);
    assert.equal(await readFile(join(folder, CASE, "rejects.csv"), "utf8"), REJECTS);
    const again = await run(folder);
    assert.deepEqual(again, { code: 0, text: "✓ a / first\n1 case: 1 passed\n" });
  });

  test("what differs is shown as expected and found lines; CRLF does not count", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      [`${CASE}/input.csv`]: INPUT,
      [`${CASE}/rows.csv`]: ROWS.replace("-12.5", "-12.4").replaceAll("\n", "\r\n"),
    });
    const { code, text } = await run(folder, { pipelines: ["a"] });
    assert.equal(code, 1);
    assert.match(
      text,
      /rows\.csv +- expected, \+ found\n +2 - S 1,2020-01-02,TMAX,°C,-12\.4,\n +2 \+ S 1,2020-01-02,TMAX,°C,-12\.5,\n/,
    );
    assert.match(text, /rejects\.csv .*\n +1 \+ line,field,reason\n +2 \+ 3,value,not a number\n/);
    assert.match(text, /1 case: 1 failed/);
  });

  test("case.yaml: what it is about, the key, the time of the run", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      [`${CASE}/input`]: "A,19990102,TMAX,1,\n",
      [`${CASE}/case.yaml`]: "about: Another year.\nkey: data/1999.csv.gz\nnow: 2000-01-01T00:00:00Z\n",
      [`${CASE}/rows.csv`]:
        "station_id,date_,common_kpi_name,common_unit,data_value\nA,1999-01-02,TMAX,°C,0.1\n",
    });
    assert.equal((await run(folder)).code, 0);
    await writeFile(join(folder, CASE, "case.yaml"), "key: data/1998.csv.gz\n");
    const { code, text } = await run(folder);
    assert.equal(code, 1);
    assert.match(text, /1,date,outside the slice/);
  });

  test("a fault of the object can be what is expected", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      [`${CASE}/input.html`]: "<!doctype html><html></html>",
      [`${CASE}/rows.csv`]: "old\n",
    });
    const failed = await run(folder);
    assert.equal(failed.code, 1);
    assert.match(failed.text, /fault: .*HTML/);
    await run(folder, { update: true });
    assert.equal(await readFile(join(folder, CASE, "fault.txt"), "utf8"), "OBJECT_NOT_DATA\n");
    await assert.rejects(access(join(folder, CASE, "rows.csv")));
    assert.equal((await run(folder)).code, 0);
  });

  test("what records tell of stations is expected too", async (t) => {
    const yaml = dailyYaml({ "merge: {": "station: { name: flag, latitude: value }\nmerge: {" });
    const folder = await folderWith(t, {
      "a.yaml": yaml,
      [`${CASE}/input.csv`]: "A,20200102,TMAX,5,Hill\nA,20200103,TMAX,6,Dale\n",
    });
    await run(folder, { update: true });
    const stations = await readFile(join(folder, CASE, "stations.csv"), "utf8");
    assert.match(stations, /^station_id,name,country_id,latitude,longitude,elevation\nA,Hill,/);
    assert.equal(stations.split("\n").length, 3);
  });

  test("--json: cases, outcomes, differences", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      "b.yaml": dailyYaml({ "source: test": "source: other" }),
      [`${CASE}/input.csv`]: INPUT,
      [`${CASE}/rows.csv`]: ROWS,
    });
    const { code, text } = await run(folder, { json: true });
    assert.equal(code, 1);
    assert.deepEqual(JSON.parse(text), {
      cases: [
        {
          pipeline: "a",
          case: "first",
          outcome: "failed",
          differences: [
            {
              file: "rejects.csv",
              changes: [
                { kind: "found", line: 1, text: "line,field,reason" },
                { kind: "found", line: 2, text: "3,value,not a number" },
              ],
            },
          ],
        },
      ],
      without: ["b"],
    });
  });

  test("wrong usage: exit code 2", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      "b.yaml": dailyYaml({ "source: test": "source: other" }),
    });
    await assert.rejects(run(folder, { pipelines: ["b"] }), { code: "USAGE", message: /no cases beside b/ });
    const { code, stderr } = await millrace(["test", "c"], { env: { MILLRACE_PIPELINES: folder } });
    assert.equal(code, 2);
    assert.match(stderr, /there is no pipeline c; there are a, b/);
  });

  test("a case that cannot be run has failed, says why and what to do, and the others go on", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      "a.cases/1-none/rows.csv": ROWS,
      "a.cases/2-several/input.gz": INPUT,
      "a.cases/2-several/input.csv": INPUT,
      "a.cases/3-folder/input/b": INPUT,
      "a.cases/4-expects-a-folder/input": INPUT,
      "a.cases/4-expects-a-folder/rows.csv/x": "",
      "a.cases/5-well/input.csv": INPUT,
      "a.cases/5-well/rows.csv": ROWS,
      "a.cases/5-well/rejects.csv": REJECTS,
    });
    for (const update of [false, true]) {
      const { code, text } = await run(folder, { update });
      assert.equal(code, 1);
      assert.match(
        text,
        /✗ a \/ 1-none cannot be run\n {2}.*1-none: there is no input: put .* into a file input\./,
      );
      assert.match(text, /2-several: there are several inputs \(input\.csv, input\.gz\): keep one/);
      assert.match(text, /3-folder\/input is a folder, not a file; correct the input/);
      assert.match(text, /4-expects-a-folder cannot be run\n {2}EISDIR/);
      assert.match(text, /✓ a \/ 5-well\n5 cases: 1 passed, 4 failed\n$/);
    }
    assert.equal(await readFile(join(folder, "a.cases/1-none/rows.csv"), "utf8"), ROWS);
    const { code, stdout, stderr } = await millrace(["test", "--json"], {
      env: { MILLRACE_PIPELINES: folder },
    });
    assert.equal(code, 1, stderr);
    const facts = JSON.parse(stdout) as { cases: { case: string; outcome: string; problem?: string }[] };
    assert.deepEqual(
      facts.cases.map((each) => [each.outcome, each.problem === undefined]),
      [...Array<unknown>(4).fill(["failed", false]), ["passed", true]],
    );
  });

  test("a wrong case.yaml is told with its place", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), [`${CASE}/input.csv`]: INPUT });
    for (const [yaml, message] of [
      ["nwo: 2020-01-01", /nwo.*may hold about, key, now/],
      ["now: yesterday", /now: .*may hold/],
      ["- key", /expected object/],
      ["about: [", /no YAML: /],
      // The parser shows the text below its message.
      ["key: [a", /no YAML: [^\n?]* at line 1, column 8\n/],
      ["about: &a x\nkey: *a", /no YAML: Alias/],
      [
        "key: elsewhere.csv",
        /the key elsewhere\.csv does not fit the template of a: data\/.*; correct `key`/,
      ],
    ] as const) {
      await writeFile(join(folder, CASE, "case.yaml"), yaml);
      const { code, text } = await run(folder);
      assert.equal(code, 1);
      assert.match(text, /first cannot be run\n {2}.*first\/case\.yaml: /);
      assert.match(text, message);
    }
  });
});

/** `millrace diff`: what another version of a pipeline would change. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { type DiffOptions, diff } from "../../src/cli/diff.ts";
import { serveObjects } from "../../src/demo/endpoint.ts";
import { dailyYaml, folderWith } from "../config/folder.ts";
import { millrace } from "./command.ts";
import { sink } from "./sink.ts";

const INPUT =
  "A,20200102,TMAX,-125,\nA,20200102,PRCP,7,\nB,20200102,TMAX,9999,\nC,20200102,TMAX,5,X\nC,20200103,TMAX,x,\n";

suite("diff", async () => {
  const bucket = await serveObjects(
    ["2023", "2024", "2025"].map((year) => ({
      bucket: "a-bucket",
      key: `data/${year}.csv.gz`,
      body: gzipSync(INPUT.replaceAll("2020", year)),
    })),
  );
  after(() => bucket.stop());
  const s3 = { endpoint: bucket.endpoint, region: "us-east-1", anonymous: true };
  const compare = async (folder: string, options: Partial<DiffOptions> = {}): Promise<string> => {
    const out = sink();
    const all = { old: "a", new: "b", objects: 1, rows: 1000, json: false, color: false, ...options };
    assert.equal(await diff(all, { pipelines: folder, s3 }, out), 0);
    return out.text();
  };

  test("changed, added and removed rows by KPI, with examples; rejects that come and go", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      "b.yaml": dailyYaml({
        "sentinels: [-9999]": "sentinels: [-9999, 9999], words: { x: 1 }",
        "to: TMAX, unit: °C, factor: 0.1": "to: TMAX, unit: °C, factor: 0.2",
        "from: PRCP": "from: SNOW",
      }),
    });
    const text = await compare(folder);
    assert.match(text, /^data\/2025\.csv\.gz\n/);
    assert.match(text, /TMAX +1 +1 +2 +0\n/);
    assert.match(text, /PRCP +0 +1 +0 +0\n/);
    assert.match(text, /changed columns: data_value \(2\)/);
    assert.match(text, /~ A 2025-01-02 TMAX +data_value -12\.5 → -25\.0\n/);
    assert.match(text, /- B 2025-01-02 TMAX +common_unit °C, data_value 999\.9\n/);
    assert.match(text, /\+ C 2025-01-03 TMAX +common_unit °C, data_value 0\.2\n/);
    assert.match(text, /- 1 × not a number: value +first in line 5\n/);
    assert.match(text, /measurements empty: 0 → 1\nmeasurements filtered: 0 → 1\n/);
    assert.match(text, /1 object, 5 records: the rows differ\n$/);
  });

  test("a unit is part of what changed, not of what a row is", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      "b.yaml": dailyYaml({ "in: 0.1 °C, to: TMAX, unit: °C, factor: 0.1": "in: 0.1 °C, to: TMAX, unit: K" }),
    });
    const facts = JSON.parse(await compare(folder, { json: true })) as Record<string, unknown>;
    assert.deepEqual(facts["columns"], { common_unit: 3, data_value: 3 });
    assert.deepEqual(facts["kpis"], [
      { kpi: "TMAX", added: 0, removed: 0, changed: 3, same: 0 },
      { kpi: "PRCP", added: 0, removed: 0, changed: 0, same: 1 },
    ]);
    assert.equal(facts["different"], true);
  });

  test("nothing changes where nothing does, also where a row is there twice", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      "b.yaml": dailyYaml({ "description: A test.": "description: Another text." }),
      "2020.csv": INPUT + INPUT,
    });
    const text = await compare(folder, { file: join(folder, "2020.csv") });
    assert.match(text, /TMAX +0 +0 +0 +6\n/);
    assert.match(text, /1 object, 10 records: nothing changes\n$/);
  });

  test("several objects, each to a limit", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml({ "from: 2020-01-01": "from: 2023-01-01" }) });
    const facts = JSON.parse(await compare(folder, { new: "a", objects: 3, rows: 2, json: true })) as {
      objects: unknown;
      records: unknown;
    };
    assert.deepEqual(
      facts.objects,
      ["2025", "2024", "2023"].map((year) => ({
        name: `data/${year}.csv.gz`,
        complete: false,
        faults: { old: null, new: null },
      })),
    );
    assert.deepEqual(facts.records, { old: 6, new: 6 });
  });

  test("an object that the new version cannot read brings no rows at all", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml(),
      "b.yaml": dailyYaml({ "header: detect": "header: always" }),
    });
    const text = await compare(folder);
    assert.match(text, / new: none of it would be loaded: .*\[COLUMN_MISSING\]/);
    assert.match(text, /TMAX +0 +3 +0 +0\n/);
  });

  test("the command: wrong usage is exit code 2", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml() });
    const env = { MILLRACE_PIPELINES: folder, AWS_ENDPOINT_URL_S3: bucket.endpoint };
    assert.equal((await millrace(["diff", "a", "a"], { env })).code, 0);
    const unknown = await millrace(["diff", "a", "z"], { env });
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /there is no pipeline z/);
    assert.equal((await millrace(["diff", "a"], { env })).code, 2);
  });
});

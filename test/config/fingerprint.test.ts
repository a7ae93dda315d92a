import assert from "node:assert/strict";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import { readPipeline } from "../../src/config/read.ts";
import { dailyYaml, type Files, folderWith, observationsYaml } from "./folder.ts";

const TABLE = "k,v\na,1\nb,2\n";
const LOOKUP = {
  "station_id: station\n": "station_id: { column: station, lookup: { file: f.csv, key: k, value: v } }\n",
};

async function fingerprintOf(t: TestContext, content: string, files: Files = {}): Promise<string> {
  const folder = await folderWith(t, { "a.yaml": content, "f.csv": TABLE, ...files });
  const { pipeline, problems } = await readPipeline(join(folder, "a.yaml"));
  assert.deepEqual(problems, []);
  assert(pipeline !== undefined);
  return pipeline.fingerprint;
}

suite("the fingerprint", () => {
  test("is a SHA-256 in hex", async (t) => {
    assert.match(await fingerprintOf(t, dailyYaml()), /^[0-9a-f]{64}$/);
  });

  const same: [what: string, changed: string, files?: Files][] = [
    ["a comment", `# hello\n${dailyYaml(LOOKUP)}`],
    ["the schedule", dailyYaml({ ...LOOKUP, "17 */6 * * *": "5 5 * * *" })],
    ["the bucket", dailyYaml({ ...LOOKUP, "a-bucket": "b-bucket" })],
    ["where history starts", dailyYaml({ ...LOOKUP, "2020-01-01": "1999-01-01" })],
    ["a default spelled out", dailyYaml({ ...LOOKUP, "header: detect": 'header: detect\n  delimiter: ","' })],
    [
      "a field written at length",
      dailyYaml({ ...LOOKUP, "quality_flag: flag": "quality_flag: { column: flag }" }),
    ],
    ["a description", dailyYaml({ ...LOOKUP, "Rain.": "Rain and snow.", "A test.": "Another." })],
    ["a check of whole loads", dailyYaml({ ...LOOKUP, "checks:": "checks:\n  rejects: { share: 0.5 }" })],
    ["a credible range", dailyYaml({ ...LOOKUP, "Rain. }": "Rain., range: [0, 5] }" })],
    ["comments and order of a side table", dailyYaml(LOOKUP), { "f.csv": "# new\nk,v\nb,2\na,1\n" }],
    ["another column of a side table", dailyYaml(LOOKUP), { "f.csv": "k,v,w\na,1,x\nb,2,y\n" }],
  ];
  for (const [what, changed, files] of same) {
    test(`stays when ${what} changes`, async (t) => {
      assert.equal(await fingerprintOf(t, changed, files), await fingerprintOf(t, dailyYaml(LOOKUP)));
    });
  }

  const other: [what: string, changed: string, files?: Files][] = [
    [
      "a factor",
      dailyYaml({ ...LOOKUP, "factor: 0.1, description: Rain.": "factor: 0.2, description: Rain." }),
    ],
    ["a sentinel", dailyYaml({ ...LOOKUP, "[-9999]": "[-999]" })],
    ["a column", dailyYaml({ ...LOOKUP, "quality_flag: flag": "quality_flag: element" })],
    ["the order of columns", dailyYaml({ ...LOOKUP, "value, flag]": "flag, value]" })],
    [
      "what is unknown",
      dailyYaml({ ...LOOKUP, "element: element\n": "element: element\n  unknown: keep\n" }),
    ],
    ["the encoding", dailyYaml({ ...LOOKUP, "header: detect": "header: detect\n  encoding: latin-1" })],
    ["the member", dailyYaml({ ...LOOKUP, "header: detect": "header: detect\n  member: x*" })],
    ["the compression", dailyYaml({ ...LOOKUP, "header: detect": "header: detect\n  compression: none" })],
    ["a filter", dailyYaml({ ...LOOKUP, "fields:\n": "filter: [{ column: flag, is: [x] }]\nfields:\n" })],
    [
      "what a measurement says",
      dailyYaml({ ...LOOKUP, "kpis:\n": "measurements: [{ unit: flag }]\nkpis:\n" }),
    ],
    [
      "a unit that the table converts",
      dailyYaml({ ...LOOKUP, "in: 0.1 mm, to: PRCP, unit: mm, factor: 0.1": "in: in, to: PRCP, unit: mm" }),
    ],
    ["an operation", dailyYaml({ ...LOOKUP, "{ column: value, s": "{ column: value, thousands: ' ', s" })],
    ["a required field", dailyYaml({ ...LOOKUP, "[station_id, date]": "[station_id]" })],
    ["a side table's value", dailyYaml(LOOKUP), { "f.csv": "k,v\na,1\nb,3\n" }],
  ];
  for (const [what, changed, files] of other) {
    test(`is another one when ${what} changes`, async (t) => {
      assert.notEqual(await fingerprintOf(t, changed, files), await fingerprintOf(t, dailyYaml(LOOKUP)));
    });
  }

  test("follows statistics, spellings of units, and the key where a field takes from it", async (t) => {
    const fingerprints = await Promise.all(
      [
        observationsYaml(),
        observationsYaml({ "_MAX: max": "_MIN: min" }),
        observationsYaml({ "description: Ozone. }": "description: Ozone., daily: {} }" }),
        observationsYaml({ "description: Ozone. }": "description: Ozone., daily: { _MAX: max } }" }),
        observationsYaml({ "[ug/m3]": "[ug/m3, µg/m3]" }),
        observationsYaml({ "key: loc={location}": "key: other={location}" }),
      ].map(async (content) => await fingerprintOf(t, content)),
    );
    assert.equal(new Set(fingerprints).size, fingerprints.length);
  });

  const keyed: [what: string, replacements: Readonly<Record<string, string>>][] = [
    ["a variable", { "station_id: station\n": "station_id: { variable: year }\n" }],
    ["a template", { "station_id: station\n": 'station_id: { template: "{key.year}{station}" }\n' }],
    ["a filter", { "fields:\n": "filter: [{ variable: year, is: [x] }]\nfields:\n" }],
    ["a measurement", { "kpis:\n": "measurements: [{ unit: { variable: year } }]\nkpis:\n" }],
    ["a zone", { "format: yyyyMMdd": "format: yyyyMMdd HH, zone: UTC, local: { variable: year }" }],
    ["the element", { "element: element\n": "element: { variable: year }\n" }],
    ["the station", { "merge:": "station: { name: { variable: year } }\nmerge:" }],
  ];
  for (const [what, replacements] of keyed) {
    test(`follows the key's template where ${what} takes from it, and only there`, async (t) => {
      const elsewhere = { "key: data/": "key: archive/" };
      assert.notEqual(
        await fingerprintOf(t, dailyYaml(replacements)),
        await fingerprintOf(t, dailyYaml({ ...replacements, ...elsewhere })),
      );
      assert.equal(await fingerprintOf(t, dailyYaml()), await fingerprintOf(t, dailyYaml(elsewhere)));
    });
  }

  test("does not change when the unit table says what a factor said", async (t) => {
    const byTable = dailyYaml({ "unit: mm, factor: 0.1,": "unit: mm," });
    assert.equal(await fingerprintOf(t, byTable), await fingerprintOf(t, dailyYaml()));
  });
});

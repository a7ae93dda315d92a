/** Daily statistics as files say them: for all KPIs, for one of them, for two pipelines of a source. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { dailyKpis } from "../../src/config/daily.ts";
import { readPipelines } from "../../src/config/read.ts";
import {
  assertProblems,
  dailyYaml,
  folderWith,
  observationsYaml,
  pipelineOf,
  placed,
  unmark,
} from "./folder.ts";

const PARTICLES = "description: Particles. }";
const OZONE = "description: Ozone. }";
const DAILY = 'daily: { "": mean, _MAX: max }';

/** Observations whose particles, and ozone, have these statistics of their own. */
const own = (particles: string, ozone?: string, more: Readonly<Record<string, string>> = {}) =>
  observationsYaml({
    [PARTICLES]: `description: Particles., ${particles} }`,
    ...(ozone === undefined ? {} : { [OZONE]: `description: Ozone., ${ozone} }` }),
    ...more,
  });

suite("daily statistics of one KPI", () => {
  const sound: [what: string, yaml: string, names: string[]][] = [
    ["none of its own", observationsYaml(), ["O3", "O3_MAX", "PM25", "PM25_MAX"]],
    ["by suffix", own("daily: { _SUM: sum }"), ["O3", "O3_MAX", "PM25_SUM"]],
    ["by name", own("daily: { DUST: sum, '': min }"), ["DUST", "O3", "O3_MAX", "PM25"]],
    ["none", own("daily: {}"), ["O3", "O3_MAX"]],
    ["none but one", own("daily: { _SUM: sum }", undefined, { [DAILY]: "daily: {}" }), ["PM25_SUM"]],
    [
      "said once for a KPI that two elements become",
      own("daily: { _SUM: sum }", undefined, { "to: O3": "to: PM25" }),
      ["PM25_SUM"],
    ],
    [
      "said twice, in another order",
      own("daily: { _A: sum, _B: min }", "daily: { _B: min, _A: sum }", { "to: O3": "to: PM25" }),
      ["PM25_A", "PM25_B"],
    ],
    [
      "said by the second of two",
      own("gas: O3", "daily: { _A: sum }", { "to: O3": "to: PM25", ", gas: O3": "" }),
      ["PM25_A"],
    ],
    [
      "a direction, however its unit is spelled",
      observationsYaml({
        [`in: µg/m³, to: PM25, unit: µg/m³, ${PARTICLES}`]:
          "in: deg, to: WDIR, unit: degrees, description: Wind., daily: { _MEAN: mean_direction } }",
      }),
      ["O3", "O3_MAX", "WDIR_MEAN"],
    ],
  ];
  for (const [what, yaml, names] of sound) {
    test(what, async (t) => {
      const pipeline = await pipelineOf(t, yaml);
      assert.ok(pipeline.target === "observations");
      const listed = dailyKpis(pipeline).map(({ commonName }) => commonName);
      assert.deepEqual([...new Set(listed)].sort(), names);
    });
  }

  const mistakes: [what: string, yaml: string, messages: string[]][] = [
    [
      "a name in small letters",
      own("daily: { §dust: sum }"),
      ["expected '', a suffix such as _MAX or a name such as PRCP"],
    ],
    [
      "an unknown statistic",
      own("daily: { _SUM: §total }"),
      ["unknown `_SUM` `total`; valid: mean, min, max, sum, mean_direction"],
    ],
    [
      "a name that is listed",
      own("daily: { O3: §sum }"),
      ["the daily statistic `O3` would share its name with a listed KPI"],
    ],
    [
      "a name of another KPI's statistic",
      own("daily: { O3_MAX: sum }").replace("to: O3", "to: §O3"),
      ["the daily statistic `O3_MAX` is one of `PM25` already"],
    ],
    [
      "a name twice",
      own("daily: { _SUM: sum, PM25_SUM: §mean }"),
      ["the daily statistic `PM25_SUM` is one of `PM25` already"],
    ],
    [
      "two sets for one KPI",
      own("daily: { _SUM: sum }", "daily: §{ _SUM: mean }", { "to: O3": "to: PM25" }),
      ["`PM25` has other daily statistics above; one KPI has one set"],
    ],
    [
      "a direction of no angle",
      own("daily: { _MEAN: §mean_direction }"),
      ["`PM25_MEAN`: a direction is in °, and `PM25` is in `µg/m³`"],
    ],
    [
      "a direction of all",
      observationsYaml({
        [DAILY]: "daily: { _DIR: mean_direction }",
        "to: PM25": "to: §PM25",
        "to: O3": "to: §O3",
      }),
      [
        "`PM25_DIR`: a direction is in °, and `PM25` is in `µg/m³`",
        "`O3_DIR`: a direction is in °, and `O3` is in `µg/m³`",
      ],
    ],
    [
      "of daily rows",
      dailyYaml({ "description: Rain. }": "description: Rain., §daily: { _SUM: sum } }" }),
      ["has no effect: only observations have daily statistics"],
    ],
  ];
  for (const [what, yaml, messages] of mistakes) {
    test(what, async (t) => {
      await assertProblems(t, yaml, messages);
    });
  }
});

suite("daily statistics of several pipelines", () => {
  const line = (start: string) =>
    observationsYaml()
      .split("\n")
      .findIndex((text) => text.startsWith(start)) + 1;
  const elsewhere = unmark(own("daily: { PRCP: §sum }"));
  const cases: [what: string, a: string, b: string, problems: string[]][] = [
    ["agree", own("daily: { _SUM: sum }"), own("daily: { _SUM: sum }"), []],
    [
      "of one source differ",
      observationsYaml(),
      observationsYaml({ [DAILY]: "daily: { _MAX: max }" }),
      [`${line("daily:")}:8 \`a\` computes other daily statistics of \`air\`; a source has one set`],
    ],
    [
      "of one KPI of one source differ",
      own("daily: { _SUM: sum }"),
      observationsYaml(),
      [
        `${line("  list:")}:3 \`a\` computes other daily statistics of \`air\`: those of \`PM25\` must be the same, so list it in both`,
      ],
    ],
    [
      "of two sources may differ",
      observationsYaml(),
      observationsYaml({ [DAILY]: "daily: { _MAX: max }", "source: air": "source: wind" }),
      [],
    ],
    [
      "in another unit than a KPI of that name",
      dailyYaml(),
      elsewhere.text,
      [`${elsewhere.places[0] ?? ""} \`PRCP\` is in \`mm\` in \`a\`; a harmonised name has one unit`],
    ],
  ];
  for (const [what, a, b, problems] of cases) {
    test(what, async (t) => {
      const folder = await folderWith(t, { "a.yaml": a, "b.yaml": b });
      assert.deepEqual(placed((await readPipelines(folder)).problems), problems);
    });
  }

  test("a borrowed list brings its statistics, and what is wrong with them here", async (t) => {
    const borrowing = (daily: string) =>
      observationsYaml({ [DAILY]: daily }).replace(
        /kpis:[^]*?(?=daily:)/,
        "kpis: { element: parameter, unit: unit, of: a }\n",
      );
    const files = { "a.yaml": own("daily: { DUST: sum }"), "b.yaml": borrowing(DAILY) };
    const { pipelines, problems } = await readPipelines(await folderWith(t, files));
    assert.deepEqual(placed(problems), []);
    const [, b] = pipelines;
    assert.ok(b?.target === "observations");
    const names = dailyKpis(b).map(({ commonName }) => commonName);
    assert.deepEqual(names, ["DUST", "O3", "O3_MAX"]);
    const wrong = {
      "a.yaml": own("daily: { O3_MIN: sum }"),
      "b.yaml": borrowing("daily: { _MIN: min }").replace("source: air", "source: wind"),
    };
    const { problems: told } = await readPipelines(await folderWith(t, wrong));
    assert.deepEqual(placed(told), ["19:45 the daily statistic `O3_MIN` is one of `PM25` already"]);
  });
});

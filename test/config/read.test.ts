import assert from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { readPipeline, readPipelines } from "../../src/config/read.ts";
import {
  assertProblems,
  dailyYaml,
  type Files,
  folderWith,
  observationsYaml,
  placed,
  unmark,
} from "./folder.ts";

type Replacements = Readonly<Record<string, string>>;

suite("a file without mistakes", () => {
  test("becomes a pipeline with defaults filled in and sizes in bytes", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), "b-2.yaml": observationsYaml() });
    const { pipelines, problems } = await readPipelines(folder);
    assert.deepEqual(problems, []);
    const [daily, observations] = pipelines;
    assert(daily?.target === "daily" && observations?.target === "observations");
    assert.equal(daily.name, "a");
    assert.equal(daily.enabled, true);
    assert.deepEqual(daily.fields.station_id, {
      column: "station",
      missing: [],
      prefix: "",
      suffix: "",
    });
    assert(daily.format.type === "delimited");
    assert.equal(daily.format.record_limit, 1_048_576);
    assert.equal(daily.checks.rejects.share, 0.01);
    assert.deepEqual(
      daily.kpiList.map(({ to, add, multiply, divide }) => [to, add, multiply, divide]),
      [
        ["TMAX", 0, 0.1, 1],
        ["PRCP", 0, 0.1, 1],
      ],
    );
    assert.equal(observations.name, "b-2");
    assert.deepEqual(observations.objects.together, { objects: 10, bytes: 1_048_576 });
    assert.deepEqual(observations.objects.values, { location: ["12", "13"] });
    assert.deepEqual(observations.unitAliases, { "µg/m³": ["ug/m3"] });
  });

  test("may leave `otherwise: null` unquoted", async (t) => {
    const field = "{ column: flag, lookup: { file: f.csv, key: k, value: v, otherwise: null } }";
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml({ "quality_flag: flag": `quality_flag: ${field}` }),
      "f.csv": "# where it is from\nk,v\nX,bad\n",
    });
    const { pipeline, problems } = await readPipeline(join(folder, "a.yaml"));
    assert.deepEqual(problems, []);
    assert(pipeline?.target === "daily");
    assert.equal(pipeline.fields.quality_flag?.lookup?.otherwise, "null");
    assert.deepEqual(pipeline.lookups.get("f.csv\nk\nv"), new Map([["X", "bad"]]));
  });
});

suite("mistakes", () => {
  test("five of different kinds are five problems with their lines and columns", async (t) => {
    const folder = await folderWith(t, {
      "a.yaml": dailyYaml({
        "type: delimited": 'type: delimited\n  delimeter: ";"',
        "header: detect": "header: sometimes",
        "station_id: station\n": "station_id: statoin\n",
        "factor: 0.1, description: Rain.": "factor: fast, description: Rain.",
        "year: year }": "year: yeer }",
      }),
    });
    assert.deepEqual(placed((await readPipeline(join(folder, "a.yaml"))).problems), [
      "12:3 unknown key `delimeter`; did you mean `delimiter`?",
      "13:11 unknown `header` `sometimes`; valid: none, always, detect",
      "16:15 no column `statoin` in format.columns; did you mean `station`?",
      "24:61 expected a number, found a text",
      "25:44 objects.key has no variable `yeer`; did you mean `year`?",
    ]);
  });

  test("in one file leave the others usable", async (t) => {
    const broken = dailyYaml({ "source: test": "source: 7" });
    const folder = await folderWith(t, { "a.yaml": broken, "b.yaml": observationsYaml() });
    const { pipelines, problems } = await readPipelines(folder);
    assert.deepEqual(
      pipelines.map(({ name }) => name),
      ["b"],
    );
    assert.deepEqual(placed(problems), ['2:9 expected a text; put it in quotes: "7"']);
    assert.equal(problems[0]?.file, join(folder, "a.yaml"));
  });

  const targets = "daily, observations, stations, countries, inventory";
  const formats = "delimited, fixed-width, json-lines, json";
  const daily: [what: string, replacements: Replacements, messages: string[]][] = [
    [
      "a wrong target, with the mistakes of the one that was meant",
      { "target: daily": "target: §dayly", "flag\nkpis": "§flog\nkpis" },
      [
        `unknown \`target\` \`dayly\`; did you mean \`daily\`? (valid: ${targets})`,
        "no column `flog` in format.columns; did you mean `flag`?",
      ],
    ],
    [
      "a missing target, at the top of the file",
      { "description: A": "§description: A", "target: daily\n": "" },
      [`missing key \`target\`; valid: ${targets}`],
    ],
    [
      "a missing key, at its parent",
      { "  key: data/{year:yyyy}.csv.gz\n": "", "objects:\n": "§objects:\n" },
      ["missing key `key`"],
    ],
    [
      "neither bucket nor url",
      { "bucket: a-bucket\n  key": "§key" },
      ["expected exactly one of bucket, url"],
    ],
    [
      "both bucket and url",
      { "bucket: a-bucket\n": "§bucket: a-bucket\n  url: https://example.org/x\n" },
      ["expected exactly one of bucket, url"],
    ],
    [
      "an unknown format, with the mistakes of the one that was meant",
      { "type: delimited": "type: §delimitted", "header: detect": "header: §1" },
      [
        `unknown \`type\` \`delimitted\`; did you mean \`delimited\`? (valid: ${formats})`,
        "unknown `header` `1`; valid: none, always, detect",
      ],
    ],
    [
      "a key far from every valid one: these are listed",
      { "change: content": "§zzzzzz: 1" },
      [
        "unknown key `zzzzzz`; valid: bucket, region, endpoint, url, listing, lag_days, connections, key, values, from, change, together",
      ],
    ],
    [
      "a number in a list of texts",
      { "[-9999] }": "[-9999], missing: [§-999.9] }" },
      ['expected a text; put it in quotes: "-999.9"'],
    ],
    ["a text in a list of numbers", { "[-9999] }": "[-9999, §none] }" }, ["expected a number, found a text"]],
    ["a day that does not exist", { "2020-01-01": "§2021-02-29" }, ["there is no such day in the calendar"]],
    [
      "an endpoint with a password, which is not repeated",
      { "  from:": "  endpoint: §http://u:secret@h\n  from:" },
      ["credentials do not belong into a pipeline file"],
    ],
    [
      "two sources of one field",
      { "station_id: station\n": "station_id: §{ column: station, literal: x }\n" },
      ["expected exactly one of column, literal, variable, template, hash, preamble"],
    ],
    [
      "`part` without a column",
      { "station_id: station\n": "station_id: { literal: x, part: §1-2 }\n" },
      ["`part` takes bytes of a column; this field has none"],
    ],
    [
      "a range of bytes that runs backwards",
      { "station_id: station\n": "station_id: { column: station, part: §9-2 }\n" },
      ["expected the first byte before the last"],
    ],
    [
      "the period's end of a plain date",
      { "format: yyyyMMdd": "format: yyyyMMdd, §day_of: end" },
      ["has no effect: `yyyyMMdd` has no time of day"],
    ],
    [
      "a cron expression out of range",
      { '"17 */6 * * *"': '§"99 * * * *"' },
      ["not a cron expression: Invalid value for minute: 99"],
    ],
    ["a cron expression that never comes", { '"17 */6 * * *"': '§"0 0 30 2 *"' }, ["this time never comes"]],
    [
      "a date instead of a cron expression",
      { '"17 */6 * * *"': "§2099-01-01T00:00:00" },
      ["expected a cron expression: minute, hour, day of month, month, day of week"],
    ],
    ["an element listed twice", { "from: PRCP": "from: §TMAX" }, ["`TMAX` is listed twice"]],
    [
      "one harmonised name in two units",
      { "to: PRCP, unit: mm": "to: TMAX, unit: §mm" },
      ["`TMAX` is in `°C` above; a harmonised name has one unit"],
    ],
    [
      "a credible range whose ends are swapped",
      { "description: Rain.": "description: Rain., range: §[5, 1]" },
      ["expected the least value before the greatest"],
    ],
    [
      "a required field that is not there",
      { "[station_id, date]": "[station_id, §dat]" },
      ["no field `dat` in fields; did you mean `date`?"],
    ],
    ["a column named twice", { "value, flag]": "value, flag, §date]" }, ["column `date` is named twice"]],
    [
      "a header name for an unknown column",
      { "fields:": "  header_names: { §statoin: ID }\nfields:" },
      ["no column `statoin` in format.columns; did you mean `station`?"],
    ],
    [
      "delimiter and quote alike",
      { "header: detect": "header: detect\n  delimiter: §'\"'" },
      ["quote and delimiter are the same character"],
    ],
    [
      "a quote that is no ASCII character",
      { "header: detect": "header: detect\n  quote: §·" },
      ["expected one ASCII character"],
    ],
    [
      "line ends in fields without quotes",
      { "header: detect": "header: detect\n  quote: none\n  multiline: §true" },
      ["only a quoted field can hold line ends, and `quote` is none"],
    ],
    [
      "a brace without its partner",
      { "key: data/{year:yyyy}": "key: §data/{year:yyyy" },
      ['"{" stands alone'],
    ],
    [
      "a date format of other letters",
      { "key: data/{year:yyyy}": "key: §data/{year:YYYY}" },
      ['{year:YYYY}: "Y" in the date format "YYYY" is none of yyyy, MM, dd, HH, unix and - _ . : T'],
    ],
    [
      "a template that can be read in several ways, and a date without its year",
      { "key: data/{year:yyyy}": "key: §§data/{a}{b}/{month:MM}" },
      [
        "nothing separates {a} from {b}",
        "{month} tells its month, but nowhere its year: parts of one date have one name",
      ],
    ],
    ["an empty template", { "key: data/{year:yyyy}.csv.gz": 'key: §""' }, ["must not be empty"]],
    [
      "a year that is no date in the key",
      { "{year:yyyy}.csv": "{year}-{day:yyyyMMdd}.csv", "year: year }": "year: §year }" },
      ["`year` must stand as {year:yyyy} in objects.key"],
    ],
    [
      "a start of history where keys have no date",
      { "{year:yyyy}.csv": "{year}.csv", "from: 2020": "from: §2020", "year: year }": "year: §year }" },
      ["has no effect: objects.key has no date", "`year` must stand as {year:yyyy} in objects.key"],
    ],
    [
      "objects that replace a slice together",
      { "change: content": "§together: { objects: 5 }" },
      ["an object that replaces a slice is loaded alone"],
    ],
    [
      "both list and of",
      { "  element: element\n": "  §element: element\n  of: §a\n" },
      ["expected exactly one of list, of", "this goes in a circle: a → a"],
    ],
    [
      "an expectation that asks nothing of the rows",
      { "checks:": "checks:\n  expectations: [{ name: n, sql: §select 1, expect: 1 }]" },
      ["the query must ask the staged rows: select … from {rows}"],
    ],
    ["a list where a text belongs", { "source: test": "source: §[test]" }, ["expected a text, found a list"]],
    ["a key with nothing behind it", { "source: test": "§source:" }, ["expected a text, found nothing"]],
    [
      "a size that is none",
      { "header: detect": "header: detect\n  record_limit: §5 apples" },
      ["expected a size such as 64 MiB"],
    ],
    [
      "a size of the wrong kind",
      { "header: detect": "header: detect\n  record_limit: §[1]" },
      ["expected a number or a text, found a list"],
    ],
  ];
  for (const [what, replacements, messages] of daily) {
    test(what, async (t) => {
      await assertProblems(t, dailyYaml(replacements), messages);
    });
  }

  test("a list of KPIs without any", async (t) => {
    const text = dailyYaml({ "  list:\n": "  list: §[]\n" }).replaceAll("    - {", "    # {");
    await assertProblems(t, text, ["must not be empty"]);
  });

  const observations: typeof daily = [
    [
      "a variable that the key has not",
      { "variable: location": "variable: §locaton" },
      ["objects.key has no variable `locaton`; did you mean `location`?"],
    ],
    [
      "values of an unknown variable",
      { "values: { location: [": "values: { §id: [" },
      ["objects.key has no variable `id`; valid: location, day"],
    ],
    [
      "values of a date",
      { "values: { location: [": "values: { §day: [" },
      ["dates are chosen by `from`, `--from` and `--to`, not by values"],
    ],
    [
      "an id whose zeros YAML would drop",
      { "[12, 13]": "[§0012, 13]" },
      ['this is read as 12; put it in quotes to keep it: "0012"'],
    ],
    [
      "mistakes in one variant of a field: only that variant's",
      { "averaging: { column: span, unit: span_unit }": "averaging: { column: span, §units: span_unit }" },
      ["unknown key `units`; did you mean `unit`?"],
    ],
    [
      "an averaging period from nowhere",
      { "averaging: { column: span, unit: span_unit }": "averaging: §{ unit: span_unit }" },
      ["expected exactly one of column, literal, variable, template, hash, preamble"],
    ],
    [
      "an averaging period's columns that there are not",
      {
        "averaging: { column: span, unit: span_unit }":
          "averaging: { column: §spam, unit: { column: §span_units, replace: { -hr: hours } } }",
      },
      [
        "no column `spam` in format.columns; did you mean `span`?",
        "no column `span_units` in format.columns; did you mean `span_unit`?",
      ],
    ],
    [
      "an averaging period's side table that there is not",
      {
        "averaging: { column: span, unit: span_unit }":
          "averaging: { column: span, lookup: { file: §none.csv, key: text, value: seconds } }",
      },
      ["there is no file none.csv"],
    ],
    [
      "an averaging period that is none",
      { "averaging: { column: span, unit: span_unit }": "averaging: { literal: §0 }" },
      ["expected a number greater than 0"],
    ],
    [
      "a spelling of two units",
      { "{ µg/m³: [ug/m3] }": "{ µg/m³: [ug/m3], ppb: [§ug/m3] }" },
      ["`ug/m3` already stands for `µg/m³`"],
    ],
    [
      "a statistic that takes a listed name",
      { "to: PM25,": "to: §PM25,", "to: O3,": "to: PM25_MAX," },
      ["the daily statistic `PM25_MAX` would share its name with a listed KPI"],
    ],
    [
      "an unknown statistic",
      { "_MAX: max": "_MAX: §most" },
      ["unknown `_MAX` `most`; valid: mean, min, max, sum, mean_direction"],
    ],
    ["a suffix in small letters", { "_MAX: max": "§_max: max" }, ["expected '' or a suffix such as _MAX"]],
  ];
  for (const [what, replacements, messages] of observations) {
    test(what, async (t) => {
      await assertProblems(t, observationsYaml(replacements), messages);
    });
  }
});

suite("references to other pipelines", () => {
  const inventory = (of: string) => `description: A test.
source: test
target: inventory
objects: { bucket: a-bucket, key: inventory.txt }
format: { type: fixed-width, columns: { id: 1-11, element: 32-35, first: 37-40, last: 42-45 } }
fields: { station_id: id, from_year: first, until_year: last }
kpis: { element: element, of: ${of} }
merge: { mode: replace, slice: all }
`;

  test("`kpis.of` takes the list of the other one", async (t) => {
    const folder = await folderWith(t, { "a.yaml": inventory("daily"), "daily.yaml": dailyYaml() });
    const { pipelines, problems } = await readPipelines(folder);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      pipelines[0]?.kpiList.map(({ to }) => to),
      ["TMAX", "PRCP"],
    );
    const alone = await readPipeline(join(folder, "a.yaml"));
    assert.deepEqual(alone.pipeline, pipelines[0]);
  });

  const cases: [what: string, files: Record<string, string>, message: string][] = [
    ["no pipeline", { "daily.yaml": dailyYaml() }, "no pipeline `daly`; did you mean `daily`?"],
    ["a circle", { "daly.yaml": inventory("a") }, "this goes in a circle: a → daly → a"],
    ["a broken one", { "daly.yaml": "x: [" }, "`daly` has mistakes of its own"],
    [
      "a list that needs units",
      { "daly.yaml": observationsYaml({ "from: o3": "from: pm25" }) },
      "`daly` lists `pm25` in several units; kpis.unit must tell which",
    ],
  ];
  for (const [what, files, message] of cases) {
    test(`\`kpis.of\` names ${what}`, async (t) => {
      const folder = await folderWith(t, { "a.yaml": inventory("daly"), ...files });
      const { problems } = await readPipeline(join(folder, "a.yaml"));
      assert.deepEqual(placed(problems), [`7:31 ${message}`]);
    });
  }

  test("two pipelines that replace each other's rows contradict", async (t) => {
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), "b.yaml": dailyYaml() });
    const { pipelines, problems } = await readPipelines(folder);
    assert.deepEqual(
      pipelines.map(({ name }) => name),
      ["a"],
    );
    assert.deepEqual(placed(problems), [
      "2:9 `a` fills the same tables of `test`; each would replace the other's rows",
    ]);
  });

  test("a harmonised name has one unit in all pipelines", async (t) => {
    const { text, places } = unmark(observationsYaml({ "to: O3, unit: µg/m³": "to: PRCP, unit: §inch" }));
    const folder = await folderWith(t, { "a.yaml": dailyYaml(), "b.yaml": text });
    assert.deepEqual(placed((await readPipelines(folder)).problems), [
      `${places[0] ?? ""} \`PRCP\` is in \`mm\` in \`a\`; a harmonised name has one unit`,
    ]);
  });

  test("an element of one source has one meaning in all pipelines", async (t) => {
    const { text, places } = unmark(
      observationsYaml({ "{ from: o3": "§{ from: o3", "factor: 1.963": "factor: 1.995" }),
    );
    const folder = await folderWith(t, { "a.yaml": observationsYaml(), "b.yaml": text });
    assert.deepEqual(placed((await readPipelines(folder)).problems), [
      `${places[0] ?? ""} \`a\` makes \`O3\` × 1.963 of this element`,
    ]);
  });
});

suite("side tables", () => {
  const using = (file: string, key = "k") =>
    dailyYaml({
      "station_id: station\n": `station_id: { column: station, lookup: { key: ${key}, value: v, file: ${file} } }\n`,
    });

  test("are taken from the file's own folder, else from the given one", async (t) => {
    const home = await folderWith(t, { "lookups/f.csv": "k,v\na,1\n" });
    const elsewhere = await folderWith(t, { "a.yaml": using("lookups/f.csv") });
    const { pipeline } = await readPipeline(join(elsewhere, "a.yaml"), home);
    assert.deepEqual(pipeline?.lookups.get("lookups/f.csv\nk\nv"), new Map([["a", "1"]]));
    const alone = await readPipeline(join(elsewhere, "a.yaml"));
    assert.equal(alone.pipeline, undefined);
  });

  test("may begin with comments, which may hold anything; quotes and CRLF are understood", async (t) => {
    const table = '\ufeff# a "comment, with a stray quote\r\n#\r\n\r\nk,v\r\n"a,b","say ""x"""\r\nc,\r\n';
    const folder = await folderWith(t, { "a.yaml": using("f.csv"), "f.csv": table });
    const { pipeline } = await readPipeline(join(folder, "a.yaml"));
    assert.deepEqual(
      pipeline?.lookups.get("f.csv\nk\nv"),
      new Map([
        ["a,b", 'say "x"'],
        ["c", ""],
      ]),
    );
  });

  const cases: [what: string, marked: string, files: Files, message: string][] = [
    ["that do not exist", using("§f.csv"), {}, "there is no file f.csv"],
    ["above the folder", using("§../f.csv"), {}, "expected a path below the pipelines folder"],
    ["at an absolute path", using("§/etc/passwd"), {}, "expected a path below the pipelines folder"],
    ["that are folders", using("§lookups"), { "lookups/x": "" }, "lookups is not a file"],
    [
      "without the named column",
      using("f.csv", "§kee"),
      { "f.csv": "key,v\na,1\n" },
      "f.csv has no column `kee`; did you mean `key`?",
    ],
    ["that are empty", using("§f.csv"), { "f.csv": "# nothing\n" }, "f.csv has no header"],
    [
      "with a ragged row",
      using("§f.csv"),
      { "f.csv": "k,v\na,1,2\n" },
      'f.csv: a row has another number of columns than the header: ["a","1","2"]',
    ],
    [
      "that contradict themselves",
      using("§f.csv"),
      { "f.csv": "k,v\na,1\na,2\n" },
      "f.csv gives `a` two different values of v",
    ],
    ["that are no text", using("§f.csv"), { "f.csv": Buffer.from([0x6b, 0xff]) }, "f.csv is not valid UTF-8"],
    [
      "with one stray quote",
      using("§f.csv"),
      { "f.csv": 'k,v\n"a,1\nb,2\n' },
      `f.csv: Parse Error: missing closing: '"' in line: at '"a,1\\n'b,2\\n''`,
    ],
  ];
  for (const [what, marked, files, message] of cases) {
    test(`${what} are refused`, async (t) => {
      const { text, places } = unmark(marked);
      const folder = await folderWith(t, { "a.yaml": text, ...files });
      const { problems } = await readPipeline(join(folder, "a.yaml"));
      assert.deepEqual(placed(problems), [`${places[0] ?? ""} ${message}`]);
    });
  }

  test("behind a link that leaves the folder are refused; a link inside is followed", async (t) => {
    const outside = await folderWith(t, { "f.csv": "k,v\na,1\n" });
    const folder = await folderWith(t, {
      "a.yaml": using("out.csv"),
      "b.yaml": using("in.csv"),
      "f.csv": "k,v\na,1\n",
    });
    await symlink(join(outside, "f.csv"), join(folder, "out.csv"));
    await symlink(join(folder, "f.csv"), join(folder, "in.csv"));
    const refused = await readPipeline(join(folder, "a.yaml"));
    assert.deepEqual(
      refused.problems.map(({ message }) => message),
      ["this link leads out of the pipelines folder"],
    );
    assert.deepEqual((await readPipeline(join(folder, "b.yaml"))).problems, []);
  });
});

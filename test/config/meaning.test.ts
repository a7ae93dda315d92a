/** Mistakes in what a file means: each with its place, what was expected, and nothing that merely follows from it. */
import { suite, test } from "node:test";
import { assertProblems, dailyYaml, observationsYaml } from "./folder.ts";

type Case = [what: string, replacements: Readonly<Record<string, string>>, messages: string[]];

const COLUMNS = "columns: [station, date, element, value, flag]";
const STATION = "station_id: station\n";
const VALUE = "value: { column: value, sentinels: [-9999] }";
const FLAG = "quality_flag: flag";
const FIELDS = "fields:\n";
const DATE = "date: { column: date, format: yyyyMMdd }";

function run(cases: readonly Case[], yaml = dailyYaml): void {
  for (const [what, replacements, messages] of cases) {
    test(what, async (t) => {
      await assertProblems(t, yaml(replacements), messages);
    });
  }
}

const near = "no column `dat` in format.columns; did you mean `date`?";

suite("columns", () => {
  run([
    ["in a template", { [STATION]: 'station_id: { template: §"{station}-{dat:05?}" }\n' }, [near]],
    ["in a hash", { [STATION]: "station_id: { hash: [station, §dat] }\n" }, [near]],
    ["in a filter", { [FIELDS]: "filter:\n  - { column: §dat, is: [x] }\nfields:\n" }, [near]],
    ["of the element", { "element: element": "element: { column: §dat, case: upper }" }, [near]],
    ["of the unit", { "element: element": "element: element\n  unit: §dat" }, [near]],
    ["of the station", { "merge:": "station: { name: §dat, no_position_at_zero: true }\nmerge:" }, [near]],
    [
      "of a zone",
      {
        [DATE]:
          "date: { column: date, format: yyyyMMdd HH, zone: UTC, local: { latitude: §dat, longitude: { column: §dat } } }",
      },
      [near, near],
    ],
    ["that a header may lack", { "header: detect": "header: detect\n  optional: [§dat]" }, [near]],
    [
      "that nothing names",
      { "format:\n": "§format:\n", "header: detect": "header: none", [COLUMNS]: "quote: none" },
      ["missing key `columns`: with `header: none` nothing else names them"],
    ],
    [
      "by name where there may be no header",
      { [COLUMNS]: "columns: { station: 1, date: §DATE, element: 3, value: 4, flag: 5 }" },
      ["expected the column's number: with `header: detect` not every file has names"],
    ],
    [
      "two of one number",
      { [COLUMNS]: "columns: { station: 1, date: 2, element: 3, value: 4, flag: §4 }" },
      ["`4` is already `value`"],
    ],
    [
      "as the header has them, when there always is one",
      { "header: detect": "header: always", [`  ${COLUMNS}\n`]: "" },
      [],
    ],
  ]);

  test("of a repeated group in fixed width are numbered", async (t) => {
    const text = dailyYaml({
      "type: delimited\n  header: detect": "type: fixed-width",
      [COLUMNS]:
        "columns: { station: 1-5, date: 6-13, element: 14-17, flag: 18 }\n  repeat: { count: 2, every: 5, columns: { v: 19-23 } }",
      [VALUE]: "value: §v3",
    });
    await assertProblems(t, text, ["no column `v3` in format.columns; did you mean `v1`?"]);
  });

  test("that lead through lists without end", async (t) => {
    const text = dailyYaml({
      "type: delimited\n  header: detect": "type: json",
      [`  ${COLUMNS}\n`]: "",
      [VALUE]: "value: §a[][][][][].b[][][][].c",
    });
    await assertProblems(t, text, ["`a[][][][][].b[][][][].c` leads through more than 8 lists and objects"]);
  });
});

suite("fields", () => {
  const pattern = (text: string) => ({ [STATION]: `station_id: { column: station, match: §'${text}' }\n` });
  run([
    [
      "a template with a brace too many",
      { [STATION]: 'station_id: { template: §"{station}}" }\n' },
      ['"}" stands alone'],
    ],
    [
      "a variable in a template that the key has not",
      { [STATION]: 'station_id: { template: §"{key.yaer}-{station}" }\n' },
      ["objects.key has no variable `yaer`; did you mean `year`?"],
    ],
    [
      "a regular expression with an open bracket",
      pattern("^(a|(b)"),
      ["not a regular expression of RE2: missing closing ) for that at character 2"],
    ],
    [
      "one that looks ahead, which RE2 does not",
      pattern("a(?=b)"),
      ["not a regular expression of RE2: invalid or unsupported Perl syntax at character 2: `(?=`"],
    ],
    [
      "one in a filter",
      { [FIELDS]: "filter:\n  - { column: flag, matches: §'[z-a]' }\nfields:\n" },
      ["not a regular expression of RE2: invalid character class range at character 2: `z-a`"],
    ],
    [
      "a flag of two meanings",
      { [FLAG]: "quality_flag: { column: flag, pass: [A, B], fail: [§A], unknown: [C, §C] }" },
      ["`A` already means pass", "`C` is named twice"],
    ],
    [
      "a flag without a column",
      { [FLAG]: "quality_flag: §{ fail: [A] }" },
      ["expected one of column, literal, variable, template, hash, preamble"],
    ],
    [
      "a value without a column",
      { [VALUE]: "value: §{ sentinels: [-9999] }" },
      ["expected one of column, literal, variable, template, hash, preamble"],
    ],
    ["no value at all", { "fields:\n": "§fields:\n", [`  ${VALUE}\n`]: "" }, ["missing key `value`"]],
    [
      "a filter that nothing passes",
      { [FIELDS]: "filter:\n  - { column: value, at_least: 5, at_most: §3 }\nfields:\n" },
      ["no number is at least `at_least` and at most this"],
    ],
    [
      "a side table that is not there, in a filter",
      {
        [FIELDS]:
          "filter:\n  - { column: flag, is: [x], lookup: { file: §f.csv, key: k, value: v } }\nfields:\n",
      },
      ["there is no file f.csv"],
    ],
    [
      "a side table that is not there, in a zone",
      {
        [DATE]:
          "date: { column: date, format: yyyyMMdd HH, zone: UTC, local: { column: station, lookup: { file: §f.csv, key: k, value: v } } }",
      },
      ["there is no file f.csv"],
    ],
    [
      "a part of what is no column",
      { [VALUE]: "value: { literal: '123', part: §1-2 }" },
      ["`part` takes bytes of a column; this field has none"],
    ],
  ]);
});

suite("dates and times", () => {
  const time = (text: string) => ({ "time: { column: time, format: iso }": `time: ${text}` });
  run([
    [
      "a date without its day",
      { "format: yyyyMMdd": "format: §yyyyMM HH" },
      ["it has a time of day but no day: dd or d (or DDD, the day of the year)"],
    ],
    [
      "a zone for a plain date, and a day that begins in it",
      { "format: yyyyMMdd": 'format: yyyyMMdd, §zone: UTC, §day_starts: "06:00"' },
      ["has no effect: `yyyyMMdd` has no time of day", "has no effect: `yyyyMMdd` has no time of day"],
    ],
    [
      "the day of a time in a daily row",
      { [DATE]: "date: { of: §time }" },
      ["only observations have a time that a date could be taken from"],
    ],
    [
      "a day elsewhere, of a time without a zone",
      { "format: yyyyMMdd": 'format: "yyyyMMdd HH", §local: Europe/Berlin' },
      ["the day in another zone can be told only if `zone` says in which one `yyyyMMdd HH` is written"],
    ],
    [
      "a zone that there is not",
      { "format: yyyyMMdd": 'format: "yyyyMMdd HH", zone: §Europe/Berlino' },
      [
        "expected UTC, an offset such as +01:00 or UTC-5, or a name such as Europe/Berlin (abbreviations such as PDT or CEST name none: write -07:00 or +02:00)",
      ],
    ],
  ]);
  run(
    [
      [
        "a time without a zone",
        time('{ column: time, format: §"yyyy-MM-dd HH:mm" }'),
        [
          "`yyyy-MM-dd HH:mm` does not say how far its clock is from UTC: `zone` must, such as UTC or Europe/Berlin",
        ],
      ],
      [
        "a time that is a date",
        time("{ column: time, format: §yyyy-MM-dd }"),
        ["a time needs an hour, HH or H; `yyyy-MM-dd` is a date"],
      ],
      [
        "the day of that time",
        { "date: { column: time, format: iso, day_of: end }": "date: { of: time, day_of: end }" },
        [],
      ],
      [
        "the start of a period whose length nobody tells",
        {
          ...time("{ column: time, format: iso, marks: §start }"),
          "  averaging: { column: span, unit: span_unit }\n": "",
        },
        ["kept is the end of the period, start + averaging: this needs `averaging`"],
      ],
      ["the start of a period whose length is told", time("{ column: time, format: iso, marks: start }"), []],
    ],
    observationsYaml,
  );
});

suite("formats", () => {
  run([
    [
      "a member of what is no zip",
      { "header: detect": "header: detect\n  compression: gzip\n  §member: x" },
      ["has no effect: only a zip archive has members, and `compression` is gzip"],
    ],
    [
      "header names beside a map",
      {
        [COLUMNS]:
          "columns: { station: 1, date: 2, element: 3, value: 4, flag: 5 }\n  §header_names: { value: V }",
      },
      ["has no effect: a map of columns gives the header's names itself"],
    ],
    [
      "lines after a header that there is not",
      { "header: detect": "header: none\n  §skip_after_header: 1\n  §header_repeats: true" },
      ["has no effect: `header` is none", "has no effect: `header` is none"],
    ],
    [
      "a comment that is the delimiter",
      { "header: detect": 'header: detect\n  comment: §["#", ","]' },
      ["comment and delimiter are the same character"],
    ],
    [
      "records of several lines, where quotes are escaped",
      { "header: detect": "header: detect\n  escape: '\\'\n  multiline: §true" },
      ["does not go together with `escape`: such a record is one line"],
    ],
    [
      "a long delimiter, where quotes are escaped",
      { "header: detect": "header: detect\n  escape: '\\'\n  delimiter: §'||'" },
      ["expected one character, which is all that goes together with `escape`"],
    ],
  ]);
});

suite("objects", () => {
  const url = (more: string) => ({
    "bucket: a-bucket": `url: https://example.org/x\n  ${more}`,
    "  change: content\n": "",
  });
  const KEY = "key: data/{year:yyyy}.csv.gz";
  run([
    [
      "a bucket with what belongs to a server",
      { "change: content": "§listing: keys\n  §lag_days: 1\n  §connections: 2" },
      Array<string>(3).fill("has no effect: objects of a bucket are listed; this belongs to `url`"),
    ],
    [
      "a server with what belongs to a bucket",
      url("§region: eu-west-1\n  §endpoint: https://s3.example.org"),
      Array<string>(2).fill("has no effect: this belongs to a `bucket`, not to a `url`"),
    ],
    [
      "a server's folder with a query",
      { "bucket: a-bucket": "url: §https://example.org/x?y=1" },
      ["expected a folder's URL; a query belongs into `key`"],
    ],
    [
      "keys to be asked for, without values and without a first date",
      { ...url("listing: §§keys"), [KEY]: "key: data/{year:yyyy}-{site}.csv.gz", "  from: 2020-01-01\n": "" },
      [
        "to ask for every key, {year} needs a first date: `from`",
        "to ask for every key, {site} needs its `values`",
      ],
    ],
    [
      "a query that no page lists",
      { ...url("connections: 1"), [KEY]: 'key: §"data?year={year:yyyy}"' },
      ["no page lists what a server answers to a query: this needs `listing: keys`"],
    ],
    [
      "days of lag where keys are listed",
      url("§lag_days: 3"),
      ["has no effect: only `listing: keys` asks for keys by their dates"],
    ],
    [
      "a key that leads out of the folder",
      { [KEY]: "key: §../{year:yyyy}.csv.gz" },
      ["a key has no `.` or `..` between its slashes"],
    ],
    [
      "a value that leads out of the folder",
      { [KEY]: "key: data/{site}/{year:yyyy}.csv.gz\n  values: { site: [§.., a] }" },
      ["this would lead out of the folder"],
    ],
    [
      "a key from the server's root",
      { ...url("connections: 1"), [KEY]: "key: §/data/{year:yyyy}.csv.gz" },
      ["keys lie below the `url`: no / before them"],
    ],
  ]);
});

suite("KPIs", () => {
  run([
    ["no element", { "  element: element\n": "", "kpis:": "§kpis:" }, ["missing key `element`"]],
    [
      "a unit that is its own",
      { "in: 0.1 mm, to: PRCP, unit: mm, factor: 0.1": "in: NTU, to: PRCP, unit: NTU" },
      [],
    ],
    [
      "a unit that the table converts",
      { "in: 0.1 mm, to: PRCP, unit: mm, factor: 0.1": "in: hundredths of inches, to: PRCP, unit: mm" },
      [],
    ],
    [
      "a unit that becomes no other",
      { "in: 0.1 mm, to: PRCP, unit: mm, factor: 0.1": "in: §hPa, to: PRCP, unit: mm" },
      [
        "no way from `hPa` to `mm`; mm can be made of m, mm, cm, km, µm, in, ft, mi, NM, kg/m²; or give `factor`: harmonised = value × factor",
      ],
    ],
    [
      "a gas that changes nothing",
      { "in: 0.1 mm, to: PRCP, unit: mm, factor: 0.1": "in: 0.1 mm, to: PRCP, unit: mm, §gas: O3" },
      ["has no effect: 0.1 mm becomes mm whatever the gas"],
    ],
    [
      "a gas beside a factor",
      { "unit: mm, factor: 0.1": "unit: mm, factor: 0.1, §gas: O3" },
      ["has no effect: `factor` says all"],
    ],
  ]);
  run(
    [
      [
        "a gas that is none",
        { "unit: µg/m³, factor: 1.963": "unit: µg/m³, gas: PM10", "in: ppb": "in: §ppb" },
        [
          "the table has no gas `PM10`; valid: O3, NO2, NO, NOX, SO2, CO, CO2, CH4, N2O, NH3, H2S, HCHO, HNO3, HCL, C6H6, C7H8, C8H10, C4H6, or give `factor`: harmonised = value × factor",
        ],
      ],
      ["a gas", { "unit: µg/m³, factor: 1.963": "unit: µg/m³, gas: O3" }, []],
    ],
    observationsYaml,
  );
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseTemplate } from "../../src/config/template.ts";

const ARCHIVE =
  "records/csv.gz/locationid={location}/year={day:yyyy}/month={day:MM}/location-{location}-{day:yyyyMMdd}.csv.gz";

suite("key templates", () => {
  test("tell their variables, each with the formats of its dates", () => {
    const { variables, problems } = parseTemplate(ARCHIVE);
    assert.deepEqual(problems, []);
    assert.deepEqual(
      [...variables],
      [
        ["location", []],
        ["day", ["yyyy", "MM", "yyyyMMdd"]],
      ],
    );
  });

  test("divide at slashes into literals, optional parts, texts and dates", () => {
    const { levels, problems } = parseTemplate("a/{file}-{t:unix}[.csv][.gz]/");
    assert.deepEqual(problems, []);
    assert.deepEqual(
      levels.map((level) =>
        level.map((element) => {
          const what = "name" in element ? element.name : element.text;
          return `${element.kind} ${what}`;
        }),
      ),
      [["literal a"], ["text file", "literal -", "date t", "optional .csv", "optional .gz"], []],
    );
  });

  const cases: [template: string, problem: string][] = [
    ["", "the template is empty"],
    ["a{b", '"{" stands alone'],
    ["a}b", '"}" stands alone'],
    ["a[b", '"[" stands alone'],
    ["a]b", '"]" stands alone'],
    ["{}", "{}: a variable's name is a letter followed by letters, digits and underscores"],
    ["{1a}", "{1a}: a variable's name is a letter followed by letters, digits and underscores"],
    ["{a b}", "{a b}: a variable's name is a letter followed by letters, digits and underscores"],
    ["[]", "[] encloses nothing"],
    ["[a/b]", "[a/b] must lie between two slashes"],
    ["[{x}]", "[{x}] must hold no variable"],
    ["{y:YYYY}", '{y:YYYY}: "Y" in the date format "YYYY" is none of yyyy, MM, dd, HH, unix and - _ . : T'],
    ["{y:}", '{y:}: the date format "" has none of yyyy, MM, dd, HH'],
    ["{y:--}", '{y:--}: the date format "--" has none of yyyy, MM, dd, HH'],
    ["{y:yyyyyyyy}", '{y:yyyyyyyy}: the date format "yyyyyyyy" names a part twice'],
    [
      "{y:yyyy/MM}",
      '{y:yyyy/MM}: "/" in the date format "yyyy/MM" is none of yyyy, MM, dd, HH, unix and - _ . : T',
    ],
    ["{m:MM}", "{m} tells its month, but nowhere its year: parts of one date have one name"],
    ["{d:yyyydd}", "{d} tells its day, but nowhere its month: parts of one date have one name"],
    ["{y:yyyy}/{y}", "{y} is a date in one place and a text in another"],
    ["{a}{b}", "nothing separates {a} from {b}"],
    ["{a}-{a}", "{a} occurs twice between two slashes"],
    ["a".repeat(1025), "longer than the 1024 bytes of a key"],
    ["é".repeat(513), "longer than the 1024 bytes of a key"],
  ];
  for (const [template, problem] of cases) {
    test(`${template.slice(0, 20)} is refused`, () => {
      assert.deepEqual(parseTemplate(template).problems, [problem]);
    });
  }

  test("all problems are told at once", () => {
    assert.deepEqual(parseTemplate("{a}{b}/[/]/{m:MM}").problems, [
      "[/] must lie between two slashes",
      "nothing separates {a} from {b}",
      "{m} tells its month, but nowhere its year: parts of one date have one name",
    ]);
  });
});

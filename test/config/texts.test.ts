/** Mistakes in texts with names, texts above the records, texts that hold on, and lists of formats. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { valueField } from "../../src/config/fields.ts";
import { ambiguousText } from "../../src/config/moment-overlap.ts";
import { noTimestamp } from "../../src/normalise/calendar.ts";
import { compileMoment } from "../../src/normalise/moment.ts";
import { assertProblems, dailyYaml, observationsYaml } from "./folder.ts";

type Case = [what: string, replacements: Readonly<Record<string, string>>, messages: string[]];

const STATION = "station_id: station\n";
const FIELDS = "fields:\n";
const HEADER = "header: detect\n";
const DATE = "date: { column: date, format: yyyyMMdd }";

function run(cases: readonly Case[], yaml = dailyYaml): void {
  for (const [what, replacements, messages] of cases) {
    test(what, async (t) => {
      await assertProblems(t, yaml(replacements), messages);
    });
  }
}

const texts = (content: string, id = "station"): Record<string, string> => ({
  [FIELDS]: `texts:\n${content}fields:\n`,
  [STATION]: `station_id: { template: "{${id}}-{flag}" }\n`,
});

suite("texts with names", () => {
  run([
    ["used like columns", texts('  id: { column: station, split: { by: "-", take: 1 } }\n', "id"), []],
    ["in place of the column that they use", texts("  station: { column: station, carry: true }\n"), []],
    ["that nothing uses", texts("  §id: station\n"), ["has no effect: no field uses `id`"]],
    [
      "whose own name is misspelt",
      texts("  id: §statoin\n", "id"),
      ["no column `statoin` in format.columns; did you mean `station`?"],
    ],
    [
      "that use those below them",
      texts("  id: §name\n  name: station\n", "id"),
      ["a text can use columns and the texts above it; `name` is neither here"],
    ],
    [
      "with the name of another column",
      texts("  §flag: station\n"),
      ["format.columns already has a column `flag`, which this text does not use"],
    ],
    [
      "with a name that no template could hold",
      texts("  §key.id: station\n"),
      ["expected a name without braces that does not begin with `key.`"],
    ],
  ]);
});

suite("texts above the records, texts that hold on", () => {
  const above = (field: string, skip = "  skip_lines: 3\n") => ({
    [HEADER]: `${HEADER}${skip}`,
    [STATION]: `station_id: ${field}\n`,
  });
  run([
    [
      "a pattern",
      above("{ preamble: '^Id (.*)', part: §1-3 }"),
      ["`part` takes bytes of a column; this field has none"],
    ],
    [
      "that is none",
      above("{ preamble: §'^Id (' }"),
      ["not a regular expression of RE2: missing closing ) for that at character 5"],
    ],
    [
      "where no lines stand above",
      above("{ §preamble: '^Id (.*)' }", ""),
      [
        "no lines stand above the records: `format` has none of `skip_lines`, `skip_to`, `comment`, `skip_after_header`",
      ],
    ],
    [
      "that holds on, though it is always the same",
      above("{ preamble: '^Id (.*)', §carry: true }"),
      ["has no effect: a text by `preamble` is the same in all records of an object"],
    ],
  ]);

  test("a value holds for its own record only", () => {
    assert.equal(valueField.safeParse({ column: "v", carry: true }).success, false);
    assert.equal(valueField.safeParse({ column: "v" }).success, true);
  });

  test("JSON has no lines above its records", async (t) => {
    const replacements = {
      "type: delimited": "type: json-lines",
      "  header: detect\n": "",
      "columns: [station, date, element, value, flag]":
        "columns: { date: date, element: element, value: value, flag: flag }",
      [STATION]: "station_id: { §preamble: '^Id (.*)' }\n",
    };
    const message = "there are no lines above the records of `json-lines`; use a path into the document";
    await assertProblems(t, dailyYaml(replacements), [message]);
  });
});

suite("lists of formats", () => {
  const list = (formats: string, more = "") => ({
    [DATE]: `date: { column: date, format: ${formats}${more} }`,
  });
  run([
    ["of dates", list("[yyyy-MM-dd, dd.MM.yyyy, yyyyMMdd, ddMMyyyy, 'MMM d, yyyy']"), []],
    ["the same twice", list("[yyyyMMdd, §yyyyMMdd]"), ["`yyyyMMdd` is named twice"]],
    [
      "that nobody can tell apart",
      list("[dd/MM/yyyy, §MM/dd/yyyy]"),
      [
        "`03/02/2001` would be one thing as `dd/MM/yyyy` and another as `MM/dd/yyyy`: which is meant cannot be told",
      ],
    ],
    ["with a mistake in one", list("[yyyy-MM-dd, §dd.MM]"), ["it has no year: yyyy or yy"]],
    [
      "with and without a time",
      list("[yyyy-MM-dd, §yyyy-MM-dd HH:mm]"),
      [
        "`yyyy-MM-dd HH:mm` has a time of day and `yyyy-MM-dd` has none: formats of one list are alike in that",
      ],
    ],
    ["empty", list("§[]"), ["must not be empty"]],
  ]);

  test("of times: each must tell its zone", async (t) => {
    const yaml = observationsYaml();
    const [time = ""] = /time: \{[^}]*\}/.exec(yaml) ?? [];
    const given = "time: { column: time, format: [iso, §dd.MM.yyyy HH:mm] }";
    await assertProblems(t, yaml.replace(time, given), [
      "`dd.MM.yyyy HH:mm` does not say how far its clock is from UTC: `zone` must, such as UTC or Europe/Berlin",
    ]);
  });

  const DAYS = [
    "yyyy-MM-dd",
    "dd-MM-yyyy",
    "MM-dd-yyyy",
    "yyyyMMdd",
    "ddMMyyyy",
    "MMddyyyy",
    "yyMMdd",
    "ddMMyy",
  ];
  const MORE = [
    "d/M/yyyy",
    "M/d/yyyy",
    "yyyy/M/d",
    "dd/MM/yy",
    "yy/MM/dd",
    "MMM d yyyy",
    "d MMM yyyy",
    "yyyyDDD",
  ];

  test("two formats may stand together if and only if no day is read by both as two", () => {
    const formats = [...DAYS, ...MORE];
    const first = Date.UTC(1900, 0, 1);
    const days = Array.from({ length: 73_000 }, (_, day) => new Date(first + day * 86_400_000));
    for (const one of formats)
      for (const other of formats.slice(formats.indexOf(one) + 1)) {
        const clash = days.some(
          (day) => clashes(write(one, day), one, other) || clashes(write(other, day), one, other),
        );
        assert.equal(ambiguousText(one, other) !== undefined, clash, `${one} and ${other}`);
      }
  });

  const dayOf = (format: string, text: string): number | undefined => {
    const stamp = noTimestamp();
    const bytes = Buffer.from(text);
    if (!readers.get(format)?.(bytes, 0, bytes.length, stamp)) return undefined;
    const year = new Date(stamp.wall * 1000).getUTCFullYear();
    return year >= 1700 && year < 2200 ? stamp.wall : undefined;
  };
  const readers = new Map([...DAYS, ...MORE].map((format) => [format, compileMoment(format)]));
  const clashes = (text: string, one: string, other: string): boolean => {
    const [a, b] = [dayOf(one, text), dayOf(other, text)];
    return a !== undefined && b !== undefined && a !== b;
  };

  const NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
  const write = (format: string, day: Date): string => {
    const [year, month, date] = [day.getUTCFullYear(), day.getUTCMonth() + 1, day.getUTCDate()];
    const ofYear = (Date.UTC(year, month - 1, date) - Date.UTC(year, 0, 1)) / 86_400_000 + 1;
    const two = (number: number): string => String(number).padStart(2, "0");
    return format
      .replace("DDD", String(ofYear).padStart(3, "0"))
      .replace("yyyy", String(year))
      .replace("yy", two(year % 100))
      .replace(/MMM|MM?/, (letters) =>
        letters === "MMM" ? "§" : letters === "MM" ? two(month) : String(month),
      )
      .replace(/dd?/, (letters) => (letters === "dd" ? two(date) : String(date)))
      .replace("§", NAMES[month - 1] ?? "");
  };

  test("numbers cannot be told apart from each other, nor from days without marks", () => {
    assert.notEqual(ambiguousText("unix", "unix-ms"), undefined);
    assert.notEqual(ambiguousText("yyyyMMddHHmm", "unix"), undefined);
    assert.equal(ambiguousText("iso", "unix"), undefined);
    assert.equal(ambiguousText("iso", "dd.MM.yyyy HH:mm"), undefined);
    assert.notEqual(ambiguousText("iso", "yyyy-dd-MM HH:mm"), undefined);
  });

  test("is the same whichever stands first", () => {
    fc.assert(
      fc.property(fc.constantFrom(...DAYS, ...MORE), fc.constantFrom(...DAYS, ...MORE), (one, other) => {
        assert.equal(ambiguousText(one, other) === undefined, ambiguousText(other, one) === undefined);
      }),
    );
  });
});

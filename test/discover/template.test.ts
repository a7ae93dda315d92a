import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { compileTemplate } from "../../src/discover/template.ts";
import { MillraceError } from "../../src/errors.ts";

const ARCHIVE =
  "records/csv.gz/locationid={location}/year={day:yyyy}/month={day:MM}/location-{location}-{day:yyyyMMdd}.csv.gz";

suite("key templates", () => {
  const cases: [string, string, Record<string, string> | undefined, [string, string]?][] = [
    ["ghcnd-stations.txt", "ghcnd-stations.txt", {}],
    ["ghcnd-stations.txt", "ghcnd-stations.txt.bak", undefined],
    [
      "csv.gz/by_year/{year:yyyy}.csv.gz",
      "csv.gz/by_year/1872.csv.gz",
      { year: "1872" },
      ["1872-01-01", "1872-12-31"],
    ],
    ["csv.gz/by_year/{year:yyyy}.csv.gz", "csvXgz/by_year/1872.csv.gz", undefined],
    ["csv.gz/by_year/{year:yyyy}.csv.gz", "csv.gz/by_year/187.csv.gz", undefined],
    ["csv.gz/by_year/{year:yyyy}.csv.gz", "csv.gz/by_year/18720.csv.gz", undefined],
    ["csv.gz/by_year/{year:yyyy}.csv.gz", "csv.gz/by_year/0000.csv.gz", undefined],
    ["csv.gz/by_year/{year:yyyy}.csv.gz", "csv.gz/by_year/x/1872.csv.gz", undefined],
    ["{year:yyyy}[.csv][.gz]", "1872.csv.gz", { year: "1872" }, ["1872-01-01", "1872-12-31"]],
    ["{year:yyyy}[.csv][.gz]", "1872.gz", { year: "1872" }, ["1872-01-01", "1872-12-31"]],
    ["{year:yyyy}[.csv][.gz]", "1872", { year: "1872" }, ["1872-01-01", "1872-12-31"]],
    ["{year:yyyy}[.csv][.gz]", "1872.gz.csv", undefined],
    ["{m:yyyy-MM}.csv", "2024-02.csv", { m: "2024-02" }, ["2024-02-01", "2024-02-29"]],
    ["{m:yyyy-MM}.csv", "2023-13.csv", undefined],
    ["{d:yyyy_MM_dd}.csv", "2023_02_29.csv", undefined],
    ["{d:yyyy}/{d:MM}/{d:dd}.csv", "1900/02/29.csv", undefined],
    ["{d:yyyy}/{d:MM}/{d:dd}.csv", "2000/02/29.csv", { d: "2000" }, ["2000-02-29", "2000-02-29"]],
    ["{d:yyyyMMddTHH}", "20230503T24", undefined],
    ["{d:yyyyMMddTHH}", "20230503T23", { d: "20230503T23" }, ["2023-05-03", "2023-05-03"]],
    [
      "{day:yyyy-MM-dd}/{t:unix}.gz",
      "2017-09-28/1506558318.gz",
      { day: "2017-09-28", t: "1506558318" },
      ["2017-09-28", "2017-09-28"],
    ],
    ["{t:unix}.gz", "0.gz", { t: "0" }, ["1970-01-01", "1970-01-01"]],
    ["{t:unix}.gz", "253402300800.gz", undefined],
    ["{day:yyyy-MM-dd}/{file}.ndjson.gz", "2017-09-28/.ndjson.gz", undefined],
    [
      "{day:yyyy-MM-dd}/{file}.ndjson.gz",
      "2017-09-28/a b+ü.ndjson.gz",
      { day: "2017-09-28", file: "a b+ü" },
      ["2017-09-28", "2017-09-28"],
    ],
    ["{a}.{b}", "x.y.z", { a: "x", b: "y.z" }],
    ["{a}[.gz]", "x.gz", { a: "x" }],
    ["{a}-{b}/{a}.csv", "x-y-z/x-y.csv", { a: "x-y", b: "z" }],
    ["{a}-{b}/{a}.csv", "x-y-z/q.csv", undefined],
    ["(.*)+^$|\\{a}", "(.*)+^$|\\b", { a: "b" }],
    ["(.*)+^$|\\{a}", "zzzz", undefined],
    [
      ARCHIVE,
      "records/csv.gz/locationid=2178/year=2022/month=05/location-2178-20220503.csv.gz",
      { location: "2178", day: "20220503" },
      ["2022-05-03", "2022-05-03"],
    ],
    [ARCHIVE, "records/csv.gz/locationid=2178/year=2022/month=06/location-2178-20220503.csv.gz", undefined],
    [ARCHIVE, "records/csv.gz/locationid=2178/year=2021/month=05/location-2178-20220503.csv.gz", undefined],
    [ARCHIVE, "records/csv.gz/locationid=2178/year=2022/month=05/location-2179-20220503.csv.gz", undefined],
  ];
  for (const [template, key, variables, days] of cases) {
    test(`${template} on ${key}`, () => {
      const match = compileTemplate(template).match(key);
      assert.deepEqual(match?.variables, variables);
      assert.deepEqual(match?.days && [match.days.from, match.days.to], days);
    });
  }

  test("the finest of several dates gives the days", () => {
    const match = compileTemplate("{year:yyyy}/{day:yyyyMMdd}.csv").match("2023/20220503.csv");
    assert.deepEqual(match?.days, { from: "2022-05-03", to: "2022-05-03" });
  });

  test("known variables have their text and no other", () => {
    const template = compileTemplate("{a}-{b}.csv");
    assert.deepEqual(template.match("x-y-z.csv", new Map([["a", "x-y"]]))?.variables, { a: "x-y", b: "z" });
    assert.equal(template.match("x-y-z.csv", new Map([["a", "y"]])), undefined);
  });

  test("a path is matched by the first levels", () => {
    const template = compileTemplate(ARCHIVE);
    const path = "records/csv.gz/locationid=2178/year=2022/";
    assert.deepEqual(template.matchPath(path)?.days, { from: "2022-01-01", to: "2022-12-31" });
    assert.equal(template.matchPath("records/csv.gz/locationid=2178/2022/"), undefined);
    assert.equal(template.matchPath(`${path}month=05/x/y/`), undefined);
  });

  test("what a key was written from is read from it", () => {
    const text = fc.string({
      minLength: 1,
      maxLength: 12,
      unit: fc.constantFrom(...Array.from("ab0159=+ %-.üß😀")),
    });
    const day = fc.date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(text, day, (location, date) => {
        const iso = date.toISOString().slice(0, 10);
        const [year = "", month = "", dayOfMonth = ""] = iso.split("-");
        const key = `records/csv.gz/locationid=${location}/year=${year}/month=${month}/location-${location}-${year}${month}${dayOfMonth}.csv.gz`;
        assert.deepEqual(compileTemplate(ARCHIVE).match(key), {
          variables: { location, day: `${year}${month}${dayOfMonth}` },
          days: { from: iso, to: iso },
        });
      }),
      { numRuns: 300 },
    );
  });

  test("one level agrees with a regular expression made by hand", () => {
    const template = compileTemplate("{a}-{b}[.x]-{c}.csv");
    const oracle = /^(.+?)-(.+?)(?:\.x)?-(.+)\.csv$/u;
    fc.assert(
      fc.property(fc.string({ maxLength: 14, unit: fc.constantFrom("a", "-", ".x", ".csv") }), (stem) => {
        const key = `${stem}.csv`;
        const [, a, b, c] = oracle.exec(key) ?? [];
        const fits = template.match(key)?.variables;
        assert.equal(fits === undefined, a === undefined, key);
        if (fits !== undefined) assert.deepEqual(fits, { a, b, c }, key);
      }),
      { numRuns: 500 },
    );
  });

  test("hostile keys and templates take no more than a moment", () => {
    const template = compileTemplate("{a}-{b}-{c}-{d}-{e}-{f}-{g}-{h}x");
    // Trying every division of the 1023 dashes would take longer than the universe has lasted.
    assert.equal(template.match("-".repeat(1023)), undefined);
  });
});

test("a bad template is refused with all that is wrong with it", () => {
  assert.throws(
    () => compileTemplate("{a}{b}/{m:MM}"),
    (error) =>
      error instanceof MillraceError &&
      error.code === "CONFIG_INVALID" &&
      error.message ===
        'key template "{a}{b}/{m:MM}": nothing separates {a} from {b}; {m} tells its month, but nowhere its year: parts of one date have one name',
  );
});

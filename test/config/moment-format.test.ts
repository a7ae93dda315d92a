import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseMomentFormat } from "../../src/config/moment-format.ts";

suite("formats of dates and times", () => {
  test("what a format tells", () => {
    for (const [format, hasTime, hasOffset] of [
      ["iso", true, true],
      ["unix", true, true],
      ["unix-ms", true, true],
      ["excel", true, false],
      ["julian-day", true, true],
      ["decimal-year", true, false],
      ["hours since 1900-1-1 0:0", true, false],
      ["Seconds since 2000-01-01T00:00:00.0Z", true, true],
      ["yyyy", false, false],
      ["yyyyMM", false, false],
      ["yyyyMMdd", false, false],
      ["yyyyDDD", false, false],
      ["d.M.yy", false, false],
      ["yyyy-MM-ddXXX", false, true],
      ["dd-MMM-yyyy HH:mm:ss.SSS", true, false],
      ["yyyy-MM-dd'T'HH:mmXXX", true, true],
      ["MM/dd/yyyy h:mm a", true, false],
    ] as const) {
      const parsed = parseMomentFormat(format);
      assert.deepEqual([parsed.problems, parsed.hasTime, parsed.hasOffset], [[], hasTime, hasOffset], format);
    }
  });

  test("quoted texts and marks stand for themselves", () => {
    assert.deepEqual(
      parseMomentFormat("yyyy年MM'o''clock'dd''").tokens.map((token) =>
        "literal" in token ? token.literal : token.part,
      ),
      ["year", "年", "month", "o'clock", "day", "'"],
    );
  });

  test("each problem is a sentence", () => {
    for (const [format, ...problems] of [
      ["YYYY-MM-dd", /^"YYYY" stands for nothing \(perhaps yyyy or yy is meant\): there are yyyy yy MM/],
      ["yyyy-MM-ddTHH:mm", /^"T" stands for nothing: there are .* as 'T'$/],
      [
        "yyyy-MM-dd constructor",
        /^"c" stands/,
        /^"o"/,
        /^"n"/,
        /^"s"/,
        /^"t"/,
        /^"r"/,
        /^"u"/,
        /^"c"/,
        /^"t"/,
        /^"o"/,
        /^"r"/,
      ],
      ["yyyy-MM-dd 'at", /^a quote .* is not closed/, /^"t" stands/],
      ["MM-dd", /^it has no year/],
      ["yyyy-dd", /^it has no month/],
      ["yyyy-MM HH:mm", /^it has a time of day but no day/],
      ["exel", /^`exel` is no format; did you mean `excel`\?$/],
      ["dayz since 1950-01-01", /^`dayz` is no unit of a count; did you mean `days`\?$/],
      ["months since 1950-01-01", /not all of one length/],
      ["days since 1950-02-30", /^`1950-02-30` is no date and time that exists$/],
      ["days since 1950-01-01 24:00", /is no date and time that exists$/],
      ["days since yesterday", /^`yesterday` is no start of a count: it is written/],
      ["days since 1950-01-01 00:00 +16:00", /is no offset from UTC$/],
      ["yyyy-mm-dd", /^it has no month: .*; mm are minutes/, /minutes \(mm\) but no hour/],
      ["yyyyMMdd hh:mm", /count to 12 and need a/],
      ["yyyyMMdd HH:mm a", /^a \(AM\/PM\) goes with hh or h/],
      ["yyyyMMdd a", /needs an hour/],
      ["yyyyMMdd HH hh a", /^it names the hour 2 times: HH, hh$/, /goes with hh or h/],
      ["yyyy yy MM dd", /^it names the year 2 times: yyyy, yy$/],
      ["yyyy MM MMM dd", /^it names the month 2 times: MM, MMM$/],
      ["yyyy-MM-DDD", /DDD, the day of the year, leaves nothing/],
      ["yyyyMMdd HH:ss", /^it has seconds \(ss\) but no minutes/],
      ["yyyyMMdd HHmmSSS", /^it has a fraction \(SSS\) but no seconds/],
      ["yyyyMMdd Hmm", /^where H ends cannot be told, because mm follows .*; write HH/],
      ["yyyyMd", /^where M ends cannot be told, because d follows/],
      [
        "yyyyMMdd HHmmssSSS'0'",
        /^where SSS ends cannot be told, because "0" follows it without anything between$/,
      ],
    ] as const) {
      const found = parseMomentFormat(format).problems;
      assert.equal(found.length, problems.length, `${format}: ${found.join(" | ")}`);
      for (const [index, problem] of problems.entries()) assert.match(found[index] ?? "", problem, format);
    }
  });
});

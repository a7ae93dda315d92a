/** First pipelines from JSON whose keys are data. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { guessText, valuesOf } from "./guessing.ts";

suite("infer, from JSON whose keys are data", () => {
  test("an object for each parameter, a key for each day", async (t) => {
    const days = (...values: number[]): Record<string, number> =>
      Object.fromEntries(values.map((value, index) => [`2024010${index + 1}`, value]));
    const document = {
      header: { place: "Berlin" },
      properties: { parameter: { temp_c: days(4.5, -1.25, 3), pm10: days(12, 13, 14) } },
    };
    for (const indent of [0, 1]) {
      const { yaml, rows, rejects } = await guessText(
        t,
        "a.json",
        JSON.stringify(document, undefined, indent),
      );
      assert.match(
        yaml,
        /type: json\n {2}columns: \{.*time: "properties\.parameter\.temp_c\{key\}", temp_c: "/,
      );
      assert.match(yaml, /date: \{ column: time, format: yyyyMMdd \}/);
      assert.equal(rejects, 0);
      assert.deepEqual(
        rows
          .map((row) => [row["date_"], row["data_value"]])
          .filter(([, value]) => value === "4.5" || value === "13"),
        [
          ["2024-01-01", "4.5"],
          ["2024-01-02", "13"],
        ],
      );
      assert.equal(rows.length, 6);
    }
  });

  test("stations, in each the hours, in each a list", async (t) => {
    const hours = (value: number): Record<string, unknown> =>
      Object.fromEntries([1, 2, 3].map((hour) => [`2024-01-01 0${hour}:00:00`, [value + hour / 4, "ok"]]));
    const document = { request: { scope: 2 }, data: { 282: hours(10), 7: [], 301: hours(20) } };
    const { yaml, rows, rejects, pipeline } = await guessText(t, "a.json", JSON.stringify(document));
    assert.match(
      yaml,
      /records: "data\{\}"\n {2}columns: \{ station: "\^\{key\}", time: "\{key\}", item0: "\{\}\.0"/,
    );
    assert.equal(pipeline.target, "observations");
    assert.equal(rejects, 0);
    assert.deepEqual(
      valuesOf(rows).map(([station, time, , value]) => [station, time, value]),
      [
        ["282", "2024-01-01T01:00:00Z", "10.25"],
        ["282", "2024-01-01T02:00:00Z", "10.50"],
        ["282", "2024-01-01T03:00:00Z", "10.75"],
        ["301", "2024-01-01T01:00:00Z", "20.25"],
        ["301", "2024-01-01T02:00:00Z", "20.50"],
        ["301", "2024-01-01T03:00:00Z", "20.75"],
      ].map(([station, time, value]) => [station, time, value?.replace(/0$/, "")]),
    );
  });

  test("objects under each key; keys that are no data; keys made of what paths are made of", async (t) => {
    const day = (value: number): object => ({ mean: value, n: 24 });
    const keyed = await guessText(
      t,
      "a.json",
      JSON.stringify({
        station: "S1",
        days: { "2024-01-01": day(1.5), "2024-01-02": day(2.5), "2024-01-03": day(3.5) },
      }),
    );
    assert.match(keyed.yaml, /time: "days\{key\}", mean: "days\{\}\.mean"/);
    assert.equal(keyed.rejects, 0);
    const numbered = await guessText(
      t,
      "b.json",
      '{"station": "S1", "date": "2024-01-01", "a{b}": {"x.y": 1.5, "2": 2, "3": 3}, "pm10 [µg]": 7}\n'.repeat(
        3,
      ),
    );
    assert.match(numbered.yaml, /"a\{b\}\.x\.y": "a\\\\\{b\\\\\}\.x\\\\\.y", "pm10 \[µg\]": "pm10 \[µg\]"/);
    assert.equal(numbered.rejects, 0);
    assert(numbered.rows.some((row) => row["data_value"] === "1.5"));
  });
});

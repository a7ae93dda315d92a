/** What is easily guessed wrong: dates in unusual places, clocks, positions, units, samples that say too little. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { beginsAsJson, parsePrefix } from "../../src/infer/json-prefix.ts";
import { guessText } from "./guessing.ts";

const DAYS = Array.from({ length: 12 }, (_, day) => String(day + 1).padStart(2, "0"));

suite("infer, what is easily guessed wrong", () => {
  test("of JSON that is cut, whole elements count, and never a part of a record", () => {
    assert.deepEqual(parsePrefix('{"a":{"t":[1,2],"v":[1,2,3'), { a: { t: [1, 2], v: [1, 2] } });
    assert.deepEqual(parsePrefix('[{"a":1,"b":[1,2]},{"a":2,"b":[1,2,'), [{ a: 1, b: [1, 2] }]);
    assert.deepEqual(parsePrefix('{"a":1,"b":{"c":1},"d":"x'), { a: 1, b: { c: 1 } });
    assert.equal(parsePrefix("[[["), undefined);
    assert.equal(parsePrefix("[".repeat(100_000)), undefined);
    assert.deepEqual(['{"a', "[1,2", " [{", "[mm]", "{site},x"].map(beginsAsJson), [
      true,
      true,
      true,
      false,
      false,
    ]);
  });

  test("series on one line above the usual sample", async (t) => {
    const time = Array.from({ length: 70_000 }, (_, hour) => new Date(hour * 3_600_000).toISOString());
    const document = { station: "S", hourly: { time, pm10: time.map((_, hour) => hour % 50) } };
    const { yaml } = await guessText(t, "a.json", JSON.stringify(document));
    assert.match(yaml, /measurements: \["hourly\.pm10\[\]"\]/);
  });

  test("too many columns, JSON without records, too few records", async (t) => {
    const wide = `${Array.from({ length: 3000 }, (_, at) => `c${at}`).join(",")}\n`;
    const numbers = `${Array.from({ length: 3000 }, () => "1").join(",")}\n`;
    // As ECA&D writes it.
    const few = `${[
      "EUROPEAN CLIMATE ASSESSMENT & DATASET (ECA&D), file created on 01-08-2024",
      "THESE DATA CAN BE USED FREELY PROVIDED THAT THE FOLLOWING SOURCE IS ACKNOWLEDGED:",
      "",
      "Klein Tank, A.M.G. and Coauthors, 2002.",
      "FILE FORMAT (MISSING VALUE CODE = -9999):",
      "",
      "01-06 STAID: Station identifier",
      "08-13 SOUID: Source identifier",
      "15-22 DATE : Date YYYYMMDD",
      "24-28 TG   : Mean temperature in 0.1 &#176;C",
      "30-34 Q_TG : Quality code for TG (0='valid'; 1='suspect'; 9='missing')",
      "",
      "This is the blended series of station NETHERLANDS, DE BILT (STAID: 162)",
      "",
      "STAID, SOUID,    DATE,   TG, Q_TG",
      "   162, 100522,19010101,  -33,    0",
      "   162, 100522,19010102,-9999,    9",
      "   162, 100522,19010103,   12,    1",
    ].join("\n")}\n`;
    for (const [content, message] of [
      [wide + numbers.repeat(3), /3000 columns/],
      ["[1, 2, 3]\n[4, 5, 6]\n", /begins like JSON/],
      [few, /too few records/],
    ] as const) {
      await assert.rejects(guessText(t, "a.txt", content), { code: "SAMPLE_UNCLEAR", message });
    }
  });

  test("hours beside dates: as INMET writes them; those that cannot be read are a doubt; those of extremes are none", async (t) => {
    const inmet = DAYS.map((day) => `A;2024/01/${day};0${day.slice(1)}00 UTC;5,5`).slice(0, 9);
    const one = await guessText(t, "a.csv", `station;Data;Hora UTC;pm10\n${inmet.join("\n")}\n`);
    assert.equal(one.rows[0]?.["time_"], "2024-01-01T01:00:00Z");
    const odd = DAYS.map((day) => `A;2024-01-${day};h${day};5.5`);
    const two = await guessText(t, "a.csv", `station;date;hour;pm10\n${odd.join("\n")}\n`);
    assert.match(two.yaml, /^target: daily # UNSURE: hour looks like a time of day/m);
    const least = DAYS.map((day) => `3195;2024-01-${day};07:${day};5.5`);
    const three = await guessText(t, "a.csv", `indicativo;fecha;horatmin;tmin\n${least.join("\n")}\n`);
    assert.equal(three.pipeline.target, "daily");
    assert.match(three.yaml, /station_id: indicativo/);
    assert.match(three.yaml, /measurements: \[tmin\]/);
  });

  test("colons, the day of the year, months", async (t) => {
    for (const [header, write, first] of [
      ["date", (day: string) => `${day}:01:2024`, "2024-01-01"],
      ["YEAR,DOY", (day: string) => `2024,${Number(day) + 40}`, "2024-02-10"],
      ["year,month", (day: string) => `2024,${Number(day)}`, "2024-01-01"],
    ] as const) {
      const { rows } = await guessText(
        t,
        "a.csv",
        `site,${header},pm10\n${DAYS.map((day) => `A,${write(day)},5.5`).join("\n")}\n`,
      );
      assert.deepEqual([rows[0]?.["date_"], rows.length], [first, 12], header);
    }
  });

  test("positions without a name are a comment", async (t) => {
    const lines = DAYS.map((day) => `64758 202301${day} 2.622 -76.25 42.44 ${day}.5`);
    const { yaml } = await guessText(t, "a.txt", `${lines.join("\n")}\n`);
    assert.doesNotMatch(yaml, /latitude:/);
    assert.match(yaml, /UNSURE: these never change at a station: column3, column4, column5;/);
  });

  test("a logger's header, its row numbers and clock; a dot that makes no path", async (t) => {
    const header = '"#","Date Time, GMT+02:00","Temp, °C (LGR S/N: 10345, SEN S/N: 1)",pm2.5_atm_a';
    const lines = DAYS.map((day, at) => `${at + 1},2024-01-${day} 00:00:1${at % 10},5.5,7.5`);
    const { yaml, rows } = await guessText(t, "a.csv", `${header}\n${lines.join("\n")}\n`);
    assert.match(yaml, /in: °C, to: TEMP,/);
    assert.match(yaml, /to: PM25,/);
    assert.match(yaml, /zone: "\+02:00"/);
    assert.match(yaml, /date: \{ of: time, day_of: start \} # UNSURE: .*moments/);
    assert.deepEqual([rows.length, rows[0]?.["time_"]], [24, "2023-12-31T22:00:10Z"]);
  });
});

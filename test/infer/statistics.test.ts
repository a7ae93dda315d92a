/** The daily statistics that first pipelines propose, and names of columns that every object has. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { guessText, valuesOf } from "./guessing.ts";

const kpisOf = ({ kpiList }: Pipeline) =>
  Object.fromEntries(kpiList.map(({ from, to, daily }) => [from, { to, daily }]));

/** A line for each hour, of these cells behind station and time. */
function hourly(header: string, cells: (hour: number) => readonly (string | number)[]): string {
  const lines = Array.from({ length: 12 }, (_, hour) =>
    ["S1", `2024-05-01T${String(hour).padStart(2, "0")}:00:00Z`, ...cells(hour)].join(","),
  );
  return `station,time,${header}\n${lines.join("\n")}\n`;
}

suite("infer, daily statistics", () => {
  test("directions have a mean direction, amounts a sum to look at, all else the pipeline's", async (t) => {
    const { pipeline, yaml } = await guessText(
      t,
      "a.csv",
      hourly("temp_c,wind_dir,rain_mm,snow_mm,wind_ms", (hour) => [10.5 + hour, 30 * hour + 5, 0.2, 1, 3.5]),
    );
    assert.deepEqual(kpisOf(pipeline), {
      temp_c: { to: "TEMP", daily: undefined },
      wind_dir: { to: "WDIR", daily: { _MEAN: "mean_direction" } },
      rain_mm: { to: "PRCP_AMOUNT", daily: { PRCP: "sum", _MAX: "max" } },
      snow_mm: { to: "SNOW_AMOUNT", daily: { SNOW: "sum", _MAX: "max" } },
      wind_ms: { to: "WSPD", daily: undefined },
    });
    const line = (name: string): string =>
      yaml.split("\n").find((text) => text.includes(`from: ${name},`)) ?? "";
    assert.match(line("rain_mm"), /daily: \{ PRCP: sum, _MAX: max \} \} # UNSURE: amounts of which period\?/);
    assert.doesNotMatch(line("wind_dir"), /sentinels/);
    assert.doesNotMatch(line("temp_c"), /daily/);
    assert.match(yaml, /^daily: \{ "": mean, _MAX: max, _MIN: min \}/m);
  });

  test("directions by their unit and name; codes among them are asked about", async (t) => {
    const { pipeline, yaml } = await guessText(
      t,
      "a.csv",
      hourly("wind_dir,Swell Direction (degrees),sun_height_deg,direct_radiation_wm2", (hour) => [
        hour === 3 ? 0 : 20 * hour,
        15 * hour + 1,
        hour,
        100 + hour,
      ]),
    );
    const round = { _MEAN: "mean_direction" };
    const daily = Object.values(kpisOf(pipeline)).map((kpi) => kpi.daily);
    assert.deepEqual(daily, [round, round, undefined, undefined], yaml);
    assert.equal(yaml.match(/do 0 and numbers above 360 stand for calm/g)?.length, 1);
  });

  test("two columns of rain: their sums have names of their own", async (t) => {
    const { pipeline } = await guessText(
      t,
      "a.csv",
      hourly("rain_mm,rain_gauge_mm", () => [0.2, 0.4]),
    );
    assert.deepEqual(
      Object.values(kpisOf(pipeline)).map(({ daily }) => daily),
      [
        { PRCP: "sum", _MAX: "max" },
        { _SUM: "sum", _MAX: "max" },
      ],
    );
  });

  test("elements of a long layout", async (t) => {
    const { pipeline, yaml } = await guessText(
      t,
      "a.csv",
      hourly("parameter,unit,value", (hour) => {
        if (hour % 3 === 0) return ["wind_dir", "deg", 20 * hour + 5];
        return hour % 3 === 1 ? ["precipitation", "mm", 0.5] : ["pm10", "µg/m³", 12];
      }),
    );
    assert.deepEqual(
      kpisOf(pipeline),
      {
        wind_dir: { to: "WDIR", daily: { _MEAN: "mean_direction" } },
        precipitation: { to: "PRCP_AMOUNT", daily: { PRCP: "sum", _MAX: "max" } },
        pm10: { to: "PM10", daily: undefined },
      },
      yaml,
    );
  });

  test("values of days have none", async (t) => {
    const { pipeline, yaml } = await guessText(
      t,
      "a.csv",
      "station,date,rain_mm,wind_dir\nS1,2024-05-01,1.5,20\nS1,2024-05-13,2.5,40\n",
    );
    assert.equal(pipeline.target, "daily");
    assert.doesNotMatch(yaml, /daily:/);
  });
});

suite("infer, names that every object has", () => {
  const NAMES = ["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf"];

  test("as columns", async (t) => {
    const { pipeline, rows, rejects } = await guessText(
      t,
      "a.csv",
      hourly([...NAMES, "x_constructor", "rain_toString"].join(","), (hour) =>
        NAMES.concat("", "").map(() => hour + 0.5),
      ),
    );
    assert.equal(rejects, 0);
    const byName = new Map(pipeline.kpiList.map((kpi) => [kpi.from, kpi]));
    for (const name of NAMES) {
      const kpi = byName.get(name);
      assert.equal(kpi?.unit, "?", name);
      assert.equal(rows.filter((row) => row["common_kpi_name"] === kpi.to).length, 12, name);
    }
    assert.equal(byName.get("rain_toString")?.unit, "mm");
  });

  test("as units in the header, in a column of units, as elements, as keys of JSON", async (t) => {
    const inHeader = await guessText(
      t,
      "a.csv",
      hourly(NAMES.map((name, index) => `x${index} (${name})`).join(","), (hour) =>
        NAMES.map(() => hour + 0.5),
      ),
    );
    assert.deepEqual(
      inHeader.pipeline.kpiList.map(({ unit }) => unit),
      NAMES,
    );
    const long = await guessText(
      t,
      "a.csv",
      hourly("parameter,unit,value", (hour) => [
        NAMES[hour % 5] ?? "",
        NAMES[(hour + 1) % 5] ?? "",
        hour + 0.5,
      ]),
    );
    assert.deepEqual(
      [...long.pipeline.kpiList].map(({ from, in: unit }) => `${from} ${unit}`),
      NAMES.map((name, index) => `${name} ${NAMES[(index + 1) % 5] ?? ""}`),
    );
    const lines = [1, 2, 3].map(
      (day) =>
        `{"station":"A","time":"2024-05-0${day}T01:00:00Z",${NAMES.map((name) => `"${name}":${day}.5`).join(",")}}`,
    );
    const json = await guessText(t, "a.ndjson", `${lines.join("\n")}\n`);
    assert.equal(valuesOf(json.rows).length, 15, json.yaml);
  });
});

/** Samples with a few wrong cells: they are named, and their columns stay what they are. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { nearlyAll, tolerated } from "../../src/infer/misfits.ts";
import { guessText } from "./guessing.ts";

const DAYS = Array.from({ length: 28 }, (_, day) => String(day + 1).padStart(2, "0"));

suite("infer, from samples with mistakes", () => {
  test("one in ten, one of a decent sample, none of a few", () => {
    assert.deepEqual([0, 4, 5, 19, 20, 100].map(tolerated), [0, 0, 1, 1, 2, 10]);
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 60 }), (cells) => {
        const wrong = cells.filter((isFit) => !isFit).length;
        assert.equal(
          nearlyAll(cells, (isFit) => isFit),
          wrong <= tolerated(cells.length),
        );
      }),
    );
  });

  test("an impossible date, wherever it stands: the format is found, the cell is named, its record rejected", async (t) => {
    for (const place of [0, 13, 27]) {
      for (const [write, wrong, format] of [
        [(day: string) => `2020-02-${day}`, "2020-02-30", "yyyy-MM-dd"],
        [(day: string) => `${day}/02/2020`, "31/02/2020", "dd/MM/yyyy"],
        [(day: string) => `202002${day}`, "20200230", "yyyyMMdd"],
        [(day: string) => `${day}.02.2020 06:00`, "10.02.2020 06:60", "dd.MM.yyyy HH:mm"],
        [(day: string) => `15800000${day}`, "n.d.", "unix"],
      ] as const) {
        const records = DAYS.map((day, index) => `A,${index === place ? wrong : write(day)},1.5`);
        const { yaml, rows, rejects } = await guessText(
          t,
          "a.csv",
          `site,date,pm10\n${records.join("\n")}\n`,
        );
        assert.match(yaml, new RegExp(`column: date, format: "?${format}"?[ ,]`), yaml);
        assert.ok(yaml.includes(`such as "${wrong}"`), yaml);
        assert.deepEqual([rows.length, rejects], [27, 1], yaml);
      }
    }
  });

  test("days above 12 decide between day and month, though they were few enough to be mistakes", async (t) => {
    const records = DAYS.slice(0, 13).map((day) => `A,${day}/01/2020,1.5`);
    const { yaml, rejects } = await guessText(t, "a.csv", `site,date,pm10\n${records.join("\n")}\n`);
    assert.match(yaml, /column: date, format: dd\/MM\/yyyy \}\n/);
    assert.equal(rejects, 0);
  });

  test("a clock, and a part of a date", async (t) => {
    const clocks = DAYS.map((day) => `A,2020-01-${day},${day === "05" ? "06:60" : "06:00"},1.5`);
    const clock = await guessText(t, "a.csv", `site,date,time,pm10\n${clocks.join("\n")}\n`);
    assert.match(clock.yaml, /template: "\{date\} \{time\}".*such as "06:60"/);
    assert.equal(clock.rejects, 1);
    const parts = DAYS.map((day) => `A,2020,${day === "05" ? 13 : 1},${day},1.5`);
    const part = await guessText(t, "a.csv", `site,year,month,day,pm10\n${parts.join("\n")}\n`);
    assert.match(part.yaml, /template: "\{year\}-\{month:02\}-\{day:02\}".*such as "13"/);
    assert.equal(part.rejects, 1);
  });

  test("numbers: a word, another decimal mark", async (t) => {
    for (const [usual, wrong] of [
      ["1.5", "offline"],
      ["1.5", "1,5"],
      ["1.5", "<0.5"],
      ["1,5", "1.5"],
    ] as const) {
      const records = DAYS.map((day) => `A;2020-01-${day};${day === "05" ? wrong : usual};7`);
      const { yaml, rows, rejects } = await guessText(
        t,
        "a.csv",
        `site;date;pm10;o3\n${records.join("\n")}\n`,
      );
      assert.match(
        yaml,
        new RegExp(`from: pm10.*UNSURE: .*1 cell is no number of this kind, such as "${wrong}"`),
      );
      assert.equal(rows.filter((row) => row["common_kpi_name"] === "PM10").length, 27, yaml);
      assert.equal(rejects, 1);
    }
  });

  test("numbers of a long table", async (t) => {
    const records = DAYS.map((day) => `A,2020-01-${day},pm10,ug/m3,${day === "05" ? "x" : day}`);
    const { yaml, rejects } = await guessText(
      t,
      "a.csv",
      `site,date,parameter,unit,value\n${records.join("\n")}\n`,
    );
    assert.match(yaml, /value: value # UNSURE: 1 cell is no number of this kind, such as "x"/);
    assert.equal(rejects, 1);
  });

  test("positions and ids", async (t) => {
    const records = DAYS.map((day) => {
      const [id, latitude, longitude] = day === "05" ? ["7x", "530.5", "east"] : ["7", "53.5", "9.9"];
      return `${id},${latitude},${longitude},2020-01-${day},1.5`;
    });
    const { yaml } = await guessText(t, "a.csv", `station_id,lat,lon,date,pm10\n${records.join("\n")}\n`);
    assert.match(yaml, /station_id: station_id\n/);
    assert.match(yaml, /latitude: lat # UNSURE: 1 cell is no latitude, such as "530.5"/);
    assert.match(yaml, /longitude: lon # UNSURE: 1 cell is no longitude, such as "east"/);
  });

  test("titles that a spreadsheet filled up with delimiters, a zone in a name, positions with commas", async (t) => {
    const { yaml, rows, rejects } = await guessText(
      t,
      "a.csv",
      [
        "Messnetz Musterland;;;;;",
        "Export vom;03.08.2025;;;;",
        ";;;;;",
        "Messstelle;Breite;Laenge;Zeitpunkt (MEZ);NO2 [µg/m³];Lufttemp. [°C]",
        ...DAYS.map((day) => `007;53,5457;9,9695;${day}.07.2025 00:30;21,5;-17,2`),
        "",
      ].join("\n"),
    );
    assert.match(yaml, /skip_to: "Messstelle;"/);
    assert.match(yaml, /zone: "\+01:00"/);
    assert.match(yaml, /from: "Lufttemp\. \[°C\]", in: °C, to: TEMP,/);
    assert.deepEqual([rows.length, rejects], [56, 0], yaml);
    // Summer time at the place, which the provider's clock does not know.
    assert.deepEqual([rows[0]?.["time_"], rows[0]?.["date_"]], ["2025-06-30T23:30:00Z", "2025-07-01"]);
  });

  test("what is mixed has no format, and two wrong cells of four are no mistakes", async (t) => {
    const mixed = DAYS.map((day, index) => `A,${index % 3 === 0 ? `${day}.01.2020` : `2020-01-${day}`},1.5`);
    const { yaml } = await guessText(t, "a.csv", `site,date,pm10\n${mixed.join("\n")}\n`);
    assert.match(yaml, /no date found/);
    const few = await guessText(
      t,
      "b.csv",
      "site,date,pm10,x\nA,2020-01-01,1,a\nA,2020-01-02,2,b\nA,2020-01-03,3,1\nA,2020-01-04,3,2\n",
    );
    assert.match(few.yaml, /Columns without a use: x\./);
  });
});

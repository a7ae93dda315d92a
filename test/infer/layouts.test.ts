/** What surrounds the records: archives, preambles, dates in several columns, documents. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { zipOf } from "../decode/compression/zip-writer.ts";
import { guessText, valuesOf } from "./guessing.ts";

suite("infer, from layouts that hide their records", () => {
  test("what macOS adds to an archive makes no member necessary, and does not count as a second one", async (t) => {
    const content = "station,date,pm10\nA,2020-01-01,1\nA,2020-01-02,2\n";
    const added = { name: "__MACOSX/._data_2020.csv", content: "\0".repeat(500) };
    const only = await guessText(t, "a.zip", zipOf([{ name: "data_2020.csv", content }, added]));
    assert.doesNotMatch(only.yaml, /member/);
    assert.equal(only.rows.length, 2);
    const about = { name: "about.txt", content: "x" };
    const two = await guessText(t, "b.zip", zipOf([{ name: "data_2020.csv", content }, added, about]));
    assert.match(two.yaml, /member: "data_\*\.csv"/);
    assert.equal(two.rows.length, 2);
    const nested = await guessText(
      t,
      "c.zip",
      zipOf([
        { name: "data_2020.csv", content },
        { name: "old/data_2019.csv", content: "other" },
      ]),
    );
    assert.match(nested.yaml, /member: data_2020\.csv/);
    assert.equal(nested.rows.length, 2);
  });

  test("a preamble of tables, a header with notes, records with fewer fields than the first ones", async (t) => {
    const days = Array.from({ length: 20 }, (_, day) => `2007-05-${String(day + 1).padStart(2, "0")}`);
    const { yaml, rows, rejects } = await guessText(
      t,
      "smhi.csv",
      [
        "Stationsnamn;Stationsnummer;Nät;Mäthöjd",
        "Abelvattnet;154860;SMHI;2.0",
        "",
        "Parameternamn;Beskrivning;Enhet",
        "Lufttemperatur;momentanvärde;celsius",
        "",
        "Datum;Tid (UTC);Lufttemperatur;Kvalitet;;Tidsutsnitt:",
        `${days[0] ?? ""};06:00:00;6.5;G;;Kvalitetskontrollerade data`,
        `${days[0] ?? ""};07:00:00;7.5;G;;till och med 2020`,
        ...days.slice(1).map((day) => `${day};06:00:00;6.5;G`),
        "",
      ].join("\n"),
    );
    assert.match(yaml, /skip_to: "?Datum;/);
    assert.match(yaml, /Lufttemperatur/);
    assert.equal(rejects, 0);
    assert.equal(rows.length, 21);
    assert.equal(rows[0]?.["time_"], "2007-05-01T06:00:00Z");
  });

  test("a title and an empty line above records without a header are skipped by their number", async (t) => {
    const { yaml, rows, rejects } = await guessText(
      t,
      "a.csv",
      `Some title\n\nof two lines\n${[1, 2, 3, 4].map((day) => `A${day},2020-01-0${day},TMAX,${day}.5`).join("\n")}\n`,
    );
    assert.match(yaml, /skip_lines: 3 # UNSURE/);
    assert.equal(rejects, 0);
    assert.equal(rows.length, 4);
  });

  test("dates in several columns, in other languages and short years", async (t) => {
    for (const [header, first, time, format] of [
      ["ANO;MES;DIA", "2020;1;2", "2020-01-02", "yyyy-MM-dd"],
      ["AÑO;MES;DÍA;HORA", "2020;1;2;3", "2020-01-02T03:00:00Z", "yyyy-MM-dd HH"],
      ["YY;MM;DD;hh;mm", "98;1;2;3;4", "1998-01-02T03:04:00Z", "yy-MM-dd HH:mm"],
      ["yyyy;mm;dd", "2020;01;02", "2020-01-02", "yyyy-MM-dd"],
    ] as const) {
      const { yaml, rows } = await guessText(
        t,
        "a.csv",
        `station;${header};pm10\nA;${first};10.5\nA;${first.replace(";2", ";3").replace(";02", ";03")};11.5\n`,
      );
      assert.match(yaml, new RegExp(`template: .*format: "?${format}"?.*# UNSURE`), header);
      assert.deepEqual(valuesOf(rows)[0], ["A", time, "PM10", "10.5"], header);
    }
  });

  test("without a date, the target is marked", async (t) => {
    const { yaml } = await guessText(
      t,
      "a.csv",
      "station,name,lat,lon\nA,Some Hill,1.5,2.5\nB,Sea,2.5,3.5\n",
    );
    assert.match(yaml, /^target: stations # UNSURE: no date found/m);
    const dated = await guessText(t, "b.csv", "station,date,pm10\nA,2020-01-01,1\nA,2020-01-02,2\n");
    assert.match(dated.yaml, /^target: daily$/m);
  });

  test("a document on one line is a document, a record on one line is a record", async (t) => {
    const data = [1, 2].map((day) => ({ station: "A", date: `2020-01-0${day}`, pm10: day }));
    const one = await guessText(t, "a.json", `${JSON.stringify({ status: "ok", data })}\n`);
    assert.match(one.yaml, /type: json\n {2}records: data\n/);
    assert.equal(one.rows.length, 2);
    const authors = [{ name: "x" }, { name: "y" }];
    const record = { station: "A", date: "2020-01-01", parameter: "pm10", value: 1, authors };
    const line = await guessText(t, "b.json", `${JSON.stringify(record)}\n`);
    assert.match(line.yaml, /type: json-lines/);
  });
});

/** Headers that are written as comments. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { guessText, valuesOf } from "./guessing.ts";

/** As KNMI writes daily values; its own files have a hundred lines of explanations. */
const KNMI = [
  "# BRON: KONINKLIJK NEDERLANDS METEOROLOGISCH INSTITUUT (KNMI)",
  "# STN         LON(east)   LAT(north)  ALT(m)      NAME",
  "# 260         5.180       52.100      1.90        De Bilt",
  "# YYYYMMDD    : Datum (YYYY=jaar MM=maand DD=dag);",
  "# FG          : Etmaalgemiddelde windsnelheid (in 0.1 m/s), of leeg, bij storing, onbekend",
  "# STN,YYYYMMDD,   FG,   TG,   TX",
  "# ",
  "  260,20200101,   41,  -12,   51",
  "  260,20200102,   42,     ,   52",
  "  260,20200103,   43,  -14,   53",
  "",
].join("\n");

/** As NDBC writes the observations of a buoy. */
const NDBC = [
  "#YY  MM DD hh mm WDIR WSPD  WVHT   PRES  ATMP  TIDE",
  "#yr  mo dy hr mn degT m/s      m    hPa  degC    ft",
  "2014 09 11 16 50 120  5.0    0.6 1016.5  29.3    MM",
  "2014 09 11 15 50 110  4.0     MM 1016.6  29.0   1.5",
  "2014 09 11 14 50 999  99.0 99.00 9999.0 999.0    MM",
  "",
].join("\n");

suite("infer, from files whose header is a comment", () => {
  test("behind a mark that joins the first name: the line is the header, its names are found in every file", async (t) => {
    const { yaml, pipeline, rows, rejects } = await guessText(t, "etmgeg_260.txt", KNMI);
    assert.match(yaml, /skip_to: "# STN," #/);
    assert.match(yaml, /header: always\n/);
    assert.equal(pipeline.target, "daily");
    assert.equal(rejects, 0);
    assert.equal(rows.length, 8);
    assert.deepEqual(
      rows
        .map((row) => `${row["station_id"] ?? ""} ${row["date_"] ?? ""} ${row["common_kpi_name"] ?? ""}`)
        .slice(0, 4),
      ["260 2020-01-01 FG", "260 2020-01-01 TG", "260 2020-01-01 TMAX", "260 2020-01-02 FG"],
    );
  });

  test("a column of hours beside that of dates; the hour 24 ends the day", async (t) => {
    const hourly = KNMI.replace("YYYYMMDD,   FG", "YYYYMMDD,   HH").replace("   43,  -14,", "   24,  -14,");
    const { yaml, rows } = await guessText(
      t,
      "uurgeg_260.txt",
      hourly.replaceAll("   41,", "    1,").replaceAll("   42,", "    2,"),
    );
    assert.match(yaml, /template: "\{YYYYMMDD\} \{HH:02\}", format: yyyyMMdd HH,/);
    assert.deepEqual(
      [...new Set(rows.map((row) => row["time_"]))],
      ["2020-01-01T01:00:00Z", "2020-01-02T02:00:00Z", "2020-01-04T00:00:00Z"],
    );
  });

  test("names, and units in the comment below them", async (t) => {
    const { yaml, pipeline, rows, rejects } = await guessText(t, "41001.txt", NDBC);
    assert.match(yaml, /skip_to: "#YY" #/);
    assert.equal(pipeline.target, "observations");
    assert.equal(rejects, 0);
    assert.deepEqual(
      valuesOf(rows).map((row) => row.slice(1)),
      [
        ["2014-09-11T16:50:00Z", "WDIR", "120"],
        ["2014-09-11T16:50:00Z", "WSPD", "5.0"],
        ["2014-09-11T16:50:00Z", "WVHT", "0.6"],
        ["2014-09-11T16:50:00Z", "PRES", "1016.5"],
        ["2014-09-11T16:50:00Z", "TEMP", "29.3"],
        ["2014-09-11T15:50:00Z", "WDIR", "110"],
        ["2014-09-11T15:50:00Z", "WSPD", "4.0"],
        ["2014-09-11T15:50:00Z", "PRES", "1016.6"],
        ["2014-09-11T15:50:00Z", "TEMP", "29.0"],
        ["2014-09-11T15:50:00Z", "TIDE", "1.5"],
      ],
    );
    assert.equal(rows[0]?.["common_unit"], "°");
  });

  test("a mark that stands alone is a column more than the records have: names by position", async (t) => {
    const { yaml, rows, rejects } = await guessText(
      t,
      "a.txt",
      NDBC.replace("#YY", "# YY").replace("#yr", "# yr"),
    );
    assert.match(yaml, /header: none\n {2}columns: \[YY, MM, DD, hh, mm, WDIR, /);
    assert.equal(rejects, 0);
    assert.equal(rows.length, 10);
  });

  test("the header that a preamble's table begins like is told by more of it; a header of its own counts more", async (t) => {
    const alike = KNMI.replace("# STN         LON(east)", "# STN,LON(east)");
    const { yaml, rows } = await guessText(t, "a.txt", alike);
    assert.match(yaml, /skip_to: "# STN,YYYYMMDD," #/);
    assert.equal(rows.length, 8);
    const own = "# some,older,names\nstation,date,pm10\nA,2020-01-01,1\nA,2020-01-02,2\n";
    const plain = await guessText(t, "b.csv", own);
    assert.doesNotMatch(plain.yaml, /skip_to|older/);
    assert.equal(plain.rows.length, 2);
  });

  test("comments that are no header name nothing", async (t) => {
    const { yaml, rows } = await guessText(
      t,
      "a.csv",
      `# made on 2020-02-02, by hand, for all\n${[1, 2, 3].map((day) => `A${day},2020-01-0${day},TMAX,${day}.5`).join("\n")}\n`,
    );
    assert.match(yaml, /header: none\n {2}columns: \[column1, /);
    assert.equal(rows.length, 3);
  });
});

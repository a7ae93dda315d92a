import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { generateNoaaYear, generateYear, type NoaaYear } from "../../src/demo/noaa-year.ts";
import { generateStations } from "../../src/demo/stations.ts";

/** A row as a reader of NOAA's documents would parse it: text, not the generator's bytes. */
interface Row {
  readonly id: string;
  readonly date: string;
  readonly element: string;
  readonly value: number;
  readonly measurementFlag: string;
  readonly qualityFlag: string;
  readonly sourceFlag: string;
  readonly time: string;
}

const LINE =
  /^[A-Z]{2}[A-Z0-9-]{9},\d{8},[A-Z0-9]{4},-?\d{1,5},[TH]?,[DGIKLMNORSTWXZ]?,[A-Za-z0-9],(0700|2400)?$/;

function textOf(year: NoaaYear): string {
  return Buffer.concat([...year.chunks]).toString("latin1");
}

function parse(text: string): Row[] {
  assert.equal(text.at(-1), "\n");
  return text
    .slice(0, -1)
    .split("\n")
    .map((line) => {
      assert.match(line, LINE);
      const [id = "", date = "", element = "", value, measurementFlag = "", qualityFlag = "", ...rest] =
        line.split(",");
      const [sourceFlag = "", time = ""] = rest;
      return { id, date, element, value: Number(value), measurementFlag, qualityFlag, sourceFlag, time };
    });
}

function countBy(rows: readonly Row[], name: (row: Row) => string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const row of rows) if (name(row) !== "") counts[name(row)] = (counts[name(row)] ?? 0) + 1;
  return counts;
}

suite("a generated NOAA year", () => {
  const stations = generateStations(150);
  const year = generateYear(7, 2024, stations);
  const text = textOf(year);
  const rows = parse(text);
  const passed = rows.filter((row) => row.qualityFlag === "");

  test("is the same for the same seed, and another one for another", () => {
    assert.equal(textOf(generateYear(7, 2024, generateStations(150))), text);
    assert.notEqual(textOf(generateYear(8, 2024, stations)), text);
  });

  test("accounts for every row", () => {
    assert.equal(year.totals.rows, rows.length);
    assert.deepEqual(
      year.totals.qualityFlags,
      countBy(rows, (row) => row.qualityFlag),
    );
    assert.deepEqual(
      year.totals.measurementFlags,
      countBy(rows, (row) => row.measurementFlag),
    );
    assert.deepEqual(
      year.totals.times,
      countBy(rows, (row) => row.time),
    );
    for (const [element, totals] of Object.entries(year.totals.elements)) {
      const own = rows.filter((row) => row.element === element);
      const good = own.filter((row) => row.qualityFlag === "");
      const sum = good.reduce((total, row) => total + row.value, 0);
      assert.deepEqual(totals, { rows: own.length, flagged: own.length - good.length, sum }, element);
      assert.ok(own.length > 0, `no ${element}`);
    }
  });

  test("holds each measurement once", () => {
    assert.equal(new Set(rows.map(({ id, date, element }) => `${id}${date}${element}`)).size, rows.length);
  });

  test("covers the whole year, with days missing", () => {
    const dates = new Set(rows.map(({ date }) => date));
    assert.equal(dates.size, 366);
    assert.ok(dates.has("20240229") && dates.has("20240101") && dates.has("20241231"));
    const stationDays = new Set(rows.map(({ id, date }) => id + date)).size;
    assert.ok(stationDays < 366 * 150 && stationDays > 0.95 * 366 * 150, `${stationDays} station-days`);
  });

  test("is ordered roughly by date, and station-days are split", () => {
    let backwards = 0;
    let split = 0;
    const seen = new Set<string>();
    for (const [index, { id, date }] of rows.entries()) {
      const before = rows[index - 1];
      if (before !== undefined && date < before.date) backwards++;
      if (before !== undefined && (before.id !== id || before.date !== date) && seen.has(id + date)) split++;
      seen.add(id + date);
    }
    assert.ok(backwards > 10 && backwards < rows.length / 100, `${backwards} steps back`);
    assert.ok(split > 10 && split < rows.length / 50, `${split} split station-days`);
  });

  test("marks about one row in a thousand as failed, with a value to notice", () => {
    const failed = rows.filter((row) => row.qualityFlag !== "");
    assert.ok(
      failed.length > rows.length / 2500 && failed.length < rows.length / 500,
      `${failed.length} failed`,
    );
    const tooHot = failed.filter((row) => row.element === "TMAX" && row.qualityFlag === "X");
    assert.ok(tooHot.length > 0 && tooHot.every((row) => row.value > 650));
  });

  test("keeps values that passed within the world's records", () => {
    const bounds: Record<string, readonly [number, number]> = {
      TMAX: [-700, 567],
      TMIN: [-700, 450],
      PRCP: [0, 1825 * 10],
      SNOW: [0, 1900],
      SNWD: [0, 11_820],
    };
    for (const { element, value, id, date } of passed) {
      const [low, high] = bounds[element] ?? [-700, 700];
      assert.ok(value >= low && value <= high, `${element} ${value} at ${id} on ${date}`);
    }
  });

  test("has no minimum above its maximum, and traces without amount", () => {
    const maxima = new Map<string, number>();
    for (const row of passed) if (row.element === "TMAX") maxima.set(row.id + row.date, row.value);
    let compared = 0;
    for (const row of passed) {
      const maximum = row.element === "TMIN" ? maxima.get(row.id + row.date) : undefined;
      if (maximum === undefined) continue;
      compared++;
      assert.ok(row.value <= maximum, `${row.id} ${row.date}`);
    }
    assert.ok(compared > 10_000);
    const traces = passed.filter((row) => row.measurementFlag === "T");
    assert.ok(traces.length > 100 && traces.every((row) => row.element === "PRCP" && row.value === 0));
  });

  test("has seasons by hemisphere, cold by latitude and height, and days like the day before", () => {
    const mean = (id: string, month: string) => {
      const own = passed.filter(
        (row) => row.element === "TMAX" && row.id === id && row.date.slice(4, 6) === month,
      );
      return own.reduce((sum, row) => sum + row.value, 0) / own.length / 10;
    };
    const first = (city: string) => {
      const station = stations.find((candidate) => candidate.city.name === city);
      assert.ok(station !== undefined);
      return station.id;
    };
    assert.ok(mean(first("Berlin"), "07") - mean(first("Berlin"), "01") > 12);
    assert.ok(mean(first("Sydney"), "01") - mean(first("Sydney"), "07") > 5);
    assert.ok(mean(first("Lagos"), "07") - mean(first("Tromsø"), "07") > 8);
    assert.ok(mean(first("München"), "07") - mean(first("Zugspitze"), "07") > 10);

    const days = passed.filter((row) => row.element === "TMAX" && row.id === first("Berlin"));
    const summer = days
      .filter((row) => row.date >= "20240601" && row.date < "20240901")
      .map((row) => row.value);
    const average = summer.reduce((sum, value) => sum + value, 0) / summer.length;
    const products = summer
      .slice(1)
      .map((value, index) => (value - average) * ((summer[index] ?? 0) - average));
    const squares = summer.map((value) => (value - average) ** 2);
    const correlation = products.reduce((a, b) => a + b, 0) / squares.reduce((a, b) => a + b, 0);
    assert.ok(correlation > 0.3, `correlation of neighbouring days ${correlation}`);
  });
});

suite("a generated NOAA year of a given size", () => {
  for (const rows of [1, 1_000, 100_000]) {
    test(`${rows} rows`, () => {
      const year = generateNoaaYear({ seed: 1, year: 2023, rows });
      const parsed = parse(textOf(year));
      assert.equal(parsed.length, rows);
      assert.equal(year.totals.rows, rows);
      assert.equal(new Set(parsed.map(({ id, date, element }) => `${id}${date}${element}`)).size, rows);
      const days = new Set(parsed.map(({ date }) => date));
      assert.equal(days.size, Math.min(365, rows));
    });
  }
});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import {
  countriesFile,
  inventoryFile,
  statesFile,
  stationsFile,
  versionFile,
} from "../../src/demo/noaa-texts.ts";
import { generateYear } from "../../src/demo/noaa-year.ts";
import { generateStations } from "../../src/demo/stations.ts";
import { samples, skipWithoutSamples } from "../samples.ts";

/** The columns of a line, by 1-based inclusive bytes as NOAA's readme gives them. */
function slicer(line: Buffer): (first: number, last: number) => string {
  return (first, last) => line.subarray(first - 1, last).toString("utf8");
}

function linesOf(file: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < file.length; ) {
    const end = file.indexOf(10, start);
    assert.notEqual(end, -1, "the last line lacks its end");
    lines.push(file.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

const STATION_NUMBERS = {
  latitude: /^ *-?\d{1,2}\.\d{4}$/,
  longitude: /^ *-?\d{1,3}\.\d{4}$/,
  elevation: /^ *-?\d+\.\d$/,
};

function checkStationLine(line: Buffer): void {
  const slice = slicer(line);
  assert.equal(line.length, 85);
  assert.match(slice(1, 11), /^[A-Z]{2}[A-Za-z0-9_-]{9}$/);
  assert.match(slice(13, 20), STATION_NUMBERS.latitude);
  assert.match(slice(22, 30), STATION_NUMBERS.longitude);
  assert.match(slice(32, 37), STATION_NUMBERS.elevation);
  assert.match(slice(39, 40), /^([A-Z]{2}| {2})$/);
  assert.ok(!slice(42, 71).includes("\ufffd"), "a character is cut");
  assert.match(slice(73, 75), /^(GSN| {3})$/);
  assert.match(slice(77, 79), /^(HCN|CRN| {3})$/);
  assert.match(slice(81, 85), /^(\d{5}| {5})$/);
  for (const blank of [12, 21, 31, 38, 41, 72, 76, 80])
    assert.equal(slice(blank, blank), " ", `byte ${blank}`);
}

suite("the generated station list", () => {
  const stations = generateStations(300);
  const lines = linesOf(stationsFile(stations));
  const column = (first: number, last: number) => lines.map((line) => slicer(line)(first, last).trim());

  test("keeps NOAA's columns by bytes", () => {
    for (const line of lines) checkStationLine(line);
  });

  test("agrees with the layout of the real list", { skip: skipWithoutSamples }, () => {
    const real = linesOf(
      gunzipSync(readFileSync(join(samples ?? "", "noaa-ghcn/meta/ghcnd-stations.txt.gz"))),
    );
    // The checks above must hold for real lines too, or they check something else than the format.
    for (const line of real.filter((_, index) => index % 500 === 0)) checkStationLine(line);
  });

  test("has every kind of station", () => {
    assert.equal(new Set(column(1, 11)).size, 300);
    const countries = new Set(column(1, 2));
    assert.ok(countries.size >= 20 && countries.has("GM"));
    assert.ok(column(1, 11).filter((id) => id.startsWith("GM")).length >= 50);
    assert.ok(column(1, 11).includes("GM000010962"));
    assert.ok(column(1, 11).some((id) => id.includes("-")));
    assert.ok(column(32, 37).includes("-999.9"));
    assert.ok(
      column(42, 71).some((name) => /[^ -~]/.test(name)),
      "UTF-8 name",
    );
    assert.ok(column(42, 71).some((name) => name.includes('"')));
    assert.ok(column(42, 71).some((name) => name.includes(",")));
    assert.ok(column(73, 75).includes("GSN"));
    assert.ok(column(77, 79).includes("HCN"));
    assert.ok(
      column(81, 85).some((wmo) => wmo.startsWith("0")),
      "WMO number with a leading zero",
    );
  });

  test("names the stations of the facts, and the inventory their elements", () => {
    const content = Buffer.concat([...generateYear(7, 2023, stations).chunks]).toString("latin1");
    const measured = new Set(
      content.match(/^.{11},\d{8},.{4}/gm)?.map((row) => row.slice(0, 11) + row.slice(21)),
    );
    const inventory = linesOf(inventoryFile(stations, 2023)).map((line) => {
      const slice = slicer(line);
      assert.equal(line.length, 45);
      assert.match(slice(13, 20), STATION_NUMBERS.latitude);
      assert.match(slice(22, 30), STATION_NUMBERS.longitude);
      assert.ok(Number(slice(37, 40)) < 2023);
      assert.equal(slice(42, 45), "2023");
      return slice(1, 11) + slice(32, 35);
    });
    assert.deepEqual([...measured].sort(), inventory.sort());
    const listed = new Set(column(1, 11));
    assert.ok([...measured].every((pair) => listed.has(pair.slice(0, 11))));
  });

  test("uses countries and states that are listed, as NOAA names them", () => {
    const codes = (file: Buffer) => linesOf(file).map((line) => slicer(line)(1, 2));
    assert.deepEqual([...new Set(column(1, 2))].sort(), codes(countriesFile()));
    const states = new Set(codes(statesFile()));
    assert.ok(column(39, 40).every((state) => state === "" || states.has(state)));
    assert.match(
      versionFile("20250108").toString(),
      /^The current version of GHCN Daily is 3\.32-upd-2025010819 /,
    );
  });

  test("has country lines that the real file has too", { skip: skipWithoutSamples }, () => {
    const real = readFileSync(join(samples ?? "", "noaa-ghcn/meta/ghcnd-countries.txt"), "utf8").split("\n");
    for (const line of linesOf(countriesFile())) assert.ok(real.includes(line.toString()), line.toString());
  });
});

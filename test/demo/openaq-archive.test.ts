import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import { type Location, openaqLocations } from "../../src/demo/air.ts";
import { dateOf, dayOf } from "../../src/demo/calendar.ts";
import { archiveFile, archiveKey } from "../../src/demo/openaq-archive.ts";
import { generateStations } from "../../src/demo/stations.ts";
import { samples, skipWithoutSamples } from "../samples.ts";

const DAY = dayOf("2024-11-30");
const COLUMNS = [
  "location_id",
  "sensors_id",
  "location",
  "datetime",
  "lat",
  "lon",
  "parameter",
  "units",
  "value",
];

/** RFC 4180 for one line: fields, and which of them were quoted. */
function parseLine(line: string): { fields: string[]; quoted: boolean[] } {
  const fields: string[] = [];
  const quoted: boolean[] = [];
  for (const match of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)) {
    fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    quoted.push(match[1] !== undefined);
  }
  return { fields, quoted };
}

function linesOf(location: Location, day = DAY): string[] {
  const text = archiveFile(7, location, day);
  assert.equal(text.at(-1), "\n");
  assert.ok(!text.includes("\r"));
  return text.slice(0, -1).split("\n");
}

/** Rows as objects, with the moment as a number. */
function rowsOf(location: Location, day = DAY) {
  return linesOf(location, day)
    .slice(1)
    .map((line) => {
      const { fields } = parseLine(line);
      assert.equal(fields.length, COLUMNS.length, line);
      const [id, sensor, name, time = "", latitude, longitude, parameter = "", unit = "", value = ""] =
        fields;
      assert.match(time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:00[+-]\d\d:\d\d$/);
      assert.match(value, /^\d+\.\d{1,4}$/);
      return {
        id,
        sensor,
        name,
        time,
        latitude,
        longitude,
        parameter,
        unit,
        value: Number(value),
        at: Date.parse(time),
      };
    });
}

suite("the generated OpenAQ archive", () => {
  const locations = openaqLocations(40);

  test("is the same for the same seed, and another one for another", () => {
    const [location] = locations;
    assert.ok(location !== undefined);
    assert.equal(archiveFile(7, location, DAY), archiveFile(7, location, DAY));
    assert.notEqual(archiveFile(8, location, DAY), archiveFile(7, location, DAY));
    assert.notEqual(archiveFile(7, location, DAY + 1), archiveFile(7, location, DAY));
  });

  test("has keys as in the bucket", () => {
    assert.equal(
      archiveKey(2178, dayOf("2022-05-03")),
      "records/csv.gz/locationid=2178/year=2022/month=05/location-2178-20220503.csv.gz",
    );
    assert.equal(new Set(locations.map(({ id }) => id)).size, 40);
  });

  test("speaks both dialects, as the real files do", { skip: skipWithoutSamples }, () => {
    const read = (file: string) =>
      readFileSync(join(samples ?? "", "openaq-archive", file), "utf8").split("\n");
    const shapes = (line: string | undefined) => parseLine(line ?? "").quoted;
    const dialects = [
      { real: read("quoted-8118-20260415.head.csv"), ours: locations.find(({ quoted }) => quoted) },
      { real: read("docs-location-2178-20230222.head.csv"), ours: locations.find(({ quoted }) => !quoted) },
      {
        real: read("comma-in-name-6983-20190715.row.csv"),
        ours: locations.find(({ quoted, name }) => !quoted && name.includes(",")),
      },
    ];
    for (const { real, ours } of dialects) {
      assert.ok(ours !== undefined);
      const lines = linesOf(ours);
      assert.equal(lines[0], real[0]);
      assert.deepEqual(shapes(lines[1]), shapes(real[1]), `${String(lines[1])} against ${String(real[1])}`);
    }
  });

  test("each file holds its local day: after 00:00 and up to 24:00", () => {
    for (const location of locations) {
      const rows = rowsOf(location);
      const midnight = DAY * 86_400_000 - location.city.offset * 60_000;
      for (const row of rows) {
        assert.ok(row.at > midnight && row.at <= midnight + 86_400_000, row.time);
        assert.equal((row.at - midnight) % (location.interval * 60_000), 0);
        assert.equal(row.id, String(location.id));
        assert.equal(row.name, location.name);
      }
      assert.ok(rows.at(-1)?.time.startsWith(`${dateOf(DAY + 1)}T00:00:00`), location.name);
      // Some are missing, most are not.
      const full = (location.sensors.length * 1440) / location.interval;
      assert.ok(rows.length > 0.8 * full && rows.length <= full, `${rows.length} of ${full}`);
    }
  });

  test("has every kind of place", () => {
    const all = locations.flatMap((location) => rowsOf(location));
    const has = (found: Iterable<string>, ...expected: string[]) => {
      const set = new Set(found);
      for (const text of expected) assert.ok(set.has(text), text);
    };
    has(
      all.map(({ parameter, unit }) => `${parameter} ${unit}`),
      ...[
        "pm25 µg/m³",
        "pm10 µg/m³",
        "no2 µg/m³",
        "no2 ppm",
        "no2 ppb",
        "o3 ppm",
        "so2 ppm",
        "co ppm",
        "co µg/m³",
      ],
    );
    has(
      all.map(({ time }) => time.slice(-6)),
      ...["+01:00", "+05:30", "+05:45", "+09:30", "+10:30", "-03:30", "-08:00", "+00:00"],
    );
    assert.ok(locations.filter(({ city }) => city.iso === "DE").length >= 10);
    assert.ok(locations.some(({ name }) => name.includes(",")));
    assert.ok(locations.some(({ name }) => /[^ -~]/.test(name)));
    assert.deepEqual(new Set(locations.map(({ interval }) => interval)), new Set([15, 60]));
    assert.ok(
      locations.some(({ sensors }) => sensors.filter(({ pollutant }) => pollutant === "pm25").length > 1),
      "several sensors of one parameter",
    );
    const sensors = locations.flatMap((location) => location.sensors.map(({ id }) => id));
    assert.equal(new Set(sensors).size, sensors.length);
  });

  test("changes from day to day", () => {
    const [berlin] = locations;
    assert.ok(berlin !== undefined);
    const means = Array.from({ length: 10 }, (_, index) => {
      const values = rowsOf(berlin, DAY + index)
        .filter(({ parameter }) => parameter === "pm25")
        .map(({ value }) => value);
      return values.reduce((sum, value) => sum + value, 0) / values.length;
    });
    assert.ok(Math.max(...means) > 1.3 * Math.min(...means), means.join(" "));
  });

  test("means the same amount of a gas in every unit", () => {
    const [location] = locations;
    assert.ok(location !== undefined);
    // Molar mass over 24.45 litres a mole (25 °C, 1 atm): µg/m³ for each ppb.
    const perBillion = { o3: 48 / 24.45, no2: 46.01 / 24.45, so2: 64.06 / 24.45, co: 28.01 / 24.45 };
    for (const pollutant of ["o3", "no2", "so2", "co"] as const) {
      const total = (unit: "µg/m³" | "ppm" | "ppb") =>
        rowsOf({ ...location, sensors: [{ id: 1, pollutant, unit }] }).reduce(
          (sum, { value }) => sum + value,
          0,
        );
      const mass = total("µg/m³");
      // Rounding to the unit's decimals leaves a few per cent where values are small.
      for (const inMass of [
        total("ppb") * perBillion[pollutant],
        total("ppm") * 1000 * perBillion[pollutant],
      ]) {
        assert.ok(Math.abs(inMass / mass - 1) < 0.03, `${pollutant}: ${inMass} against ${mass}`);
      }
    }
  });

  test("every place lies within 15 km of a NOAA station with temperatures", () => {
    const climate = generateStations(300).filter(({ network }) => network !== "rain");
    for (const { latitude, longitude, name } of locations) {
      const distances = climate.map((station) => {
        const north = (station.latitude - latitude) * 111;
        const east = (station.longitude - longitude) * 111 * Math.cos((latitude * Math.PI) / 180);
        return Math.hypot(north, east);
      });
      assert.ok(Math.min(...distances) < 15, name);
    }
  });
});

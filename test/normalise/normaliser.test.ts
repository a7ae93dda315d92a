import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { suite, test } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { daysFromCivil } from "../../src/normalise/calendar.ts";
import { Normaliser } from "../../src/normalise/normaliser.ts";
import { hashOfTexts } from "../../src/normalise/origin.ts";
import { lookupName } from "../../src/normalise/rewrite.ts";
import { batchOf, numericText } from "./batches.ts";
import { allocator, normaliserOf, OBJECT, pipelineOf, rowsOf } from "./normalising.ts";

const POSTGRES_EPOCH = daysFromCivil(2000, 1, 1);

const element = (from: string, factor: number, range?: [number, number]) => ({
  from,
  in: "raw",
  to: from,
  unit: "unit",
  factor,
  description: from,
  range,
});

function daily(changes: Record<string, unknown> = {}): Pipeline {
  return pipelineOf({
    description: "daily facts",
    source: "noaa",
    target: "daily",
    objects: { bucket: "noaa", key: "{year:yyyy}.csv.gz" },
    format: {
      type: "delimited",
      header: "none",
      columns: ["id", "date", "element", "value", "flag", "time"],
    },
    fields: {
      station_id: "id",
      date: { column: "date", format: "yyyyMMdd" },
      value: { column: "value", sentinels: [-9999] },
      quality_flag: "flag",
      observ_time: "time",
    },
    kpis: { element: "element", list: [element("TMAX", 0.1, [-90, 60]), element("SNOW", 1)] },
    merge: { mode: "replace", slice: "year", year: "year" },
    ...changes,
  });
}

/** Elements that the pipeline does not list are kept. */
function keeping(): Pipeline {
  return daily({ kpis: { element: "element", list: [element("TMAX", 0.1)], unknown: "keep" } });
}

const int = (field: Buffer | null | undefined): number | null =>
  field ? field.readIntBE(0, Math.min(field.length, 6)) : null;

suite("daily facts", () => {
  test("columns come in the order in which the plan asks for them", () => {
    const { plan } = normaliserOf(daily(), 2020);
    assert.deepEqual(plan.columns, ["element", "id", "date", "time", "value", "flag"]);
  });

  test("a row has keys, day, exact scaled value, flag and time of observation", async () => {
    const { normaliser } = normaliserOf(daily(), 2020);
    const rows = await rowsOf(normaliser, [
      batchOf([
        ["TMAX", "GME00102345", "20200229", "0700", "-75", ""],
        ["SNOW", "GME00102345", "20200301", "", "12", "X"],
      ]),
    ]);
    assert.equal(rows.length, 2);
    const [first, second] = rows;
    assert.equal(int(first?.[0]), 100);
    assert.equal(int(first?.[1]), daysFromCivil(2020, 2, 29) - POSTGRES_EPOCH);
    assert.equal(int(first?.[2]), 1);
    assert.equal(int(first?.[3]), 700);
    assert.equal(first?.[4]?.toString(), "TMAX");
    assert.equal(first[5] && numericText(first[5]), "-7.5");
    assert.equal(first[6], null);
    assert.equal(int(second?.[2]), 2);
    assert.ok(second);
    assert.equal(second[3], null);
    assert.equal(second[4]?.toString(), "SNOW");
    assert.equal(second[5] && numericText(second[5]), "12");
    assert.equal(second[6]?.toString(), "X");
  });

  test("every measurement is exactly one of copied, empty, rejected, filtered", async () => {
    const { normaliser } = normaliserOf(daily(), 2020);
    const rows = await rowsOf(normaliser, [
      batchOf([
        ["TMAX", "S1", "20200101", "", "1", ""],
        ["WT01", "S1", "20200101", "", "1", ""],
        ["WT01", "S1", "no date", "", "1", ""],
        ["AWND", "S1", "20200101", "", "1", ""],
        ["TMAX", "S1", "20200230", "", "1", ""],
        ["TMAX", "S1", "20190101", "", "1", ""],
        ["TMAX", "S1", "20200102", "", "", ""],
        ["TMAX", "S1", "20200103", "", "-9999", ""],
        ["TMAX", "S1", "20200103", "", "12x", ""],
        ["TMAX", "S1", "20200103", "2500", "1", ""],
        ["TMAX", "", "20200103", "", "1", ""],
        ["", "S1", "20200103", "", "1", ""],
      ]),
    ]);
    normaliser.commit();
    assert.equal(rows.length, 1);
    assert.deepEqual(normaliser.counts, { measurements: 12, copied: 1, empty: 2, rejected: 6, filtered: 3 });
    assert.deepEqual(
      new Map(
        normaliser.tallies().map(({ kind, name, field, count }) => [`${kind}/${name}/${field}`, count]),
      ),
      new Map([
        ["filtered/WT01/", 2],
        ["filtered/AWND/", 1],
        ["empty/no value/", 1],
        ["empty/-9999/", 1],
        ["rejected/not a date/date", 1],
        ["rejected/outside the slice/date", 1],
        ["rejected/not a number/value", 1],
        ["rejected/number out of range/observ_time", 1],
        ["rejected/missing/station_id", 1],
        ["rejected/missing/kpi", 1],
      ]),
    );
    const reject = normaliser.rejects.kept.find(({ reason }) => reason === "not a date");
    assert.deepEqual(
      [reject?.line, reject?.reason, reject?.field, reject?.objectId],
      [5, "not a date", "date", 7],
    );
    assert.equal(reject?.raw, "TMAX|S1|20200230||1||");
  });

  test("rows of unknown stations wait for their keys, in their order, one request a batch", async () => {
    const allocate = allocator();
    const { normaliser } = normaliserOf(daily(), 2020, allocate);
    const day = (station: string, value: string) => ["TMAX", station, "20200101", "", value, ""];
    const rows = await rowsOf(normaliser, [
      batchOf([day("B", "10"), day("A", "20"), day("B", "30")]),
      batchOf([day("A", "40"), day("C", "50")]),
    ]);
    assert.deepEqual(allocate.stationCalls, [["A", "B"], ["C"]]);
    assert.deepEqual(
      rows.map((row) => [int(row[0]), row[5] && numericText(row[5])]),
      [
        [101, "1.0"],
        [100, "2.0"],
        [101, "3.0"],
        [100, "4.0"],
        [102, "5.0"],
      ],
    );
    normaliser.commit();
    assert.deepEqual([...normaliser.stationsSeen].sort(), [100, 101, 102]);
  });

  test("coverage counts rows per month; the range check leaves flagged values out", async () => {
    const { normaliser } = normaliserOf(daily(), 2020);
    await rowsOf(normaliser, [
      batchOf([
        ["TMAX", "S1", "20200131", "", "999", ""],
        ["TMAX", "S1", "20200130", "", "9999", "G"],
        ["TMAX", "S1", "20201231", "", "-1000", ""],
        ["SNOW", "S1", "20201231", "", "99999", ""],
      ]),
    ]);
    normaliser.commit();
    assert.deepEqual(normaliser.coverage(), [
      { month: "2020-01-01", rows: 2, newest: "2020-01-31" },
      { month: "2020-12-01", rows: 2, newest: "2020-12-31" },
    ]);
    assert.deepEqual(normaliser.ranges(), [
      { kpi: "TMAX", unit: "unit", outside: 2, total: 2, example: "99.9" },
    ]);
  });

  test("an object that is discarded leaves no count, no row, no station", async () => {
    const { normaliser } = normaliserOf(daily(), 2020);
    await rowsOf(normaliser, [
      batchOf([
        ["TMAX", "S1", "20200131", "", "9999", ""],
        ["WT01", "S1", "x", "", "", ""],
        ["TMAX", "S1", "x", "", "", ""],
      ]),
    ]);
    normaliser.discard();
    await rowsOf(normaliser, [batchOf([["TMAX", "S2", "20200131", "", "10", ""]])]);
    normaliser.commit();
    assert.deepEqual(normaliser.counts, { measurements: 1, copied: 1, empty: 0, rejected: 0, filtered: 0 });
    assert.deepEqual([...normaliser.stationsSeen], [101]);
    assert.deepEqual(normaliser.tallies(), []);
    assert.deepEqual(normaliser.ranges()[0]?.outside, 0);
  });

  test("what an object that failed waited for gets no key in the next one", async () => {
    const allocate = allocator();
    const failing = { ...allocate, kpis: () => Promise.reject(new Error("no database")) };
    const { plan, normaliser } = normaliserOf(keeping(), 2020, failing);
    const waiting = batchOf([
      ["NEW", "S1", "20200131", "", "1", ""],
      ["TMAX", "S1", "20200131", "", "1", ""],
    ]);
    await assert.rejects(rowsOf(normaliser, [waiting]), { message: "no database" });
    normaliser.discard();
    await rowsOf(normaliser, [batchOf([["TMAX", "S2", "20200131", "", "1", ""]])]);
    normaliser.commit();
    assert.deepEqual(allocate.stationCalls, [["S2"]]);

    // Now with keys for elements as well, and an object that is left while its first rows are being sent.
    const next = new Normaliser(plan, allocate);
    next.begin(OBJECT);
    const rows = Array.from({ length: 10_000 }, () => ["TMAX", "S2", "20200131", "", "1", ""]);
    const batch = batchOf([["NEW", "S3", "20200131", "", "1", ""], ...rows]);
    for await (const piece of next.rows(Readable.from([batch]))) {
      assert.ok(piece.length > 0);
      break;
    }
    next.discard();
    await rowsOf(next, [batchOf([["NEWER", "S2", "20200131", "", "1", ""]])]);
    next.commit();
    assert.deepEqual(allocate.kpiCalls, [["NEWER"]]);
    assert.deepEqual(allocate.stationCalls, [["S2"]]);
  });

  test("a required field that is empty is a reject, not an empty value", async () => {
    const { normaliser } = normaliserOf(daily({ checks: { required: ["value", "observ_time"] } }), 2020);
    await rowsOf(normaliser, [
      batchOf([
        ["TMAX", "S1", "20200101", "0700", "", ""],
        ["TMAX", "S1", "20200101", "", "1", ""],
        ["TMAX", "S1", "20200101", "0700", "-9999", ""],
      ]),
    ]);
    assert.deepEqual(
      { ...normaliser.objectCounts },
      { measurements: 3, copied: 0, empty: 1, rejected: 2, filtered: 0 },
    );
  });
});

function observations(unknown = "keep"): Pipeline {
  return pipelineOf({
    description: "observations",
    source: "openaq",
    target: "observations",
    objects: { bucket: "openaq", key: "{file}.ndjson.gz" },
    format: {
      type: "json-lines",
      columns: {
        country: "country",
        city: "city",
        location: "location",
        parameter: "parameter",
        unit: "unit",
        value: "value",
        utc: "date.utc",
        local: "date.local",
        length: "averagingPeriod.value",
        length_unit: "averagingPeriod.unit",
        lat: "coordinates.latitude",
        lon: "coordinates.longitude",
      },
    },
    fields: {
      station_id: { hash: ["country", "city", "location"], prefix: "f:" },
      time: { column: "utc", format: "iso" },
      date: { column: "local", format: "iso", day_of: "end" },
      value: {
        column: "value",
        sentinels: [-999, -9.999],
        sentinels_below: -900,
        harmonised_below: -900,
      },
      averaging: { column: "length", unit: "length_unit" },
    },
    kpis: {
      element: "parameter",
      unit: "unit",
      unit_aliases: { "µg/m³": ["ug/m3"] },
      unknown,
      list: [
        { from: "no2", in: "µg/m³", to: "NO2", unit: "µg/m³", description: "d" },
        { from: "no2", in: "ppm", to: "NO2", unit: "µg/m³", factor: 1882, description: "d" },
      ],
    },
    station: {
      name: "location",
      country_id: { column: "country", missing: ["99"] },
      latitude: "lat",
      longitude: "lon",
      no_position_at_zero: true,
    },
    daily: { "": "mean" },
    merge: { mode: "upsert" },
  });
}

suite("observations", () => {
  const columns = [
    "parameter",
    "unit",
    "country",
    "city",
    "location",
    "lat",
    "lon",
    "utc",
    "local",
    "length",
    "length_unit",
    "value",
  ];
  const base: Record<string, string | undefined> = {
    parameter: "no2",
    unit: "ppm",
    country: "DE",
    location: "Münster",
    utc: "2017-09-28T22:00:00.000Z",
    local: "2017-09-29T00:00:00+02:00",
    length: "0.25",
    length_unit: "hours",
    value: "0.031",
    lat: "0",
    lon: "0",
  };
  const record = (changes: Record<string, string | undefined> = {}) =>
    columns.map((name) => ({ ...base, ...changes })[name]);

  test("units are harmonised exactly; the day is the local one in which the period ended", async () => {
    const { plan, normaliser } = normaliserOf(observations());
    assert.deepEqual(plan.columns, columns);
    const [row] = await rowsOf(normaliser, [batchOf([record()])]);
    assert.equal(
      row?.[0]?.readBigInt64BE(),
      BigInt(Date.UTC(2017, 8, 28, 22) - Date.UTC(2000, 0, 1)) * 1000n,
    );
    assert.equal(row[1]?.readBigInt64BE(), 0n);
    assert.equal(int(row[3]), daysFromCivil(2017, 9, 28) - POSTGRES_EPOCH);
    assert.equal(int(row[4]), 7);
    assert.equal(int(row[5]), 900);
    assert.equal(int(row[6]), 1);
    assert.equal(row[7] && numericText(row[7]), "58.342");
  });

  test("a time before 1970 and before 2000 keeps its sign", async () => {
    const { normaliser } = normaliserOf(observations());
    const [row] = await rowsOf(normaliser, [batchOf([record({ utc: "1969-12-31T23:59:59.500Z" })])]);
    assert.equal(
      row?.[0]?.readBigInt64BE(),
      BigInt(Date.UTC(1969, 11, 31, 23, 59, 59, 500) - Date.UTC(2000, 0, 1)) * 1000n,
    );
  });

  test("sentinels are empty, small negatives are kept, the future is refused", async () => {
    const { normaliser } = normaliserOf(observations());
    const rows = await rowsOf(normaliser, [
      batchOf([
        record({ value: "-999" }),
        record({ value: "-9.999" }),
        record({ value: "-1111" }),
        // -0.999 ppm is -999 scaled: it shows by what the factor makes of it.
        record({ value: "-0.999" }),
        record({ value: "-0.0004" }),
        record({ utc: "2026-01-02T00:00:01Z" }),
        record({ utc: "2026-01-01T23:00:00Z" }),
        record({ utc: "yesterday" }),
      ]),
    ]);
    normaliser.commit();
    assert.equal(rows.length, 2);
    assert.deepEqual(normaliser.counts, { measurements: 8, copied: 2, empty: 4, rejected: 2, filtered: 0 });
    assert.deepEqual(normaliser.rejects.byReason(), { "date in the future": 1, "not a time": 1 });
  });

  test("aliases of a unit are the unit; an unlisted element is kept under its own name and unit", async () => {
    const { normaliser } = normaliserOf(observations());
    const rows = await rowsOf(normaliser, [
      batchOf([
        record({ unit: "ug/m3" }),
        record({ parameter: "um003", unit: "particles/cm³" }),
        record({ parameter: "um003", unit: "particles/cm³" }),
      ]),
    ]);
    // The unlisted element waits for its key first, then for its station's.
    const [alias, kept, again] = [0, 1, 2].map((index) => int(rows[index]?.[6]));
    assert.equal(alias, 1);
    assert.ok(kept !== null && kept !== undefined && kept >= 100);
    assert.equal(again, kept);
    assert.deepEqual(
      rows.map((row) => row[7] && numericText(row[7])),
      ["0.031", "0.031", "0.031"],
    );
  });

  test("spellings that the unit table knows need no alias; another unit is left out under its name", async () => {
    const { normaliser } = normaliserOf(observations("filter"));
    const rows = await rowsOf(normaliser, [
      batchOf([
        ...["µg m-3", "UG/M3", "\u03bcg/m3", "ug m**-3", "µg m-3"].map((unit) =>
          record({ unit, value: "7" }),
        ),
        record({ unit: "PPM", value: "1" }),
        record({ unit: "mg/m3" }),
        record({ unit: "" }),
        record({ parameter: "o3", unit: "ppm" }),
      ]),
    ]);
    assert.deepEqual(
      rows.map((row) => row[7] && numericText(row[7])),
      ["7", "7", "7", "7", "7", "1882"],
    );
    normaliser.commit();
    assert.deepEqual(normaliser.counts, { measurements: 9, copied: 6, empty: 0, rejected: 0, filtered: 3 });
    assert.deepEqual(
      normaliser.tallies().map(({ kind, name }) => `${kind}: ${name}`),
      ["filtered: no2 in mg/m3", "filtered: no2 in no unit", "filtered: o3"],
    );
  });

  test("stations are described once an object; 0,0 is no position and 99 no country", async () => {
    const { normaliser } = normaliserOf(observations());
    await rowsOf(normaliser, [
      batchOf([
        record(),
        record(),
        record({ location: "Berlin", country: "99", lat: "52.520", lon: "13.4" }),
        record({ location: "Nowhere", lat: undefined, lon: undefined, value: "-999" }),
      ]),
    ]);
    normaliser.commit();
    assert.deepEqual(
      normaliser.takeDescriptions().map(({ stationKey: _key, ...rest }) => rest),
      [
        {
          objectKey: "some/key",
          name: "Münster",
          countryId: "DE",
          latitude: null,
          longitude: null,
          elevation: null,
        },
        {
          objectKey: "some/key",
          name: "Berlin",
          countryId: null,
          latitude: "52.520",
          longitude: "13.4",
          elevation: null,
        },
      ],
    );
  });

  test("a later record may tell where the station is", async () => {
    const { normaliser } = normaliserOf(observations());
    await rowsOf(normaliser, [
      batchOf([
        record(),
        record({ lat: "52.5", lon: "13.4", location: "Berlin" }),
        record({ lat: "-28.5", lon: "283.75", location: "Atacama" }),
        record({ lat: "91", lon: "7.6", location: "Beyond" }),
        record({ lat: "51.9", lon: "7.6" }),
        record({ lat: "1", lon: "1" }),
      ]),
    ]);
    normaliser.commit();
    assert.deepEqual(
      normaliser.takeDescriptions().map(({ name, latitude, longitude }) => [name, latitude, longitude]),
      [
        ["Münster", "51.9", "7.6"],
        ["Berlin", "52.5", "13.4"],
        ["Atacama", "-28.5", "-76.25"],
        ["Beyond", null, null],
      ],
    );
  });

  test("the station id is a stable hash of country, city and name", async () => {
    const allocate = allocator();
    const { normaliser } = normaliserOf(observations(), undefined, allocate);
    await rowsOf(normaliser, [batchOf([record(), record({ city: "M" })])]);
    assert.deepEqual(allocate.stationCalls, [
      [`f:${hashOfTexts(["DE", "", "Münster"])}`, `f:${hashOfTexts(["DE", "M", "Münster"])}`].sort(),
    ]);
    assert.equal(hashOfTexts(["DE", "", "Münster"]), "ef90a8bf5788f838");
  });
});

suite("dimensions", () => {
  test("parts, lookups, missing texts and blanks", async () => {
    const lookup = { file: "fips.csv", key: "fips", value: "iso", otherwise: "null" as const };
    const pipeline = pipelineOf(
      {
        description: "stations",
        source: "noaa",
        target: "stations",
        objects: { bucket: "noaa", key: "stations.txt" },
        format: { type: "fixed-width", columns: { id: "1-11", elevation: "32-37", name: "42-71" } },
        fields: {
          station_id: "id",
          name: "name",
          elevation: { column: "elevation", missing: ["-999.9"] },
          country_id: { column: "id", part: "1-2", lookup },
        },
        merge: { mode: "upsert" },
      },
      new Map([[lookupName(lookup), new Map([["GM", "DE"]])]]),
    );
    const { plan, normaliser } = normaliserOf(pipeline);
    assert.deepEqual(plan.columns, ["id", "name", "elevation"]);
    const rows = await rowsOf(normaliser, [
      batchOf([
        ["GM000010962", "HOHENPEISSENBERG", "977.0"],
        ["XX000000001", " SÃO PAULO ", "-999.9"],
        ["GM000000002", "", "1"],
      ]),
    ]);
    assert.deepEqual(
      rows.map((row) =>
        row.map((field, index) =>
          field === null ? null : index >= 2 && index <= 4 ? numericText(field) : field.toString(),
        ),
      ),
      [
        ["GM000010962", "HOHENPEISSENBERG", null, null, "977.0", "DE", null, null],
        ["XX000000001", "SÃO PAULO", null, null, null, null, null, null],
      ],
    );
    normaliser.commit();
    assert.deepEqual(normaliser.rejects.byReason(), { missing: 1 });
  });

  test("a position that the earth does not have is a reject, not a station", async () => {
    const pipeline = pipelineOf({
      description: "stations",
      source: "noaa",
      target: "stations",
      objects: { bucket: "noaa", key: "stations.csv" },
      format: { type: "delimited", header: "always" },
      fields: { station_id: "id", name: "id", latitude: "lat", longitude: "lon" },
      merge: { mode: "upsert" },
    });
    const { normaliser } = normaliserOf(pipeline);
    const rows = await rowsOf(normaliser, [
      batchOf([
        ["pole", "-90", "180.000"],
        ["degrees and minutes", "5231", "13"],
        ["west", "52", "-180.001"],
        ["turned", "-28.5", "283.750"],
        ["once round", "52", "360.001"],
      ]),
    ]);
    assert.deepEqual(
      rows.map(([id, _name, _latitude, longitude]) => [id?.toString(), longitude && numericText(longitude)]),
      [
        ["pole", "180.000"],
        ["turned", "-76.250"],
      ],
    );
    normaliser.commit();
    assert.deepEqual(normaliser.rejects.byReason(), { "number out of range": 3 });
  });
});

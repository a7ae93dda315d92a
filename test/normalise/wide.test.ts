import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { daysFromCivil } from "../../src/normalise/calendar.ts";
import { lookupName } from "../../src/normalise/rewrite.ts";
import { allocator, type NamedRecord, normalised, normaliserOf, pipelineOf } from "./normalising.ts";

const POSTGRES_EPOCH = daysFromCivil(2000, 1, 1);
const day = (year: number, month: number, date: number) => daysFromCivil(year, month, date) - POSTGRES_EPOCH;

const kpi = (from: string, changes: object = {}) => ({
  from,
  in: "°C",
  to: from,
  unit: "°C",
  description: from,
  ...changes,
});

/** A wide daily pipeline; its columns are what its fields name. */
function daily(changes: Record<string, unknown>) {
  return pipelineOf({
    description: "wide days",
    source: "wide",
    target: "daily",
    objects: { bucket: "bucket", key: "{file}.csv" },
    format: { type: "delimited", header: "always" },
    fields: {
      station_id: "id",
      date: { column: "date", format: "yyyy-MM-dd" },
      value: { sentinels: [-999] },
    },
    measurements: ["TMAX", "TMIN"],
    kpis: { list: [kpi("TMAX"), kpi("TMIN")] },
    merge: { mode: "upsert" },
    ...changes,
  });
}

function observations(changes: Record<string, unknown>) {
  return pipelineOf({
    description: "wide hours",
    source: "wide",
    target: "observations",
    objects: { bucket: "bucket", key: "{file}.csv" },
    format: { type: "delimited", header: "always" },
    fields: { station_id: "id", time: { column: "time", format: "iso" }, date: { of: "time" } },
    kpis: { list: [kpi("T"), kpi("P", { in: "hPa", unit: "hPa" })] },
    daily: { "": "mean" },
    merge: { mode: "upsert" },
    ...changes,
  });
}

const record = (changes: NamedRecord = {}): NamedRecord => ({
  id: "S",
  date: "2020-02-29",
  TMAX: "7.5",
  TMIN: "-1",
  ...changes,
});

suite("wide records", () => {
  test("a column per element: a row each, and the object at the end of an upserted one", async () => {
    const { rows, normaliser } = await normalised(daily({}), [[record()]]);
    const common = {
      station_key: 100,
      date_: day(2020, 2, 29),
      observ_time: null,
      quality_flag: null,
      object_id: 7,
    };
    assert.deepEqual(rows, [
      { ...common, kpi_key: 1, common_kpi_name: "TMAX", value: "7.5" },
      { ...common, kpi_key: 2, common_kpi_name: "TMIN", value: "-1" },
    ]);
    assert.deepEqual(
      { ...normaliser.counts },
      { measurements: 2, copied: 2, empty: 0, rejected: 0, filtered: 0 },
    );
  });

  test("empty cells and sentinels are empty; a bad cell is a reject of its own and harms no other", async () => {
    const { rows, normaliser } = await normalised(daily({}), [
      [
        record({ TMAX: " " }),
        record({ TMIN: "-999.0" }),
        record({ TMAX: "warm" }),
        { id: "S", date: "2020-01-01" },
      ],
    ]);
    assert.deepEqual(
      rows.map(({ value }) => value),
      ["-1", "7.5", "-1"],
    );
    assert.deepEqual(
      { ...normaliser.counts },
      { measurements: 8, copied: 3, empty: 4, rejected: 1, filtered: 0 },
    );
    assert.deepEqual(
      normaliser.rejects.kept.map(({ field, reason, line }) => [field, reason, line]),
      [["TMAX", "not a number", 3]],
    );
    assert.deepEqual(
      normaliser
        .tallies()
        .filter(({ kind }) => kind === "empty")
        .map(({ name, count }) => [name, count]),
      [
        ["no value", 3],
        ["-999.0", 1],
      ],
    );
  });

  test("a record whose filter cannot be asked is refused as a whole, a bad cell is not", async () => {
    const lookup = { file: "kinds.csv", key: "code", value: "kind", otherwise: "reject" as const };
    const kinds = new Map([
      ["1", "land"],
      ["2", "sea"],
    ]);
    const filtered = daily({ filter: [{ column: "code", lookup, is: ["land"] }] });
    const { normaliser } = await normalised(
      { ...filtered, lookups: new Map([[lookupName(lookup), kinds]]) },
      [
        // The first batch makes the station known: no record of the second waits for it.
        [record({ code: "1" })],
        [
          record({ code: "1" }),
          record({ code: "?" }),
          record({ code: "2" }),
          record({ code: "1", TMIN: "x" }),
          record({ code: "?" }),
        ],
      ],
    );
    assert.deepEqual({ ...normaliser.wholeRecords }, { seen: 6, refused: 2 });
    assert.equal(normaliser.counts.rejected, 3);
  });

  test("with a required value an empty cell is a reject", async () => {
    const { normaliser } = await normalised(daily({ checks: { required: ["value"] } }), [
      [record({ TMAX: "" })],
    ]);
    assert.deepEqual(
      normaliser.rejects.kept.map(({ field, reason }) => [field, reason]),
      [["TMAX", "missing"]],
    );
  });

  test("a bound of error codes holds for numbers as they stand, not for what they become", async () => {
    const pipeline = daily({
      fields: {
        station_id: "id",
        date: { column: "date", format: "yyyy-MM-dd" },
        value: { sentinels_below: 0 },
      },
      kpis: { list: ["TMAX", "TMIN"].map((name) => kpi(name, { in: "K" })) },
    });
    const { rows, normaliser } = await normalised(pipeline, [[record({ TMAX: "263.15", TMIN: "-1" })]]);
    assert.deepEqual(
      rows.map(({ value }) => value),
      ["-10.00"],
    );
    assert.equal(normaliser.counts.empty, 1);
  });

  test("a record without a station or a date is one reject, whatever it holds", async () => {
    const { rows, normaliser } = await normalised(daily({}), [
      [record({ id: "" }), record({ date: "2020-02-30" })],
    ]);
    assert.deepEqual(rows, []);
    assert.deepEqual({ ...normaliser.wholeRecords }, { seen: 2, refused: 2 });
    assert.deepEqual(
      { ...normaliser.counts },
      { measurements: 2, copied: 0, empty: 0, rejected: 2, filtered: 0 },
    );
    assert.deepEqual(
      normaliser.rejects.kept.map(({ field, reason }) => [field, reason]),
      [
        ["station_id", "missing"],
        ["date", "not a date"],
      ],
    );
  });

  test("twin columns and composite cells: value, flag and unit beside one another", async () => {
    const pipeline = daily({
      fields: {
        station_id: "id",
        date: { column: "date", format: "yyyy-MM-dd" },
        value: { split: { by: ",", take: 1 }, sentinels: [9999] },
      },
      kpis: { list: ["TMAX", "TMIN"].map((name) => kpi(name, { in: "0.1 °C" })) },
      measurements: [
        {
          for: { element: ["TMAX", "TMIN"] },
          element: "{element}",
          value: { column: "{element}" },
          quality_flag: { column: "{element}", split: { by: ",", take: 2 }, pass: ["1"], unknown: ["9"] },
        },
      ],
    });
    const { rows, normaliser } = await normalised(pipeline, [
      [record({ TMAX: "+0020,1", TMIN: "-0035,3" }), record({ TMAX: "+9999,9", TMIN: "+0000,9" })],
    ]);
    assert.deepEqual(
      rows.map(({ kpi_key, value, quality_flag }) => [kpi_key, value, quality_flag]),
      [
        [1, "2.0", null],
        [2, "-3.5", "3"],
        [2, "0.0", "?9"],
      ],
    );
    assert.equal(normaliser.counts.empty, 1);
  });

  test("a sheet of days: a cell that no calendar has is empty, or a reject that names it", async () => {
    const pipeline = daily({
      measurements: [
        {
          for: { day: "1-31" },
          value: { column: "d{day}" },
          date: { template: "{month}-{day:02}", format: "yyyy-MM-dd" },
        },
      ],
      kpis: { element: "element", list: [kpi("TMAX")] },
    });
    const sheet = Object.fromEntries(
      Array.from({ length: 31 }, (_, index) => [`d${index + 1}`, index < 28 ? `${index}` : "-999"]),
    );
    const february = { id: "S", date: "", element: "TMAX", month: "2021-02", ...sheet };
    const { rows, normaliser } = await normalised(pipeline, [[february, { ...february, d31: "5" }]]);
    assert.deepEqual(
      rows.slice(0, 28).map(({ date_, value }) => [date_, value]),
      Array.from({ length: 28 }, (_, index) => [day(2021, 2, index + 1), `${index}`]),
    );
    assert.deepEqual(
      { ...normaliser.counts },
      { measurements: 62, copied: 56, empty: 5, rejected: 1, filtered: 0 },
    );
    assert.equal(normaliser.rejects.kept[0]?.reason, "not a date");
  });

  test("24 hours in columns: each has its own time, and the day is that of the time", async () => {
    const pipeline = observations({
      measurements: [
        {
          for: { hour: "1-24" },
          element: "T",
          value: "h{hour:02}",
          time: { template: "{date} {hour:02}", format: "yyyy-MM-dd HH", zone: "+01:00" },
        },
      ],
    });
    const hours = Object.fromEntries(
      Array.from({ length: 24 }, (_, index) => [`h${String(index + 1).padStart(2, "0")}`, `${index}.5`]),
    );
    const { rows } = await normalised(pipeline, [[{ id: "S", date: "2020-03-01", ...hours }]]);
    const first = (Date.UTC(2020, 2, 1) - Date.UTC(2000, 0, 1)) * 1000;
    assert.equal(rows.length, 24);
    for (const [index, row] of rows.entries()) {
      assert.equal(row["time_"], first + index * 3_600_000_000);
      assert.equal(row["date_"], day(2020, 3, 1));
      assert.equal(row["value"], `${index}.5`);
    }
  });

  test("what flags have in common holds for those that are named; a measurement without one passes", async () => {
    const pipeline = daily({
      fields: {
        station_id: "id",
        date: { column: "date", format: "yyyy-MM-dd" },
        quality_flag: { pass: ["ok"] },
      },
      measurements: [{ element: "TMAX", value: "TMAX", quality_flag: "flag" }, "TMIN"],
    });
    const { rows } = await normalised(pipeline, [[record({ flag: "ok" }), record({ flag: "X" })]]);
    assert.deepEqual(normaliserOf(pipeline).plan.columns.toSorted(), ["TMAX", "TMIN", "date", "flag", "id"]);
    assert.deepEqual(
      rows.map((row) => [row["value"], row["quality_flag"]]),
      [
        ["7.5", null],
        ["-1", null],
        ["7.5", "X"],
        ["-1", null],
      ],
    );
  });

  test("a column per station: only those with a value are made known, beside one that the record names", async () => {
    const allocate = allocator();
    const pipeline = observations({
      fields: { station_id: "id", time: { column: "time", format: "iso" }, date: { of: "time" } },
      measurements: [
        {
          for: { place: ["Leeds", "Kew", "York"] },
          element: "T",
          station_id: { literal: "{place}", case: "upper" },
          value: "{place}",
        },
        { element: "P", value: "own" },
      ],
    });
    const time = "2020-03-01T12:00Z";
    const { rows, normaliser } = await normalised(
      pipeline,
      [
        [
          { id: "S", time, Leeds: "1", Kew: "", York: "3", own: "4" },
          { id: "", time, Leeds: "5", Kew: "", York: "", own: "6" },
        ],
      ],
      { allocate },
    );
    assert.deepEqual(allocate.stationCalls, [["LEEDS", "S", "YORK"]]);
    const keys = new Map([...new Set(rows.map((row) => row["station_key"]))].map((key, at) => [key, at]));
    assert.equal(keys.size, 3);
    assert.deepEqual(rows.map((row) => row["value"]).sort(), ["1", "3", "4", "5"]);
    const leeds = rows.filter((row) => ["1", "5"].includes(String(row["value"])));
    assert.equal(leeds[0]?.["station_key"], leeds[1]?.["station_key"]);
    assert.deepEqual(
      { ...normaliser.counts },
      { measurements: 8, copied: 4, empty: 3, rejected: 1, filtered: 0 },
    );
    assert.deepEqual([...normaliser.stationsSeen].sort(), [100, 101, 102]);
  });

  test("what measurements share is read once: one time, one reject", async () => {
    const pipeline = observations({
      measurements: ["T", "P"],
      fields: {
        station_id: "id",
        time: { column: "time", format: "iso" },
        date: { of: "time" },
        averaging: { literal: 3600 },
      },
    });
    const wide = { id: "S", time: "2020-03-01T00:00:00Z", T: "1", P: "1000" };
    const { rows, normaliser } = await normalised(pipeline, [
      [wide, { ...wide, time: "noon" }, { ...wide, time: "2020-03-01T01:00:00Z" }],
    ]);
    assert.deepEqual(
      rows.map(({ kpi_key, date_, averaging, object_id }) => [kpi_key, date_, averaging, object_id]),
      [
        [1, day(2020, 2, 29), 3600, 7],
        [2, day(2020, 2, 29), 3600, 7],
        [1, day(2020, 3, 1), 3600, 7],
        [2, day(2020, 3, 1), 3600, 7],
      ],
    );
    assert.deepEqual(normaliser.rejects.byReason(), { "not a time": 1 });
  });

  test("an element that is not listed is left out, or kept once it has a key", async () => {
    const measurements = ["TMAX", "TSUN", { element: "TMIN", value: "TMIN", unit: "unit" }];
    const wide = record({ TSUN: "3", unit: "K" });
    const filtered = await normalised(daily({ measurements }), [[wide, wide]]);
    assert.deepEqual(
      filtered.rows.map(({ kpi_key }) => kpi_key),
      [1, 1],
    );
    assert.deepEqual(
      { ...filtered.normaliser.counts },
      { measurements: 6, copied: 2, empty: 0, rejected: 0, filtered: 4 },
    );
    assert.deepEqual(
      filtered.normaliser.tallies().map(({ kind, name, count }) => [kind, name, count]),
      [
        ["filtered", "TSUN", 2],
        ["filtered", "TMIN in K", 2],
      ],
    );
    const allocate = allocator();
    const list = [kpi("TMAX"), kpi("TMIN"), kpi("TMIN", { in: "K" })];
    const kept = await normalised(
      daily({ measurements, kpis: { list, unknown: "keep" } }),
      [[wide, wide], [wide]],
      { allocate },
    );
    assert.deepEqual(allocate.kpiCalls, [["TSUN"]]);
    assert.deepEqual(allocate.stationCalls, [["S"]]);
    const values = (value: string) =>
      kept.rows.filter((row) => row["value"] === value).map((row) => row["kpi_key"]);
    const [key] = values("3");
    assert.ok(typeof key === "number" && key >= 100);
    assert.deepEqual(values("3"), [key, key, key]);
    assert.deepEqual(values("-274.15"), [2, 2, 2]);
    assert.deepEqual(
      { ...kept.normaliser.counts },
      { measurements: 9, copied: 9, empty: 0, rejected: 0, filtered: 0 },
    );
  });

  test("an element that is kept gets a key when a cell of it holds something", async () => {
    const allocate = allocator();
    const pipeline = daily({
      measurements: ["TMAX", "TSUN", "SNOW", "ICE"],
      kpis: { list: [kpi("TMAX")], unknown: "keep" },
    });
    const records = [record({ SNOW: "", ICE: "-999" }), record({ TSUN: " ", SNOW: "3" })];
    const { rows, normaliser } = await normalised(pipeline, [records], { allocate });
    assert.deepEqual(allocate.kpiCalls, [["SNOW"]]);
    assert.deepEqual(rows.map(({ value }) => value).sort(), ["3", "7.5", "7.5"]);
    assert.deepEqual(
      { ...normaliser.counts },
      { measurements: 8, copied: 3, empty: 5, rejected: 0, filtered: 0 },
    );
    const tallies = normaliser.tallies().map(({ kind, name, count }) => [kind, name, count]);
    assert.deepEqual(tallies, [
      ["empty", "no value", 4],
      ["empty", "-999", 1],
    ]);
  });

  for (const [what, changes, cell, reject] of [
    ["garbage", {}, "x", "not a number"],
    ["nothing, where a value must be", { checks: { required: ["value"] } }, "", "missing"],
    ["error codes", { harmonised_below: 0 }, "-1", undefined],
  ] as const) {
    test(`an element whose cells hold ${what} gets no key; rejects name the cell`, async () => {
      const { harmonised_below, ...others } = { harmonised_below: undefined, ...changes };
      const pipeline = daily({
        fields: {
          station_id: "id",
          date: { column: "date", format: "yyyy-MM-dd" },
          ...(harmonised_below === undefined ? {} : { value: { harmonised_below } }),
        },
        measurements: ["TMAX", "TSUN"],
        kpis: { list: [kpi("TMAX")], unknown: "keep" },
        ...others,
      });
      const allocate = allocator();
      const { rows, normaliser } = await normalised(pipeline, [[record({ TSUN: cell })]], { allocate });
      assert.deepEqual(allocate.kpiCalls, []);
      assert.equal(rows.length, 1);
      assert.deepEqual(
        normaliser.rejects.kept.map(({ reason, field }) => [reason, field]),
        reject === undefined ? [] : [[reject, "TSUN"]],
      );
    });
  }

  test("where the averaging is missing that a time needs, that is what rejects name", async () => {
    const timed = {
      station_id: "id",
      time: { column: "time", format: "iso", marks: "start" },
      date: { of: "time" },
    };
    const line = { id: "S", time: "2020-01-01T00:00:00Z", n: "x", T: "1", P: "2" };
    const named = async (changes: Record<string, unknown>, lines: NamedRecord[]) =>
      (await normalised(observations(changes), [lines])).normaliser.rejects.kept.map(({ reason, field }) => [
        reason,
        field,
      ]);
    // Shared by the record's measurements, and for each of them.
    const shared = { fields: { ...timed, averaging: { column: "n" } }, measurements: ["T", "P"] };
    assert.deepEqual(await named(shared, [line, { ...line, time: "no", n: "60" }]), [
      ["missing", "averaging"],
      ["not a time", "time"],
    ]);
    const own = {
      fields: { ...timed, averaging: { literal: 60 } },
      measurements: [{ element: "T", value: "T", averaging: { column: "n" } }, "P"],
    };
    assert.deepEqual(await named(own, [line]), [["missing", "averaging"]]);
  });

  test("every measurement is counted once, whatever waits for keys, and each cell's value arrives", async () => {
    const cell = fc.constantFrom("", "1", "2.5", "x", "-999");
    const line = fc.record({
      id: fc.constantFrom("", "A", "B", "C"),
      date: fc.constantFrom("2020-01-01", "2020-01-02", "no"),
      drop: fc.constantFrom("", "1"),
      a: cell,
      b: cell,
      element: fc.constantFrom("TMAX", "NEW", "NEWER", ""),
    });
    const pipeline = daily({
      filter: [{ column: "drop", empty: true }],
      measurements: [{ element: "TMAX", value: "a" }, { value: "b" }, { element: "OWN", value: "a" }],
      kpis: { element: "element", list: [kpi("TMAX")], unknown: "keep" },
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(line, { maxLength: 8 }), { maxLength: 3 }), async (batches) => {
        const records = batches.filter((batch) => batch.length > 0);
        const { rows, normaliser } = await normalised(pipeline, records);
        const { counts } = normaliser;
        const all = records.flat();
        const wanted = all.filter(({ drop }) => drop === "");
        assert.equal(normaliser.recordsFiltered, all.length - wanted.length);
        assert.equal(counts.measurements, counts.copied + counts.empty + counts.rejected + counts.filtered);
        const whole = wanted.filter(({ id, date }) => id !== "" && date !== "no");
        assert.deepEqual(
          { ...normaliser.wholeRecords },
          { seen: all.length, refused: wanted.length - whole.length },
        );
        assert.equal(counts.measurements, wanted.length - whole.length + 3 * whole.length);
        const expected = whole.flatMap(({ a, b, element }) => [a, ...(element === "" ? [] : [b]), a]);
        const isNumber = (text: string) => text === "1" || text === "2.5";
        assert.equal(counts.copied, expected.filter(isNumber).length);
        assert.equal(counts.empty, expected.filter((text) => text === "" || text === "-999").length);
        assert.deepEqual(rows.map(({ value }) => String(value)).sort(), expected.filter(isNumber).sort());
      }),
      { numRuns: 60 },
    );
  });
});

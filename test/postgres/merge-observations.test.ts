import * as assert from "node:assert/strict";
import { suite, test } from "node:test";
import { bring, days, observationsLoader as loader, observations, rowsOf } from "./measuring.ts";

suite("merging observations", () => {
  test("inserts, and a redelivery of the same changes nothing", async (context) => {
    const load = await loader(context);
    const hours = [
      { object: "a", time: "2024-05-01T01:00:00Z", value: "10" },
      { object: "a", time: "2024-05-01T02:00:00Z", value: "13.5" },
      { object: "a", time: "2024-05-01T02:00:00Z", value: "2", kpi: "O3" },
    ];
    assert.deepEqual(await bring(load, hours), {
      inserted: 3,
      updated: 0,
      unchanged: 0,
      duplicates: 0,
      deleted: 0,
      changedInputs: ["openaq.observations", "openaq.daily"],
    });
    assert.deepEqual(await days(load), [
      "S 2024-05-01 O3 2 1",
      "S 2024-05-01 O3_MAX 2 1",
      "S 2024-05-01 PM25 11.75 2",
      "S 2024-05-01 PM25_MAX 13.5 2",
    ]);
    assert.deepEqual(await bring(load, hours), {
      inserted: 0,
      updated: 0,
      unchanged: 3,
      duplicates: 0,
      deleted: 0,
      changedInputs: [],
    });
  });

  test("the ledger has the newest local day of each load, an empty one has none", async (context) => {
    const load = await loader(context);
    await bring(load, [
      { object: "a", time: "2024-05-02T01:00:00Z", date: "2024-05-01", value: "1" },
      { object: "a", time: "2024-04-02T01:00:00Z", value: "1" },
    ]);
    await bring(load, [], ["a"]);
    assert.deepEqual(
      await load.database.query("select newest_date::text from millrace.load order by load_id"),
      [{ newest_date: "2024-05-01" }, { newest_date: null }],
    );
  });

  test("a late hour corrects the mean, and the local day spans months and years of UTC", async (context) => {
    const load = await loader(context);
    const day = { date: "2023-12-31" };
    await bring(load, [{ object: "a", time: "2023-12-31T20:00:00Z", value: "1", ...day }]);
    assert.deepEqual(await days(load), ["S 2023-12-31 PM25 1 1", "S 2023-12-31 PM25_MAX 1 1"]);
    // Seven hours behind UTC, the last hour of the year ends in January.
    const late = await bring(load, [
      { object: "b", time: "2024-01-01T07:00:00Z", value: "2", ...day },
      { object: "b", time: "2024-01-01T06:00:00Z", value: "2", ...day },
    ]);
    assert.deepEqual(late.changedInputs, ["openaq.observations", "openaq.daily"]);
    assert.deepEqual(await days(load), ["S 2023-12-31 PM25 1.6667 3", "S 2023-12-31 PM25_MAX 2 3"]);
    const partitions = await load.database.query<{ name: string }>(
      `select inhrelid::regclass::text as name from pg_inherits
       where inhparent in ('storage.observations_openaq'::regclass, 'storage.daily_openaq'::regclass) order by name`,
    );
    assert.deepEqual(
      partitions.map(({ name }) => name),
      [
        "storage.daily_openaq_2023",
        "storage.observations_openaq_202312",
        "storage.observations_openaq_202401",
      ],
    );
  });

  test("the object with the greater key wins, in either order and within one load", async (context) => {
    const time = "2024-05-01T01:00:00Z";
    const expected = ["S PM25 2024-05-01 01:00:00+00 2024-05-01 2 b"];
    const small = { object: "a", time, value: "1" };
    const great = { object: "b", time, value: "2" };

    const rising = await loader(context);
    await bring(rising, [small]);
    assert.equal((await bring(rising, [great])).updated, 1);
    assert.deepEqual(await observations(rising), expected);

    const falling = await loader(context);
    await bring(falling, [great]);
    const lost = await bring(falling, [small]);
    assert.equal(lost.duplicates, 1);
    assert.deepEqual(lost.changedInputs, []);
    assert.deepEqual(await observations(falling), expected);

    const together = await loader(context);
    const both = await bring(together, [great, small]);
    assert.deepEqual([both.inserted, both.duplicates], [1, 1]);
    assert.deepEqual(await observations(together), expected);
  });

  test("keys are compared as bytes", async (context) => {
    const load = await loader(context);
    const time = "2024-05-01T01:00:00Z";
    await bring(load, [{ object: "a", time, value: "1" }]);
    // In most languages B sorts after a; in bytes it comes before.
    assert.equal((await bring(load, [{ object: "B", time, value: "2" }])).duplicates, 1);
    assert.deepEqual(await days(load), ["S 2024-05-01 PM25 1 1", "S 2024-05-01 PM25_MAX 1 1"]);
  });

  test("an equal value from a greater key takes the row over, so that a smaller one loses later", async (context) => {
    const load = await loader(context);
    const time = "2024-05-01T01:00:00Z";
    await bring(load, [{ object: "a", time, value: "1" }]);
    const taken = await bring(load, [{ object: "c", time, value: "1.0" }]);
    assert.deepEqual([taken.unchanged, taken.changedInputs], [1, []]);
    assert.equal((await bring(load, [{ object: "b", time, value: "7" }])).duplicates, 1);
    assert.deepEqual(await observations(load), ["S PM25 2024-05-01 01:00:00+00 2024-05-01 1.0 c"]);
  });

  test("a new version of an object revises its own rows; a moved local day corrects both days", async (context) => {
    const load = await loader(context);
    const time = "2024-05-02T00:00:00Z";
    await bring(load, [{ object: "a", time, value: "1", date: "2024-05-02" }]);
    const revised = await bring(load, [
      { object: "a", time, value: "1", date: "2024-05-01", averaging: 3600 },
    ]);
    assert.equal(revised.updated, 1);
    assert.deepEqual(await days(load), ["S 2024-05-01 PM25 1 1", "S 2024-05-01 PM25_MAX 1 1"]);
  });

  test("sensors are measurements of their own and share the day's mean", async (context) => {
    const load = await loader(context);
    const time = "2024-05-01T01:00:00Z";
    const values = ["1", "2", "6"].map((value, sensor) => ({ object: "a", time, value, sensor }));
    assert.equal((await bring(load, values)).inserted, 3);
    assert.deepEqual(await days(load), ["S 2024-05-01 PM25 3 3", "S 2024-05-01 PM25_MAX 6 3"]);
  });

  test("means are rounded to four decimals and written without needless zeros", async (context) => {
    const load = await loader(context);
    const times = ["01", "02", "03"].map((hour) => `2024-05-01T${hour}:00:00Z`);
    const values = ["-0.0004", "0", "0.00010"];
    await bring(
      load,
      times.map((time, at) => ({ object: "a", time, value: values[at] ?? "0" })),
    );
    assert.deepEqual(await days(load), ["S 2024-05-01 PM25 -0.0001 3", "S 2024-05-01 PM25_MAX 0.0001 3"]);
  });
});

suite("objects that determine their rows", () => {
  test("what a new version lacks is deleted, with its daily row", async (context) => {
    const load = await loader(context, true);
    const hours = ["01", "02", "03"].map((hour, at) => ({
      object: "a",
      time: `2024-05-01T${hour}:00:00Z`,
      value: String(at + 1),
    }));
    await bring(load, [...hours, { object: "b", time: "2024-05-02T01:00:00Z", value: "9" }]);
    const shorter = await bring(load, hours.slice(0, 2));
    assert.deepEqual([shorter.deleted, shorter.unchanged], [1, 2]);
    assert.deepEqual(shorter.changedInputs, ["openaq.observations", "openaq.daily"]);
    assert.deepEqual(await days(load), [
      "S 2024-05-01 PM25 1.5 2",
      "S 2024-05-01 PM25_MAX 2 2",
      "S 2024-05-02 PM25 9 1",
      "S 2024-05-02 PM25_MAX 9 1",
    ]);
    assert.equal((await bring(load, [], ["a"])).deleted, 2);
    assert.deepEqual(await days(load), ["S 2024-05-02 PM25 9 1", "S 2024-05-02 PM25_MAX 9 1"]);
  });

  test("what the greater object drops in the same load falls to the smaller one", async (context) => {
    const load = await loader(context, true);
    const time = "2024-05-01T01:00:00Z";
    await bring(load, [{ object: "b", time, value: "2" }]);
    await bring(load, [{ object: "a", time, value: "1" }], ["b"]);
    assert.deepEqual(await observations(load), ["S PM25 2024-05-01 01:00:00+00 2024-05-01 1 a"]);
  });

  test("what only the greater object drops is asked of the others again, day by day", async (context) => {
    const load = await loader(context, true);
    const day = (object: string, date: string) => ({ object, time: `${date}T01:00:00Z`, value: "1" });
    await bring(load, [day("a", "2024-05-01"), day("a", "2024-05-02")]);
    await bring(load, [day("b", "2024-05-02"), day("b", "2024-05-03")]);
    await bring(load, [day("c", "2024-05-03"), day("c", "2024-05-04")]);
    await bring(load, [day("c", "2024-05-03")]);
    assert.deepEqual(await load.incomplete(), []);
    // Of the third day c has hidden b's row; a has none of that day.
    await bring(load, [], ["c"]);
    assert.deepEqual(await load.incomplete(), ["b"]);
    const again = await bring(load, [day("b", "2024-05-02"), day("b", "2024-05-03")], [], true);
    assert.deepEqual([again.inserted, again.unchanged, again.deleted], [1, 1, 0]);
    assert.deepEqual(await load.incomplete(), []);
  });

  test("without `deletes` nothing is deleted", async (context) => {
    const load = await loader(context, false);
    await bring(load, [{ object: "a", time: "2024-05-01T01:00:00Z", value: "2" }]);
    assert.equal((await bring(load, [], ["a"])).deleted, 0);
    assert.equal((await observations(load)).length, 1);
  });
});

suite("loads side by side", () => {
  test("two loads of one source that need the same new partitions both end", async (context) => {
    const load = await loader(context);
    const of = (object: string, station: string) =>
      ["2024-01-15", "2024-02-15", "2025-01-15"].map((date, at) => ({
        object,
        station,
        time: `${date}T01:00:00Z`,
        value: String(at),
      }));
    const inputs = await Promise.all(
      ["a", "b", "c", "d"].map((object) => rowsOf(load, of(object, `S${object}`))),
    );
    const results = await Promise.all(inputs.map((rows) => load.load(rows)));
    assert.deepEqual(
      results.map(({ inserted }) => inserted),
      [3, 3, 3, 3],
    );
    assert.equal((await days(load)).length, 24);
  });
});

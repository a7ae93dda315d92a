import * as assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { stationCoverage } from "../../src/postgres/merge/stations.ts";
import { testDatabase } from "../database.ts";
import { dimensionPipeline, Loader, stage } from "./merging.ts";

type Target = Parameters<typeof dimensionPipeline>[0];

async function loader(context: TestContext, target: Target): Promise<Loader> {
  const { database } = await testDatabase(context);
  return Loader.of(database, dimensionPipeline(target));
}

const NONE = { inserted: 0, updated: 0, unchanged: 0, duplicates: 0, deleted: 0, changedInputs: [] };

suite("merging a station file", () => {
  const berlin = { station_id: "GME00111445", name: "BERLIN", latitude: "52.4639", country_id: "DE" };
  const paris = { station_id: "FR000007150", name: "PARIS", elevation: null, country_id: "FR" };

  const stations = (load: Loader) =>
    load.database.query<object>(
      `select station_id, name, latitude, country_id, missing_since is not null as missing
       from production.d_stations order by station_id desc`,
    );

  test("inserts, leaves equal rows alone, updates those that differ", async (context) => {
    const load = await loader(context, "stations");
    assert.deepEqual(await load.load([berlin, paris]), {
      ...NONE,
      inserted: 2,
      changedInputs: ["noaa.stations"],
    });
    const versions = () =>
      load.database.query("select station_id, xmin::text from storage.station order by 1");
    const before = await versions();
    assert.deepEqual(await load.load([paris, berlin]), { ...NONE, unchanged: 2 });
    assert.deepEqual(await versions(), before);
    assert.deepEqual(await load.load([{ ...berlin, latitude: "52.5" }, paris]), {
      ...NONE,
      updated: 1,
      unchanged: 1,
      changedInputs: ["noaa.stations"],
    });
    assert.deepEqual(await stations(load), [
      { station_id: "GME00111445", name: "BERLIN", latitude: "52.5", country_id: "DE", missing: false },
      { station_id: "FR000007150", name: "PARIS", latitude: null, country_id: "FR", missing: false },
    ]);
  });

  test("fills in a stub under the key that facts know", async (context) => {
    const load = await loader(context, "stations");
    const key = await load.station(berlin.station_id);
    assert.deepEqual(await stations(load), []);
    assert.equal((await load.load([berlin])).updated, 1);
    assert.deepEqual(await load.database.query("select station_key, name from storage.station"), [
      { station_key: key, name: "BERLIN" },
    ]);
    assert.equal((await stations(load)).length, 1);
  });

  test("marks a station that a newer file lacks, and takes the mark away when it is back", async (context) => {
    const load = await loader(context, "stations");
    await load.station("STUB");
    await load.load([berlin, paris]);
    assert.deepEqual(await load.load([berlin]), {
      ...NONE,
      unchanged: 1,
      deleted: 1,
      changedInputs: ["noaa.stations"],
    });
    assert.deepEqual(
      (await stations(load)).map((row) => "missing" in row && row.missing),
      [false, true],
    );
    assert.deepEqual(await load.load([berlin]), { ...NONE, unchanged: 1 });
    assert.equal((await load.load([berlin, paris])).updated, 1);
    assert.deepEqual(
      await load.database.query("select 1 from storage.station where missing_since is not null"),
      [],
    );
  });

  test("of the former file's stations it is known how many a newer one keeps", async (context) => {
    const load = await loader(context, "stations");
    const coverage = async (...rows: { station_id: string }[]) => {
      const loadId = await load.attempt();
      return load.database.transaction(async (client) => {
        const staging = await stage(client, dimensionPipeline("stations"), loadId, rows);
        return stationCoverage(client, "noaa", staging);
      });
    };
    await load.station("STUB");
    assert.deepEqual(await coverage(berlin), { former: 0, kept: 0 });
    await load.load([berlin, paris]);
    const another = { station_id: "STUB" };
    assert.deepEqual(await coverage(berlin, berlin, another), { former: 2, kept: 1 });
    await load.load([paris]);
    assert.deepEqual(await coverage(berlin, another), { former: 1, kept: 0 });
  });

  test("of several lines for one station the last one counts", async (context) => {
    const load = await loader(context, "stations");
    const result = await load.load([berlin, paris, { ...berlin, name: "BERLIN-TEMPELHOF" }]);
    assert.deepEqual([result.inserted, result.duplicates], [2, 1]);
    assert.deepEqual(await load.database.query("select name from storage.station order by name"), [
      { name: "BERLIN-TEMPELHOF" },
      { name: "PARIS" },
    ]);
  });
});

suite("merging countries", () => {
  const countries = (load: Loader) =>
    load.database.query("select country_id, country, source from production.d_countries order by country_id");

  test("territories of one country collapse, and equal rows stay", async (context) => {
    const load = await loader(context, "countries");
    const file = [
      { country_id: "PS", country: "Gaza Strip" },
      { country_id: "DE", country: "Germany" },
      { country_id: "PS", country: "West Bank" },
    ];
    assert.deepEqual(await load.load(file), {
      ...NONE,
      inserted: 2,
      duplicates: 1,
      changedInputs: ["noaa.countries"],
    });
    assert.deepEqual(await load.load(file), { ...NONE, unchanged: 2, duplicates: 1 });
    assert.equal((await load.load([{ country_id: "DE", country: "Deutschland" }])).updated, 1);
    assert.deepEqual(await countries(load), [
      { country_id: "DE", country: "Deutschland", source: "noaa" },
      { country_id: "PS", country: "West Bank", source: "noaa" },
    ]);
  });

  test("of two sources the first by name counts, in either order of loading", async (context) => {
    for (const order of [
      ["aaa", "noaa"],
      ["noaa", "aaa"],
    ]) {
      const { database } = await testDatabase(context);
      for (const source of order) {
        const load = await Loader.of(database, dimensionPipeline("countries", source));
        await load.load([{ country_id: "DE", country: `Germany of ${source}` }]);
        if (source === order.at(-1)) {
          assert.deepEqual(await countries(load), [
            { country_id: "DE", country: "Germany of aaa", source: "aaa" },
          ]);
        }
      }
    }
  });
});

test("an inventory is replaced whole and only its differences are written", async (context) => {
  const load = await loader(context, "inventory");
  const kpi_key = await load.kpi("TMAX");
  const row = async (station: string, until_year: number) => ({
    station_key: await load.station(station),
    kpi_key,
    from_year: 1872,
    until_year,
  });
  const first = [await row("A", 1900), await row("B", 1901), await row("B", 1902)];
  assert.deepEqual(await load.load(first, { slice: "all" }), {
    ...NONE,
    inserted: 2,
    duplicates: 1,
    changedInputs: ["noaa.inventory"],
  });
  assert.deepEqual(await load.load([await row("B", 1902), await row("A", 1900)], { slice: "all" }), {
    ...NONE,
    inserted: 2,
    deleted: 2,
  });
  const versions =
    "select station_id, until_year, i.xmin::text from storage.inventory i join storage.station using (station_key) order by 1";
  const [, before] = await load.database.query(versions);
  const second = [await row("B", 1902), await row("C", 1903)];
  assert.deepEqual((await load.load(second, { slice: "all" })).changedInputs, ["noaa.inventory"]);
  const [kept, added] = await load.database.query(versions);
  assert.deepEqual(kept, before);
  assert.equal(added?.["station_id"], "C");
});

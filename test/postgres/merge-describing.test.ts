import * as assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import fc from "fast-check";
import { describeStations } from "../../src/postgres/merge/stations.ts";
import type { StationDescription } from "../../src/postgres/verdict.ts";
import { testDatabase } from "../database.ts";
import { dimensionPipeline, Loader } from "./merging.ts";

async function loader(context: TestContext): Promise<Loader> {
  const { database } = await testDatabase(context);
  return Loader.of(database, dimensionPipeline("stations"));
}

suite("describing stations", () => {
  async function describe(load: Loader, descriptions: StationDescription[], seenStations: number[] = []) {
    return load.database.transaction((client) =>
      describeStations(client, { pipeline: load.pipeline, descriptions, seenStations }),
    );
  }

  test("stations with facts are listed, once", async (context) => {
    const load = await loader(context);
    const [a, b] = [await load.station("A"), await load.station("B")];
    assert.deepEqual(await describe(load, [], [a]), ["stations"]);
    assert.deepEqual(await describe(load, [], [a]), []);
    assert.deepEqual(
      await load.database.query("select station_key, listed from storage.station order by 1"),
      [
        { station_key: a, listed: true },
        { station_key: b, listed: false },
      ],
    );
  });

  test("a station file's word counts more than a record's", async (context) => {
    const load = await loader(context);
    await load.load([{ station_id: "A", name: "FROM FILE" }]);
    const told = {
      objectKey: "z",
      name: "from record",
      countryId: "DE",
      latitude: "1",
      longitude: "2",
      elevation: null,
    };
    assert.deepEqual(await describe(load, [{ stationKey: await load.station("A"), ...told }]), []);
    assert.deepEqual(await load.database.query("select name, latitude from storage.station"), [
      { name: "FROM FILE", latitude: null },
    ]);
  });

  test("the greatest key that told it decides, whatever the order", async (context) => {
    const load = await loader(context);
    const stationKey = await load.station("A");
    const told = fc.record({
      objectKey: fc.constantFrom("a", "b", "B", "c"),
      named: fc.boolean(),
      located: fc.boolean(),
    });
    // What one object tells is always the same here: the order of its versions is not at issue.
    const once = fc.uniqueArray(told, { selector: ({ objectKey }) => objectKey, minLength: 1 });
    await fc.assert(
      fc.asyncProperty(once, fc.boolean(), async (objects, together) => {
        await load.database.query(
          `update storage.station set name = null, country_id = null, latitude = null, longitude = null,
             described_by = null, located_by = null`,
        );
        const all = objects.map(({ objectKey, named, located }) => ({
          stationKey,
          objectKey,
          name: named ? `name ${objectKey}` : null,
          countryId: null,
          latitude: located ? String(objectKey.charCodeAt(0)) : null,
          longitude: located ? "1" : null,
          elevation: null,
        }));
        for (const group of together ? [all] : all.map((one) => [one])) await describe(load, group);
        const greatest = (fits: (object: (typeof objects)[number]) => boolean) =>
          objects
            .filter(fits)
            .map(({ objectKey }) => objectKey)
            .sort()
            .at(-1);
        const [name, place] = [greatest(({ named }) => named), greatest(({ located }) => located)];
        assert.deepEqual(
          await load.database.query("select name, described_by, latitude, located_by from storage.station"),
          [
            {
              name: name === undefined ? null : `name ${name}`,
              described_by: name ?? null,
              latitude: place === undefined ? null : String(place.charCodeAt(0)),
              located_by: place ?? null,
            },
          ],
        );
      }),
      { numRuns: 30 },
    );
  });
});

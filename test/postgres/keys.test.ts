import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import {
  allocateKpis,
  allocateStations,
  KPI_LIMIT,
  loadKpiKeys,
  loadStationKeys,
  type UnlistedKpi,
} from "../../src/postgres/keys.ts";
import { ensurePipeline } from "../../src/postgres/source.ts";
import { testDatabase } from "../database.ts";
import { dailyPipeline, observationsPipeline } from "./pipelines.ts";

const unlisted = (name: string): UnlistedKpi => ({
  origName: name,
  origUnit: "ppb",
  commonName: name.toUpperCase(),
  commonUnit: "ppb",
});

suite("station keys", () => {
  test("stations keep their keys, are told apart by source, and stay hidden until they are listed", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, dailyPipeline("a", "noaa"));
    await ensurePipeline(database, dailyPipeline("b", "dwd"));
    const first = await allocateStations(database, "noaa", ["10", "010", "Zürich", "10"]);
    assert.equal(new Set(first.values()).size, 3);
    assert.deepEqual(await allocateStations(database, "noaa", ["Zürich", "010", "10"]), new Map(first));
    const other = await allocateStations(database, "dwd", ["10"]);
    assert.notEqual(other.get("10"), first.get("10"));
    assert.deepEqual(new Map(await loadStationKeys(database, "noaa")), first);
    assert.deepEqual(await database.query("select * from production.d_stations"), []);
  });

  test("known stations use up no keys", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, dailyPipeline());
    const ids = Array.from({ length: 50 }, (_, index) => `S${index}`);
    for (let round = 0; round < 3; round++) await allocateStations(database, "noaa", ids);
    const [added] = (await allocateStations(database, "noaa", ["new"])).values();
    assert.equal(added, 51);
  });

  test("processes that meet the same new stations in any order agree on their keys", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, dailyPipeline());
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1 }), {
          minLength: 2,
          maxLength: 6,
        }),
        async (meetings) => {
          round++;
          const named = meetings.map((numbers) => numbers.map((number) => `${round}/${number}`));
          const answers = await Promise.all(named.map((ids) => allocateStations(database, "noaa", ids)));
          const agreed = new Map<string, number>();
          answers.forEach((answer, index) => {
            assert.deepEqual([...answer.keys()].sort(), [...(named[index] ?? [])].sort());
            for (const [id, key] of answer) assert.equal(agreed.get(id) ?? key, key);
            for (const [id, key] of answer) agreed.set(id, key);
          });
          assert.equal(new Set(agreed.values()).size, agreed.size);
        },
      ),
      { numRuns: 20 },
    );
  });
});

suite("KPI keys", () => {
  test("a source's elements come with key, unit and exact factor", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, dailyPipeline("a", "noaa", 1e-7));
    await ensurePipeline(database, observationsPipeline());
    const [tmax, ...others] = await loadKpiKeys(database, "noaa");
    assert.deepEqual(others, []);
    assert.deepEqual(tmax, {
      origName: "TMAX",
      origUnit: "0.1 °C",
      kpiKey: 1,
      commonName: "TMAX",
      commonUnit: "°C",
    });
    const factors = await database.query("select factor from production.d_kpi_names where source = 'noaa'");
    assert.deepEqual(factors, [{ factor: "0.0000001" }]);
  });

  test("unlisted elements are kept under their own name, once, and share a KPI that exists", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, observationsPipeline());
    const wanted = [
      unlisted("co2"),
      { origName: "PM2.5", origUnit: "ug", commonName: "PM25", commonUnit: "µg/m³" },
    ];
    const answers = await Promise.all([1, 2, 3].map(() => allocateKpis(database, "openaq", wanted)));
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    const kept = await loadKpiKeys(database, "openaq");
    const pm25 = kept.filter((kpi) => kpi.commonName === "PM25").map((kpi) => [kpi.origName, kpi.kpiKey]);
    assert.deepEqual(pm25, [
      ["PM2.5", answers[0]?.get("PM2.5\nug")],
      ["pm25", answers[0]?.get("PM2.5\nug")],
    ]);
    assert.equal(answers[0]?.get("co2\nppb"), kept.find((kpi) => kpi.origName === "co2")?.kpiKey);
  });

  test("a listed element is not overwritten by an unlisted one of the same name", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, observationsPipeline());
    const clash = { origName: "pm25", origUnit: "µg/m³", commonName: "OTHER", commonUnit: "x" };
    await allocateKpis(database, "openaq", [clash]);
    assert.deepEqual(
      (await loadKpiKeys(database, "openaq")).map((kpi) => kpi.commonName),
      ["PM25"],
    );
  });

  test("garbage does not fill the table of KPIs", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, observationsPipeline());
    const elements = Array.from({ length: KPI_LIMIT - 1 }, (_, index) => unlisted(`e${index}`));
    await allocateKpis(database, "openaq", elements);
    await assert.rejects(allocateKpis(database, "openaq", [unlisted("one too many")]), {
      code: "TOO_MANY_KPIS",
    });
    assert.equal((await loadKpiKeys(database, "openaq")).length, KPI_LIMIT);
    await allocateKpis(database, "openaq", elements);
  });
});

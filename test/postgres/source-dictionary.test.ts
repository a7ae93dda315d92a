/** What pipelines say of their source, for people to read: d_sources and d_kpi_names. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { ensurePipeline } from "../../src/postgres/source.ts";
import { testDatabase } from "../database.ts";
import { dailyPipeline } from "./pipelines.ts";

suite("what pipelines say of their source", () => {
  test("follows a changed factor and fingerprint", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, dailyPipeline());
    await ensurePipeline(database, dailyPipeline("test-daily", "noaa", 0.2, "f2"));
    assert.deepEqual(
      await database.query("select factor, fingerprint from production.d_kpi_names, millrace.pipeline"),
      [{ factor: "0.2", fingerprint: "f2" }],
    );
  });

  test("tells the conversion in d_kpi_names, to the last digit that can be written", async (t) => {
    const { database } = await testDatabase(t);
    const [kpi, ...others] = dailyPipeline().kpiList;
    assert.ok(kpi !== undefined && others.length === 0);
    const fahrenheit = { ...kpi, in: "°F", add: -32, multiply: 5, divide: 9 };
    await ensurePipeline(database, { ...dailyPipeline(), kpiList: [kpi, fahrenheit] });
    assert.deepEqual(
      await database.query("select orig_unit, addend, factor from production.d_kpi_names order by orig_unit"),
      [
        { orig_unit: "0.1 °C", addend: "0", factor: "0.1" },
        { orig_unit: "°F", addend: "-32", factor: "0.55555555555555555556" },
      ],
    );
  });

  test("names the provider, and keeps what is known when a pipeline does not say", async (t) => {
    const { database } = await testDatabase(t);
    const provider = { name: "A Service", url: "https://a.example/", licence: "CC0", attribution: "A" };
    const version = () => database.query("select xmin::text from storage.source");
    const told = () => database.query("select * from production.d_sources");
    await ensurePipeline(database, dailyPipeline("a"));
    const nothing = { source: "noaa", name: null, url: null, licence: null, attribution: null };
    assert.deepEqual(await told(), [nothing]);
    await ensurePipeline(database, { ...dailyPipeline("b"), provider });
    await ensurePipeline(database, dailyPipeline("a"));
    assert.deepEqual(await told(), [{ source: "noaa", ...provider }]);
    const moved = { ...provider, licence: "CC BY 4.0" };
    await ensurePipeline(database, { ...dailyPipeline("b"), provider: moved });
    assert.deepEqual(await told(), [{ source: "noaa", ...moved }]);
    const before = await version();
    await ensurePipeline(database, { ...dailyPipeline("b"), provider: moved });
    assert.deepEqual(await version(), before);
  });
});

import * as assert from "node:assert/strict";
import { suite, test } from "node:test";
import { bring, days, observationsLoader as loader, observations, rowsOf } from "./measuring.ts";
import { Loader, observationsPipeline } from "./merging.ts";

suite("daily statistics", () => {
  test("a reload under another configuration replaces the statistics of its days", async (context) => {
    const load = await loader(context);
    const hours = [{ object: "a", time: "2024-05-01T01:00:00Z", value: "1" }];
    await bring(load, hours);
    const changed = await Loader.of(load.database, observationsPipeline(false, { "": "mean", _MIN: "min" }));
    assert.deepEqual((await bring(changed, hours)).changedInputs, []);
    const objectIds = [await load.object("a")];
    const reloaded = await changed.load(await rowsOf(changed, hours), { objectIds, reload: true });
    assert.deepEqual([...reloaded.changedInputs], ["openaq.daily"]);
    assert.deepEqual(await days(load), ["S 2024-05-01 PM25 1 1", "S 2024-05-01 PM25_MIN 1 1"]);
  });

  test("leave out what failed quality control, and keep what was never judged", async (context) => {
    const load = await loader(context);
    const hour = (at: string, value: string, flag: string | null) => ({
      object: "a",
      time: `2024-05-01T${at}:00:00Z`,
      value,
      flag,
    });
    const judged = [
      hour("01", "1", null),
      hour("02", "4", "?"),
      hour("03", "7", "?8"),
      hour("04", "99", "X"),
    ];
    await bring(load, judged);
    assert.deepEqual(await days(load), ["S 2024-05-01 PM25 4 3", "S 2024-05-01 PM25_MAX 7 3"]);
    // Quality control changes its mind, about each of them; the measurements themselves stay.
    const failed = await bring(load, [...judged.map((row) => ({ ...row, flag: "X" }))]);
    assert.deepEqual([failed.updated, failed.unchanged], [3, 1]);
    assert.deepEqual(failed.changedInputs, ["openaq.observations", "openaq.daily"]);
    assert.deepEqual(await days(load), []);
    assert.equal((await observations(load)).length, 4);
  });

  test("an element kept under its own name gets its statistics when it first has one", async (context) => {
    const load = await loader(context);
    await load.database.query(
      "insert into storage.kpi (common_kpi_name, common_unit) values ('RADON', 'Bq/m³')",
    );
    await bring(load, [{ object: "a", time: "2024-05-01T01:00:00Z", value: "5", kpi: "RADON" }]);
    assert.deepEqual(await days(load), ["S 2024-05-01 RADON 5 1", "S 2024-05-01 RADON_MAX 5 1"]);
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { Descriptions } from "../../src/normalise/descriptions.ts";
import type { StationDescription } from "../../src/postgres/verdict.ts";

function description(
  stationKey: number,
  objectKey: string,
  told: Partial<StationDescription>,
): StationDescription {
  const nothing = { name: null, countryId: null, latitude: null, longitude: null, elevation: null };
  return { stationKey, objectKey, ...nothing, ...told };
}

suite("descriptions of a load's stations", () => {
  test("the last word on a name and the last on a position are kept, whoever told them", () => {
    const descriptions = new Descriptions();
    const whole = { name: "Old", countryId: "DE", latitude: "1", longitude: "2" };
    descriptions.add([description(1, "a", whole), description(2, "a", whole)]);
    descriptions.add([description(1, "b", { name: "New" }), description(3, "b", { elevation: "5" })]);
    descriptions.add([
      description(1, "c", { latitude: "3", longitude: "4" }),
      description(1, "d", { latitude: "9" }),
    ]);
    assert.deepEqual(
      descriptions.take().map(({ stationKey, objectKey }) => [stationKey, objectKey]),
      [
        [1, "b"],
        [2, "a"],
        // Nothing that counts was told, but the station was met.
        [3, "b"],
        [1, "c"],
      ],
    );
    assert.deepEqual(descriptions.take(), []);
  });
});

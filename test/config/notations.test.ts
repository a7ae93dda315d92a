/** Notations of units, zones and flags that providers use beside the usual ones. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { conversion, isSameUnit } from "../../src/config/units.ts";
import { isZoneName, offsetNamed } from "../../src/config/zone-name.ts";

suite("notations", () => {
  test("units with products, exponents and CF names", () => {
    for (const [text, unit] of [
      ["degree_C", "°C"],
      ["degrees_Celsius", "°C"],
      ["ug.m-3", "µg/m³"],
      ["ugm-3", "µg/m³"],
      ["m.s-1", "m/s"],
      ["ug/cubic meter", "µg/m³"],
      ["micrograms/m3", "µg/m³"],
    ] as const)
      assert.ok(isSameUnit(text, unit), text);
    // Of a cubic metre at 0 °C.
    assert.equal(conversion("µg/Nm3", "µg/m³"), undefined);
  });

  test("offsets behind UTC and GMT, but none of IANA's", () => {
    for (const [text, hours] of [
      ["UTC-5", -5],
      ["UTC+01:00", 1],
      ["GMT+02:00", 2],
      ["Z", 0],
    ] as const)
      assert.equal(offsetNamed(text), hours * 3600, text);
    assert.equal(offsetNamed("Etc/GMT+5"), undefined);
    assert.ok(isZoneName("Etc/GMT+5"));
    assert.equal(isZoneName("PDT"), false);
  });
});

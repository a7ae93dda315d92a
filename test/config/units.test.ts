import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { GASES } from "../../src/config/gas-table.ts";
import type { Conversion } from "../../src/config/kpis.ts";
import { UNITS } from "../../src/config/unit-table.ts";
import { conversion, explainNoConversion } from "../../src/config/units.ts";

/** What a conversion makes of a number, in floating point. */
function apply({ add, multiply, divide }: Conversion, value: number): number {
  return ((value + add) * multiply) / divide;
}

function convert(value: number, from: string, to: string, gas?: string): number {
  const how = conversion(from, to, gas);
  assert(how !== undefined, explainNoConversion(from, to, gas));
  return apply(how, value);
}

const close = (a: number, b: number) => Math.abs(a - b) <= 1e-9 * Math.max(1, Math.abs(a), Math.abs(b));

suite("conversions", () => {
  // Fixed points that anyone can look up; domain factors as the practice of this field has them.
  const known: [value: number, from: string, to: string, result: number, gas?: string][] = [
    [212, "°F", "°C", 100],
    [-40, "°F", "°C", -40],
    [320, "0.1 °F", "°C", 0],
    [273.15, "K", "°C", 0],
    [0, "°C", "K", 273.15],
    [2731.5, "0.1 K", "°C", 0],
    [253, "0.1 °C", "°C", 25.3],
    [1, "in", "mm", 25.4],
    [100, "hundredths of inches", "mm", 25.4],
    [7, "1/10 mm", "mm", 0.7],
    [7, "tenths of mm", "mm", 0.7],
    [5, "kg/m²", "mm", 5],
    [10, "mi", "km", 16.09344],
    [100, "100 ft", "m", 3048],
    [10, "kn", "m/s", 5.14444],
    [10, "mph", "m/s", 4.4704],
    [36, "km/h", "m/s", 10],
    [29.92, "inHg", "hPa", 1013.207888],
    [1, "mmHg", "Pa", 133.322387415],
    [101_325, "Pa", "hPa", 1013.25],
    [1, "atm", "hPa", 1013.25],
    [0.035, "mg/m³", "µg/m³", 35],
    [1200, "ng/m³", "µg/m³", 1.2],
    [0.07, "ppm", "ppb", 70],
    [4, "okta", "%", 50],
    [3, "tenths", "%", 30],
    [0.42, "fraction", "%", 42],
    [1, "kWh/m²", "MJ/m²", 3.6],
    [1000, "J/cm²", "MJ/m²", 10],
    [1, "Ly", "J/cm²", 4.184],
    [90, "min", "h", 1.5],
    [9, "10 °", "°", 90],
    [100, "ppb", "µg/m³", 196.3, "O3"],
    [0.1, "ppm", "µg/m³", 188.2, "NO2"],
    [100, "ppb", "µg/m³", 122.7, "NO"],
    [100, "ppb", "µg/m³", 262, "SO2"],
    [1, "ppm", "mg/m³", 1.146, "CO"],
    [196.3, "µg/m³", "ppb", 100, "ozone"],
  ];
  for (const [value, from, to, result, gas] of known) {
    test(`${value} ${from} is ${result} ${to}${gas === undefined ? "" : ` of ${gas}`}`, () => {
      const got = convert(value, from, to, gas);
      assert(close(got, result), `${got} instead of ${result}`);
    });
  }

  const spellings: [unit: string, others: string[]][] = [
    [
      "µg/m³",
      [
        "\u03bcg/m³",
        "ug/m3",
        "UG/M3",
        "µg m-3",
        "µg·m⁻³",
        "ug m^-3",
        "µg/m^3",
        "Micrograms/cubic meter (LC)",
      ],
    ],
    ["°C", ["C", "c", "degC", "deg_c", "deg C", "deg. C", "Celsius", "℃", "ºC"]],
    ["°F", ["F", "degF", "Degrees Fahrenheit"]],
    ["kn", ["knots", "KT", "kt", "Knot"]],
    ["m/s", ["m s-1", "m s**-1", "mps", "meters per second"]],
    ["hPa", ["mb", "mbar", "Millibars", "HPA"]],
    ["W/m²", ["W m-2", "w/m2", "W/m^2"]],
    ["mm", ["MM", "millimeters", "kg m-2", "l/m²"]],
    ["%", ["percent", "Percent relative humidity", "PCT"]],
    ["inHg", ["in Hg", "inches of mercury", '"Hg']],
  ];
  for (const [unit, others] of spellings) {
    test(`${unit} has other spellings`, () => {
      for (const other of others) {
        assert.deepEqual(conversion(other, unit), { add: 0, multiply: 1, divide: 1 }, other);
      }
    });
  }

  test("units that are written alike need no table", () => {
    assert.deepEqual(conversion("NTU", "NTU"), { add: 0, multiply: 1, divide: 1 });
    assert.deepEqual(conversion("grains / m^3", "grains/m³"), { add: 0, multiply: 1, divide: 1 });
  });

  const none: [from: string, to: string, gas: string | undefined, why: RegExp][] = [
    ["mm", "ppm", undefined, /^no way from `mm` to `ppm`; ppm can be made of 1, %, .*`factor`/],
    ["ppb", "µg/m³", undefined, /only for a gas: say which by `gas` \(O3, NO2/],
    ["ppb", "µg/m³", "PM25", /^the table has no gas `PM25`; valid: O3/],
    ["furlong", "m", undefined, /^the unit table has no `furlong`; m can be made of m, mm, cm, km/],
    ["m", "furlong", undefined, /^the unit table has no `furlong`; valid: /],
    ["°C", "°F", undefined, /^no way from `°C` to `°F`/],
    ["mJ/m²", "J/m²", undefined, /^the unit table has no `mJ\/m²` \(perhaps MJ\/m²\)/],
    ["0 mm", "mm", undefined, /`0 mm`/],
    ["µg/m³", "mm", "O3", /^no way from/],
  ];
  for (const [from, to, gas, why] of none) {
    test(`there is none from ${from} to ${to}${gas === undefined ? "" : ` of ${gas}`}, and it is said why`, () => {
      assert.equal(conversion(from, to, gas), undefined);
      assert.match(explainNoConversion(from, to, gas), why);
    });
  }
});

suite("the table of units", () => {
  const units = UNITS.flatMap(({ quantity, units: group }) => group.map((unit) => ({ quantity, unit })));
  const pair = fc.tuple(fc.constantFrom(...units), fc.constantFrom(...units));
  const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });

  test("there and back again is the same value, and only within one quantity", () => {
    fc.assert(
      fc.property(pair, value, ([one, other], number) => {
        const there = conversion(one.unit.name, other.unit.name);
        const back = conversion(other.unit.name, one.unit.name);
        if (one.quantity !== other.quantity) assert.equal(there, undefined);
        else if (there === undefined) assert.equal(other.unit.name, "°F");
        else if (back !== undefined) {
          const again = apply(back, apply(there, number));
          assert(close(again, number), `${number} ${one.unit.name} → ${other.unit.name} → ${again}`);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test("a number before a unit scales it", () => {
    const scale = fc.record({ digits: fc.integer({ min: 1, max: 9999 }), places: fc.nat(4) });
    fc.assert(
      fc.property(fc.constantFrom(...units), scale, value, ({ unit }, { digits, places }, number) => {
        const text = (digits / 10 ** places).toFixed(places);
        const scaled = conversion(`${text} ${unit.name}`, unit.name);
        assert(scaled !== undefined, `${text} ${unit.name}`);
        assert(close(apply(scaled, number), number * Number(text)), unit.name);
      }),
      { numRuns: 1000 },
    );
  });

  test("every number has at most 15 digits, so that it stands for exactly itself", () => {
    for (const { unit } of units) {
      for (const { unit: other } of units) {
        for (const gas of [undefined, "O3"]) {
          const how = conversion(unit.name, other.name, gas);
          for (const number of how === undefined ? [] : (Object.values(how) as number[])) {
            const digits = number.toExponential().replace(/e.*$/, "").replace(/\D/g, "");
            assert(digits.length <= 15, `${unit.name} → ${other.name}: ${number}`);
          }
        }
      }
    }
  });

  test("no spelling stands for two units", () => {
    const meant = new Map<string, string>();
    for (const { unit } of units) {
      for (const spelling of new Set([unit.name, ...unit.spellings])) {
        assert.equal(
          meant.get(spelling),
          undefined,
          `${spelling} is ${unit.name} and ${meant.get(spelling) ?? ""}`,
        );
        meant.set(spelling, unit.name);
        assert.deepEqual(conversion(spelling, unit.name), { add: 0, multiply: 1, divide: 1 }, spelling);
      }
    }
  });

  test("µg/m³ per ppb of a gas is its molar mass by 24.45 l/mol, to three decimals", () => {
    for (const { name, molarMass, factor } of GASES) {
      assert.equal(factor, (molarMass / 24.45).toFixed(3), name);
    }
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { CopyRows } from "../../src/normalise/copy-rows.ts";
import { fromNumber, multiply, readDecimal, toNumber, zero } from "../../src/normalise/decimal.ts";
import { copyFields, numericText } from "./batches.ts";

const digits = (max: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: max }).map((all) => all.join(""));

/** What a decimal text × an integer factor 10^-decimals is, by bigint arithmetic on the text. */
function expected(text: string, factor = "1"): string {
  const negative = text.startsWith("-");
  const [whole = "0", fraction = ""] = text.replace(/^[+-]/, "").split(".");
  const [factorWhole = "0", factorFraction = ""] = factor.split(".");
  const product = BigInt(whole + fraction) * BigInt(factorWhole + factorFraction);
  const scale = fraction.length + factorFraction.length;
  const shown = String(product).padStart(scale + 1, "0");
  const cut = shown.length - scale;
  const size = `${shown.slice(0, cut)}${scale > 0 ? `.${shown.slice(cut)}` : ""}`;
  return `${negative && product !== 0n ? "-" : ""}${size}`;
}

function written(text: string, factor = 1): string {
  const decimal = zero();
  const bytes = Buffer.from(text);
  assert.equal(readDecimal(bytes, 0, bytes.length, decimal), undefined, text);
  if (factor !== 1) multiply(decimal, fromNumber(factor));
  const rows = new CopyRows();
  rows.begin(1);
  rows.numeric(decimal.negative, decimal.mantissa, decimal.scale);
  const field = copyFields(rows.take() ?? Buffer.alloc(0))[0]?.[0];
  assert.ok(field);
  return numericText(field);
}

suite("decimals", () => {
  test("any decimal text arrives as it stands, decimals kept", () => {
    const text = fc
      .tuple(fc.constantFrom("", "-"), digits(30), fc.option(digits(24)))
      .map(([sign, whole, fraction]) => `${sign}${whole}${fraction === null ? "" : `.${fraction}`}`);
    fc.assert(
      fc.property(text, (value) => {
        assert.equal(written(value), expected(value));
      }),
    );
  });

  test("a factor multiplies exactly, also beyond 2^53", () => {
    const text = fc.tuple(digits(17), digits(6)).map(([whole, fraction]) => `-${whole}.${fraction}`);
    fc.assert(
      fc.property(text, fc.constantFrom(0.1, 1.963, 1963, 1146, 0.001, 1000), (value, factor) => {
        assert.equal(written(value, factor), expected(value, String(factor)));
      }),
    );
    assert.equal(written("-75", 0.1), "-7.5");
    assert.equal(written("0.031", 1963), "60.853");
  });

  test("exponents are read; doubles survive the way through their shortest text", () => {
    assert.equal(written("1e-7"), "0.0000001");
    assert.equal(written("-1.50E+3"), "-1500");
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e20, max: 1e20 }), (value) => {
        if (value !== 0 && Math.abs(value) < 1e-30) return;
        assert.equal(Number(written(String(value))), value === 0 ? 0 : value);
      }),
    );
  });

  test("what is no number is said to be none", () => {
    for (const text of [
      "",
      "-",
      ".",
      "1.2.3",
      "1e",
      "1e+",
      "12a",
      "a",
      "--1",
      "1 2",
      "0x1",
      "NaN",
      "Infinity",
      "1e2.5",
    ]) {
      assert.equal(readDecimal(Buffer.from(text), 0, text.length, zero()), "not a number", text);
    }
    for (const text of ["1e61", "1e-61", "9".repeat(61), "1e999999999999"]) {
      assert.equal(readDecimal(Buffer.from(text), 0, text.length, zero()), "number out of range", text);
    }
  });

  test("comparisons are by value", () => {
    for (const [text, value] of [
      ["-999.0", -999],
      ["-9.999", -9.999],
      ["-9.99e2", -999],
      ["-0.0004", -0.0004],
    ] as const) {
      const decimal = zero();
      assert.equal(readDecimal(Buffer.from(text), 0, text.length, decimal), undefined);
      assert.equal(toNumber(decimal), value);
    }
  });
});

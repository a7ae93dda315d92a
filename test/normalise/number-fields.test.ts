import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { conversion, factorOf } from "../../src/normalise/conversion.ts";
import { type Decimal, readDecimal, zero } from "../../src/normalise/decimal.ts";
import { numberOf } from "./fields.ts";

type Dialect = Parameters<typeof numberOf>[0];

/** A number as its digits: sign, at least one digit of the whole part, decimals. */
const parts = fc.record({
  sign: fc.constantFrom("", "-", "+"),
  whole: fc.bigInt({ min: 0n, max: 10n ** 14n }).map(String),
  decimals: fc.stringMatching(/^[0-9]{0,6}$/),
});

/** As numberOf writes it. */
function plain({ sign, whole, decimals }: { sign: string; whole: string; decimals: string }): string {
  const mantissa = BigInt(whole + decimals);
  return `${sign === "-" ? "-" : ""}${mantissa}e-${decimals.length}`;
}

const grouped = (whole: string, mark: string) => whole.replace(/\B(?=(\d{3})+$)/g, mark);

const MARKS = [
  [".", ","],
  [".", "'"],
  [".", " "],
  [".", "_"],
  [",", "."],
  [",", "'"],
  [",", " "],
] as const;

const LOOKS: Readonly<Record<string, readonly string[]>> = {
  "'": ["'", "’"],
  " ": [" ", "\u00a0", "\u202f", "\u2009"],
};

suite("number fields", () => {
  test("a number is read in every dialect that it can be written in, sign before or behind", () => {
    fc.assert(
      fc.property(
        parts,
        fc.constantFrom(...MARKS),
        fc.boolean(),
        fc.nat(3),
        (number, marks, behind, look) => {
          const [decimal, thousands] = marks;
          const written = LOOKS[thousands] ?? [thousands];
          const mark = written[look % written.length] ?? thousands;
          const fraction = number.decimals === "" ? "" : `${decimal}${number.decimals}`;
          for (const whole of [number.whole, grouped(number.whole, mark)]) {
            const text = behind ? `${whole}${fraction}${number.sign}` : `${number.sign}${whole}${fraction}`;
            assert.equal(numberOf({ decimal, thousands }, text), plain(number), text);
          }
          const text = `${number.sign}${number.whole}${fraction}`;
          assert.equal(numberOf({ decimal }, text), plain(number), text);
        },
      ),
    );
  });

  test("what another dialect means is no number", () => {
    const not: readonly (readonly [Dialect, string])[] = [
      [{}, "1,5"],
      [{}, "-5-"],
      [{}, "5--"],
      [{}, "1e3-"],
      [{}, "- 5"],
      [{ decimal: "," }, "1.5"],
      [{ decimal: "," }, "1,5,2"],
      [{ thousands: "," }, "12,34"],
      [{ thousands: "," }, "1,2345"],
      [{ thousands: "," }, "1234,567"],
      [{ thousands: "," }, "0,123"],
      [{ thousands: "," }, ",123"],
      [{ thousands: "," }, "1,,234"],
      [{ thousands: "," }, "1.234,567"],
      [{ decimal: ",", thousands: "." }, "1.5"],
      [{ decimal: ",", thousands: "." }, "1,234.567"],
      [{ thousands: " " }, "1 2"],
      [{ thousands: "," }, `1,${"0".repeat(200)}`],
    ];
    for (const [dialect, text] of not) {
      assert.equal(numberOf(dialect, text), "not a number", JSON.stringify([dialect, text]));
    }
    assert.equal(numberOf({ thousands: "," }, "1,234e2"), "123400e-0");
    assert.equal(numberOf({ decimal: "," }, "1,5e-1"), "15e-2");
  });

  test("words stand for numbers, and go through sentinels and factors as these do", () => {
    assert.equal(numberOf({ words: { T: 0, "<1": 0.5 } }, " T "), "0e-0");
    assert.equal(numberOf({ words: { T: 0, "<1": 0.5 }, factor: 10 }, "<1"), "50e-1");
    assert.equal(numberOf({ words: { M: -9999 }, sentinels: [-9999] }, "M"), null);
    assert.equal(numberOf({ words: { T: 0 } }, "t"), "not a number");
    assert.equal(numberOf({ words: { T: 0 }, decimal: "," }, "3,5"), "35e-1");
  });

  test("texts are worked on first", () => {
    assert.equal(numberOf({ split: { by: ",", take: 1 }, sentinels: [9999] }, "+0020,1"), "20e-0");
    assert.equal(numberOf({ split: { by: ",", take: 1 }, sentinels: [9999] }, "+9999,9"), null);
    assert.equal(numberOf({ strip: "*" }, "*12.5*"), "125e-1");
    assert.equal(numberOf({ match: "([0-9.]+) *mm" }, "about 3.50 mm"), "350e-2");
    assert.equal(numberOf({ replace: { "−": "-" } }, "−3"), "-3e-0");
    assert.equal(numberOf({ missing: ["-"] }, "-"), null);
    assert.equal(numberOf({}, "\u00a0-3\t"), "-3e-0");
  });

  test("sentinels: by value, from below, from above; before the factor", () => {
    assert.equal(numberOf({ sentinels: [-9999], factor: 0.1 }, "-9999.0"), null);
    assert.equal(numberOf({ sentinels: [-9999], factor: 0.1 }, "-9998"), "-9998e-1");
    assert.equal(numberOf({ sentinels: [-9999, 0] }, "0.0"), null);
    assert.equal(numberOf({ sentinels_below: -900 }, "-900"), null);
    assert.equal(numberOf({ sentinels_below: -900 }, "-899.9"), "-8999e-1");
    assert.equal(numberOf({ sentinels_above: 9999, factor: 0.1 }, "99999"), null);
    assert.equal(numberOf({ sentinels_above: 9999, factor: 0.1 }, "9998"), "9998e-1");
  });
});

suite("sexagesimal notation", () => {
  const angle = (text: string, decimal: "." | "," = ".") =>
    numberOf({ notation: "sexagesimal", decimal }, text);

  test("degrees, minutes and seconds, with signs or hemispheres", () => {
    for (const text of [
      "52°31'12\"N",
      "N 52°31′12″",
      "+52:31:12",
      "52 31 12",
      "52° 31' 12''",
      "52d31m12s",
      "52º31’12”",
    ])
      assert.equal(angle(text), "52520000e-6", text);
    for (const text of ["52 31 12 S", "-52:31:12", "W52°31'12\""])
      assert.equal(angle(text), "-52520000e-6", text);
    assert.equal(angle("0°0'1\"S"), "-278e-6");
    assert.equal(angle("13°24.5'E"), "134083333e-7");
    assert.equal(angle("13°24,5'E", ","), "134083333e-7");
    assert.equal(angle("13.40°"), "1340e-2");
    assert.equal(angle("-13.4"), "-134e-1");
    assert.equal(angle("13°W"), "-13e-0");
    assert.equal(angle("5231N"), "52516667e-6");
    assert.equal(angle("01324 E"), "13400000e-6");
    assert.equal(angle("W1324"), "-13400000e-6");
    assert.equal(angle("523112S"), "-52520000e-6");
    assert.equal(angle("0132417E"), "13404722e-6");
    assert.equal(angle("100E"), "100e-0");
    for (const text of [
      "5260N",
      "523160N",
      "-5231N",
      "52°60'",
      "52:31:60",
      "-52°S",
      "52.5°30'",
      "52°30.5'10\"",
      "5231.2N 4",
      "N52S",
      "x",
      "12:",
      "52°31'12\"X",
    ])
      assert.equal(angle(text), "not a number", text);
  });

  test("any angle of whole seconds is its thirds of a myriad of degrees, rounded", () => {
    const angles = fc.tuple(fc.nat(180), fc.nat(59), fc.nat(59));
    fc.assert(
      fc.property(angles, fc.constantFrom("N", "S"), ([degrees, minutes, seconds], hemisphere) => {
        const millionths = Math.round(((degrees * 3600 + minutes * 60 + seconds) / 3600) * 1e6);
        const sign = hemisphere === "S" ? "-" : "";
        const expected = `${sign}${millionths}e-6`;
        assert.equal(angle(`${degrees}°${minutes}'${seconds}"${hemisphere}`), expected);
        assert.equal(angle(`${sign}${degrees}:${String(minutes).padStart(2, "0")}:${seconds}`), expected);
      }),
    );
  });
});

/** (value + add) × multiply ÷ divide as a fraction of bigints, from their decimal texts. */
function rational(value: string, add: number, by: number, divide: number): [bigint, bigint] {
  const [v, a, m, d] = [value, add, by, divide].map((number) => {
    const [whole = "", fraction = ""] = String(number).split(".");
    return [BigInt(whole + fraction), 10n ** BigInt(fraction.length)] as const;
  }) as [
    readonly [bigint, bigint],
    readonly [bigint, bigint],
    readonly [bigint, bigint],
    readonly [bigint, bigint],
  ];
  const sum = v[0] * a[1] + a[0] * v[1];
  return [sum * m[0] * d[1], v[1] * a[1] * m[1] * d[0]];
}

function converted(value: string, add: number, by: number, divide: number): Decimal {
  const decimal = zero();
  assert.equal(readDecimal(Buffer.from(value), 0, value.length, decimal), undefined);
  conversion({ add, multiply: by, divide })(decimal);
  return decimal;
}

suite("conversions", () => {
  const values = fc
    .tuple(fc.constantFrom("", "-"), fc.nat(10 ** 9), fc.stringMatching(/^[0-9]{0,4}$/))
    .map(([sign, whole, decimals]) => `${sign}${whole}${decimals === "" ? "" : `.${decimals}`}`);

  test("without a division they are exact", () => {
    fc.assert(
      fc.property(
        values,
        fc.constantFrom(0, -273.15, 32),
        fc.constantFrom(1, 0.1, 1.963, 1000),
        (value, add, by) => {
          const { negative, mantissa, scale } = converted(value, add, by, 1);
          const [numerator, denominator] = rational(value, add, by, 1);
          assert.equal(
            (negative ? -1n : 1n) * BigInt(mantissa) * denominator,
            numerator * 10n ** BigInt(scale),
          );
        },
      ),
    );
  });

  test("with one they are within half of the last digit, halves away from zero, digits by the rule", () => {
    fc.assert(
      fc.property(
        values,
        fc.constantFrom(0, -32, 459.67),
        fc.constantFrom(1, 5, 0.000001),
        fc.constantFrom(9, 1.8, 7, 3.6),
        (value, add, by, divide) => {
          const { negative, mantissa, scale } = converted(value, add, by, divide);
          const [numerator, denominator] = rational(value, add, by, divide);
          const size = numerator < 0n ? -numerator : numerator;
          const scaled = size * 10n ** BigInt(scale);
          const twice = 2n * (BigInt(mantissa) * denominator - scaled);
          assert.ok(twice <= denominator && twice > -denominator, `${value} → ${mantissa}e-${scale}`);
          if (mantissa !== 0) assert.equal(negative, numerator < 0n);
          const decimals = (text: string) => (text.split(".")[1] ?? "").length;
          const source = decimals(value);
          const exact = Math.max(source, decimals(String(add))) + (by < 1 ? 6 : 0);
          assert.equal(scale, Math.min(exact + 3, source + 6));
        },
      ),
    );
  });

  test("degrees Fahrenheit become degrees Celsius", () => {
    const celsius = (value: string) => {
      const { negative, mantissa, scale } = converted(value, -32, 5, 9);
      return `${negative ? "-" : ""}${mantissa}e-${scale}`;
    };
    assert.equal(celsius("50.5"), "102778e-4");
    assert.equal(celsius("32"), "0e-3");
    assert.equal(celsius("-40"), "-40000e-3");
    assert.equal(celsius("31"), "-556e-3");
  });

  test("a mere factor is known as one; nothing divides by zero", () => {
    assert.deepEqual(factorOf({ add: 0, multiply: 0.1, divide: 1 }), {
      negative: false,
      mantissa: 1,
      scale: 1,
    });
    assert.equal(factorOf({ add: -273.15, multiply: 1, divide: 1 }), undefined);
    assert.equal(factorOf({ add: 0, multiply: 1, divide: 3.6 }), undefined);
    assert.throws(() => conversion({ add: 0, multiply: 1, divide: 0 }), RangeError);
    assert.throws(() => conversion({ add: 0, multiply: -1, divide: 1 }), RangeError);
  });
});

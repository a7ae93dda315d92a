/** Reading binary COPY rows back. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { copyFields, fieldText } from "../../src/dry-run/copy-reader.ts";
import { CopyRows } from "../../src/normalise/copy-rows.ts";
import type { ColumnType } from "../../src/normalise/targets.ts";

function written(write: (rows: CopyRows) => void): (Buffer | null)[] {
  const rows = new CopyRows();
  rows.begin(1);
  write(rows);
  return copyFields(rows.take() ?? Buffer.alloc(0))[0] ?? [];
}

function readBack(type: ColumnType, write: (rows: CopyRows) => void): string | null {
  const [field] = written(write);
  return field === null || field === undefined ? null : fieldText(type, field);
}

suite("COPY reader", () => {
  test("null is no text", () => {
    assert.deepEqual(
      written((rows) => {
        rows.null();
      }),
      [null],
    );
  });

  test("numbers and texts, as they were written", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -32_768, max: 32_767 }),
        fc.integer(),
        fc.maxSafeInteger(),
        fc.string(),
        (two, four, eight, text) => {
          assert.equal(
            readBack("int2", (rows) => {
              rows.int2(two);
            }),
            String(two),
          );
          assert.equal(
            readBack("int4", (rows) => {
              rows.int4(four);
            }),
            String(four),
          );
          assert.equal(
            readBack("int8", (rows) => {
              rows.int8(eight);
            }),
            String(eight),
          );
          assert.equal(
            readBack("text", (rows) => {
              rows.string(text);
            }),
            Buffer.from(text).toString(),
          );
        },
      ),
    );
  });

  test("decimals, exactly and with the decimals shown", () => {
    const decimal = fc.tuple(
      fc.boolean(),
      fc.bigInt({ min: 0n, max: 10n ** 30n }),
      fc.integer({ min: 0, max: 12 }),
    );
    fc.assert(
      fc.property(decimal, ([negative, mantissa, scale]) => {
        const digits = String(mantissa).padStart(scale + 1, "0");
        const whole = digits.slice(0, digits.length - scale);
        const sign = negative && mantissa > 0n ? "-" : "";
        const expected = `${sign}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ""}`;
        assert.equal(
          readBack("numeric", (rows) => {
            rows.numeric(negative, mantissa, scale);
          }),
          expected,
        );
      }),
    );
  });

  test("days and times, as Date writes them", () => {
    const days = fc.integer({ min: -250_000, max: 200_000 });
    fc.assert(
      fc.property(
        days,
        fc.integer({ min: 0, max: 86_399 }),
        fc.integer({ min: 0, max: 999 }),
        (day, second, millisecond) => {
          const iso = new Date((day * 86_400 + second) * 1000 + millisecond).toISOString();
          assert.equal(
            readBack("date", (rows) => {
              rows.date(day);
            }),
            iso.slice(0, 10),
          );
          const expected = iso.replace(/0+Z$/, "Z").replace(/\.Z$/, "Z");
          const text = readBack("timestamptz", (rows) => {
            rows.timestamp(day * 86_400 + second, millisecond * 1000);
          });
          assert.equal(text, millisecond === 0 ? `${iso.slice(0, 19)}Z` : expected);
        },
      ),
    );
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { median, pairedRatio, range } from "./statistics.ts";

const numbers = fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 });

test("as many values lie below the median as above it, whatever their order", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const middle = median(values);
      const below = values.filter((value) => value < middle).length;
      const above = values.filter((value) => value > middle).length;
      assert.ok(below <= values.length / 2 && above <= values.length / 2);
      assert.equal(median([...values].reverse()), middle);
    }),
  );
});

test("the median of one, two, three and no values", () => {
  assert.equal(median([4]), 4);
  assert.equal(median([9, 1]), 5);
  assert.equal(median([10, 9, 2]), 9);
  assert.ok(Number.isNaN(median([])));
});

test("the range holds every value and is made of two of them", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const [least, greatest] = range(values);
      assert.ok(values.every((value) => value >= least && value <= greatest));
      assert.ok(values.includes(least) && values.includes(greatest));
    }),
  );
});

test("ratios are taken round by round: a slow round of both changes nothing", () => {
  assert.equal(pairedRatio([2, 40, 2], [1, 20, 1]), 2);
  assert.equal(pairedRatio([1, 9, 4], [1, 3, 2]), 2);
});

test("rounds that do not pair are refused", () => {
  assert.throws(() => pairedRatio([1, 2], [1]), RangeError);
});

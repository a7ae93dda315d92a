import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareKeys } from "../../src/discover/order.ts";

test("keys are in the order of their UTF-8 bytes", () => {
  // Full of the characters that UTF-16 orders otherwise.
  const key = fc.string({
    maxLength: 4,
    unit: fc.constantFrom("a", "/", "ü", "\uD7FF", "\uE000", "\uFFFD", "😀", "𐀀"),
  });
  fc.assert(
    fc.property(key, key, (one, other) => {
      assert.equal(Math.sign(compareKeys(one, other)), Buffer.compare(Buffer.from(one), Buffer.from(other)));
    }),
    { numRuns: 2000 },
  );
});

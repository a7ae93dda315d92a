import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { nearest, suggest } from "../../src/config/problem.ts";
import { size } from "../../src/config/size.ts";

suite("the nearest name", () => {
  test("is found through one slip: a letter left out, added, changed or swapped with its neighbour", () => {
    const names = ["delimiter", "header", "columns", "quote", "record_limit"];
    const slip = fc.record({
      name: fc.constantFrom(...names),
      at: fc.nat(20),
      letter: fc.constantFrom("x", "_", "q"),
      kind: fc.constantFrom("drop", "add", "change", "swap"),
    });
    fc.assert(
      fc.property(slip, ({ name, at, letter, kind }) => {
        const index = at % (name.length - 1);
        const [before, here, next, after] = [
          name.slice(0, index),
          name.charAt(index),
          name.charAt(index + 1),
          name.slice(index + 2),
        ];
        const slipped = {
          drop: before + next + after,
          add: before + letter + here + next + after,
          change: before + letter + next + after,
          swap: before + next + here + after,
        }[kind];
        assert.equal(nearest(slipped, names), name);
      }),
    );
  });

  test("is none when nothing is near; then what is valid is told", () => {
    assert.equal(nearest("temperature", ["delimiter", "header"]), undefined);
    assert.equal(suggest("temperature", ["delimiter", "header"]), "; valid: delimiter, header");
  });
});

suite("sizes", () => {
  test("are bytes, whatever the unit", () => {
    const units = {
      B: 1n,
      kB: 1000n,
      MB: 1000n ** 2n,
      GB: 1000n ** 3n,
      KiB: 1024n,
      MiB: 1024n ** 2n,
      GiB: 1024n ** 3n,
    };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000 }),
        fc.constantFrom(...Object.entries(units)),
        (count, [unit, factor]) => {
          assert.equal(size.parse(`${count} ${unit}`), Number(BigInt(count) * factor));
          assert.equal(size.parse(`${count}${unit}`), Number(BigInt(count) * factor));
          assert.equal(size.parse(count), count);
        },
      ),
    );
  });

  for (const wrong of ["0 B", "1.5 MiB", "-1", "99999999999 GiB", "MiB", "1 mb", 0, -5, 1.5]) {
    test(`${wrong} is none`, () => {
      assert.equal(size.safeParse(wrong).success, false);
    });
  }
});

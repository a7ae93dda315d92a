import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { nearest, suggest } from "../../src/config/problem.ts";
import { size } from "../../src/config/size.ts";
import { readTemplate } from "../../src/config/template.ts";
import { compileTemplate, templateProblems } from "../../src/discover/template.ts";

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

suite("key templates", () => {
  test("are read as discovery compiles them: the same variables, no complaint about what compiles", () => {
    const piece = fc.constantFrom(
      "{location}",
      "{day:yyyy}",
      "{day:MM}",
      "{day:yyyyMMdd}",
      "{when:unix}",
      "{day:yyyy-MM-dd}",
      "{x:YYYY}",
      "{1}",
      "{",
      "}",
      "[",
      "]",
      "[.gz]",
      "[{x}]",
      "[]",
      "a",
      "/",
      "data",
      "=",
      "{file}",
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const text = pieces.join("");
        const { variables, problems } = readTemplate(text);
        if (templateProblems(text).length > 0) return;
        assert.deepEqual(problems, []);
        assert.deepEqual([...variables.keys()].sort(), [...compileTemplate(text).variables].sort());
      }),
    );
  });

  test("are refused only where discovery refuses them too", () => {
    for (const text of ["{", "a}", "[", "{1}", "{x:YYYY}", "{x:}", "[]", "[a/b]", "[{x}]", "{}"]) {
      assert.notDeepEqual(readTemplate(text).problems, [], text);
      assert.notDeepEqual(templateProblems(text), [], text);
    }
  });
});

/** Differences between lists of lines. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { diffLines } from "../../src/dry-run/line-diff.ts";

suite("line diff", () => {
  test("what was expected, before what was found in its place", () => {
    assert.deepEqual(diffLines(["h", "a", "b", "c"], ["h", "a", "x", "c", "d"]), [
      { kind: "expected", line: 3, text: "b" },
      { kind: "found", line: 3, text: "x" },
      { kind: "found", line: 5, text: "d" },
    ]);
  });

  test("the changes lead from the one list to the other, and equal lists have none", () => {
    const lines = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
    fc.assert(
      fc.property(lines, lines, (expected, found) => {
        const changes = diffLines(expected, found);
        assert.equal(changes.length === 0, expected.join() === found.join());
        const gone = new Set(changes.filter(({ kind }) => kind === "expected").map(({ line }) => line));
        const come = new Set(changes.filter(({ kind }) => kind === "found").map(({ line }) => line));
        const kept = (list: readonly string[], left: ReadonlySet<number>): string[] =>
          list.filter((_, index) => !left.has(index + 1));
        assert.deepEqual(kept(expected, gone), kept(found, come));
        for (const { kind, line, text } of changes) {
          assert.equal((kind === "expected" ? expected : found)[line - 1], text);
        }
      }),
    );
  });

  test("huge lists are told as wholly different rather than compared for minutes", () => {
    const one = Array.from({ length: 30_000 }, (_, index) => `a${index}`);
    const other = Array.from({ length: 30_000 }, (_, index) => `b${index}`);
    assert.equal(diffLines(["same", ...one, "end"], ["same", ...other, "end"]).length, 60_000);
  });
});

/** Lines that are wider than the terminal. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { type Line, lineWidth, piece, type Style } from "../../src/cli/pieces.ts";
import { wrapped } from "../../src/cli/wrap.ts";
import { truncate, width } from "../../src/observe/width.ts";

const STYLES: readonly Style[] = ["plain", "dim", "bad"];
const text = fc
  .array(fc.constantFrom("a", "b", " ", "  ", "µ", "雨", "e\u0301", "👩‍👩‍👧", "word", "long".repeat(8)), {
    maxLength: 12,
  })
  .map((parts) => parts.join(""));
const line = fc.array(fc.tuple(text, fc.constantFrom(...STYLES)).map(([said, style]) => piece(said, style)));

function textOf(pieces: Line): string {
  return pieces.map((each) => each.text).join("");
}

/** What is written, blanks apart, and how. */
function inked(lines: readonly Line[]): [string, Style][] {
  return lines.flatMap((pieces) =>
    pieces.flatMap(({ text: said, style }) =>
      Array.from(said.replaceAll(" ", ""), (each): [string, Style] => [each, style]),
    ),
  );
}

suite("lines that go on below", () => {
  test("nothing but blanks is lost, styles stay, and no line is too wide", () => {
    fc.assert(
      fc.property(line, fc.integer({ min: 4, max: 60 }), (pieces, size) => {
        const lines = wrapped(pieces, size);
        assert.deepEqual(inked(lines), inked([pieces]));
        for (const each of lines) assert.ok(lineWidth(each) <= size, JSON.stringify(textOf(each)));
      }),
    );
  });

  test("a line that has room is left alone, however wide it is where there is no terminal", () => {
    const pieces = [piece("name  ", "name"), piece("value ".repeat(100))];
    assert.deepEqual(wrapped(pieces, Number.POSITIVE_INFINITY), [pieces]);
  });

  test("divided at blanks, below the value that stands behind a name", () => {
    const show = (pieces: Line, size: number) => wrapped(pieces, size).map((each) => textOf(each).trimEnd());
    assert.deepEqual(show([piece("  "), piece("name  ", "name"), piece("one two three four")], 18), [
      "  name  one two",
      "        three four",
    ]);
    assert.deepEqual(show([piece("  common_kpi_name  ", "name"), piece("PM10")], 20), [
      "  common_kpi_name",
      "    PM10",
    ]);
    assert.deepEqual(show([piece("a 東京都千代田区")], 8), ["a 東京都", "  千代田", "  区"]);
  });

  test("how wide text is", () => {
    for (const [said, columns] of [
      ["plain µg/m³", 11],
      ["雨", 2],
      ["한국", 4],
      ["e\u0301", 1],
      ["👩‍👩‍👧", 2],
      ["🇩🇪", 2],
      ["→ … ✓ ✗", 7],
      ["שלום", 4],
    ] as const) {
      assert.equal(width(said), columns, said);
    }
    assert.equal(truncate("東京都千代田区", 8), "東京都…");
    assert.equal(truncate("東京都", 6), "東京都");
    assert.equal(truncate("x", 0), "");
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { hashOfTexts } from "../../src/normalise/origin.ts";
import { lookupName } from "../../src/normalise/rewrite.ts";
import { isPlainColumn } from "../../src/normalise/text.ts";
import { type Around, textOf } from "./fields.ts";

type Field = Parameters<typeof textOf>[0];

/** The same as a text and as bytes. */
function reads(field: Field, text: string, expected: unknown, around: Around = {}): void {
  const found = textOf(field, { c: text, other: "O", empty: "" }, around);
  assert.deepEqual(found, { asText: expected, asBytes: expected }, JSON.stringify([field, text]));
}

suite("text fields", () => {
  test("blanks, tabs and no-break spaces around a text never count", () => {
    for (const text of ["x y", " x y\t", "\u00a0x y\u00a0", "\u202f \tx y \u00a0\u202f"]) {
      reads("c", text, "x y");
      reads({ column: "c", case: "upper" }, text, "X Y");
    }
    for (const blank of ["", " ", "\t \u00a0", "\u202f"]) reads("c", blank, null);
    // Characters whose bytes look like the end of a blank.
    for (const text of ["à", "Ưà", "\u{1f4ef}", "¯", "Ấ\u3000"]) reads("c", text, text);
    reads("absent", "x", null);
  });

  test("any text between blanks stays as it is", () => {
    const blanks = fc.string({ unit: fc.constantFrom(" ", "\t", "\u00a0", "\u202f"), maxLength: 3 });
    const text = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((all) => /^\P{White_Space}(.*\P{White_Space})?$/su.test(all));
    fc.assert(
      fc.property(blanks, text, blanks, (before, middle, after) => {
        reads("c", before + middle + after, middle);
      }),
    );
  });

  test("literals, variables and templates", () => {
    reads({ literal: "L" }, "", "L");
    const around = { variables: { state: "7", none: "" } };
    reads({ variable: "state" }, "", "7", around);
    reads({ variable: "unknown" }, "", null, around);
    reads({ template: "{c}-{other:03}" }, "A ", "A-00O");
    reads({ template: "{key.state:02}{c:05}" }, "1234567", "071234567", around);
    reads({ template: "{c}-{other}" }, " ", null);
    reads({ template: "{c?}-{other}" }, " ", "-O");
    reads({ template: "{c:03?}{other}" }, "", "O");
    reads({ template: "{c}{key.none}" }, "x", null, around);
    reads({ template: "{c}.{other}", split: { by: ".", take: -1 }, prefix: "p" }, "a", "pO");
  });

  test("hashes are stable and tell absent parts apart from their neighbours", () => {
    reads({ hash: ["c", "absent", "other"], prefix: "f:" }, "Zoë", `f:${hashOfTexts(["Zoë", "", "O"])}`);
    assert.notEqual(hashOfTexts(["a", "", "b"]), hashOfTexts(["a", "b", ""]));
  });

  test("part counts bytes of the column as it stands", () => {
    reads({ column: "c", part: "1-2" }, "GM000010962", "GM");
    reads({ column: "c", part: "3" }, "abc", "c");
    reads({ column: "c", part: "2-4" }, " ab ", "ab");
    reads({ column: "c", part: "3-99" }, "abcdef", "cdef");
    reads({ column: "c", part: "9-12" }, "abc", null);
    reads({ column: "c", part: "4-5" }, "São Paulo", "o");
  });

  test("split takes a piece from either end", () => {
    reads({ column: "c", split: { by: ",", take: 1 } }, "+0020,1", "+0020");
    reads({ column: "c", split: { by: ",", take: 2 } }, "+0020, 1", "1");
    reads({ column: "c", split: { by: ",", take: 3 } }, "+0020,1", null);
    reads({ column: "c", split: { by: ",", take: -1 } }, "a,b,c", "c");
    reads({ column: "c", split: { by: ",", take: -3 } }, "a,b,c", "a");
    reads({ column: "c", split: { by: ",", take: -4 } }, "a,b,c", null);
    reads({ column: "c", split: { by: " - ", take: 2 } }, "a - b - c", "b");
    reads({ column: "c", split: { by: "·", take: 2 } }, "a·b", "b");
    const pieces = fc.array(fc.stringMatching(/^[a-z]{0,3}$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        pieces,
        fc.constantFrom(",", "::", "→"),
        fc.integer({ min: -6, max: 6 }),
        (all, by, take) => {
          if (take === 0) return;
          const expected = all.at(take > 0 ? take - 1 : take) ?? "";
          const outside = Math.abs(take) > all.length;
          reads(
            { column: "c", split: { by, take } },
            all.join(by),
            outside || expected === "" ? null : expected,
          );
        },
      ),
    );
  });

  test("match takes the first group, or the whole", () => {
    reads({ column: "c", match: "^([A-Z]+)-" }, "ABC-1", "ABC");
    reads({ column: "c", match: "[0-9]+" }, "ABC-12-3", "12");
    reads({ column: "c", match: "[0-9]+" }, "ABC", null);
    reads({ column: "c", match: "x(y)?" }, "x", null);
    reads({ column: "c", match: "(.*)!" }, " é !", "é");
  });

  test("strip, replace, case, pad, prefix and suffix", () => {
    reads({ column: "c", strip: "*#" }, "*12.3 #*", "12.3");
    reads({ column: "c", strip: "*" }, "* *", null);
    reads({ column: "c", strip: "«»" }, "« x »", "x");
    reads({ column: "c", replace: { ":": "", a: "$&" } }, "1:2:a", "12$&");
    reads({ column: "c", replace: { a: "b", b: "c" } }, "ab", "cc");
    // Each makes three of the next letter: 3^17 letters, if nobody stopped it.
    const letters = Array.from("abcdefghijklmnopq");
    const growing = Object.fromEntries(letters.map((one, at) => [one, (letters[at + 1] ?? "z").repeat(3)]));
    reads({ column: "c", replace: growing }, "a", { reject: "invalid text" });
    reads({ column: "c", case: "lower" }, "ÄB", "äb");
    reads({ column: "c", pad: { to: 5 } }, "42", "00042");
    reads({ column: "c", pad: { to: 3, with: "x" } }, "1234", "1234");
    reads({ column: "c", prefix: "p:", suffix: "!" }, "é", "p:é!");
    reads({ column: "c", prefix: "p:" }, " ", null);
  });

  test("missing texts and lookups", () => {
    reads({ column: "c", missing: ["-", "n/a"] }, " n/a ", null);
    reads({ column: "c", case: "upper", missing: ["N/A"] }, "n/a", null);
    const lookup = { file: "f.csv", key: "k", value: "v" };
    const lookups = new Map([
      [
        lookupName(lookup),
        new Map([
          ["GM", "DE"],
          ["99", ""],
        ]),
      ],
    ]);
    reads({ column: "c", part: "1-2", lookup }, "GM1", "DE", { lookups });
    reads({ column: "c", lookup, prefix: "x" }, "99", null, { lookups });
    reads({ column: "c", lookup }, "ZZ", { reject: "not in lookup" }, { lookups });
    reads({ column: "c", lookup: { ...lookup, otherwise: "null" } }, "ZZ", null, { lookups });
  });

  test("operations follow one another in the order that the reference states", () => {
    const lookup = { file: "f.csv", key: "k", value: "v" };
    const lookups = new Map([[lookupName(lookup), new Map([["00AB", "found"]])]]);
    const field: Field = {
      column: "c",
      part: "3-12",
      split: { by: ";", take: 2 },
      match: "<(.*)>",
      strip: "*",
      replace: { "-": "" },
      case: "upper",
      missing: ["QQ"],
      pad: { to: 4 },
      lookup,
      prefix: "[",
      suffix: "]",
    };
    reads(field, "..x;<*a-b*>;", "[found]", { lookups });
    reads(field, "..x;<*q-q*>;", null, { lookups });
  });

  test("long texts do not share the room of short ones", () => {
    const long = "ü".repeat(2000);
    reads({ column: "c", prefix: "a" }, long, `a${long}`);
  });

  test("only a column as it stands is plain", () => {
    assert.equal(isPlainColumn({ column: "c", missing: ["x"] }), true);
    for (const field of [
      { literal: "c" },
      { column: "c", strip: "x" },
      { column: "c", prefix: "x" },
      { column: "c", pad: { to: 2, with: "0" } },
    ])
      assert.equal(isPlainColumn(field), false, JSON.stringify(field));
  });
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { parseTextTemplate, type TextTemplatePart } from "../../src/config/text-template.ts";

const column = (name: string, width = 0, optional = false) => ({ column: name, width, optional });

suite("templates of texts", () => {
  const cases: [text: string, parts: TextTemplatePart[]][] = [
    ["{a}", [column("a")]],
    [
      "{State Code:02}-{Site.Num:04?}",
      [column("State Code", 2), { literal: "-" }, column("Site.Num", 4, true)],
    ],
    ["x{a?}y", [{ literal: "x" }, column("a", 0, true), { literal: "y" }]],
    [
      "{key.day}T{hour:02}",
      [{ variable: "day", width: 0, optional: false }, { literal: "T" }, column("hour", 2)],
    ],
    ["{key.n:012?}", [{ variable: "n", width: 12, optional: true }]],
    ["{keys}{a:b}", [column("keys"), column("a:b")]],
    ["{values[].x}", [column("values[].x")]],
  ];
  for (const [text, parts] of cases) {
    test(text, () => {
      assert.deepEqual(parseTextTemplate(text), { parts, problems: [] });
    });
  }

  const wrong: [text: string, problems: string[]][] = [
    ["{a", ['"{" stands alone']],
    ["a}b{", ['"}" stands alone', '"{" stands alone']],
    ["{}", ["{} names no column"]],
    ["{key.}", ["{key.} names no column"]],
    ["abc", ["the template names no column; a text that is always the same is a `literal`"]],
  ];
  for (const [text, problems] of wrong) {
    test(`${text} is none`, () => {
      assert.deepEqual(parseTextTemplate(text).problems, problems);
    });
  }

  test("what its parts say, written down, is the template again", () => {
    const name = fc.stringMatching(/^[a-z][a-z .[\]]{0,5}$/);
    const place = fc.record({ name, width: fc.nat(99), optional: fc.boolean(), key: fc.boolean() });
    const literal = fc.stringMatching(/^[^{}]{1,5}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(place, literal), { minLength: 1, maxLength: 5 }), (pieces) => {
        const text = pieces
          .map(([{ name: of, width, optional, key }, after]) => {
            const padded = width === 0 ? "" : `:0${width}`;
            return `{${key ? "key." : ""}${of}${padded}${optional ? "?" : ""}}${after}`;
          })
          .join("");
        const { parts, problems } = parseTextTemplate(text);
        assert.deepEqual(problems, []);
        const expected = pieces.flatMap(([{ name: of, width, optional, key }, after]) => [
          key ? { variable: of, width, optional } : column(of, width, optional),
          { literal: after },
        ]);
        assert.deepEqual(parts, expected);
      }),
    );
  });
});

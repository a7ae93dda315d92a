/** JSON for terminals. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { formatJson } from "../../src/cli/json.ts";

suite("JSON for terminals", () => {
  test("a parser sees the same, a terminal no order", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(fc.oneof(fc.dictionary(text, text), fc.array(text)), (facts) => {
        const json = formatJson(facts);
        assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(facts)));
        assert.doesNotMatch(json.replaceAll("\n", ""), /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test("only what cannot be shown is escaped", () => {
    assert.equal(
      formatJson({ text: "µg/m³ 雨 😀\u007f\u009b2J\u202e\u{e0001}" }),
      '{\n  "text": "µg/m³ 雨 😀\\u007f\\u009b2J\\u202e\\udb40\\udc01"\n}\n',
    );
  });
});

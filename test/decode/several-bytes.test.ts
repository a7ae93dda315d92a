/** Text of East Asia, whose characters take several bytes, some of which look like ASCII. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { SEVERAL_BYTES } from "../../src/config/format.ts";
import { KoreanDecoder } from "../../src/decode/korean.ts";
import { cut, decodeAll, faultsOf, valuesOf } from "./decoding.ts";

/** Words and their bytes as Python's codecs write them; among the bytes are those of `|`, `\`, digits and letters. */
const WORDS: readonly (readonly [encoding: string, text: string, bytes: string])[] = [
  ["gb18030", "北京", "b1b1bea9"],
  ["gb18030", "臭氧㐀", "b3f4d1f58139ee39"],
  ["gb18030", "😀", "9439fc36"],
  ["gbk", "臭氧", "b3f4d1f5"],
  ["gbk", "亅", "817c"],
  ["big5", "臺北", "bb4fa55f"],
  ["big5", "功許", "a55cb35c"],
  ["shift_jis", "東京ソポ", "938c8b9e835c837c"],
  ["shift_jis", "ｱ", "b1"],
  ["euc-jp", "東京", "c5ecb5fe"],
  ["euc-kr", "서울", "bcadbfef"],
  ["euc-kr", "똠방각하", "8c63b9e6b0a2c7cf"],
  ["euc-kr", "갂힣뷁", "8141c65294ee"],
];

const bytesOf = (parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));

suite("encodings of several bytes", () => {
  test("words, as values and as names of columns, in every format", async () => {
    for (const [encoding, text, hex] of WORDS) {
      const word = Buffer.from(hex, "hex");
      const columns = { a: "a", b: "b" };
      const stored: readonly [object, Buffer][] = [
        [{ type: "delimited", header: "always", delimiter: "|" }, bytesOf([word, "|b\n", word, "|x\n"])],
        [{ type: "delimited", header: "always", escape: "\\" }, bytesOf([word, ',b\n"', word, '",x\n'])],
        [{ type: "json-lines", columns }, bytesOf(['{"a":"', word, '","b":"x"}\n'])],
        [{ type: "json", columns }, bytesOf(['[{"a":"', word, '","b":"x"}]'])],
        [
          {
            type: "fixed-width",
            columns: { a: `1-${word.length}`, b: `${word.length + 1}-${word.length + 2}` },
          },
          bytesOf([word, "x\n"]),
        ],
      ];
      for (const [format, input] of stored) {
        const wanted = "header" in format ? [text, "b"] : ["a", "b"];
        const decoded = await decodeAll({ ...format, encoding }, input, wanted);
        assert.deepEqual(valuesOf(decoded), [[text, "x"]], `${encoding} ${text} ${JSON.stringify(format)}`);
      }
    }
  });

  test("any words, cut anywhere: nothing depends on the cuts", async () => {
    const known = fc.constantFrom(...WORDS);
    const property = fc.asyncProperty(
      known.chain(([encoding]) =>
        fc.tuple(
          fc.constant(encoding),
          fc.array(fc.constantFrom(...WORDS.filter(([other]) => other === encoding)), { minLength: 1 }),
        ),
      ),
      fc.array(fc.nat(), { maxLength: 10 }),
      async ([encoding, words], at) => {
        const input = bytesOf(words.flatMap(([, , hex]) => [Buffer.from(hex, "hex"), "|1\r\n"]));
        const format = { type: "delimited", header: "none", columns: ["a", "b"], delimiter: "|", encoding };
        const decoded = await decodeAll(format, cut(input, at));
        assert.deepEqual(
          valuesOf(decoded),
          words.map(([, text]) => [text, "1"]),
        );
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  test("all syllables of Korean, each with two bytes of its own", () => {
    const decoder = new KoreanDecoder();
    const syllables = new Set<string>();
    for (let lead = 0x81; lead <= 0xfe; lead++) {
      for (let trail = 0x41; trail <= 0xfe; trail++) {
        const text = decoder.decode(Uint8Array.of(lead, trail));
        if (/^[\uac00-\ud7a3]$/.test(text)) syllables.add(text);
      }
    }
    assert.equal(syllables.size, 11_172);
  });

  test("bytes that stand for nothing cost their records, and no delimiter or line end", async () => {
    const format = { type: "delimited", header: "none", columns: ["a", "b"], encoding: "gb18030" };
    const input = Buffer.from("a,1\n\xb1,2\nb,3\n\xb1\xb1,4\n\x81,5\nc,\xb1", "latin1");
    const decoded = await decodeAll(format, input);
    assert.deepEqual(valuesOf(decoded), [
      ["a", "1"],
      ["b", "3"],
      ["北", "4"],
    ]);
    assert.deepEqual(
      decoded.rejects.map(({ reason, line, field }) => [reason, line, field]),
      [
        ["invalid UTF-8", 2, "a"],
        ["invalid UTF-8", 5, "a"],
        ["invalid UTF-8", 6, "b"],
      ],
    );
    // Where it knows no character, TextDecoder gives control characters.
    const unknown = await decodeAll({ ...format, encoding: "euc-jp" }, Buffer.from("\x8cc,1\n", "latin1"));
    assert.deepEqual(faultsOf(unknown), [[1, "invalid UTF-8"]]);
    const korean = Buffer.from("\x8c,1\n\xc6\x53,2\n\xc9\xa1\xff,3\n\xb0\xa1,4\n\xff", "latin1");
    const { records, rejects } = await decodeAll({ ...format, encoding: "euc-kr" }, korean);
    assert.deepEqual([records.map(({ line }) => line), rejects.map(({ line }) => line)], [[4], [1, 2, 3, 5]]);
  });

  test("fixed columns count the stored bytes; one that cuts a character costs the record", async () => {
    const format = { type: "fixed-width", columns: { name: "1-6", value: "7-9" }, encoding: "euc-kr" };
    const seoul = Buffer.from("bcadbfef", "hex");
    const decoded = await decodeAll(format, bytesOf([seoul, "   12\nx", seoul, "   4\n12345", seoul, "\n"]));
    assert.deepEqual(valuesOf(decoded), [
      ["서울", "12"],
      ["x서울", "4"],
    ]);
    assert.deepEqual(
      decoded.rejects.map(({ field, line, byte }) => [field, line, byte]),
      [["name", 3, 20]],
    );
    assert.deepEqual(
      decoded.records.map(({ byte }) => byte),
      [0, 10],
    );
  });

  test("of a fixed-width file's words only ASCII can be sought", async () => {
    const format = { type: "fixed-width", columns: { a: "1-4" }, encoding: "gbk" };
    const decoded = await decodeAll({ ...format, comment: "#" }, "#x\n1234\n");
    assert.deepEqual([valuesOf(decoded), decoded.counts.comments], [[["1234"]], 1]);
    await assert.rejects(decodeAll({ ...format, skip_to: "站" }, ""), {
      code: "CONFIG_INVALID",
      message: "`站` cannot be sought in gbk: of this encoding only ASCII is written.",
    });
  });

  test("ASCII is ASCII in all of them", async () => {
    const ascii = Array.from({ length: 95 }, (_, index) => String.fromCharCode(0x20 + index)).join("");
    for (const encoding of SEVERAL_BYTES) {
      const decoded = await decodeAll(
        { type: "json-lines", columns: { a: "a" }, encoding },
        JSON.stringify({ a: ascii }),
      );
      assert.deepEqual(valuesOf(decoded), [[ascii]], encoding);
    }
  });
});

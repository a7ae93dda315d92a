/** Text of East Asia, whose characters take several bytes, some of which look like ASCII. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { suite, test } from "node:test";
import fc from "fast-check";
import { SEVERAL_BYTES } from "../../src/config/storage.ts";
import { type SeveralBytes, textOf } from "../../src/decode/encoding.ts";
import { fromSeveralBytes } from "../../src/decode/several-bytes.ts";
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
  // Of Hong Kong, as the codec big5hkscs writes them.
  ["big5", "鰂魚涌", "916fb3bdaf46"],
  ["big5", "深水埗", "b260a4f496f5"],
  ["big5", "𨋢", "9df2"],
  ["big5", "Ê̄", "8862"],
  ["shift_jis", "東京ソポ", "938c8b9e835c837c"],
  ["shift_jis", "ｱ", "b1"],
  ["shift_jis", "髙﨑①", "eee0ed958740"],
  ["euc-jp", "東京", "c5ecb5fe"],
  ["euc-jp", "ｱ", "8eb1"],
  ["euc-jp", "丂", "8fb0a1"],
  ["euc-kr", "서울", "bcadbfef"],
  ["euc-kr", "똠방각하", "8c63b9e6b0a2c7cf"],
  ["euc-kr", "갂힣뷁", "8141c65294ee"],
];

const bytesOf = (parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));

/** The text as UTF-8, all of it. */
async function utf8Of(chunks: Iterable<Buffer>, encoding: SeveralBytes): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(fromSeveralBytes(readable(chunks), encoding)));
}

async function* readable(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  await Promise.resolve();
  yield* chunks;
}

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

  test("any bytes, cut anywhere: nothing depends on the cuts, whatever stands at them", async () => {
    const piece = fc.oneof(
      fc.constantFrom(...WORDS.map(([, , hex]) => Buffer.from(hex, "hex"))),
      fc.constantFrom("a", ",", "\n", "0", "|").map((text) => Buffer.from(text)),
      fc.uint8Array({ minLength: 1, maxLength: 3 }).map((bytes) => Buffer.from(bytes)),
    );
    const property = fc.asyncProperty(
      fc.constantFrom(...SEVERAL_BYTES),
      fc.array(piece, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(), { maxLength: 12 }),
      async (encoding, pieces, at) => {
        const input = Buffer.concat(pieces);
        const whole = await utf8Of([input], encoding);
        assert.deepEqual(await utf8Of(cut(input, at), encoding), whole);
        // Byte by byte, too.
        assert.deepEqual(
          await utf8Of(
            Array.from(input, (byte) => Buffer.of(byte)),
            encoding,
          ),
          whole,
        );
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  test("text without a blank or a comma is held up to a mebibyte, and no further", async () => {
    const chunk = Buffer.from("b1b1bea9".repeat(64 * 1024), "hex");
    const sizes: number[] = [];
    const chunks = Array.from({ length: 9 }, () => chunk);
    for await (const utf8 of fromSeveralBytes(readable(chunks), "gbk")) sizes.push(utf8.length);
    assert.deepEqual(
      sizes,
      [4, 4, 1].map((count) => (count * chunk.length * 3) / 2),
    );
  });

  test("all syllables of Korean, by the bytes that Python's cp949 writes for them", () => {
    const bytes = new Map<string, Buffer>();
    for (let lead = 0x81; lead <= 0xfe; lead++) {
      for (let trail = 0x41; trail <= 0xfe; trail++) {
        const pair = Buffer.of(lead, trail);
        bytes.set(textOf(pair, "euc-kr"), pair);
      }
    }
    const written = createHash("sha256");
    for (let code = 0xac00; code <= 0xd7a3; code++) {
      written.update(bytes.get(String.fromCharCode(code)) ?? "none");
    }
    // hashlib.sha256(b"".join(chr(c).encode("cp949") for c in range(0xac00, 0xd7a4))).hexdigest()
    const expected = "9d355925bccc44ae41885b4e53eb25cf5f2f5f52000c586e3b8cd938791447bd";
    assert.equal(written.digest("hex"), expected);
  });

  test("letters of private use are nobody's: they cost the record", async () => {
    const format = { type: "delimited", header: "none", columns: ["a", "b"] };
    for (const [encoding, hex] of [
      ["gb18030", "aaa1"],
      ["gb18030", "a2ab"],
      ["gbk", "fefe"],
      ["shift_jis", "f040"],
      ["big5", "8140"],
      ["euc-kr", "c9a1"],
      ["euc-jp", "8ff5a1"],
    ] as const) {
      const input = bytesOf([Buffer.from(hex, "hex"), ",1\nx,2\n"]);
      for (const kind of [format, { type: "fixed-width", columns: { a: "1-2", b: "4" } }]) {
        const decoded = await decodeAll({ ...kind, encoding }, input);
        assert.deepEqual(faultsOf(decoded), [[1, "invalid UTF-8"]], `${encoding} ${hex}`);
        assert.equal(decoded.records.length, 1);
      }
    }
  });

  test("control characters are themselves", async () => {
    for (const encoding of SEVERAL_BYTES) {
      for (let code = 1; code < 0x80; code++) {
        const control = Buffer.of(code);
        assert.deepEqual(await utf8Of([control], encoding), control, `${encoding} ${code}`);
      }
    }
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

  test("comments and `skip_to` of a fixed-width file are sought in its encoding", async () => {
    for (const [encoding, text, hex] of WORDS) {
      // Shift_JIS has these letters twice, and others write the other ones.
      if (text === "髙﨑①") continue;
      const format = {
        type: "fixed-width",
        columns: { a: "1-4" },
        encoding,
        comment: text,
        skip_to: `${text}!`,
      };
      const word = Buffer.from(hex, "hex");
      const lines = bytesOf(["x\n", word, "!\n", word, "?\n1234\n"]);
      const decoded = await decodeAll({ ...format, skip_to: "1" }, lines);
      assert.deepEqual([valuesOf(decoded), decoded.counts.comments], [[["1234"]], 3], `${encoding} ${text}`);
      const sought = await decodeAll({ ...format, comment: undefined }, bytesOf(["x\n", word, "!\n"]));
      assert.equal(sought.counts.comments, 1);
    }
    const korean = { type: "fixed-width", columns: { a: "1-4" }, encoding: "shift_jis", skip_to: "서울" };
    await assert.rejects(decodeAll(korean, ""), {
      code: "CONFIG_INVALID",
      message: "shift_jis has no `서울`.",
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

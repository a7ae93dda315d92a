/** Text in UTF-16: what Windows exports, in every format, however it is cut. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { type Decompression, decompress, noBytes } from "../../src/decode/decompress.ts";
import { contentOf, PLACE } from "./compression/stored.ts";
import { zipOf } from "./compression/zip-writer.ts";
import { chunksOf, cut, type Decoded, decodeAll, formatOf, valuesOf } from "./decoding.ts";

const MARK = "\ufeff";
const le = (text: string): Buffer => Buffer.from(text, "utf16le");
const be = (text: string): Buffer => le(text).swap16();

const withEncoding = (encoding: string) => ({
  format: formatOf({ type: "json-lines", encoding }),
});

/** As a load reads it. */
async function decoded(description: object, stored: Buffer, wanted?: readonly string[]): Promise<Decoded> {
  const how: Decompression = { format: formatOf(description) };
  return decodeAll(description, decompress(chunksOf(stored), PLACE, noBytes(), how), wanted);
}

const TABLE = "Ort;Wert\r\nMünchen;1\r\n東京;2\r\n😀;3\r\n";
const WIDE = { type: "delimited", header: "always", delimiter: ";" };
const ROWS = [
  ["München", "1"],
  ["東京", "2"],
  ["😀", "3"],
];

suite("UTF-16", () => {
  test("any text, in either order, with and without mark, cut anywhere", async () => {
    const units = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 0xd700, max: 0xe0ff })),
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      units.map((codes) => String.fromCharCode(...codes)),
    );
    const cuts = fc.array(fc.nat(), { maxLength: 8 });
    const property = fc.asyncProperty(
      text,
      cuts,
      fc.boolean(),
      fc.boolean(),
      async (some, at, little, marked) => {
        // The first 512 bytes are looked at in one piece; the cuts are behind them.
        const written = `${"a".repeat(300)}${some}`;
        const bytes = (little ? le : be)(marked ? MARK + written : written);
        const tail = at.map((position) => bytes.length - (position % (2 * some.length + 1)));
        const encoding = marked ? "utf-8" : little ? "utf-16" : "utf-16be";
        const utf8 = await contentOf(chunksOf(cut(bytes, tail)), withEncoding(encoding));
        // Half a surrogate pair reads as U+FFFD; only where there is none are the bytes UTF-8.
        assert.equal(utf8.toString("utf8"), written.toWellFormed());
        assert.equal(utf8.equals(Buffer.from(written)), written.isWellFormed());
      },
    );
    await fc.assert(property, { numRuns: 500 });
  });

  test("a mark decides, whichever Unicode encoding the pipeline names", async () => {
    for (const encoding of ["utf-8", "utf-16", "utf-16le", "utf-16be"]) {
      for (const stored of [le(MARK + TABLE), be(MARK + TABLE), Buffer.from(MARK + TABLE)]) {
        assert.deepEqual(
          valuesOf(await decoded({ ...WIDE, encoding }, stored, ["Ort", "Wert"])),
          ROWS,
          encoding,
        );
      }
    }
    for (const [encoding, stored] of [
      ["utf-16", le(TABLE)],
      ["utf-16le", le(TABLE)],
      ["utf-16be", be(TABLE)],
    ] as const) {
      assert.deepEqual(
        valuesOf(await decoded({ ...WIDE, encoding }, stored, ["Ort", "Wert"])),
        ROWS,
        encoding,
      );
    }
  });

  test("the errors name the encoding that it must be", async () => {
    await assert.rejects(contentOf(le(MARK + TABLE), withEncoding("latin-1")), {
      code: "OBJECT_NOT_DATA",
      message:
        "The text is UTF-16 by its byte order mark, not latin-1, as `format.encoding` says. Say `encoding: utf-16`.",
    });
    for (const [stored, name] of [
      [le(TABLE), "utf-16le"],
      [be(TABLE), "utf-16be"],
    ] as const) {
      await assert.rejects(decoded(WIDE, stored, ["Ort"]), (error: Error) => {
        assert.match(
          error.message,
          new RegExp(`^The header lacks Ort; .* say \`encoding: ${name}\`\\.$`, "s"),
        );
        return true;
      });
    }
    const utf32 = Buffer.from([0xff, 0xfe, 0, 0, 0x41, 0, 0, 0]);
    await assert.rejects(contentOf(utf32), { message: "This is text in UTF-32, not data." });
    await assert.rejects(contentOf(le(`${MARK}<!DOCTYPE html>`)), {
      message: "This is an HTML page, not data.",
    });
    await assert.rejects(contentOf(le(MARK)), {
      code: "OBJECT_EMPTY",
      message: "The object is nothing but a byte order mark.",
    });
    await assert.rejects(contentOf(gzipSync(le(MARK))), { code: "OBJECT_EMPTY" });
  });

  test("half a pair and an odd last byte cost their records; lines and bytes are those of the UTF-8", async () => {
    const text = "n;v\n\ud83d;1\nä;2\nx\ude00;\ufffd\nz;4";
    const { records, rejects } = await decoded(WIDE, Buffer.concat([le(MARK + text), Buffer.from([0x41])]), [
      "n",
      "v",
    ]);
    assert.deepEqual(
      records.map(({ values, line, byte, raw }) => [values, line, byte, raw]),
      [[["ä", "2"], 3, 8, "ä;2"]],
    );
    assert.deepEqual(
      rejects.map(({ reason, field, line, byte }) => [reason, field, line, byte]),
      [
        ["invalid UTF-8", "n", 2, 4],
        ["invalid UTF-8", "n", 4, 13],
        ["invalid UTF-8", "v", 5, 20],
      ],
    );
    // A U+FFFD that the provider wrote is text.
    assert.deepEqual(valuesOf(await decoded(WIDE, le(`${MARK}n;v\n\ufffd;1`), ["n"])), [["\ufffd"]]);
  });

  test("every format", async () => {
    const stored: readonly [object, string][] = [
      [
        { type: "delimited", header: "none", columns: ["a", "b"], delimiter: "¦" },
        '"ä\n""";x'.replace(";", "¦"),
      ],
      [{ type: "delimited", header: "none", columns: ["a", "b"], escape: "\\" }, '"ä\\"",x'],
      [{ type: "fixed-width", columns: { a: "1-2", b: "3-4" } }, "äx"],
      [{ type: "json-lines", columns: { a: "a", b: "b" } }, '{"a":"ä","b":"x"}\n'],
      [{ type: "json", columns: { a: "a", b: "b" } }, '[{"a":"ä","b":"x"}]'],
    ];
    const values = ['ä\n"', 'ä"', "ä", "ä", "ä"];
    for (const [index, [format, text]] of stored.entries()) {
      const multiline = index === 0 ? { multiline: true } : {};
      const result = await decoded({ ...format, ...multiline, encoding: "utf-16be" }, be(text));
      assert.deepEqual(valuesOf(result), [[values[index], "x"]], text);
    }
  });

  test("files of an archive, each with its mark", async () => {
    const member = { ...WIDE, member: "*.csv" };
    for (const encode of [le, be, (text: string) => Buffer.from(text)]) {
      const files = ["Ort;Wert\nA;1", "Ort;Wert\nB;2\n", "Ort;Wert\nC;3"].map((text, index) => ({
        name: `${index}.csv`,
        content: encode(MARK + text),
      }));
      const { records, counts } = await decoded(member, zipOf(files), ["Ort", "Wert"]);
      assert.deepEqual(
        records.map(({ values, line }) => [...values, line]),
        [
          ["A", "1", 2],
          ["B", "2", 4],
          ["C", "3", 6],
        ],
      );
      assert.equal(counts.headers, 3);
    }
  });
});

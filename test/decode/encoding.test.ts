/** Text in latin-1 and windows-1252, in every format. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { cut, decodeAll, faultsOf, valuesOf } from "./decoding.ts";

/** Unicode's own table of windows-1252 (MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT), 0x80 to 0x9F; 0: not assigned. */
const CP1252 = [
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
  0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
  0x0153, 0, 0x017e, 0x0178,
];

function codePoint(byte: number, encoding: string): number {
  return encoding === "windows-1252" ? CP1252[byte - 0x80] || byte : byte;
}

function decodedText(bytes: readonly number[], encoding: string): string {
  return String.fromCodePoint(...bytes.map((byte) => codePoint(byte, encoding)));
}

const ALL = Array.from({ length: 255 }, (_, index) => index + 1);
const encodings = ["latin-1", "windows-1252"];
const formats: Record<string, object> = {
  delimited: { type: "delimited", header: "none", columns: ["a", "b"], multiline: true },
  "several bytes": {
    type: "delimited",
    header: "none",
    columns: ["a", "b"],
    multiline: true,
    delimiter: "||",
  },
  escaped: { type: "delimited", header: "none", columns: ["a", "b"], escape: "\\" },
  "fixed width": { type: "fixed-width", columns: { a: "1", b: "3-4" } },
  "json lines": { type: "json-lines", columns: { a: "a", b: "b" } },
  json: { type: "json", columns: { a: "a", b: "b" } },
};

/** A word and its bytes, by hand from Unicode's own tables (MAPPINGS/VENDORS/MICSFT/WINDOWS, MAPPINGS/ISO8859, KOI8-R) and Python's codecs. */
const WORDS: readonly (readonly [encoding: string, text: string, bytes: string])[] = [
  ["windows-1250", "Łódź", "a3f3649f"],
  ["iso-8859-2", "Łódź", "a3f364bc"],
  ["windows-1251", "Томск", "d2eeecf1ea"],
  ["iso-8859-5", "Томск", "c2dedce1da"],
  ["koi8-r", "Томск", "f4cfcdd3cb"],
  ["windows-1253", "Αθήνα", "c1e8deede1"],
  ["windows-1254", "Iğdır", "49f064fd72"],
  ["windows-1257", "Šiauļi", "d0696175ef69"],
  ["iso-8859-15", "5 €", "3520a4"],
  ["windows-1255", "חיפה", "e7e9f4e4"],
  ["windows-1256", "مكة", "e3dfc9"],
  ["windows-1258", "Đà", "d0e0"],
  ["windows-874", "กรุงเทพ", "a1c3d8a7e0b7be"],
  ["iso-8859-3", "Ħal", "a1616c"],
  ["iso-8859-4", "Rīga", "52ef6761"],
  ["iso-8859-6", "مكة", "e5e3c9"],
  ["iso-8859-7", "Αθήνα", "c1e8deede1"],
  ["iso-8859-8", "חיפה", "e7e9f4e4"],
  ["iso-8859-10", "Þingvellir", "de696e6776656c6c6972"],
  ["iso-8859-13", "Rīga", "52ee6761"],
  ["iso-8859-14", "Ŵyr", "d07972"],
  ["iso-8859-16", "Iași", "4961ba69"],
  ["koi8-u", "Київ", "ebc9a7d7"],
  ["ibm866", "Томск", "92aeace1aa"],
  ["macintosh", "Zürich", "5a9f72696368"],
];

suite("one-byte encodings", () => {
  test("words of many countries, as values and as names of columns", async () => {
    for (const [encoding, text, hex] of WORDS) {
      const word = Buffer.from(hex, "hex");
      const input = Buffer.concat([word, Buffer.from(",n\n"), word, Buffer.from(",1\n")]);
      const format = { type: "delimited", header: "always", encoding };
      assert.deepEqual(valuesOf(await decodeAll(format, input, [text])), [[text]], encoding);
    }
  });

  for (const encoding of encodings) {
    test(`${encoding}: each of the upper bytes, in each format`, async () => {
      for (const byte of ALL.filter((code) => code >= 0x80)) {
        const text = (written: string): Buffer => Buffer.from(written.replace("@", "\xff"), "latin1");
        const stored: Record<string, Buffer> = {
          delimited: text("@,x\n"),
          "several bytes": text("@||x\n"),
          escaped: text('"@",x\n'),
          "fixed width": text("@ x\n"),
          "json lines": text('{"a":"@","b":"x"}\n'),
          json: text('[{"a":"@","b":"x"}]'),
        };
        for (const [name, format] of Object.entries(formats)) {
          const input = stored[name]?.map((code) => (code === 0xff ? byte : code));
          const decoded = await decodeAll({ ...format, encoding }, Buffer.from(input ?? []));
          assert.deepEqual(valuesOf(decoded), [[decodedText([byte], encoding), "x"]], `${name} ${byte}`);
        }
      }
    });
  }

  test("any fields, quotes in them, in several batches: bytes, lines and raw records are the stored ones", async () => {
    const field = fc.array(fc.constantFrom(...ALL), { maxLength: 12 });
    const encoding = fc.constantFrom(...encodings);
    const rows = fc.array(fc.tuple(field, field), { maxLength: 6 });
    const cuts = fc.array(fc.nat(), { maxLength: 5 });
    const property = fc.asyncProperty(encoding, rows, cuts, fc.boolean(), async (chosen, some, at, many) => {
      const written = some.map((fields) =>
        Buffer.concat([
          ...fields.flatMap((codes, index) => [
            Buffer.from(index === 0 ? '"' : ',"'),
            Buffer.from(codes.flatMap((code) => (code === 0x22 ? [code, code] : [code]))),
            Buffer.from('"'),
          ]),
          Buffer.from("\n"),
        ]),
      );
      const first = Buffer.from("x,y\n".repeat(many ? 20_000 : 1));
      const input = Buffer.concat([first, ...written]);
      const decoded = await decodeAll({ ...formats["delimited"], encoding: chosen }, cut(input, at));
      const before = many ? 20_000 : 1;
      assert.deepEqual(
        valuesOf(decoded).slice(before),
        some.map((fields) => fields.map((codes) => decodedText(codes, chosen))),
      );
      let byte = first.length;
      for (const [index, record] of decoded.records.slice(before).entries()) {
        assert.equal(record.byte, byte);
        byte += written[index]?.length ?? NaN;
      }
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test("a window full of bytes that take three in UTF-8", async () => {
    const row = Buffer.from(`${"\x80".repeat(50)},\x80\n`, "latin1");
    const input = Buffer.concat(Array<Buffer>(12_000).fill(row));
    const decoded = await decodeAll({ ...formats["delimited"], encoding: "windows-1252" }, input);
    assert.equal(decoded.records.length, 12_000);
    for (const { values } of decoded.records) assert.deepEqual(values, ["€".repeat(50), "€"]);
    assert.equal(decoded.records[11_999]?.byte, 11_999 * row.length);
  });

  test("header, comments, delimiter and skip_to are sought in the file's encoding", async () => {
    const format = {
      type: "delimited",
      header: "always",
      encoding: "windows-1252",
      delimiter: "¤",
      comment: "§",
      skip_to: "Länge",
      columns: { length: "Länge", price: "€" },
    };
    const text = Buffer.from("x\nL\xe4nge\xa4\x80\n\xa7y\n1\xa4\x93z\x94\n", "latin1");
    const decoded = await decodeAll(format, text);
    assert.deepEqual(valuesOf(decoded), [["1", "“z”"]]);
    assert.deepEqual([decoded.counts.comments, decoded.counts.headers], [2, 1]);
    for (const wrong of [{ comment: "€" }, { skip_to: "😀" }, { delimiter: "\u0152" }]) {
      await assert.rejects(decodeAll({ ...format, encoding: "latin-1", ...wrong }, ""), {
        code: "CONFIG_INVALID",
      });
    }
  });

  test("only NUL is no text; rejects hold the stored bytes", async () => {
    const format = { ...formats["delimited"], encoding: "latin-1" };
    const decoded = await decodeAll(format, Buffer.from("\xff,\xc3\n\0,\xff\n\xe9\n", "latin1"));
    assert.deepEqual(valuesOf(decoded), [["ÿ", "Ã"]]);
    assert.deepEqual(faultsOf(decoded), [
      [2, "NUL byte"],
      [3, "too few fields"],
    ]);
    assert.deepEqual(
      decoded.rejects.map(({ raw, byte }) => [raw, byte]),
      [
        ["\0,\xff", 4],
        ["\xe9", 8],
      ],
    );
  });

  test("absent fields stay absent", async () => {
    const format = { type: "delimited", header: "always", columns: ["a", "b"], optional: "all" };
    const decoded = await decodeAll({ ...format, encoding: "latin-1" }, Buffer.from("b\n\xe9\n", "latin1"));
    assert.deepEqual(valuesOf(decoded), [[null, "é"]]);
  });
});

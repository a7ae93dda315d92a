/** Samples as they lie about: text in UTF-16, and archives that broke off. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { inferPipeline } from "../../src/infer/infer.ts";
import { textOf } from "../../src/infer/text.ts";
import { zipOf } from "../decode/compression/zip-writer.ts";
import { guessText, valuesOf } from "./guessing.ts";

const TABLE = [
  "Station;Datum;Temperatur (°C)",
  ...Array.from(
    { length: 40 },
    (_, index) => `Zürich;2024-01-${String((index % 28) + 1).padStart(2, "0")};${index}.5`,
  ),
].join("\r\n");

const le = (text: string): Buffer => Buffer.from(text, "utf16le");

suite("infer, text in UTF-16", () => {
  for (const [what, stored, line] of [
    ["with a mark, which tells it by itself", le(`\ufeff${TABLE}`), ""],
    ["without a mark", le(TABLE), "  encoding: utf-16le\n"],
    ["without a mark, the other way round", le(TABLE).swap16(), "  encoding: utf-16be\n"],
  ] as const) {
    test(what, async (t) => {
      const { yaml, rows, rejects } = await guessText(t, "zurich.csv", stored);
      assert.equal(/ {2}encoding: .*\n/.exec(yaml)?.[0] ?? "", line);
      assert.equal(rejects, 0);
      assert.equal(rows.length, 40);
      assert.deepEqual(valuesOf(rows)[0]?.slice(0, 2), ["Zürich", "2024-01-01"]);
    });
  }

  test("a sample that is cut ends with a whole line; other encodings are not taken for it", () => {
    const cut = textOf({ bytes: le("a,b\n1,2\n3,").subarray(0, -1), isCut: true });
    assert.deepEqual([cut.text, cut.encoding], ["a,b\n1,2\n", "utf-16le"]);
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        const written = text.replaceAll("\0", "").replace(/^\ufeff/, "");
        assert.deepEqual(textOf({ bytes: Buffer.from(written), isCut: false }).encoding, "utf-8");
      }),
    );
  });
});

suite("infer, archives", () => {
  const files = ["a", "b", "c"].map((name) => ({
    name: `${name}.csv`,
    content: TABLE.repeat(20),
    stored: true,
  }));
  const archive = zipOf([{ name: "readme.pdf", content: "%PDF-1.4" }, ...files]);
  const infer = async (bytes: Buffer) =>
    inferPipeline(
      (async function* () {
        await Promise.resolve();
        yield bytes;
      })(),
      { sample: "a.zip", place: { file: "a.zip" } },
    );

  test("that broke off are called so, wherever they did", async () => {
    for (const length of [
      100,
      2000,
      archive.length >> 1,
      archive.length - 400,
      archive.length - 30,
      archive.length - 1,
    ]) {
      await assert.rejects(infer(archive.subarray(0, length)), {
        code: "OBJECT_TRUNCATED",
        message: "The zip data end too early.",
      });
    }
    const described = zipOf(
      files.map(({ name, content }) => ({ name, content, descriptor: "signed" as const })),
    );
    await assert.rejects(infer(described.subarray(0, described.length - 50)), { code: "OBJECT_TRUNCATED" });
  });

  test("that are whole are not", async () => {
    assert.match((await infer(archive)).yaml, /member: /);
    await assert.rejects(infer(zipOf([])), { code: "OBJECT_EMPTY" });
    await assert.rejects(infer(zipOf([{ name: "folder/", content: "" }])), { code: "OBJECT_EMPTY" });
  });
});

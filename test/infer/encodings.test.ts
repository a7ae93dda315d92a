/** Samples in old encodings: what is guessed, and that it is called a guess. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { textOf } from "../../src/infer/text.ts";
import { guessText, valuesOf } from "./guessing.ts";

/** Names of places and their bytes, as Python's codecs write them. */
const PLACES: readonly (readonly [encoding: string, word: string, bytes: readonly string[]])[] = [
  ["euc-kr", "서울", ["bcadbfef", "bacebbea", "b4ebb1b8", "c0cec3b5"]],
  ["euc-jp", "東京", ["c5ecb5fe", "c2e7bae5c9dc", "a5bda5a6a5eb", "ccbeb8c5b2b0"]],
  ["shift_jis", "東京", ["938c8b9e", "91e58de3957b", "835c8345838b", "96bc8cc389ae"]],
  ["gb18030", "北京", ["b1b1bea9", "c9cfbaa3cad0", "b3c9b6bc", "cedac2b3c4bec6eb"]],
  ["big5", "中環", ["a4a4c0f4", "bbc9c672c657", "a9f4a8a4", "916fb3bdaf46"]],
  ["latin-1", "Köln", ["4bf66c6e", "5afc72696368"]],
  ["windows-1252", "Köln", ["4bf66c6e", "938c94"]],
];

const table = (words: readonly string[]): Buffer =>
  Buffer.concat([
    Buffer.from("station,date,pm10\n"),
    ...words.flatMap((hex, index) => [
      Buffer.from(hex, "hex"),
      Buffer.from(`,2020-01-0${index + 1},${index}.5\n`),
    ]),
  ]);

suite("infer, old encodings", () => {
  for (const [encoding, word, bytes] of PLACES) {
    test(`${encoding}: ${word}`, async (t) => {
      const { yaml, rows, rejects } = await guessText(t, "a.csv", table(bytes));
      assert.match(yaml, new RegExp(`encoding: ${encoding} # UNSURE: is \`${word}\` a word`));
      assert.equal(rejects, 0);
      assert.equal(valuesOf(rows)[0]?.[0], word);
    });
  }

  test("other alphabets are none of East Asia, and no certain latin-1", () => {
    // Томск, Москва in windows-1251 and KOI8-R; Αθήνα, Πάτρα in ISO 8859-7; Łódź in windows-1250.
    for (const hex of [
      "d2eeecf1ea2ccceef1eae2e0",
      "f4cfcdd3cb2cedcfd3cbd7c1",
      "c1e8deede12cd0dcf4f1e1",
      "a3f3649f",
    ]) {
      const { encoding, doubt } = textOf({ bytes: Buffer.from(hex, "hex"), isCut: false });
      assert.match(encoding, /^(?:latin-1|windows-1252)$/);
      assert.match(doubt ?? "", /another encoding/i);
    }
  });

  test("signs of units alone are told for certain", () => {
    const { encoding, doubt } = textOf({
      bytes: Buffer.from("t (°C),c (µg/m³)\n1,2\n", "latin1"),
      isCut: false,
    });
    assert.deepEqual([encoding, doubt], ["latin-1", undefined]);
  });
});

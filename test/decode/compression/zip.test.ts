import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, test } from "node:test";
import fc from "fast-check";
import { decompress, noBytes } from "../../../src/decode/decompress.ts";
import { samples, skipWithoutSamples } from "../../samples.ts";
import { chunksOf, cut } from "../decoding.ts";
import { ROWS, ZIP } from "./fixtures.ts";
import { chunked, contentOf, outcomeOf, PLACE } from "./stored.ts";
import { type ZipFile, zipOf } from "./zip-writer.ts";

const member = (pattern: string): { format: { compression: "detect"; member: string } } => ({
  format: { compression: "detect", member: pattern },
});

/** Bytes that do not begin like a file of another kind. */
function asData(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.length === 0 ? bytes : bytes.with(0, 0x61));
}

suite("zip archives", () => {
  test("as Python writes them: sizes before or behind the data, in four or eight bytes", async () => {
    for (const archive of [ZIP.streamed, ZIP.streamedWide, ZIP.wide]) {
      for (const size of [1, 7, 1000]) assert.ok((await contentOf(chunked(archive, size))).equals(ROWS));
    }
    assert.ok((await contentOf(ZIP.folder, member("rows*"))).equals(ROWS));
  });

  test("every kind of descriptor, stored and deflated, wide and not, however they are cut", async () => {
    const file = fc.record(
      {
        content: fc.uint8Array({ maxLength: 300 }).map(asData),
        stored: fc.boolean(),
        descriptor: fc.constantFrom("signed", "bare", "signed-wide", "bare-wide"),
        wide: fc.boolean(),
      },
      { requiredKeys: ["content"], noNullPrototype: true },
    );
    const cuts = fc.array(fc.nat(), { maxLength: 10 });
    const property = fc.asyncProperty(
      fc.array(file, { maxLength: 4 }),
      cuts,
      fc.boolean(),
      async (files, at, wideEnd) => {
        // Data of unknown length can only be deflated; and sizes cannot stand in two places.
        const possible = files.map((one, index): ZipFile => {
          const { descriptor, ...rest } = one;
          const name = `${index}.csv`;
          if (descriptor === undefined) return { ...rest, name };
          return { content: one.content, descriptor, name };
        });
        const first: ZipFile = { name: "first.csv", content: "first" };
        const archive = zipOf([first, ...possible], { wideEnd, comment: wideEnd ? "a comment" : "" });
        const contents = ["first", ...files.map(({ content }) => content.toString("latin1"))];
        const expected = contents.reduce(
          (text, next) => (text === "" || text.endsWith("\n") ? text : `${text}\n`) + next,
        );
        const bytes = await outcomeOf(chunksOf(cut(archive, at)), member("*.csv"));
        assert.equal(bytes, expected);
      },
    );
    await fc.assert(property, { numRuns: 150 });
  });

  test("members that fit are read one after the other, each ended by a line end", async () => {
    const archive = zipOf([
      { name: "readme.txt", content: "about" },
      { name: "data/", content: "", stored: true },
      { name: "data/b_1.csv", content: "1,2" },
      { name: "data/c_1.csv", content: "no", descriptor: "bare" },
      { name: "data/b_2.csv", content: "3,4\n", descriptor: "signed" },
      { name: "data/b_3.csv", content: "" },
      { name: "__MACOSX/data/._b_1.csv", content: "no" },
      { name: "data/deep/b_4.csv", content: "5,6" },
    ]);
    assert.equal(await outcomeOf(archive, member("b_*")), "1,2\n3,4\n5,6");
    assert.equal(await outcomeOf(archive, member("data/b_?.csv")), "1,2\n3,4\n");
    assert.equal(await outcomeOf(archive, member("*/b_?.csv")), "1,2\n3,4\n5,6");
    assert.equal(await outcomeOf(archive, member("data/deep/b_4.csv")), "5,6");
    assert.equal(await outcomeOf(archive, member("*c_*")), "no");
    // A pattern of the author's files is none of those that macOS puts beside them.
    assert.equal(await outcomeOf(archive, member("*b_1.csv")), "1,2");
  });

  test("without a pattern the only file is read, whatever lies around it", async () => {
    const only = zipOf([
      { name: "folder/", content: "", stored: true },
      { name: "folder/rows.csv", content: "a,b\n" },
      { name: "__MACOSX/folder/._rows.csv", content: "\0" },
    ]);
    assert.equal(await outcomeOf(only, {}), "a,b\n");
  });

  test("without a pattern several files are an error that names them, a page about the data too", async () => {
    for (const first of ["a,b\n", "<!DOCTYPE html>"]) {
      const names = Array.from({ length: 20 }, (_, index) => `${index}.csv`);
      const two = zipOf(names.slice(0, 2).map((name) => ({ name, content: first })));
      const twenty = zipOf(names.map((name) => ({ name, content: first })));
      await assert.rejects(contentOf(two), {
        code: "MEMBER_UNKNOWN",
        message: 'The archive holds several files: "0.csv", "1.csv".',
        place: PLACE,
      });
      await assert.rejects(contentOf(twenty), {
        code: "MEMBER_UNKNOWN",
        message: /^The archive holds several files: "0\.csv", .*, "11\.csv", …\.$/,
      });
    }
    await assert.rejects(contentOf(zipOf([{ name: "a.html", content: "<html>" }])), {
      code: "OBJECT_NOT_DATA",
      message: 'The archive\'s file "a.html" is an HTML page, not data.',
    });
  });

  test("a pattern that nothing fits is an error that names the files", async () => {
    const archive = zipOf([
      { name: "a\n.csv", content: "1" },
      { name: "b.csv", content: "2" },
    ]);
    await assert.rejects(contentOf(archive, member("c*")), {
      code: "MEMBER_UNKNOWN",
      message: 'No file of the archive fits "c*"; there are "a\\n.csv", "b.csv".',
    });
  });

  test("what cannot be read is said, and only of the file that is wanted", async () => {
    const files: ZipFile[] = [
      { name: "good.csv", content: "1\n" },
      { name: "secret.csv", content: "2", encrypted: true },
      { name: "lzma.csv", content: "3", method: 14 },
      { name: "a.zip", content: zipOf([{ name: "b", content: "4" }]) },
    ];
    const archive = zipOf(files);
    assert.equal(await outcomeOf(archive, member("good*")), "1\n");
    for (const [pattern, message] of [
      ["secret*", 'The archive\'s file "secret.csv" is encrypted.'],
      ["lzma*", 'The archive\'s file "lzma.csv" is compressed by method 14; only deflate is read.'],
      ["*.zip", 'The archive\'s file "a.zip" is a zip archive, not data.'],
    ] as const) {
      await assert.rejects(contentOf(archive, member(pattern)), { code: "OBJECT_NOT_DATA", message });
    }
    const unbounded = zipOf([{ name: "a.csv", content: "1", stored: true, descriptor: "signed" }]);
    await assert.rejects(contentOf(unbounded), {
      code: "OBJECT_NOT_DATA",
      message: 'The archive\'s file "a.csv" is stored without its size, so that its end cannot be found.',
    });
  });

  test("other files that are zip archives inside", async () => {
    const sheet = zipOf([
      { name: "[Content_Types].xml", content: "<?xml?>" },
      { name: "xl/workbook.xml", content: "" },
    ]);
    await assert.rejects(contentOf(sheet), {
      code: "OBJECT_NOT_DATA",
      message: "This is an Office file such as .xlsx or .docx, not data.",
    });
    const open = zipOf([
      { name: "mimetype", content: "application/vnd.oasis.opendocument.spreadsheet", stored: true },
    ]);
    await assert.rejects(contentOf(open), {
      message: "This is an OpenDocument file such as .ods, not data.",
    });
  });

  const two = [
    { name: "a.csv", content: "1\n" },
    { name: "b.csv", content: "2\n" },
  ];
  const faults: readonly [string, Buffer, string][] = [
    ["no file", zipOf([]), "OBJECT_EMPTY"],
    ["folders alone", zipOf([{ name: "a/", content: "", stored: true }]), "OBJECT_EMPTY"],
    ["an empty file", zipOf([{ name: "a", content: "" }]), "OBJECT_EMPTY"],
    ["a file that the directory lacks", zipOf(two, { listed: (_, index) => index === 0 }), "OBJECT_CORRUPT"],
    ["a wrong number of entries", zipOf(two, { announced: 3 }), "OBJECT_CORRUPT"],
    ["a wrong number of entries, wide", zipOf(two, { announced: 1, wideEnd: true }), "OBJECT_CORRUPT"],
    ["something behind the end", Buffer.concat([zipOf(two), Buffer.from("x")]), "OBJECT_CORRUPT"],
    ["another archive behind the end", Buffer.concat([zipOf(two), zipOf(two)]), "OBJECT_CORRUPT"],
    ["a comment cut short", zipOf(two, { comment: "comment" }).subarray(0, -1), "OBJECT_TRUNCATED"],
  ];
  for (const [what, archive, code] of faults) {
    test(`${what}: ${code}`, async () => {
      assert.equal(await outcomeOf(archive, member("*")), code);
      assert.equal(await outcomeOf(chunked(archive, 1), member("*")), code);
    });
  }

  const small: readonly ZipFile[] = [
    { name: "skip.txt", content: "nothing to see" },
    { name: "a.csv", content: "1,2\n", stored: true },
    { name: "skip.gif", content: "here neither", descriptor: "signed" },
    { name: "b.csv", content: "3,4\n5,6\n", descriptor: "signed" },
    { name: "c.csv", content: "7,8\n", wide: true },
  ];

  test("whatever is cut off is missed", async () => {
    for (const archive of [zipOf(small, { wideEnd: true }), ZIP.streamedWide]) {
      for (let length = 4; length < archive.length; length++) {
        const code = await outcomeOf(archive.subarray(0, length), member("*.csv"));
        assert.equal(code, "OBJECT_TRUNCATED", `cut at ${length}`);
      }
    }
  });

  test("no flipped byte brings other content", async () => {
    const archive = zipOf(small);
    const expected = await outcomeOf(archive, member("*.csv"));
    let noticed = 0;
    for (let at = 0; at < archive.length * 2; at++) {
      const flipped = Buffer.from(archive);
      // Every byte twice: all of its bits, and one.
      flipped[at >> 1] = (flipped[at >> 1] ?? 0) ^ (at % 2 === 0 ? 0xff : 1 << ((at >> 1) % 8));
      const outcome = await outcomeOf(flipped, { format: { compression: "zip", member: "*.csv" } });
      if (outcome === expected) continue;
      assert.match(outcome, /^(OBJECT_|MEMBER_)/, `byte ${at >> 1}`);
      noticed++;
    }
    // What may change unseen are times, versions and offsets.
    assert.ok(noticed > archive.length, `${noticed} of ${archive.length * 2}`);
  });

  test("files that are stepped over do not take for ever", async () => {
    const archive = zipOf([
      { name: "zeros", content: Buffer.alloc(2 ** 24), descriptor: "signed" },
      { name: "a.csv", content: "1\n" },
    ]);
    const limits = { bytes: 2 ** 30, ratio: 250, ratioFrom: 2 ** 20, chunk: 2 ** 16, atOnce: 0 };
    const how = { ...member("a.csv"), limits };
    await assert.rejects(contentOf(archive, how), { code: "OBJECT_TOO_LARGE" });
    assert.equal(await outcomeOf(archive, member("a.csv")), "1\n");
  });

  test("a pattern of many stars ends", async () => {
    const archive = zipOf([{ name: `${"a".repeat(60_000)}b`, content: "1\n" }]);
    assert.equal(await outcomeOf(archive, member(`${"*a".repeat(50)}*c`)), "MEMBER_UNKNOWN");
  });

  test("archives of real providers", { skip: skipWithoutSamples }, async () => {
    const read = (file: string): Buffer => readFileSync(join(samples ?? "", file));
    const days = read("dwd-cdc/tageswerte_KL_00011_akt.zip");
    const counts = noBytes();
    const how = member("produkt_klima_tag_*");
    const content = Buffer.concat(await Array.fromAsync(decompress(chunked(days, 999), PLACE, counts, how)));
    assert.equal(content.length, 24_198);
    assert.match(content.toString("latin1"), /^STATIONS_ID;MESS_DATUM;QN_3;/);
    assert.partialDeepStrictEqual(counts, { compressed: days.length, decompressed: 24_198 });
    await assert.rejects(contentOf(days), {
      code: "MEMBER_UNKNOWN",
      message: /Metadaten_Geographie_00011\.txt/,
    });
    assert.equal(await outcomeOf(read("malformed/empty-zip-archive.zip"), {}), "OBJECT_EMPTY");
    assert.equal(
      await outcomeOf(read("malformed/broken-zip-archive.zip"), { format: { compression: "zip" } }),
      "OBJECT_CORRUPT",
    );
  });
});

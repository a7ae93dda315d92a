import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { noRecords } from "../../src/decode/batch.ts";
import { openDecoder } from "../../src/decode/decoder.ts";
import { chunksOf, decodeAll, faultsOf, formatOf, valuesOf } from "./decoding.ts";

const plain = { type: "delimited", header: "none", columns: ["a", "b", "c"] };

suite("delimited text", () => {
  test("fields, quotes and line ends of RFC 4180", async () => {
    const decoded = await decodeAll(plain, 'x,"y, z",""\r\n"say ""hi""",,"é"\n , "q",z"z\r');
    assert.deepEqual(valuesOf(decoded), [
      ["x", "y, z", ""],
      ['say "hi"', "", "é"],
      [" ", ' "q"', 'z"z'],
    ]);
    assert.deepEqual(
      decoded.records.map(({ line, byte, raw }) => [line, byte, raw]),
      [
        [1, 0, 'x,"y, z",""'],
        [2, 13, '"say ""hi""",,"é"'],
        [3, 32, ' , "q",z"z'],
      ],
    );
  });

  test("delivers the wanted columns in the wanted order", async () => {
    const decoded = await decodeAll(plain, "1,2,3\n4,5,6\n", ["c", "a"]);
    assert.deepEqual(valuesOf(decoded), [
      ["3", "1"],
      ["6", "4"],
    ]);
  });

  test("a CR that ends no line belongs to its field", async () => {
    const decoded = await decodeAll(plain, "a\rb,c\r,\rd\r\n");
    assert.deepEqual(valuesOf(decoded), [["a\rb", "c\r", "\rd"]]);
  });

  test("a byte order mark is dropped and counts as bytes", async () => {
    const decoded = await decodeAll(plain, "\uFEFFa,b,c\n");
    assert.deepEqual(valuesOf(decoded), [["a", "b", "c"]]);
    assert.equal(decoded.records[0]?.byte, 3);
  });

  test("blank lines, comments and other delimiters", async () => {
    const format = { ...plain, delimiter: ";", quote: "'", comment: "#", header: "always" };
    const decoded = await decodeAll(format, "# one;'\n\na;b;c\n\r\n  \t\n1;'2;\"';3\n#4;5;6\n;;\n");
    assert.deepEqual(valuesOf(decoded), [
      ["1", '2;"', "3"],
      ["", "", ""],
    ]);
    assert.deepEqual(decoded.counts, {
      read: 8,
      headers: 1,
      comments: 2,
      blanks: 3,
      decoded: 2,
      rejected: 0,
    });
    assert.deepEqual(
      decoded.records.map(({ line }) => line),
      [6, 8],
    );
  });

  test("without quotes a quote is a byte like any other", async () => {
    const decoded = await decodeAll({ ...plain, quote: "none" }, '"a,"b",c"\n');
    assert.deepEqual(valuesOf(decoded), [['"a', '"b"', 'c"']]);
  });

  test("an empty field is empty, not absent; a line with every field empty is a record", async () => {
    assert.deepEqual(valuesOf(await decodeAll(plain, ",,\n")), [["", "", ""]]);
  });

  test("more rows than a batch holds", async () => {
    const lines = Array.from({ length: 40_000 }, (_, index) => `${index % 7},,\n`);
    const decoded = await decodeAll(plain, lines.join(""));
    assert.equal(decoded.records.length, 40_000);
    assert.deepEqual(decoded.records[39_999], {
      values: ["1", "", ""],
      line: 40_000,
      byte: 159_996,
      raw: "1,,",
    });
  });
});

suite("headers of delimited text", () => {
  const format = { type: "delimited", header: "detect", columns: ["id", "date", "value", "flag"] };

  test("columns are found by name, unwanted ones may come and go", async () => {
    const decoded = await decodeAll(
      { ...format, header: "always", header_names: { value: "DATA_VALUE" } },
      'extra,"flag",id, DATA_VALUE ,date\nx,F,1,2,2020\n',
    );
    assert.deepEqual(valuesOf(decoded), [["1", "2020", "2", "F"]]);
    assert.equal(decoded.counts.headers, 1);
  });

  test("detect: with and without", async () => {
    const having = await decodeAll(format, "id,date,value,flag\n1,2,3,4\n");
    const lacking = await decodeAll(format, "1,2,3,4\n");
    assert.deepEqual(valuesOf(having), valuesOf(lacking));
    assert.equal(having.counts.headers, 1);
    assert.equal(lacking.counts.headers, 0);
  });

  test("detect: names in other case are no header", async () => {
    const decoded = await decodeAll(format, "ID,DATE,VALUE,FLAG\n1,2,3,4\n");
    assert.equal(decoded.counts.decoded, 2);
  });

  test("a header that lacks a wanted column fails the object and says which", async () => {
    for (const header of ["detect", "always"]) {
      await assert.rejects(decodeAll({ ...format, header }, "id,date,Flag,value\n1,2,3,4\n"), {
        code: "COLUMN_MISSING",
        message: "The header lacks flag; it has id, date, Flag, value. Perhaps meant: Flag for flag.",
        place: { line: 1, byte: 0 },
      });
    }
  });

  test("a missing column that nobody wants does no harm", async () => {
    const decoded = await decodeAll(format, "id,date,value\n1,2,3\n", ["value", "id"]);
    assert.deepEqual(valuesOf(decoded), [["3", "1"]]);
  });

  test("a header must come where there must be one", async () => {
    await assert.rejects(decodeAll({ ...format, header: "always", comment: "#" }, "#\n\n"), {
      code: "COLUMN_MISSING",
    });
    await assert.rejects(decodeAll({ ...format, header: "always" }, 'id,"date\n'), {
      code: "COLUMN_MISSING",
    });
  });

  test("repeated headers are counted, not decoded", async () => {
    const text = "id,date,value,flag\r\n1,2,3,4\nid,date,value,flag\n5,6,7,8\n";
    const decoded = await decodeAll(format, text);
    assert.deepEqual(valuesOf(decoded), [
      ["1", "2", "3", "4"],
      ["5", "6", "7", "8"],
    ]);
    assert.equal(decoded.counts.headers, 2);
    // Where they are ruled out they are records like any other.
    const ruledOut = await decodeAll({ ...format, header_repeats: false }, text);
    assert.deepEqual(valuesOf(ruledOut)[1], ["id", "date", "value", "flag"]);
    assert.equal(ruledOut.counts.headers, 1);
  });

  test("records must have as many fields as the header", async () => {
    const decoded = await decodeAll(format, "id,date,value,flag,more\n1,2,3,4\n1,2,3,4,5\n");
    assert.deepEqual(faultsOf(decoded), [[2, "too few fields"]]);
    assert.equal(decoded.counts.decoded, 1);
  });
});

test("a decoder that is left early ends its source, and a failing source ends the decoder", async () => {
  let ended = false;
  function* source(): Generator<Buffer> {
    try {
      for (;;) yield Buffer.from("1,2,3\n".repeat(10_000));
    } finally {
      ended = true;
    }
  }
  const context = { columns: ["a"], counts: noRecords(), reject: () => undefined };
  for await (const batch of openDecoder(formatOf(plain))(chunksOf(source()), context)) {
    assert.ok(batch.rows > 0);
    break;
  }
  assert.ok(ended);
  async function* failing(): AsyncGenerator<Buffer> {
    yield* chunksOf("1,2,3\n");
    throw new Error("gone");
  }
  await assert.rejects(decodeAll(plain, failing()), { message: "gone" });
});

/** Dialects of delimited text: what precedes the records, what stands between fields, ragged lines. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { cut, decodeAll, faultsOf, valuesOf } from "./decoding.ts";

const plain = { type: "delimited", header: "none", columns: ["a", "b", "c"] };
const headed = { type: "delimited", header: "always", columns: ["a", "b", "c"] };

suite("what precedes the records", () => {
  test("skip_lines, whatever they are", async () => {
    const text = 'Data of "today\n\na,b,c\n# x\na,b,c\n1,2,3\n';
    const decoded = await decodeAll({ ...headed, skip_lines: 3, comment: "#" }, text);
    assert.deepEqual(valuesOf(decoded), [["1", "2", "3"]]);
    assert.deepEqual(decoded.counts, {
      read: 6,
      headers: 1,
      comments: 4,
      blanks: 0,
      decoded: 1,
      rejected: 0,
    });
    assert.equal(decoded.records[0]?.line, 6);
  });

  test("skip_lines in a file without a header", async () => {
    const decoded = await decodeAll({ ...plain, skip_lines: 2 }, "1,2,3\n\n4,5,6\n");
    assert.deepEqual(valuesOf(decoded), [["4", "5", "6"]]);
    assert.equal(decoded.counts.comments, 2);
  });

  test("skip_to finds the header, even one that looks like a comment", async () => {
    const text = "\uFEFFStation;1\n# of;b;c\n\n#a;b;c\n#z\n1;2;3\n";
    const format = { ...headed, delimiter: ";", comment: "#", skip_to: "#a;", header_names: { a: "#a" } };
    for (let at = 0; at < text.length; at++) {
      const decoded = await decodeAll(format, cut(Buffer.from(text), [at]));
      assert.deepEqual(valuesOf(decoded), [["1", "2", "3"]]);
      assert.deepEqual(decoded.counts, {
        read: 6,
        headers: 1,
        comments: 4,
        blanks: 0,
        decoded: 1,
        rejected: 0,
      });
    }
  });

  test("skip_to finds the first record; skip_lines go first", async () => {
    const format = { ...plain, skip_lines: 1, skip_to: "1," };
    const decoded = await decodeAll(format, "1,0,0\nx\n1,2,3\n4,5,6\n");
    assert.deepEqual(valuesOf(decoded), [
      ["1", "2", "3"],
      ["4", "5", "6"],
    ]);
    assert.equal(decoded.counts.comments, 2);
  });

  test("skip_to that never comes fails the object", async () => {
    for (const format of [plain, headed]) {
      await assert.rejects(decodeAll({ ...format, skip_to: "STATION," }, "a,b,c\n1,2,3\n"), {
        code: "COLUMN_MISSING",
        message: "No line of the object begins with `STATION,`, which `format.skip_to` waits for.",
      });
    }
  });

  test("over-long lines of a preamble are passed over in bounded memory", async () => {
    const long = "x".repeat(700_000);
    const decoded = await decodeAll(
      { ...headed, skip_lines: 1, skip_to: "a,", comment: ["//", "#"], record_limit: "1 kB" },
      `${long}\n${long}\na,b,c\n//${long}\n/${long}\n1,2,3\n`,
    );
    assert.equal(decoded.counts.comments, 3);
    assert.deepEqual(faultsOf(decoded), [[5, "record too long"]]);
    assert.deepEqual(valuesOf(decoded), [["1", "2", "3"]]);
  });

  test("several comment prefixes, of several bytes", async () => {
    const text = "//one\n/,b,c\n§ two\n#!x\n#,b,c\n/";
    const decoded = await decodeAll({ ...plain, comment: ["//", "#!", "§"] }, text);
    assert.deepEqual(valuesOf(decoded), [
      ["/", "b", "c"],
      ["#", "b", "c"],
    ]);
    assert.equal(decoded.counts.comments, 3);
    assert.deepEqual(faultsOf(decoded), [[6, "too few fields"]]);
  });

  test("skip_after_header: lines of units are headers, also where the header is repeated", async () => {
    const block = "a,b,c\n\nmm,kPa\n";
    const text = `${block}1,2,3\n${block}4,5,6\n`;
    const decoded = await decodeAll({ ...headed, skip_after_header: 2, header_repeats: true }, text);
    assert.deepEqual(valuesOf(decoded), [
      ["1", "2", "3"],
      ["4", "5", "6"],
    ]);
    assert.deepEqual(decoded.counts, {
      read: 8,
      headers: 5,
      comments: 0,
      blanks: 1,
      decoded: 2,
      rejected: 0,
    });
    const detected = { ...headed, header: "detect", skip_after_header: 1 };
    assert.deepEqual(valuesOf(await decodeAll(detected, "1,2,3\n4,5,6\n")).length, 2);
  });
});

suite("which column is which", () => {
  test("without columns the header names them", async () => {
    const format = { type: "delimited", header: "always" };
    const decoded = await decodeAll(format, " a , b b ,constructor\n1,2,3\n", ["constructor", "b b"]);
    assert.deepEqual(valuesOf(decoded), [["3", "2"]]);
    await assert.rejects(decodeAll(format, "a,b\n1,2\n", ["toString"]), {
      code: "COLUMN_MISSING",
      message: "The header lacks toString; it has a, b.",
    });
  });

  test("a map: names of the header and numbers", async () => {
    const columns = { station: "STAID", flag: 4, constructor: "Wert" };
    const format = { type: "delimited", header: "always", delimiter: ";", columns };
    const decoded = await decodeAll(format, "Wert;STAID;Q;Q\n1;2;3;4\n");
    assert.deepEqual(valuesOf(decoded), [["2", "4", "1"]]);
    await assert.rejects(decodeAll(format, "STAID;Werte;Q\n"), {
      code: "COLUMN_MISSING",
      message: "The header lacks column 4, Wert; it has STAID, Werte, Q. Perhaps meant: Werte for Wert.",
    });
    await assert.rejects(decodeAll({ ...format, columns: { a: 1, b: "X" } }, "X\n1\n"), {
      code: "COLUMN_MISSING",
      place: { line: 1, byte: 0 },
    });
  });

  test("a map of numbers reads a file without a header; what follows is nobody's", async () => {
    const format = { type: "delimited", header: "none", columns: { c: 3, a: 1 } };
    const decoded = await decodeAll(format, "1,2,3\n1,2\n1,2,3,4,5\n", ["a", "c"]);
    assert.deepEqual(valuesOf(decoded), [
      ["1", "3"],
      ["1", "3"],
    ]);
    assert.deepEqual(faultsOf(decoded), [[2, "too few fields"]]);
    await assert.rejects(decodeAll({ ...format, columns: { a: "A" } }, "1\n"), { code: "CONFIG_INVALID" });
  });

  test("detect with a map: by our names for numbered columns; names need a header", async () => {
    const numbered = { type: "delimited", header: "detect", columns: { id: 1, value: 3 } };
    assert.equal((await decodeAll(numbered, "id,x,value\n1,2,3\n")).counts.headers, 1);
    assert.equal((await decodeAll(numbered, "1,2,3\n4,5,6\n")).counts.decoded, 2);
    const named = { ...numbered, columns: { id: "ID", value: 3 } };
    assert.equal((await decodeAll(named, "ID,x,y\n1,2,3\n")).counts.headers, 1);
    await assert.rejects(decodeAll(named, "1,2,3\n"), { code: "COLUMN_MISSING" });
  });

  test("optional columns are absent where the header lacks them", async () => {
    const format = { ...headed, optional: ["b"] };
    const decoded = await decodeAll(format, "c,a\n3,1\n");
    assert.deepEqual(valuesOf(decoded), [["1", null, "3"]]);
    await assert.rejects(decodeAll(format, "a,b\n1,2\n"), { code: "COLUMN_MISSING" });
    const rows = await decodeAll({ ...format, optional: "all" }, `b\n${"2\n".repeat(2_000)}`);
    assert.equal(rows.records.length, 2_000);
    for (const { values } of rows.records) assert.deepEqual(values, [null, "2", null]);
  });

  test("optional columns do not count in detecting a header", async () => {
    const format = { ...plain, header: "detect", optional: ["b", "c"] };
    assert.deepEqual(valuesOf(await decodeAll(format, "a\n1\n")), [["1", null, null]]);
    assert.deepEqual(valuesOf(await decodeAll(format, "x,b,c\n")), [["x", "b", "c"]]);
    const all = { ...plain, header: "detect", optional: "all" };
    assert.deepEqual(valuesOf(await decodeAll(all, "x,b\n1,2\n")), [[null, "2", null]]);
    assert.deepEqual(valuesOf(await decodeAll(all, "1,2,3\n")), [["1", "2", "3"]]);
  });

  test("a header that ends with delimiters: records may or may not", async () => {
    const decoded = await decodeAll(headed, "a,b,c,,\n1,2,3,,\n1,2,3,\n1,2,3\n1,2\n1,2,3,,,\n");
    assert.deepEqual(valuesOf(decoded), Array(3).fill(["1", "2", "3"]));
    assert.deepEqual(faultsOf(decoded), [
      [5, "too few fields"],
      [6, "too many fields"],
    ]);
  });

  test("a column at each record's end that nobody reads", async () => {
    const format = { ...headed, delimiter: ";" };
    assert.deepEqual(valuesOf(await decodeAll(format, "a;b;  c;eor\r\n1;2;  3;eor\r\n")), [
      ["1", "2", "  3"],
    ]);
  });
});

suite("ragged lines", () => {
  test("short lines may be filled, blank ones stay blank", async () => {
    const text = '1\n\n \t\n1,\n1,"2"\r\n1,2,3\n1,2,3,4\n,\n';
    const decoded = await decodeAll({ ...plain, short_lines: "fill" }, text);
    assert.deepEqual(valuesOf(decoded), [
      ["1", "", ""],
      ["1", "", ""],
      ["1", "2", ""],
      ["1", "2", "3"],
      ["", "", ""],
    ]);
    assert.equal(decoded.counts.blanks, 2);
    assert.deepEqual(faultsOf(decoded), [[7, "too many fields"]]);
  });

  test("long lines may be cut, their quotes still hold", async () => {
    const text = '1,2,3,"4,\n,5"\r\n1,2,3,4"\n1,2\n1,2,3,"x"y\n6,7,8,"\n';
    const decoded = await decodeAll({ ...plain, multiline: true, long_lines: "cut" }, text);
    assert.deepEqual(valuesOf(decoded), [
      ["1", "2", "3"],
      ["1", "2", "3"],
    ]);
    assert.deepEqual(faultsOf(decoded), [
      [4, "too few fields"],
      [5, "misplaced quote"],
      [6, "unclosed quote"],
    ]);
    assert.equal(decoded.records[0]?.raw, '1,2,3,"4,\n,5"');
  });

  test("in the other dialects too", async () => {
    for (const dialect of [{ delimiter: "||" }, { delimiter: "whitespace" }, { escape: "\\" }]) {
      const format = { ...plain, ...dialect, short_lines: "fill", long_lines: "cut" };
      const between = { "||": "||", whitespace: " " }[String(dialect.delimiter)] ?? ",";
      const text = "1\n\n1,2,3\n1,2,3,4,5\n".replaceAll(",", between);
      const decoded = await decodeAll(format, text);
      assert.deepEqual(valuesOf(decoded), [
        ["1", "", ""],
        ["1", "2", "3"],
        ["1", "2", "3"],
      ]);
      assert.equal(decoded.counts.blanks, 1);
    }
  });
});

suite("what stands between fields", () => {
  test("several characters", async () => {
    const text = '1||2|x||3\n"a||""b"||||c|\r\n|||||\n1||2\n"1"|2||3||4\n';
    const decoded = await decodeAll({ ...plain, delimiter: "||" }, text);
    assert.deepEqual(valuesOf(decoded), [
      ["1", "2|x", "3"],
      ['a||"b', "", "c|"],
      ["", "", "|"],
    ]);
    assert.deepEqual(faultsOf(decoded), [
      [4, "too few fields"],
      [5, "misplaced quote"],
    ]);
    assert.deepEqual(
      decoded.records.map(({ line, byte, raw }) => [line, byte, raw]),
      [
        [1, 0, "1||2|x||3"],
        [2, 10, '"a||""b"||||c|'],
        [3, 26, "|||||"],
      ],
    );
  });

  test("a character that is none of ASCII; a comma and a blank", async () => {
    const format = { ...headed, delimiter: "§" };
    assert.deepEqual(valuesOf(await decodeAll(format, "c§ b §a\n3§Â§é\n")), [["é", "Â", "3"]]);
    const spaced = { ...headed, delimiter: ", ", header_names: { b: 'the "b", in mm' } };
    assert.deepEqual(valuesOf(await decodeAll(spaced, 'a, "the ""b"", in mm", c\n1, "2, 2", 3,3\n')), [
      ["1", "2, 2", "3,3"],
    ]);
  });

  test("blanks and tabs, however many", async () => {
    const format = { ...headed, delimiter: "whitespace", comment: "#" };
    const text = ' a\t  "b" c  \r\n  1 2\t\t3\n\t\n#x\n"1 ""x"\t"" \t3 \r\n1 2 3 4\n  1 2 \n1 "2"x 3\n4 5 6';
    const decoded = await decodeAll(format, text);
    assert.deepEqual(valuesOf(decoded), [
      ["1", "2", "3"],
      ['1 "x', "", "3"],
      ["4", "5", "6"],
    ]);
    assert.deepEqual(faultsOf(decoded), [
      [6, "too many fields"],
      [7, "too few fields"],
      [8, "misplaced quote"],
    ]);
    assert.deepEqual([decoded.counts.blanks, decoded.counts.comments], [1, 1]);
  });

  test("several lines in quotes", async () => {
    const format = { ...plain, delimiter: "whitespace", multiline: true };
    const decoded = await decodeAll(format, '1 "2\n2" 3\n4 5 "6\n7 8 9\n');
    assert.deepEqual(valuesOf(decoded), [
      ["1", "2\n2", "3"],
      ["7", "8", "9"],
    ]);
    assert.deepEqual(faultsOf(decoded), [[3, "unclosed quote"]]);
  });

  test("lines that end with CR alone, over several windows", async () => {
    const lines = Array.from({ length: 100_000 }, (_, index) => `${index},b,c\r`);
    const decoded = await decodeAll({ ...headed }, `a,b,c\r${lines.join("")}1,2`);
    assert.equal(decoded.counts.decoded, 100_000);
    assert.deepEqual(decoded.records[99_999]?.values, ["99999", "b", "c"]);
    assert.deepEqual(faultsOf(decoded), [[100_002, "too few fields"]]);
  });

  test("what the escape dialect does not read is refused before anything is read", async () => {
    for (const dialect of [{ multiline: true }, { delimiter: "||" }, { delimiter: "whitespace" }]) {
      await assert.rejects(decodeAll({ ...plain, escape: "\\", ...dialect }, ""), { code: "CONFIG_INVALID" });
    }
  });
});

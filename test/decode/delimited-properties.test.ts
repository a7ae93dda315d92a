import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { parseString } from "fast-csv";
import { cut, decodeAll, valuesOf } from "./decoding.ts";

const format = { type: "delimited", header: "none", columns: ["a", "b", "c"], multiline: true };

/** fast-csv's answer to the same text. */
async function oracle(text: string): Promise<string[][]> {
  const rows: string[][] = [];
  return new Promise((resolve, reject) => {
    parseString<string[], string[]>(text)
      .on("data", (row: string[]) => rows.push(row))
      .on("error", reject)
      .on("end", () => {
        resolve(rows);
      });
  });
}

const fieldText = fc.string({
  unit: fc.constantFrom("a", "1", "é", "😀", ",", '"', "\n", "\r\n", "\r", " ", "-"),
});
const field = fc.tuple(fieldText, fc.boolean()).map(([text, quoted]) => {
  const mustQuote = /[,"\r\n ]/.test(text) || text === "";
  return { text, written: quoted || mustQuote ? `"${text.replaceAll('"', '""')}"` : text };
});
const record = fc.tuple(fc.array(field, { minLength: 3, maxLength: 3 }), fc.constantFrom("\n", "\r\n"));
const document = fc.array(record, { minLength: 1, maxLength: 12 });
const cuts = fc.array(fc.nat(), { maxLength: 6 });

function write(records: readonly (readonly [readonly { written: string }[], string])[]): string {
  return records.map(([fields, end]) => fields.map(({ written }) => written).join(",") + end).join("");
}

suite("delimited text against fast-csv", () => {
  test("any RFC 4180 document, however it is cut", async () => {
    await fc.assert(
      fc.asyncProperty(document, cuts, fc.boolean(), async (records, at, lastEnd) => {
        // The first line's LF tells that a CR does not end lines here.
        const whole = `a,a,a\n${write(records)}`;
        const text = lastEnd ? whole : whole.replace(/\r?\n$/, "");
        const decoded = await decodeAll(format, cut(Buffer.from(text), at));
        assert.deepEqual(decoded.rejects, []);
        assert.deepEqual(valuesOf(decoded), await oracle(text));
        assert.deepEqual(valuesOf(decoded), [
          ["a", "a", "a"],
          ...records.map(([fields]) => fields.map((one) => one.text)),
        ]);
      }),
      { numRuns: 200 },
    );
  });

  test("documents of several windows", async () => {
    await fc.assert(
      fc.asyncProperty(document, fc.nat(300), async (records, padding) => {
        const text = write(records);
        const once = `${"p".repeat(padding)},"q\n""",r\n${text}`;
        const times = Math.ceil(700_000 / Buffer.byteLength(once));
        const decoded = await decodeAll(format, once.repeat(times));
        const expected = await oracle(once);
        assert.deepEqual(decoded.rejects, []);
        assert.equal(decoded.records.length, expected.length * times);
        for (const [index, { values }] of decoded.records.entries()) {
          assert.deepEqual(values, expected[index % expected.length]);
        }
      }),
      { numRuns: 5 },
    );
  });

  test("a record across the window's border, at each of its bytes", async () => {
    const tricky = '"é""\r\n1",,"2\n,"""\r\n';
    const line = "123456,89,abcdef\n";
    for (let shift = 0; shift <= Buffer.byteLength(tricky); shift++) {
      const lines = Math.floor((256 * 1024 - shift - 4) / line.length);
      const filler = 256 * 1024 - shift - lines * line.length;
      const decoded = await decodeAll(
        format,
        `${line.repeat(lines)}${"f".repeat(filler - 3)},,\n${tricky}7,8,9`,
      );
      assert.deepEqual(decoded.rejects, []);
      assert.deepEqual(valuesOf(decoded).slice(-2), [
        ['é"\r\n1', "", '2\n,"'],
        ["7", "8", "9"],
      ]);
      assert.deepEqual(
        decoded.records.slice(-2).map(({ line: number }) => number),
        [lines + 2, lines + 5],
      );
    }
  });
});

suite("delimited text that is anything at all", () => {
  // Stands before everything, so that a CR is never taken for the line end.
  const blank = Buffer.from("\n");
  const bytes = fc.array(fc.constantFrom(...Buffer.from('a1,,,"""\n\n\n\r #\0\xff\xc3\xa9', "latin1")), {
    maxLength: 60,
  });

  test("each line stands for itself, and cutting makes no difference", async () => {
    const single = { ...format, multiline: false, comment: "#", record_limit: 12 };
    await fc.assert(
      fc.asyncProperty(bytes, cuts, async (codes, at) => {
        const input = Buffer.from(codes);
        const whole = await decodeAll(single, cut(Buffer.concat([blank, input]), at));
        const parts = { values: [] as unknown[], rejects: [] as unknown[], read: 1 };
        let byte = 1;
        for (const line of splitLines(input)) {
          const one = await decodeAll(single, Buffer.concat([blank, line]));
          const number = parts.read + 1;
          parts.values.push(...one.records.map((record) => ({ ...record, line: number, byte })));
          parts.rejects.push(...one.rejects.map((reject) => ({ ...reject, line: number, byte })));
          parts.read += one.counts.read - 1;
          byte += line.length;
        }
        assert.deepEqual(whole.records, parts.values);
        assert.deepEqual(whole.rejects, parts.rejects);
        assert.equal(whole.counts.read, parts.read);
      }),
      { numRuns: 300 },
    );
  });

  test("multiline: positions are right, and no line is lost", async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (codes) => {
        const input = Buffer.concat([blank, Buffer.from(codes)]);
        const decoded = await decodeAll({ ...format, record_limit: 30 }, input);
        const places = [
          ...decoded.records.map(({ line, byte, raw }) => ({ line, byte, raw: Buffer.from(raw) })),
          ...decoded.rejects.map(({ line, byte, raw }) => ({ line, byte, raw: Buffer.from(raw, "latin1") })),
        ];
        let lines = decoded.counts.blanks;
        for (const { line, byte, raw } of places) {
          assert.equal(line, 1 + countLines(input.subarray(0, byte)));
          assert.ok(input.subarray(byte, byte + raw.length).equals(raw));
          lines += 1 + countLines(raw);
        }
        assert.equal(lines, [...splitLines(input)].length);
      }),
      { numRuns: 300 },
    );
  });
});

function* splitLines(bytes: Buffer): Generator<Buffer> {
  let start = 0;
  while (start < bytes.length) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    yield bytes.subarray(start, end);
    start = end;
  }
}

function countLines(bytes: Buffer): number {
  return bytes.reduce((count, byte) => count + (byte === 10 ? 1 : 0), 0);
}

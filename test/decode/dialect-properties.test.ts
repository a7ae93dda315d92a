/** Random dialects of delimited text, against fast-csv. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import fc from "fast-check";
import { type ParserOptionsArgs, parseString } from "fast-csv";
import { cut, decodeAll, valuesOf } from "./decoding.ts";

const columns = ["a", "b", "c"];

/** fast-csv's answer, blank lines aside. */
async function oracle(text: string, options: ParserOptionsArgs): Promise<string[][]> {
  const rows: string[][] = [];
  return new Promise((resolve, reject) => {
    parseString<string[], string[]>(text, options)
      .on("data", (row: string[]) => {
        if (row.length > 1 || (row[0] ?? "").trim() !== "") rows.push(row);
      })
      .on("error", reject)
      .on("end", () => {
        resolve(rows);
      });
  });
}

interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly end: string;
  readonly comment: string;
}

/** What stands in one line (or, with quoted line ends, in several). */
type Line = Aside | Fields;

interface Aside {
  readonly kind: "comment" | "blank";
  readonly text: string;
}

interface Fields {
  readonly kind: "record";
  readonly fields: readonly (readonly [text: string, quoted: boolean])[];
}

const fieldText = fc.string({
  unit: fc.constantFrom("a", "1", "é", "😀", ",", ";", "|", "\t", '"', "'", "\n", "\r", " ", "#", "/", "-"),
  maxLength: 6,
});
const line = fc.oneof<fc.MaybeWeightedArbitrary<Line>[]>(
  { weight: 6, arbitrary: record(1, 5) },
  { weight: 2, arbitrary: record(3, 3) },
  {
    weight: 1,
    arbitrary: fieldText.map((text): Aside => ({ kind: "comment", text: text.replace(/[\r\n"']/g, "") })),
  },
  { weight: 1, arbitrary: fc.constantFrom("", " ", "  ").map((text): Aside => ({ kind: "blank", text })) },
);
const lines = fc.array(line, { maxLength: 10 });
const cuts = fc.array(fc.nat(), { maxLength: 5 });

function record(minLength: number, maxLength: number): fc.Arbitrary<Fields> {
  const fields = fc.array(fc.tuple(fieldText, fc.boolean()), { minLength, maxLength });
  return fields.map((some) => ({ kind: "record", fields: some }));
}

/** The text of a field in a dialect without quotes, where not everything can be said. */
function sayable(text: string, { delimiter, quote }: Dialect): string {
  if (quote !== "none") return text;
  const said = text.replaceAll(delimiter, "").replace(/[\r\n#/]/g, "");
  return said.trim() || "x";
}

function writeField([text, quoted]: readonly [string, boolean], dialect: Dialect): string {
  const { delimiter, quote } = dialect;
  const said = sayable(text, dialect);
  const must =
    said === "" || Array.from(delimiter).some((part) => said.includes(part)) || /[\r\n\s#/"']/.test(said);
  if (quote === "none" || (!quoted && !must)) return said;
  return quote + said.replaceAll(quote, quote + quote) + quote;
}

function write(some: readonly Line[], dialect: Dialect): string {
  return some
    .map((one) => {
      if (one.kind !== "record") return one.kind === "comment" ? dialect.comment + one.text : one.text;
      return one.fields.map((field) => writeField(field, dialect)).join(dialect.delimiter);
    })
    .map((text) => text + dialect.end)
    .join("");
}

const dialect: fc.Arbitrary<Dialect> = fc.record({
  delimiter: fc.constantFrom(",", ";", "|", "\t"),
  quote: fc.constantFrom('"', "'", "none"),
  end: fc.constantFrom("\n", "\r\n"),
  comment: fc.constantFrom("#", "//"),
});

/** A refused record of several lines costs its first line alone; fast-csv refuses none. */
function inOneLine(one: Line): Line {
  if (one.kind !== "record" || one.fields.length === 3) return one;
  return { ...one, fields: one.fields.map(([text, quoted]) => [text.replaceAll("\n", ""), quoted]) };
}

/** The first line's LF tells that a CR does not end lines. */
function beginning({ delimiter, end }: Dialect): string {
  return `x${delimiter}y${delimiter}z${end}`;
}

suite("random dialects against fast-csv", () => {
  for (const [short_lines, long_lines] of [
    ["reject", "reject"],
    ["fill", "cut"],
  ] as const) {
    test(`ragged lines: ${short_lines}, ${long_lines}`, async () => {
      const property = fc.asyncProperty(dialect, lines, cuts, async (chosen, any, at) => {
        const some = short_lines === "fill" ? any : any.map(inOneLine);
        const { delimiter, quote, comment } = chosen;
        const text = beginning(chosen) + write(some, chosen);
        const format = { type: "delimited", header: "none", columns, multiline: quote !== "none" };
        const decoded = await decodeAll(
          { ...format, delimiter, quote, comment, short_lines, long_lines },
          cut(Buffer.from(text), at),
        );
        const records = some.filter(({ kind }) => kind === "record");
        const withoutComments = write(
          some.filter(({ kind }) => kind !== "comment"),
          chosen,
        );
        const rows = await oracle(beginning(chosen) + withoutComments, {
          delimiter,
          quote: quote === "none" ? null : quote,
        });
        // A blank record of one quoted or unsayable field is a record to us.
        fc.pre(rows.length === records.length + 1);
        if (short_lines === "reject") {
          assert.deepEqual(
            valuesOf(decoded),
            rows.filter(({ length }) => length === 3),
          );
        } else {
          assert.deepEqual(decoded.rejects, []);
          assert.deepEqual(
            valuesOf(decoded),
            rows.map((row) => [...row, "", ""].slice(0, 3)),
          );
        }
        assert.equal(decoded.counts.comments, some.filter(({ kind }) => kind === "comment").length);
        assert.equal(decoded.counts.blanks, some.filter(({ kind }) => kind === "blank").length);
      });
      await fc.assert(property, { numRuns: 300 });
    });
  }

  test("delimiters of several bytes, as if they were a comma", async () => {
    const between = fc.constantFrom("||", "§", ", ", "<->", "||||||||");
    const property = fc.asyncProperty(between, dialect, lines, cuts, async (delimiter, chosen, some, at) => {
      const ours = { ...chosen, delimiter, quote: '"' };
      const theirs = { ...chosen, delimiter: ",", quote: '"' };
      const records = some.filter(({ kind }) => kind === "record");
      const format = { type: "delimited", header: "none", columns, multiline: true, short_lines: "fill" };
      const decoded = await decodeAll(
        { ...format, delimiter, long_lines: "cut" },
        cut(Buffer.from(beginning(ours) + write(records, ours)), at),
      );
      const rows = await oracle(beginning(theirs) + write(records, theirs), {});
      fc.pre(rows.length === records.length + 1);
      assert.deepEqual(
        valuesOf(decoded),
        rows.map((row) => [...row, "", ""].slice(0, 3)),
      );
    });
    await fc.assert(property, { numRuns: 300 });
  });

  test("whitespace, as if it were a comma", async () => {
    const gap = fc.constantFrom(" ", "  ", "\t", " \t ");
    const padding = fc.constantFrom("", " ", "\t\t");
    const padded = fc.tuple(record(1, 5), padding, gap, padding);
    const property = fc.asyncProperty(fc.array(padded, { maxLength: 8 }), cuts, async (some, at) => {
      const theirs = { delimiter: ",", quote: '"', end: "\n", comment: "#" };
      // A quote must not begin an unquoted field, and an unquoted field must hold something.
      const text = some.map(([one, before, between, after]) => {
        return before + one.fields.map((field) => writeField(field, theirs)).join(between) + after + "\r\n";
      });
      const format = { type: "delimited", header: "none", columns, multiline: true, short_lines: "fill" };
      const decoded = await decodeAll(
        { ...format, delimiter: "whitespace", long_lines: "cut" },
        cut(Buffer.from(`x y z\n${text.join("")}`), at),
      );
      const records = some.map(([one]) => one);
      const rows = await oracle(beginning(theirs) + write(records, theirs), {});
      fc.pre(rows.length === records.length + 1);
      assert.deepEqual(
        valuesOf(decoded),
        rows.map((row) => [...row, "", ""].slice(0, 3)),
      );
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

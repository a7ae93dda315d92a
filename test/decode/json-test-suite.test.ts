import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { MillraceError } from "../../src/errors.ts";
import { cut, type Decoded, decodeAll } from "./decoding.ts";
import { EITHER, INVALID, VALID } from "./json-test-suite.ts";

const COLUMNS = ["a", "id", "title", "x.0.id"];
/** A key that has no name of its own is no column, so lists are records too. */
const LISTS = ["0", "1"];

/** What became of a case: its decoded records, or the code of the document's error. */
async function outcomeOf(
  type: "json" | "json-lines",
  text: string,
  columns: string[],
): Promise<Decoded | string> {
  const bytes = Buffer.from(text, "latin1");
  const format = { type, ...(type === "json" ? { depth_limit: 1000 } : {}) };
  try {
    return await decodeAll(format, cut(bytes, [1, 2, 3, 50_000]), columns);
  } catch (error) {
    if (error instanceof MillraceError) return error.code;
    throw error;
  }
}

suite("JSONTestSuite", () => {
  test("what is valid is decoded, or refused for what it holds", async () => {
    for (const [name, text] of Object.entries(VALID)) {
      for (const columns of [COLUMNS, LISTS]) {
        const document = await outcomeOf("json", text, columns);
        assert.ok(typeof document !== "string", `${name}: ${JSON.stringify(document)}`);
        // Over several lines it is no line of JSON.
        if (text.trim().includes("\n")) continue;
        const lines = await outcomeOf("json-lines", text, columns);
        assert.ok(typeof lines !== "string", name);
        assert.equal(lines.counts.decoded + lines.counts.rejected, 1, name);
        assert.ok(!lines.rejects.some(({ reason }) => reason === "invalid JSON"), name);
      }
    }
  });

  test("the values of what is valid are those that JSON.parse finds", async () => {
    for (const [name, text] of Object.entries(VALID)) {
      const expected = JSON.parse(Buffer.from(text, "latin1").toString()) as unknown;
      if (!Array.isArray(expected) || typeof expected[0] !== "string" || expected[0].includes("\0")) continue;
      const decoded = await outcomeOf("json-lines", text.trim(), ["0"]);
      assert.ok(typeof decoded !== "string", name);
      assert.deepEqual(
        decoded.records.map(({ values }) => values[0]),
        [expected[0]],
        name,
      );
    }
  });

  test("what is invalid is refused", async () => {
    for (const [name, text] of Object.entries(INVALID)) {
      for (const columns of [COLUMNS, LISTS]) {
        assert.equal(await outcomeOf("json", text, columns), "DOCUMENT_INVALID", name);
        const lines = await outcomeOf("json-lines", text, columns);
        assert.ok(typeof lines !== "string", name);
        const nothing = text.trim() === "" || text === "\xef\xbb\xbf";
        assert.equal(lines.rejects.length > 0, !nothing, name);
      }
    }
  });

  test("what may be either ends, and brings no text that cannot be stored", async () => {
    for (const [name, text] of Object.entries(EITHER)) {
      for (const type of ["json", "json-lines"] as const) {
        for (const columns of [COLUMNS, LISTS]) {
          const outcome = await outcomeOf(type, text, columns);
          if (typeof outcome === "string") assert.equal(outcome, "DOCUMENT_INVALID", name);
          else
            for (const { values } of outcome.records)
              assert.ok(
                values.every((value) => !/[\0\ufffd]/.test(value ?? "")),
                name,
              );
        }
      }
    }
  });

  test("however deep, closed or not", async () => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
      ['[{"a":', "}]"],
    ] as const) {
      const deep = open.repeat(100_000) + "1" + close.repeat(100_000);
      for (const text of [deep, deep.slice(0, -3)]) {
        assert.equal(await outcomeOf("json", text, ["a"]), "DOCUMENT_INVALID");
        const lines = await outcomeOf("json-lines", text, ["a"]);
        assert.ok(typeof lines !== "string");
        assert.equal(lines.counts.read, 1);
      }
    }
  });
});

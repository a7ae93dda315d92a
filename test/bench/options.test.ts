import assert from "node:assert/strict";
import { test } from "node:test";
import { PARTS, parseOptions, UsageError } from "./options.ts";

test("without arguments: five million rows, every part but the long one", () => {
  const options = parseOptions([]);
  assert.equal(options.rows, 5_000_000);
  assert.equal(options.large, 37_000_000);
  assert.deepEqual(
    [...options.only],
    PARTS.filter((part) => part !== "growth"),
  );
});

test("the short form is smaller in every size and does the same parts", () => {
  const [short, full] = [parseOptions(["--short"]), parseOptions([])];
  assert.deepEqual(short.only, full.only);
  assert.ok(short.rows < full.rows && short.large < full.large && short.objects < full.objects);
  assert.equal(short.repeat, 1);
});

test("a size that is given goes before the form's own", () => {
  const options = parseOptions(["--short", "--rows", "37_000_000", "--repeat", "7"]);
  assert.equal(options.rows, 37_000_000);
  assert.equal(options.readingRows, 37_000_000);
  assert.equal(options.large, 37_000_000);
  assert.equal(options.repeat, 7);
});

test("parts are chosen by number and name", () => {
  assert.deepEqual([...parseOptions(["--only", "1, 2,reading"]).only], ["1", "2", "reading"]);
  assert.deepEqual([...parseOptions(["--growth"]).only], ["growth"]);
  assert.deepEqual([...parseOptions(["--only", "8", "--growth"]).only], ["8", "growth"]);
});

for (const [args, message] of [
  [["--only", "12"], /there is no 12/],
  [["--only", ""], /there is no/],
  [["--rows", "0"], /--rows: expected/],
  [["--rows", "5e6"], /--rows: expected/],
  [["--repeat", "-1"], /.+/],
  [["--fast"], /--fast/],
  [["stray"], /stray/],
] as const) {
  test(`refused: ${args.join(" ")}`, () => {
    assert.throws(
      () => parseOptions(args),
      (error) => error instanceof UsageError && message.test(error.message),
    );
  });
}

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("V8 knows the flag", () => {
  const module = JSON.stringify(new URL("../../src/normalise/inlining.ts", import.meta.url).href);
  const program = `import(${module}).then(({ allowInlining }) => { allowInlining(); allowInlining(); console.log("allowed"); })`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-e", program], { encoding: "utf8" });
  // An unknown flag is complained of, and no error.
  assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "allowed\n", stderr: "" });
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

/** Half of what is made survives for a while, which lets V8 enlarge the young generation. */
const PROGRAM = `
  const kept = [];
  for (let made = 0; made < 4_000_000; made++) kept[made % 50_000] = { made, list: [made] };
  const { space_size: size } = require("node:v8").getHeapSpaceStatistics().find((space) => space.space_name === "new_space");
  console.log(size);`;

function sizeAfter(prelude: string): number {
  const { stdout, stderr } = spawnSync(process.execPath, ["-e", `${prelude}${PROGRAM}`], {
    encoding: "utf8",
  });
  // An unknown flag is complained of, and no error.
  assert.equal(stderr, "");
  return Number(stdout);
}

test("V8 leaves the young generation as it is", () => {
  const module = new URL("../../src/load/young-generation.ts", import.meta.url).pathname;
  const kept = sizeAfter(`require(${JSON.stringify(module)}).keepYoungGeneration();`);
  assert.ok(kept > 0 && kept <= 40e6, `${kept} bytes`);
  assert.ok(sizeAfter("") > kept, "V8 would not enlarge it anyway");
});

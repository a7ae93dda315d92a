/** The cases of the pipelines that come with the program. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readSoundPipelines, shippedPipelines } from "../../src/cli/selection.ts";
import { runCase } from "../../src/dry-run/case.ts";
import { listCases } from "../../src/dry-run/case-files.ts";

const pipelines = await readSoundPipelines(shippedPipelines());

for (const pipeline of pipelines) {
  suite(`cases of ${pipeline.name}`, async () => {
    const folders = await listCases(pipeline);
    test("there is one", () => {
      assert.notDeepEqual(folders, []);
    });
    for (const folder of folders) {
      test(folder.split("/").at(-1) ?? folder, async () => {
        const { outcome, differences } = await runCase(pipeline, folder, { update: false });
        assert.deepEqual({ outcome, differences }, { outcome: "passed", differences: [] });
      });
    }
  });
}

/** Keys for files. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { keyOfFile, readKey } from "../../src/dry-run/key.ts";
import { observationsYaml, pipelineOf } from "../config/folder.ts";

suite("key of a file", () => {
  const build = (pipeline: Pipeline, key: string): Pipeline => ({
    ...pipeline,
    objects: { ...pipeline.objects, key, values: {} },
  });

  test("a file's path tells as much as fits the end of the template", async (t) => {
    const pipeline = await pipelineOf(t, observationsYaml());
    for (const [template, path, key] of [
      ["by_year/{year:yyyy}.csv.gz", "/tmp/1872.csv.gz", "by_year/1872.csv.gz"],
      ["by_year/{year:yyyy}.csv.gz", "/tmp/1872.csv", "by_year/1872.csv.gz"],
      ["{day:yyyy-MM-dd}/{sensor}.csv", "/data/2018-07-01/s1.csv", "2018-07-01/s1.csv"],
      ["y={day:yyyy}/m={day:MM}/x-{day:yyyyMMdd}.csv", "/a/x-20230222.csv", "y=2023/m=02/x-20230222.csv"],
      ["stations.txt[.gz]", "/a/other.txt", "stations.txt"],
      ["{day:yyyy}/{name}.csv", "/a/b.json", "2020/name.csv"],
    ] as const) {
      const found = keyOfFile(build(pipeline, template), path);
      assert.equal(found.key, key, template);
      assert.deepEqual(found, readKey(build(pipeline, template), key));
    }
  });

  test("without a hint, the first wanted values and the first day of the range", async (t) => {
    const pipeline = await pipelineOf(t, observationsYaml({ "  values:": "  from: 2019-05-06\n  values:" }));
    assert.deepEqual(keyOfFile(pipeline, undefined), {
      key: "loc=12/2019/12-20190506.csv.gz",
      variables: { location: "12", day: "20190506" },
    });
  });

  test("a key that does not fit is the user's mistake", async (t) => {
    const pipeline = await pipelineOf(t, observationsYaml());
    assert.throws(() => readKey(pipeline, "elsewhere.csv"), {
      code: "USAGE",
      message: /elsewhere\.csv.*loc=/,
    });
  });
});

import assert from "node:assert/strict";
import { before, suite, test } from "node:test";
import fc from "fast-check";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { readPipeline } from "../../src/config/read.ts";
import type { Chosen } from "../../src/discover/changes.ts";
import { groupLoads, requireOneObjectPerSlice } from "../../src/discover/group.ts";
import type { Candidate, LoadJob } from "../../src/discover/job.ts";
import { MillraceError } from "../../src/errors.ts";

async function shipped(name: string): Promise<Pipeline> {
  const { pipeline, problems } = await readPipeline(`pipelines/${name}.yaml`);
  assert.deepEqual(problems, []);
  assert.ok(pipeline !== undefined);
  return pipeline;
}

function candidate(key: string, size = 10, variables: Record<string, string> = {}): Candidate {
  return { object: { bucket: "archive", key, etag: "e", size, lastModified: new Date(0) }, variables };
}

function chosenOf(candidates: readonly Candidate[], reload = false): Chosen[] {
  return candidates.map((one) => ({ candidate: one, reload }));
}

function idsOf(candidates: readonly Candidate[]): Map<string, number> {
  return new Map(candidates.map(({ object }, index) => [object.key, index + 1]));
}

function isConfigInvalid(...texts: string[]): (error: unknown) => boolean {
  return (error) =>
    error instanceof MillraceError &&
    error.code === "CONFIG_INVALID" &&
    texts.every((text) => error.message.includes(text));
}

suite("grouping", () => {
  let daily: Pipeline;
  let archive: Pipeline;
  let inventory: Pipeline;
  before(async () => {
    daily = await shipped("noaa-daily");
    archive = await shipped("openaq-archive");
    inventory = await shipped("noaa-inventory");
  });

  test("each year is a load of its own, newest first", () => {
    const candidates = ["1872", "2024", "1763"].map((year) =>
      candidate(`by_year/${year}.csv.gz`, 5, { year }),
    );
    const jobs = groupLoads(daily, chosenOf(candidates), idsOf(candidates));
    assert.deepEqual(
      jobs.map(({ name, slice, bytes, reload, objects }) => [
        name,
        slice,
        bytes,
        reload,
        objects.map((one) => one.objectId),
      ]),
      [
        ["2024", "2024", 5, false, [2]],
        ["1872", "1872", 5, false, [1]],
        ["1763", "1763", 5, false, [3]],
      ],
    );
    assert.equal(jobs[0]?.pipeline, daily);
    assert.deepEqual(jobs[0].objects[0]?.variables, { year: "2024" });
  });

  test("two objects of one slice are refused, whichever comes first", () => {
    const year = "1872";
    const candidates = [
      candidate("by_year/1872.csv.gz", 5, { year }),
      candidate("by_year/1872.csv", 5, { year }),
    ];
    const expected = isConfigInvalid("by_year/1872.csv and by_year/1872.csv.gz", "slice 1872");
    for (const order of [candidates, candidates.toReversed()]) {
      assert.throws(() => groupLoads(daily, chosenOf(order), idsOf(order)), expected);
      assert.throws(() => {
        requireOneObjectPerSlice(daily, order);
      }, expected);
    }
    requireOneObjectPerSlice(archive, candidates);
  });

  test("a slice that is not a year is refused", () => {
    for (const variables of [{}, { year: "20220503" }, { year: "187" }]) {
      const candidates = [candidate("x.csv.gz", 5, variables)];
      assert.throws(
        () => groupLoads(daily, chosenOf(candidates), idsOf(candidates)),
        isConfigInvalid("not a year"),
      );
    }
  });

  test("what replaces everything is one object and called after it", () => {
    const candidates = [candidate("ghcnd-inventory.txt")];
    const [job] = groupLoads(inventory, chosenOf(candidates, true), idsOf(candidates));
    assert.deepEqual([job?.name, job?.slice, job?.reload], ["ghcnd-inventory.txt", "all", true]);
    const two = [...candidates, candidate("ghcnd-inventory.txt.gz")];
    assert.throws(() => groupLoads(inventory, chosenOf(two), idsOf(two)), isConfigInvalid("slice all"));
  });

  test("a source has one station file and one country file", async () => {
    for (const name of ["noaa-stations", "noaa-countries"]) {
      const pipeline = await shipped(name);
      const two = [candidate("file.txt.gz"), candidate("file.txt")];
      const expected = isConfigInvalid("file.txt and file.txt.gz", `all ${pipeline.target} of noaa`);
      for (const order of [two, two.toReversed()]) {
        assert.throws(() => {
          requireOneObjectPerSlice(pipeline, order);
        }, expected);
      }
      const [job] = groupLoads(pipeline, chosenOf(two.slice(0, 1)), idsOf(two));
      assert.deepEqual([job?.name, job?.slice], ["file.txt.gz", undefined]);
    }
  });

  test("without `together` each object is a load", () => {
    const { together: _, ...objects } = archive.objects;
    const candidates = ["b", "a"].map((key) => candidate(key));
    const jobs = groupLoads({ ...archive, objects }, chosenOf(candidates), idsOf(candidates));
    assert.deepEqual(
      jobs.map(({ name, slice }) => [name, slice]),
      [
        ["a", undefined],
        ["b", undefined],
      ],
    );
  });

  test("objects share loads in byte order of their keys, within the limits, always in the same way", () => {
    const item = fc.record({
      key: fc.string({ minLength: 1, unit: fc.constantFrom("a", "b", "\uFFFD", "😀") }),
      size: fc.nat(60),
    });
    const items = fc.uniqueArray(item, { selector: ({ key }) => key, maxLength: 40 });
    fc.assert(
      fc.property(
        items,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 100 }),
        (given, count, bytes) => {
          const pipeline: Pipeline = {
            ...archive,
            objects: { ...archive.objects, together: { objects: count, bytes } },
          };
          const candidates = given.map(({ key, size }) => candidate(key, size));
          const ids = idsOf(candidates);
          const jobs = groupLoads(pipeline, chosenOf(candidates), ids);
          const keysOf = ({ objects }: LoadJob): string[] => objects.map(({ object }) => object.key);
          const inBytes = given
            .map(({ key }) => key)
            .sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
          assert.deepEqual(jobs.flatMap(keysOf), inBytes);
          for (const [index, job] of jobs.entries()) {
            const sum = job.objects.reduce((total, { object }) => total + object.size, 0);
            assert.equal(job.bytes, sum);
            assert.ok(job.objects.length <= count && (sum <= bytes || job.objects.length === 1));
            assert.ok(job.objects.every(({ objectId, object }) => ids.get(object.key) === objectId));
            // No load that its neighbour would have had room for.
            const next = jobs[index + 1]?.objects[0];
            assert.ok(next === undefined || job.objects.length === count || sum + next.object.size > bytes);
            const [first = "", last = ""] = [keysOf(job)[0], keysOf(job).at(-1)];
            assert.equal(job.name, first === last ? first : `${first} … ${last}`);
          }
          const again = groupLoads(pipeline, chosenOf(candidates.toReversed()), ids);
          assert.deepEqual(again.map(keysOf), jobs.map(keysOf));
        },
      ),
      { numRuns: 200 },
    );
  });

  test("a load is a reload when one of its objects is", () => {
    const candidates = ["a", "b"].map((key) => candidate(key));
    const chosen = candidates.map((one, index) => ({ candidate: one, reload: index === 1 }));
    assert.deepEqual(
      groupLoads(archive, chosen, idsOf(candidates)).map(({ reload }) => reload),
      [true],
    );
  });
});

import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { objects as objectsSchema } from "../../src/config/objects.ts";
import type { Pipeline } from "../../src/config/pipeline.ts";
import type { Candidate, DateRange } from "../../src/discover/job.ts";
import { discover } from "../../src/discover/listing.ts";
import { vanishedKeys } from "../../src/discover/vanished.ts";
import { failsWith } from "../contract/store.ts";
import { type Endpoint, recording, startEndpoint } from "../s3/endpoint.ts";

const signal = new AbortController().signal;
const bucket = "archive";

function archiveKey(location: number | string, day: string): string {
  const [year = "", month = ""] = day.split("-");
  return `records/csv.gz/locationid=${location}/year=${year}/month=${month}/location-${location}-${day.replaceAll("-", "")}.csv.gz`;
}

const ARCHIVE =
  "records/csv.gz/locationid={location}/year={day:yyyy}/month={day:MM}/location-{location}-{day:yyyyMMdd}.csv.gz";

const KEYS = [
  ...[1750, 1872, 2019, 2020, 2021].map((year) => `csv.gz/by_year/${year}.csv.gz`),
  "csv.gz/by_year/old/1999.csv.gz",
  "csv.gz/by_year/readme.txt",
  "csv.gz/1872.csv.gz",
  "ghcnd-stations.txt",
  "ghcnd-stations.txt.bak",
  "ghcnd-stations.txt/odd",
  ...["1", "2", "10"].flatMap((location) =>
    ["2019-12-31", "2020-01-01", "2020-06-30", "2021-01-01", "2022-05-03", "2023-01-01"].map((day) =>
      archiveKey(location, day),
    ),
  ),
  "records/csv.gz/locationid=1/year=none/notes.txt",
  "records/csv.gz/locationid=1/year=2020/month=01/location-2-20200101.csv.gz",
  ...["2017-09-26", "2017-09-27", "2017-09-28", "2017-09-29"].flatMap((day) =>
    [1, 2].map((part) => `realtime-gzipped/${day}/${part}.ndjson.gz`),
  ),
  "realtime-gzipped/index.html",
];

function pipelineOf(section: object): Pick<Pipeline, "objects"> {
  return { objects: objectsSchema.parse({ bucket, ...section }) };
}

suite("discover", () => {
  let endpoint: Endpoint;
  before(async () => {
    endpoint = await startEndpoint(bucket);
    for (const key of KEYS) await endpoint.put(bucket, key, key);
  });
  after(() => endpoint.stop());

  /** What is found, and which requests that took. */
  async function find(
    section: object,
    range: DateRange = {},
    watched: readonly string[] = [],
  ): Promise<{ keys: string[]; candidates: Candidate[]; requests: string[] }> {
    const store = recording(endpoint.store);
    const request = { pipeline: pipelineOf(section), range, watched: new Set(watched) };
    const candidates = (await Array.fromAsync(discover(store, request, signal))).flat();
    const keys = candidates.map((candidate) => candidate.object.key).sort();
    return { keys, candidates, requests: store.requests.sort() };
  }

  const YEARS = { key: "csv.gz/by_year/{year:yyyy}.csv.gz" };

  test("years are listed, never generated, and chosen by the range", async () => {
    const { keys, candidates, requests } = await find({ ...YEARS, from: "2020-01-01" });
    assert.deepEqual(keys, ["csv.gz/by_year/2020.csv.gz", "csv.gz/by_year/2021.csv.gz"]);
    assert.deepEqual(requests, ["list csv.gz/by_year/ /"]);
    const newest = candidates.find(({ object }) => object.key === keys[1]);
    assert.deepEqual(newest?.variables, { year: "2021" });
    assert.deepEqual(newest.days, { from: "2021-01-01", to: "2021-12-31" });
    assert.equal(newest.object.size, "csv.gz/by_year/2021.csv.gz".length);
  });

  test("--from reaches behind the pipeline's beginning, --to ends it", async () => {
    const years = async (range: DateRange): Promise<string[]> =>
      (await find({ ...YEARS, from: "2020-01-01" }, range)).candidates
        .map(({ variables }) => variables["year"] ?? "")
        .sort();
    assert.deepEqual(await years({ from: "1763-01-01" }), ["1872", "2019", "2020", "2021"]);
    assert.deepEqual(await years({ to: "2020-01-01" }), ["2020"]);
    assert.deepEqual(await years({ from: "1872-12-31", to: "2019-01-01" }), ["1872", "2019"]);
    assert.deepEqual(await years({ from: "1873-01-01", to: "2018-12-31" }), []);
    assert.deepEqual((await find(YEARS)).keys.length, 5);
  });

  test("what was loaded once stays watched, whatever its dates", async () => {
    const watched = ["csv.gz/by_year/1872.csv.gz", "csv.gz/by_year/gone.csv.gz"];
    const { keys } = await find({ ...YEARS, from: "2021-01-01" }, {}, watched);
    assert.deepEqual(keys, ["csv.gz/by_year/1872.csv.gz", "csv.gz/by_year/2021.csv.gz"]);
  });

  test("an exact key is found by one request and not confused with longer ones", async () => {
    const { candidates, requests } = await find({ key: "ghcnd-stations.txt", from: "2020-01-01" });
    assert.deepEqual(
      candidates.map(({ object, variables, days }) => [object.key, variables, days]),
      [["ghcnd-stations.txt", {}, undefined]],
    );
    assert.deepEqual(requests, ["find ghcnd-stations.txt"]);
  });

  test("an exact key that is absent is an error naming bucket and key", async () => {
    for (const key of ["ghcnd-station", "ghcnd-stations.txt.gz", "csv.gz/by_year", "nothing[.gz]"]) {
      await assert.rejects(find({ key }), failsWith("OBJECT_NOT_FOUND", { bucket, key }));
    }
  });

  test("an optional part is found with and without", async () => {
    assert.deepEqual((await find({ key: "ghcnd-stations.txt[.bak]" })).keys, [
      "ghcnd-stations.txt",
      "ghcnd-stations.txt.bak",
    ]);
  });

  test("only wanted locations are listed, and of them only years in the range", async () => {
    const { keys, requests } = await find(
      { key: ARCHIVE, values: { location: [1, 10, 77] } },
      { from: "2020-06-01", to: "2022-01-01" },
    );
    assert.deepEqual(
      keys,
      ["1", "10"]
        .flatMap((location) => ["2020-06-30", "2021-01-01"].map((day) => archiveKey(location, day)))
        .sort(),
    );
    const folder = (location: number): string => `records/csv.gz/locationid=${location}/year=`;
    assert.deepEqual(
      requests,
      [
        `list ${folder(1)} /`,
        `list ${folder(1)}202 after ${folder(1)}2020/`,
        `list ${folder(10)} /`,
        `list ${folder(10)}202 after ${folder(10)}2020/`,
        `list ${folder(77)} /`,
      ].sort(),
    );
  });

  test("without a range a wanted location is one listing", async () => {
    const { keys, requests } = await find({ key: ARCHIVE, values: { location: [2] } });
    assert.equal(keys.length, 6);
    assert.deepEqual(requests, ["list records/csv.gz/locationid=2/year="]);
  });

  test("a watched object keeps its folder listed", async () => {
    const watched = archiveKey(2, "2019-12-31");
    const { keys, requests } = await find(
      { key: ARCHIVE, values: { location: [2] }, from: "2022-01-01" },
      {},
      [watched],
    );
    assert.deepEqual(keys, [watched, archiveKey(2, "2022-05-03"), archiveKey(2, "2023-01-01")]);
    const folder = "records/csv.gz/locationid=2/year=";
    assert.deepEqual(requests, [
      `list ${folder} /`,
      `list ${folder}2019/`,
      `list ${folder}202 after ${folder}2022/`,
    ]);
  });

  test("an object behind a gap in the range is found once", async () => {
    const watched = ["2020-01-01", "2022-05-03"].map((day) => archiveKey(2, day));
    const { keys } = await find(
      { key: ARCHIVE, values: { location: [2] } },
      { from: "2019-01-01", to: "2019-12-31" },
      watched,
    );
    assert.deepEqual(keys, [archiveKey(2, "2019-12-31"), ...watched]);
  });

  test("unknown locations are found by listing them", async () => {
    const { keys, requests } = await find({ key: ARCHIVE }, { from: "2023-01-01" });
    assert.deepEqual(
      keys,
      ["1", "10", "2"].map((location) => archiveKey(location, "2023-01-01")),
    );
    assert.ok(requests.includes("list records/csv.gz/locationid= /"));
    assert.ok(!requests.some((request) => request.includes("year=2020")));
  });

  test("neighbouring days are one listing that ends behind the last of them", async () => {
    const { keys, requests } = await find(
      { key: "realtime-gzipped/{day:yyyy-MM-dd}/{file}.ndjson.gz" },
      { from: "2017-09-27", to: "2017-09-28" },
    );
    assert.deepEqual(
      keys,
      ["2017-09-27", "2017-09-28"].flatMap((day) =>
        [1, 2].map((part) => `realtime-gzipped/${day}/${part}.ndjson.gz`),
      ),
    );
    const folder = "realtime-gzipped/2017-09-27/";
    assert.deepEqual(requests, [
      "list realtime-gzipped/ /",
      `list realtime-gzipped/2017-09-2 after ${folder}`,
    ]);
  });

  test("wanted values below a dated folder are listed one by one", async () => {
    const { keys, requests } = await find(
      { key: "realtime-gzipped/{day:yyyy-MM-dd}/{part}.ndjson.gz", values: { part: ["2"] } },
      { from: "2017-09-28" },
    );
    assert.deepEqual(keys, [
      "realtime-gzipped/2017-09-28/2.ndjson.gz",
      "realtime-gzipped/2017-09-29/2.ndjson.gz",
    ]);
    assert.deepEqual(requests, [
      "find realtime-gzipped/2017-09-28/2.ndjson.gz",
      "find realtime-gzipped/2017-09-29/2.ndjson.gz",
      "list realtime-gzipped/ /",
    ]);
  });

  test("wanted years are asked for as they are written", async () => {
    const { keys, requests } = await find({ ...YEARS, values: { year: [1872, 2020, 1800] } });
    assert.deepEqual(keys, ["csv.gz/by_year/1872.csv.gz", "csv.gz/by_year/2020.csv.gz"]);
    assert.equal(requests.length, 3);
  });

  test("failures of the store and the end of a life are passed on", async () => {
    const request = { pipeline: { objects: { ...pipelineOf(YEARS).objects, bucket: "absent" } }, range: {} };
    await assert.rejects(
      Array.fromAsync(discover(endpoint.store, request, signal)),
      failsWith("BUCKET_NOT_FOUND", { bucket: "absent" }),
    );
    const many = {
      pipeline: pipelineOf({ key: ARCHIVE, values: { location: Array.from({ length: 50 }, (_, id) => id) } }),
      range: {},
    };
    await assert.rejects(
      Array.fromAsync(discover(endpoint.store, many, AbortSignal.abort())),
      failsWith("LOAD_ABORTED", { bucket }),
    );
  });

  test("a reader that has enough ends all listings", async () => {
    const store = recording(endpoint.store);
    const locations = ["1", ...Array.from({ length: 500 }, (_, id) => id + 1000)];
    const request = { pipeline: pipelineOf({ key: ARCHIVE, values: { location: locations } }), range: {} };
    for await (const page of discover(store, request, signal)) {
      assert.equal(page[0]?.variables["location"], "1");
      break;
    }
    assert.ok(store.requests.length < 100, `${store.requests.length} requests`);
  });

  test("vanished objects are those that were chosen and are not there any more", async () => {
    const section = { key: ARCHIVE, values: { location: [1] } };
    const { candidates, keys } = await find(section);
    const gone = archiveKey(1, "2018-01-01");
    const known = [...keys, gone, archiveKey(3, "2018-01-01"), "other/template.csv"];
    const request = { pipeline: pipelineOf(section), range: {} };
    assert.deepEqual(vanishedKeys(request, known, candidates), [gone]);
  });

  test("what lies outside a limited listing has not vanished, unless it was watched", async () => {
    const section = { key: ARCHIVE, values: { location: [1] }, from: "2020-01-01" };
    const range = { to: "2021-12-31" };
    const [early, loaded, within] = ["2019-05-05", "2019-06-06", "2020-07-07"].map((day) =>
      archiveKey(1, day),
    );
    assert.ok(early !== undefined && loaded !== undefined && within !== undefined);
    const { candidates, keys } = await find(section, range, [loaded]);
    const known = [...keys, early, loaded, within, archiveKey(1, "2022-05-03")];
    const request = { pipeline: pipelineOf(section), range, watched: new Set([loaded]) };
    assert.deepEqual(vanishedKeys(request, known, candidates), [loaded, within]);
  });
});

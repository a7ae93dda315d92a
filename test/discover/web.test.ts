/** Finding objects on web servers: by index pages, and by the keys that a template can make. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import fc from "fast-check";
import { objects as objectsSchema } from "../../src/config/objects.ts";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { expectedKeys } from "../../src/discover/expected.ts";
import type { DateRange } from "../../src/discover/job.ts";
import { discover } from "../../src/discover/listing.ts";
import { scopeOf } from "../../src/discover/scope.ts";
import { vanishedKeys } from "../../src/discover/vanished.ts";
import type { ObjectStore } from "../../src/s3/store.ts";
import { failsWith } from "../contract/store.ts";
import { startEndpoint } from "../s3/endpoint.ts";
import { startWebServer, type WebServer } from "../s3/web-server.ts";

const signal = new AbortController().signal;
const URL_OF_ANY = "https://data.example/";

function pipelineOf(section: object): Pick<Pipeline, "objects"> {
  return { objects: objectsSchema.parse(section) };
}

async function found(
  server: WebServer,
  section: object,
  range: DateRange = {},
  watched: readonly string[] = [],
): Promise<string[]> {
  server.requests.length = 0;
  const pipeline = pipelineOf({ url: server.url, ...section });
  const request = { pipeline, range, watched: new Set(watched) };
  const candidates = (await Array.fromAsync(discover(server.store, request, signal))).flat();
  return candidates.map(({ object }) => object.key).sort();
}

function on(context: TestContext, day: string): void {
  context.mock.timers.enable({ apis: ["Date"], now: Date.parse(`${day}T12:00:00Z`) });
}

suite("discovery by index pages", () => {
  const DAILY = { key: "daily/{kind}/{year:yyyy}/kl_{station}[.csv].gz" };

  async function filled(): Promise<WebServer> {
    const server = await startWebServer({ pages: "nginx" });
    for (const kind of ["recent", "historical"])
      for (const year of [2023, 2024])
        for (const station of ["00011", "00044"])
          server.put(`daily/${kind}/${year}/kl_${station}.gz`, station);
    for (const stray of [
      "daily/recent/2024/readme.txt",
      "daily/recent/2024/kl_00011.txt",
      "daily/recent/2024/deep/x.gz",
      "daily/notes/no.txt",
      "z/z",
    ])
      server.put(stray, "x");
    return server;
  }

  test("reads the folders that may hold what is wanted, each once, and asks for nothing else", async () => {
    await using server = await filled();
    assert.deepEqual(await found(server, DAILY, { from: "2024-01-01" }), [
      "daily/historical/2024/kl_00011.gz",
      "daily/historical/2024/kl_00044.gz",
      "daily/recent/2024/kl_00011.gz",
      "daily/recent/2024/kl_00044.gz",
    ]);
    const folders = ["", "historical/", "historical/2024/", "notes/", "recent/", "recent/2024/"];
    const heads = ["historical", "recent"].flatMap((kind) =>
      ["00011", "00044"].map((station) => `HEAD /daily/${kind}/2024/kl_${station}.gz`),
    );
    assert.deepEqual(server.requests.toSorted(), [
      ...folders.map((folder) => `GET /daily/${folder}`),
      ...heads,
    ]);
  });

  test("finds all without a range, and a folder of wanted values that is missing is no error", async () => {
    await using server = await filled();
    assert.equal((await found(server, DAILY)).length, 8);
    const wanted = { ...DAILY, values: { kind: ["recent", "hourly"], station: ["00011"] } };
    assert.deepEqual(await found(server, wanted), [
      "daily/recent/2023/kl_00011.gz",
      "daily/recent/2024/kl_00011.gz",
    ]);
  });

  test("of folders that link to themselves ends with the template, or with a hundred thousand folders", async () => {
    const names = Array.from({ length: 320 }, (_, index) => `${index}/`);
    let listings = 0;
    const endless: ObjectStore = {
      async *list({ prefix }) {
        listings += 1;
        yield await Promise.resolve({ objects: [], prefixes: names.map((name) => prefix + name) });
      },
      find: () => assert.fail(),
      open: () => assert.fail(),
      tail: () => assert.fail(),
      close: () => undefined,
    };
    const look = async (key: string): Promise<unknown> => {
      listings = 0;
      const request = { pipeline: pipelineOf({ url: URL_OF_ANY, key }), range: {} };
      return Array.fromAsync(discover(endless, request, signal));
    };
    assert.deepEqual(await look("{a}/{b}.gz"), []);
    assert.equal(listings, 1 + 320);
    await assert.rejects(look("{a}/{b}/{c}.gz"), failsWith("STORE_FAILED", { bucket: URL_OF_ANY }));
    assert.equal(listings, 100_000);
  });

  test("asks for a whole key without reading its folder", async () => {
    await using server = await filled();
    assert.deepEqual(await found(server, { key: "daily/recent/2024/readme.txt" }), [
      "daily/recent/2024/readme.txt",
    ]);
    assert.deepEqual(server.requests, ["HEAD /daily/recent/2024/readme.txt"]);
    await assert.rejects(
      found(server, { key: "none.txt" }),
      failsWith("OBJECT_NOT_FOUND", { bucket: server.url }),
    );
  });
});

suite("discovery by expected keys", () => {
  const SENSORS = {
    listing: "keys",
    key: "{day:yyyy-MM-dd}/{day:yyyy-MM-dd}_sds011_sensor_{sensor}.csv[.gz]",
    values: { sensor: [8, 12] },
    from: "2024-02-27",
    lag_days: 1,
  };

  function keys(section: object, range: DateRange = {}, watched: readonly string[] = []): string[] {
    const pipeline = pipelineOf({ url: URL_OF_ANY, listing: "keys", ...section });
    const request = { pipeline, range, watched: new Set(watched) };
    return [...expectedKeys(scopeOf(request), request.watched)];
  }

  test("asks for every value and date, newest first, until the lag before today", async (context) => {
    on(context, "2024-03-01");
    await using server = await startWebServer();
    const there = [
      "2024-02-27/2024-02-27_sds011_sensor_8.csv",
      "2024-02-29/2024-02-29_sds011_sensor_12.csv.gz",
    ];
    for (const key of [...there, "2024-03-01/2024-03-01_sds011_sensor_8.csv"]) server.put(key, key);
    assert.deepEqual(await found(server, SENSORS), there);
    const expected = ["2024-02-29", "2024-02-28", "2024-02-27"].flatMap((day) =>
      ["8", "12"].flatMap((sensor) =>
        [".gz", ""].map((end) => `${day}/${day}_sds011_sensor_${sensor}.csv${end}`),
      ),
    );
    assert.deepEqual(keys(SENSORS), expected);
    assert.deepEqual(server.requests.toSorted(), expected.map((key) => `HEAD /${key}`).sort());
  });

  test("takes --from and --to in place of the pipeline's, and what is loaded stays watched", (context) => {
    on(context, "2024-03-01");
    const section = { key: "{day:yyyyMMdd}.csv", from: "2024-02-27" };
    assert.deepEqual(keys(section, { from: "2024-02-29", to: "2024-03-02" }), [
      "20240302.csv",
      "20240301.csv",
      "20240229.csv",
    ]);
    const watched = ["20231231.csv", "20240228.csv", "20240230.csv", "other.csv"];
    assert.deepEqual(keys({ ...section, lag_days: 2 }, {}, watched), [
      "20240228.csv",
      "20240227.csv",
      "20231231.csv",
    ]);
  });

  test("steps by the finest date of the template", (context) => {
    on(context, "2024-03-01");
    assert.deepEqual(keys({ key: "{year:yyyy}.csv", from: "2022-06-01" }), [
      "2024.csv",
      "2023.csv",
      "2022.csv",
    ]);
    assert.deepEqual(keys({ key: "{m:yyyy}/{m:MM}", from: "2023-12-31" }), [
      "2024/03",
      "2024/02",
      "2024/01",
      "2023/12",
    ]);
    assert.deepEqual(keys({ key: "{h:yyyyMMddHH}", from: "2024-03-01" }).slice(0, 2), [
      "2024030123",
      "2024030122",
    ]);
    assert.equal(keys({ key: "{h:yyyyMMddHH}", from: "2024-02-29" }).length, 48);
    assert.equal(keys({ key: "{t:unix}", from: "2024-03-01" }).at(-1), String(Date.UTC(2024, 2, 1) / 1000));
    assert.deepEqual(keys({ key: "fixed[.gz]" }), ["fixed.gz", "fixed"]);
    const listed = { key: "{year:yyyy}/{day:yyyyMMdd}", values: { year: [2024], day: ["20240101"] } };
    assert.throws(() => keys(listed), failsWithConfig);
    const wanted = { key: "{year:yyyy}_{x}", values: { year: [1999, 2023], x: ["b", "a"] } };
    assert.deepEqual(keys(wanted), ["1999_b", "1999_a", "2023_b", "2023_a"]);
  });

  test("writes a key with a query once for each value and day", (context) => {
    on(context, "2024-01-03");
    const key = "cgi/asos.py?station={id}&year1={day:yyyy}&month1={day:MM}&day1={day:dd}&tz=Etc/UTC&x={id}";
    assert.deepEqual(keys({ key, values: { id: ["A", "B"] }, from: "2024-01-02", lag_days: 1 }), [
      "cgi/asos.py?station=A&year1=2024&month1=01&day1=02&tz=Etc/UTC&x=A",
      "cgi/asos.py?station=B&year1=2024&month1=01&day1=02&tz=Etc/UTC&x=B",
    ]);
  });

  test("refuses what cannot be foreseen", () => {
    for (const section of [
      { key: "{day:yyyyMMdd}.csv" },
      { key: "{station}.csv" },
      { key: "{from:yyyyMMdd}-{to:yyyyMMdd}", from: "2024-01-01" },
    ])
      assert.throws(() => keys(section), failsWithConfig);
  });

  test("holds no more than one of a million keys", () => {
    const values = {
      a: Array.from({ length: 1000 }, (_, id) => id),
      b: Array.from({ length: 1000 }, (_, id) => id),
    };
    const pipeline = pipelineOf({
      url: URL_OF_ANY,
      listing: "keys",
      key: "{d:yyyyMMddHH}/{a}/{b}",
      values,
      from: "1763-01-01",
    });
    const [first] = expectedKeys(scopeOf({ pipeline, range: { to: "2024-01-01" } }), new Set());
    assert.equal(first, "2024010123/0/0");
  });

  test("finds what a look at every key would choose", async (context) => {
    on(context, "2024-03-10");
    const day = fc
      .integer({ min: 0, max: 60 })
      .map((days) => new Date(Date.UTC(2024, 0, 15 + days)).toISOString().slice(0, 10));
    const stored = fc.uniqueArray(fc.record({ day, id: fc.constantFrom("1", "10", "ü b") }), {
      maxLength: 12,
      selector: ({ day, id }) => day + id,
    });
    await using server = await startWebServer();
    const given = {
      stored,
      from: day,
      to: fc.option(day, { nil: undefined }),
      lag: fc.nat(20),
      id: fc.constantFrom("1", "10"),
    };
    await fc.assert(
      fc.asyncProperty(fc.record(given), async ({ stored, from, to, lag, id }) => {
        server.files.clear();
        const key = (one: { day: string; id: string }): string =>
          `${one.day.slice(0, 4)}/${one.id}/${one.day}.csv`;
        for (const one of stored) server.put(key(one), "x");
        const last = to ?? new Date(Date.UTC(2024, 2, 10 - lag)).toISOString().slice(0, 10);
        const section = {
          listing: "keys",
          key: "{d:yyyy}/{id}/{d:yyyy-MM-dd}.csv",
          values: { id: [id, "ü b"] },
          from,
          lag_days: lag,
        };
        assert.deepEqual(
          await found(server, section, to === undefined ? {} : { to }),
          stored
            .filter((one) => [id, "ü b"].includes(one.id) && one.day >= from && one.day <= last)
            .map(key)
            .sort(),
        );
      }),
      { numRuns: 30 },
    );
  });

  test("a key within the lag has not vanished; one that was expected and is not there has", (context) => {
    on(context, "2024-03-10");
    const pipeline = pipelineOf({
      url: URL_OF_ANY,
      listing: "keys",
      key: "{d:yyyyMMdd}.csv",
      from: "2024-03-01",
      lag_days: 3,
    });
    const known = ["20240229.csv", "20240305.csv", "20240307.csv", "20240308.csv"];
    assert.deepEqual(vanishedKeys({ pipeline, range: {} }, known, []), ["20240305.csv", "20240307.csv"]);
  });

  test("works for buckets too", async (context) => {
    const endpoint = await startEndpoint("archive");
    context.after(() => endpoint.stop());
    await endpoint.put("archive", "2023.csv", "x");
    const pipeline = pipelineOf({
      bucket: "archive",
      listing: "keys",
      key: "{y:yyyy}.csv",
      from: "2022-01-01",
    });
    const request = { pipeline, range: { to: "2024-12-31" } };
    const candidates = (await Array.fromAsync(discover(endpoint.store, request, signal))).flat();
    assert.deepEqual(
      candidates.map(({ object }) => object.key),
      ["2023.csv"],
    );
  });

  test("ends when the server refuses or fails", async () => {
    await using server = await startWebServer();
    server.fault("/2024-02-28/2024-02-28_sds011_sensor_8.csv", (_request, response) => {
      response.writeHead(403).end();
    });
    const range = { to: "2024-03-05" };
    await assert.rejects(found(server, SENSORS, range), failsWith("ACCESS_DENIED", { bucket: server.url }));
  });
});

function failsWithConfig(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "CONFIG_INVALID";
}

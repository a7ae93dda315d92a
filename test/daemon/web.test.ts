/** A pipeline whose objects lie on a web server, the whole way. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { startWebServer } from "../s3/web-server.ts";
import { assertBooks } from "./books.ts";
import { year, yearLines } from "./damage.ts";
import { type Mill, openMill, shipped, yearKey } from "./mill.ts";

/** The shipped pipeline, at another place. */
async function yearsAt(url: string): Promise<Pipeline[]> {
  return (await shipped("noaa-daily")).map((pipeline) => ({
    ...pipeline,
    objects: { ...pipeline.objects, store: "https" as const, bucket: url, from: "2019-01-01" },
  }));
}

/** What became of objects since the last run began. */
function told({ events }: Mill): string[] {
  return events.flatMap((event) => {
    if (event.type === "load.finished") return [`${event.outcome} ${event.name}`];
    if (event.type === "pass.planned") return [`${event.listed} listed, ${event.unchanged} unchanged`];
    return event.type === "object.gone" ? [`gone ${event.key}`] : [];
  });
}

for (const manner of [{}, { etags: "none" }, { etags: "none", dated: false, measured: false }] as const) {
  test(`years on a web server are loaded once, and again when they change: ${JSON.stringify(manner)}`, async (context) => {
    await using server = await startWebServer(manner);
    for (const number of [2018, 2019, 2020])
      server.put(yearKey(number), year(number, yearLines(number)).body);
    const mill = await openMill(context, await yearsAt(server.url), []);
    const rows = async (): Promise<unknown> =>
      (await mill.database.query("select count(*)::int as rows from production.f_climate_data"))[0]?.["rows"];

    assert.equal(await mill.run(), true, JSON.stringify(mill.events));
    assert.deepEqual(told(mill).sort(), ["2 listed, 0 unchanged", "loaded 2019", "loaded 2020"]);
    assert.equal(await rows(), 2 * 288);

    assert.equal(await mill.run(), true);
    assert.deepEqual(told(mill), ["2 listed, 2 unchanged"]);

    // The same content, compressed otherwise to the same length, is no news either.
    const same = year(2019, yearLines(2019)).body;
    same[9] = 0;
    server.put(yearKey(2019), same);
    server.put(yearKey(2020), year(2020, yearLines(2020, 5)).body);
    assert.equal(await mill.run(), true);
    assert.deepEqual(told(mill), ["2 listed, 1 unchanged", "loaded 2020"]);
    assert.equal(await rows(), 288 + 360);

    server.files.delete(yearKey(2020));
    assert.equal(await mill.run(), true);
    assert.deepEqual(told(mill), [`gone ${yearKey(2020)}`, "1 listed, 1 unchanged"]);
    assert.equal(await rows(), 288 + 360);
    await assertBooks(mill.database);
    assert.deepEqual(
      [...server.agents].map((agent) => /^Millrace\/\d+\.\d+\.\d+/.test(agent ?? "")),
      [true],
    );
  });
}

test("a file that is damaged on the server fails its load, and says where it is", async (context) => {
  await using server = await startWebServer();
  server.put(yearKey(2020), "<html>Sorry</html>");
  const mill = await openMill(context, await yearsAt(server.url), []);
  assert.equal(await mill.run(), false);
  const [load] = mill.events.filter((event) => event.type === "load.finished");
  assert.equal(load?.code, "OBJECT_NOT_DATA");
  assert.ok(load.message?.includes(`${server.url}${yearKey(2020)}`), load.message);
});

test("a pass whose listing is ended on request is neither a failed nor a finished one", async (context) => {
  await using server = await startWebServer();
  server.put(yearKey(2020), gzipSync("x"));
  const mill = await openMill(context, await yearsAt(server.url), []);
  const stop = new AbortController();
  server.fault("/csv.gz/by_year/", () => {
    stop.abort();
  });
  assert.equal(await mill.run({ signal: stop.signal }), false);
  assert.deepEqual(
    mill.events.map(({ type }) => type).filter((type) => type.startsWith("pass.")),
    ["pass.started"],
  );
  assert.deepEqual(
    await mill.database.query(
      `select pass_started_at is not null as started, pass_finished_at as finished, pass_error_code as code
       from millrace.pipeline`,
    ),
    [{ started: true, finished: null, code: null }],
  );
});

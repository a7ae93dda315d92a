import assert from "node:assert/strict";
import { test } from "node:test";
import { MillraceError } from "../../../src/errors.ts";
import type { Database } from "../../../src/postgres/connect.ts";
import { attemptLoad, claimLoad } from "../../../src/postgres/ledger/loads.ts";
import { knownObjects, noteGone, noteListed, noteSameContent } from "../../../src/postgres/ledger/objects.ts";
import { beginPass, endPass } from "../../../src/postgres/ledger/passes.ts";
import { ensurePipeline } from "../../../src/postgres/source.ts";
import { testDatabase } from "../../database.ts";
import { dailyPipeline, jobOf, listed } from "../pipelines.ts";

const pipeline = dailyPipeline();

async function prepared(t: Parameters<typeof testDatabase>[0]): Promise<Database> {
  const { database } = await testDatabase(t);
  await ensurePipeline(database, pipeline);
  return database;
}

const seen = (database: Database) =>
  database.query<Record<string, unknown>>(
    "select key, seen_etag, seen_size, xmin::text as version from millrace.object order by key",
  );

test("listed objects get ids that stay; only what differs is written", async (t) => {
  const database = await prepared(t);
  const ids = await noteListed(database, pipeline, [listed("b"), listed("a"), listed("ü/c", "e1", 2 ** 40)]);
  assert.deepEqual([...ids.keys()].sort(), ["a", "b", "ü/c"]);
  const before = await seen(database);
  assert.deepEqual(
    await noteListed(database, pipeline, [listed("a"), listed("b", "e2", 7)]),
    new Map([...ids].filter(([key]) => key !== "ü/c")),
  );
  const after = await seen(database);
  assert.deepEqual([after[0], after[2]], [before[0], before[2]]);
  assert.deepEqual([after[1]?.["seen_etag"], after[1]?.["seen_size"]], ["e2", 7]);
});

test("what is known of an object no load has brought", async (t) => {
  const database = await prepared(t);
  const ids = await noteListed(database, pipeline, [listed("a")]);
  assert.deepEqual(
    await knownObjects(database, pipeline),
    new Map([
      [
        "a",
        {
          objectId: ids.get("a"),
          key: "a",
          seenEtag: "e1",
          etag: null,
          size: null,
          contentCrc: null,
          contentLength: null,
          fingerprint: null,
          incomplete: false,
          refusedEtag: null,
          refusedOutcome: null,
          refusedRetry: "never",
          refusedFingerprint: null,
          refusedSize: null,
          refusedContentCrc: null,
          refusedContentLength: null,
          goneAt: null,
        },
      ],
    ]),
  );
  assert.equal((await knownObjects(database, dailyPipeline("another"))).size, 0);
});

test("two listings of the same new objects at once agree on the ids", async (t) => {
  const database = await prepared(t);
  const objects = Array.from({ length: 500 }, (_, index) => listed(`k${index}`));
  const [one, two] = await Promise.all([
    noteListed(database, pipeline, objects),
    noteListed(database, pipeline, objects.toReversed()),
  ]);
  assert.equal(one.size, 500);
  assert.deepEqual(new Map([...two].sort()), new Map([...one].sort()));
});

test("a vanished object is marked once, and is there again when it comes back", async (t) => {
  const database = await prepared(t);
  await noteListed(database, pipeline, [listed("a"), listed("b")]);
  assert.deepEqual(await noteGone(database, pipeline, ["a", "never seen"]), ["a"]);
  assert.deepEqual(await noteGone(database, pipeline, ["a"]), []);
  assert.notEqual((await knownObjects(database, pipeline)).get("a")?.goneAt, null);
  await noteListed(database, pipeline, [listed("a")]);
  assert.equal((await knownObjects(database, pipeline)).get("a")?.goneAt, null);
});

test("a rewrite with the same content takes over the etag, one with another content does not", async (t) => {
  const database = await prepared(t);
  const ids = await noteListed(database, pipeline, [listed("a")]);
  await database.query(
    "update millrace.object set etag = 'e1', size = 100, content_crc = 4294967295, content_length = 5",
  );
  const objectId = ids.get("a") ?? 0;
  await noteSameContent(database, objectId, "loaded", {
    etag: "e3",
    size: 99,
    contentCrc: 1,
    contentLength: 5,
  });
  assert.equal((await knownObjects(database, pipeline)).get("a")?.etag, "e1");
  await noteSameContent(database, objectId, "loaded", {
    etag: "e2",
    size: 99,
    contentCrc: 4294967295,
    contentLength: 5,
  });
  const known = (await knownObjects(database, pipeline)).get("a");
  assert.deepEqual([known?.etag, known?.size, known?.contentCrc], ["e2", 99, 4294967295]);
});

test("listing does not wait for a load that works on an object", async (t) => {
  const database = await prepared(t);
  const ids = await noteListed(database, pipeline, [listed("a"), listed("b")]);
  const job = jobOf(pipeline, [[ids.get("a") ?? 0, listed("a")]]);
  const loadId = await attemptLoad(database, job);
  await database.transaction(async (client) => {
    assert.equal(await claimLoad(client, job, loadId), true);
    assert.deepEqual(await noteListed(database, pipeline, [listed("a", "e2"), listed("b", "e2")]), ids);
    assert.deepEqual(await noteGone(database, pipeline, ["a"]), []);
  });
  assert.deepEqual(
    (await seen(database)).map((row) => row["seen_etag"]),
    ["e1", "e2"],
  );
});

test("a pass leaves how it ended", async (t) => {
  const database = await prepared(t);
  const pass = () =>
    database.query(
      `select pass_started_at is not null as started, pass_finished_at >= pass_started_at as finished, pass_listed,
         pass_error_code, pass_error
       from millrace.pipeline`,
    );
  await beginPass(database, pipeline.name);
  await endPass(database, pipeline.name, { listed: null, error: new MillraceError("ACCESS_DENIED", "no") });
  assert.deepEqual(await pass(), [
    { started: true, finished: true, pass_listed: null, pass_error_code: "ACCESS_DENIED", pass_error: "no" },
  ]);
  await beginPass(database, pipeline.name);
  assert.deepEqual(await pass(), [
    { started: true, finished: null, pass_listed: null, pass_error_code: null, pass_error: null },
  ]);
  await endPass(database, pipeline.name, { listed: 3 });
  assert.deepEqual(await pass(), [
    { started: true, finished: true, pass_listed: 3, pass_error_code: null, pass_error: null },
  ]);
});

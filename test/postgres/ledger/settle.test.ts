import assert from "node:assert/strict";
import { test } from "node:test";
import type { LoadJob } from "../../../src/discover/job.ts";
import type { Database } from "../../../src/postgres/connect.ts";
import { knownObjects, noteSameContent } from "../../../src/postgres/ledger/objects.ts";
import { formerCoverage } from "../../../src/postgres/ledger/settle.ts";
import { stagingTables } from "../../daemon/books.ts";
import { listed } from "../pipelines.ts";
import { pipeline, prepared, RECEIPT, settle, statusOf, verdictOf } from "./jobs.ts";

test("a verdict leaves the whole account of a load", async (t) => {
  const { database, slice } = await prepared(t);
  const loadId = await settle(database, slice);
  const objectId = slice.objects[0]?.objectId;
  assert.deepEqual(await statusOf(database, loadId), {
    status: "loaded",
    error_code: null,
    error: null,
    error_place: null,
    staging_table: null,
    finished: true,
  });
  const [receipt] = await database.query<Record<string, unknown>>("select * from millrace.receipt");
  assert.deepEqual(Object.values(receipt ?? {}), [loadId, ...Object.values<number>({ ...RECEIPT })]);
  assert.deepEqual(await database.query("select * from millrace.load_object"), [
    {
      load_id: loadId,
      object_id: objectId,
      etag: "e1",
      size: 100,
      content_crc: 4294967295,
      content_length: 6,
      bytes_received: 100,
      bytes_decompressed: 1000,
      records_read: 10,
      records_rejected: 1,
    },
  ]);
  assert.deepEqual(await database.query("select * from millrace.tally"), [
    { load_id: loadId, kind: "filtered", name: "odd \\x00 \ufffd", field: "", count: 2 },
  ]);
  assert.deepEqual(await database.query("select * from millrace.reject"), [
    {
      reject_id: 1,
      load_id: loadId,
      object_id: objectId,
      line: 3,
      byte_offset: 120,
      field: "date",
      reason: "not a date",
      raw: 'x,"\\u0000",30 février',
    },
  ]);
  assert.equal((await database.query("select from millrace.check_result where passed")).length, 2);
  const known = (await knownObjects(database, pipeline)).get("a");
  assert.deepEqual(
    [known?.etag, known?.size, known?.contentCrc, known?.contentLength, known?.fingerprint],
    ["e1", 100, 4294967295, 6, "f1"],
  );
});

test("the coverage of the load that a slice holds", async (t) => {
  const { database, slice } = await prepared(t);
  const loadId = await settle(database, slice);
  const coverage = () => database.transaction((client) => formerCoverage(client, "noaa", "1872"));
  assert.deepEqual(await coverage(), []);
  await database.query("insert into millrace.slice (source, slice, load_id) values ('noaa', '1872', $1)", [
    loadId,
  ]);
  assert.deepEqual(await coverage(), verdictOf(slice, loadId).coverage.toReversed());
});

test("a quarantined load marks its version and leaves the one in the database", async (t) => {
  const { database, slice } = await prepared(t);
  await settle(database, slice);
  const [first] = slice.objects;
  assert.ok(first);
  const next = { ...slice, objects: [{ ...first, object: listed("a", "e2") }] };
  const loadId = await settle(database, next, "quarantined");
  const known = (await knownObjects(database, pipeline)).get("a");
  assert.deepEqual([known?.etag, known?.refusedEtag, known?.refusedOutcome], ["e1", "e2", "quarantined"]);
  assert.deepEqual(await statusOf(database, loadId), {
    status: "quarantined",
    error_code: null,
    error: "check coverage found no May, expected no month lost",
    error_place: null,
    staging_table: `staging.load_${loadId}`,
    finished: true,
  });
  await settle(database, { ...slice, objects: [{ ...first, object: listed("a", "e3") }] });
  const settled = (await knownObjects(database, pipeline)).get("a");
  assert.deepEqual([settled?.etag, settled?.refusedEtag, settled?.refusedOutcome], ["e3", null, null]);
});

/** The job for other versions of these of its objects. */
function withEtag({ objects, ...job }: LoadJob, etag: string, keys = ["a", "b", "c"]): LoadJob {
  const chosen = objects.filter(({ object }) => keys.includes(object.key));
  return { ...job, objects: chosen.map((one) => ({ ...one, object: listed(one.object.key, etag) })) };
}

/** Of each load: number, status, its staging table by name, and again if that is there. */
const fates = async (database: Database): Promise<string[]> =>
  (
    await database.query<{ fate: string }>(
      `select concat_ws(' ', load_id, status, staging_table, to_regclass(staging_table)) as fate
       from millrace.load order by load_id`,
    )
  ).map(({ fate }) => fate);

test("the content of a quarantined version is remembered until one is loaded, under any etag", async (t) => {
  const { database, slice } = await prepared(t);
  await settle(database, slice, "quarantined");
  const refused = async () => {
    const known = (await knownObjects(database, pipeline)).get("a");
    const { refusedEtag, refusedSize, refusedContentCrc, refusedContentLength } = known ?? {};
    return [refusedEtag, refusedSize, refusedContentCrc, refusedContentLength];
  };
  assert.deepEqual(await refused(), ["e1", 100, 4294967295, 6]);
  const objectId = slice.objects[0]?.objectId ?? 0;
  const version = { etag: "e2", size: 100, contentCrc: 4294967295, contentLength: 6 };
  await noteSameContent(database, objectId, "quarantined", { ...version, contentCrc: 1 });
  assert.deepEqual(await refused(), ["e1", 100, 4294967295, 6]);
  await noteSameContent(database, objectId, "quarantined", version);
  assert.deepEqual(await refused(), ["e2", 100, 4294967295, 6]);
  await settle(database, withEtag(slice, "e3"));
  assert.deepEqual(await refused(), [null, null, null, null]);
  await noteSameContent(database, objectId, "quarantined", version);
  assert.deepEqual(await refused(), [null, null, null, null]);
});

test("a later verdict on the same slice supersedes a quarantined load and drops its rows", async (t) => {
  for (const outcome of ["loaded", "quarantined"] as const) {
    const { database, slice, group } = await prepared(t);
    await database.query("create table staging.load_1 ()");
    await settle(database, slice, "quarantined");
    assert.deepEqual(await fates(database), ["1 quarantined staging.load_1 staging.load_1"]);
    const other = withEtag(group, "e2", ["b"]);
    await settle(database, { ...other, slice: "1873" }, "quarantined");
    assert.equal((await fates(database))[0], "1 quarantined staging.load_1 staging.load_1");
    // The slice under another key, and the object that waits for load 2.
    await settle(database, { ...other, slice: "1872" }, outcome);
    assert.deepEqual(await fates(database), [
      "1 superseded",
      "2 superseded",
      outcome === "loaded" ? "3 loaded" : "3 quarantined staging.load_3",
    ]);
  }
});

test("a quarantined group is superseded once none of its objects waits for it", async (t) => {
  const { database, group } = await prepared(t);
  await database.query("create table staging.load_1 ()");
  await settle(database, group, "quarantined");
  await settle(database, withEtag(group, "e2", ["a", "b"]));
  assert.equal((await fates(database))[0], "1 quarantined staging.load_1 staging.load_1");
  await settle(database, withEtag(group, "e2", ["c"]));
  assert.deepEqual(await fates(database), ["1 superseded", "2 loaded", "3 loaded"]);
  assert.deepEqual(await stagingTables(database), []);
});

test("a staging table that somebody reads stays, and no load waits for its reader", async (t) => {
  const { database, slice } = await prepared(t);
  await database.query("create table staging.load_1 ()");
  await settle(database, slice, "quarantined");
  await database.transaction(async (client) => {
    await client.query("select from staging.load_1");
    await settle(database, withEtag(slice, "e2"));
  });
  assert.equal((await fates(database))[0], "1 quarantined staging.load_1 staging.load_1");
  await settle(database, withEtag(slice, "e3"));
  assert.equal((await fates(database))[0], "1 superseded");
});

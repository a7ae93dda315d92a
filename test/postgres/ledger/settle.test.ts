import assert from "node:assert/strict";
import { test } from "node:test";
import { knownObjects } from "../../../src/postgres/ledger/objects.ts";
import { formerCoverage } from "../../../src/postgres/ledger/settle.ts";
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
    staging_table: "load_1",
    finished: true,
  });
  await settle(database, { ...slice, objects: [{ ...first, object: listed("a", "e3") }] });
  const settled = (await knownObjects(database, pipeline)).get("a");
  assert.deepEqual([settled?.etag, settled?.refusedEtag, settled?.refusedOutcome], ["e3", null, null]);
});

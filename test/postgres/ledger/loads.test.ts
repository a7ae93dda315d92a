import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import type { LoadJob } from "../../../src/discover/job.ts";
import { MillraceError } from "../../../src/errors.ts";
import type { Database } from "../../../src/postgres/connect.ts";
import {
  attemptLoad,
  claimLoad,
  failLoad,
  settleAbandoned,
  skipLoad,
} from "../../../src/postgres/ledger/loads.ts";
import { hasIncomplete, knownObjects } from "../../../src/postgres/ledger/objects.ts";
import { settleLoad } from "../../../src/postgres/ledger/settle.ts";
import { listed } from "../pipelines.ts";
import { pipeline, prepared, settle, statusOf, verdictOf } from "./jobs.ts";

const claim = async (database: Database, job: LoadJob): Promise<boolean> => {
  const loadId = await attemptLoad(database, job);
  return database.transaction((client) => claimLoad(client, job, loadId));
};

/** Claims a job and keeps it until the work is done. */
const whileClaimed = async (database: Database, job: LoadJob, work: () => Promise<void>): Promise<void> => {
  const loadId = await attemptLoad(database, job);
  await database.transaction(async (client) => {
    assert.equal(await claimLoad(client, job, loadId), true);
    await work();
  });
};

test("one of two claims wins: of a slice, of a group, and of groups that share an object", async (t) => {
  const { database, slice, group } = await prepared(t);
  await whileClaimed(database, slice, async () => {
    assert.equal(await claim(database, slice), false);
    assert.equal(await claim(database, group), false);
    assert.equal(await claim(database, { ...group, objects: group.objects.slice(1) }), true);
  });
  // Other objects, the same slice.
  await whileClaimed(database, slice, async () => {
    assert.equal(await claim(database, { ...slice, objects: group.objects.slice(1) }), false);
    assert.equal(await claim(database, { ...slice, slice: "1873", objects: group.objects.slice(1) }), true);
  });
  assert.equal(await claim(database, slice), true, "a claim ends with its transaction");
});

test("a claim dies with its connection", async (t) => {
  const { database, slice } = await prepared(t);
  const client = await database.connect();
  await client.query("begin");
  assert.equal(await claimLoad(client, slice, await attemptLoad(database, slice)), true);
  await database.query(
    `select pg_terminate_backend(pid, 5000) from pg_stat_activity
     where state = 'idle in transaction' and datname = current_database()`,
  );
  client.release(true);
  assert.equal(await claim(database, slice), true);
});

test("what is loaded is not loaded again, unless another version or a reload asks for it", async (t) => {
  const { database, slice, group } = await prepared(t);
  await settle(database, slice);
  assert.equal(await claim(database, slice), false);
  assert.equal(await claim(database, { ...slice, reload: true }), false, "same configuration");
  const other = { ...pipeline, fingerprint: "f2" };
  assert.equal(await claim(database, { ...slice, pipeline: other }), false);
  assert.equal(await claim(database, { ...slice, pipeline: other, reload: true }), true);
  assert.equal(await claim(database, group), true, "two of its objects are left to do");
  const [first] = slice.objects;
  assert.ok(first);
  assert.equal(await claim(database, { ...slice, objects: [{ ...first, object: listed("a", "e2") }] }), true);
});

test("what a load has marked is loaded again, once", async (t) => {
  const { database, slice } = await prepared(t);
  await settle(database, slice);
  assert.equal(await hasIncomplete(database, pipeline), false);
  await database.query("update millrace.object set incomplete = true where key = 'a'");
  assert.equal(await hasIncomplete(database, pipeline), true);
  assert.equal(await claim(database, slice), false, "only a reload asks for it");
  await settle(database, { ...slice, reload: true });
  assert.equal(await hasIncomplete(database, pipeline), false);
  assert.equal(await claim(database, { ...slice, reload: true }), false);
});

test("of many processes with the same job exactly one loads", async (t) => {
  const { database, group } = await prepared(t);
  const outcomes = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const loadId = await attemptLoad(database, group);
      return database.transaction(async (client) => {
        const claimed = await claimLoad(client, group, loadId);
        if (claimed) await settleLoad(client, group, verdictOf(group, loadId));
        return claimed;
      });
    }),
  );
  assert.equal(outcomes.filter(Boolean).length, 1);
});

test("a failed load names its error and marks the object at fault, or all of them", async (t) => {
  const { database, group } = await prepared(t);
  const refused = async () =>
    [...(await knownObjects(database, pipeline)).values()].map((known) => known.refusedOutcome);
  const loadId = await attemptLoad(database, group);
  const place = { bucket: "test-bucket", key: "b", line: 7 };
  await failLoad(database, loadId, new MillraceError("OBJECT_CORRUPT", "wrong CRC", place), group);
  assert.deepEqual(await statusOf(database, loadId), {
    status: "failed",
    error_code: "OBJECT_CORRUPT",
    error: "wrong CRC",
    error_place: "s3://test-bucket/b, line 7",
    staging_table: null,
    finished: true,
  });
  assert.deepEqual(await refused(), [null, "failed", null]);
  await failLoad(database, loadId, new MillraceError("LOAD_ABORTED", "stopped"), group);
  assert.deepEqual(await refused(), [null, "failed", null]);
  await failLoad(database, loadId, new MillraceError("RECEIPT_MISMATCH", "1 + 1 = 3"), group);
  assert.deepEqual(await refused(), ["quarantined", "quarantined", "quarantined"]);
});

test("failed versions are due again after pauses that double, until they have failed too often", async (t) => {
  const { database, slice } = await prepared(t);
  /** Fails once more; returns attempts and seconds until the version is due. */
  const fail = async (error: MillraceError, job: LoadJob = slice) => {
    await failLoad(database, await attemptLoad(database, job), error, job);
    const [row] = await database.query<{ attempts: number; pause: number | null }>(
      `select refused_attempts as attempts, round(extract(epoch from refused_until - now()))::float8 as pause
       from millrace.object where key = 'a'`,
    );
    return [row?.attempts, row?.pause];
  };
  const corrupt = new MillraceError("OBJECT_CORRUPT", "wrong CRC");
  const pauses = [];
  for (let attempt = 1; attempt <= 9; attempt++) pauses.push(await fail(corrupt));
  assert.deepEqual(pauses, [
    ...[30, 60, 120, 240, 480, 960, 1920].map((pause, at) => [at + 1, pause]),
    [8, null],
    [9, null],
  ]);
  assert.equal((await knownObjects(database, pipeline)).get("a")?.refusedRetry, "never");

  const other = { ...slice, pipeline: { ...pipeline, fingerprint: "f2" } };
  assert.deepEqual(await fail(corrupt, other), [1, 30], "another configuration begins anew");
  const known = (await knownObjects(database, pipeline)).get("a");
  assert.deepEqual([known?.refusedRetry, known?.refusedFingerprint], ["later", "f2"]);

  const away = new MillraceError("STORE_UNREACHABLE", "no route");
  await database.query("update millrace.object set refused_attempts = 5000, refused_load_id = null");
  assert.deepEqual(await fail(away), [1, 30]);
  await database.query("update millrace.object set refused_attempts = 5000");
  assert.deepEqual(await fail(away), [5001, 3600], "what lies around the object is tried for ever");
  const wrong = new MillraceError("CONFIG_INVALID", "nonsense");
  await database.query("update millrace.object set refused_attempts = 0");
  assert.deepEqual(await fail(wrong), [1, null], "what a person must correct is not tried again");
  const held = new MillraceError("TOO_MANY_KPIS", "40,000 elements");
  assert.deepEqual(await fail(held), [null, null]);
});

test("a reload that fails is marked as long as it is wanted", async (t) => {
  const { database, slice } = await prepared(t);
  await settle(database, slice);
  const reload = { ...slice, reload: true };
  const gone = new MillraceError("DATABASE_UNREACHABLE", "gone");
  const refused = async () => (await knownObjects(database, pipeline)).get("a")?.refusedEtag;
  await failLoad(database, await attemptLoad(database, reload), gone, reload);
  assert.equal(await refused(), null, "another process has made it meanwhile");
  await database.query("update millrace.object set incomplete = true where key = 'a'");
  await failLoad(database, await attemptLoad(database, reload), gone, reload);
  assert.equal(await refused(), slice.objects[0]?.object.etag);
});

test("a failure does not mark a version that another process has loaded meanwhile", async (t) => {
  const { database, slice } = await prepared(t);
  const slow = await attemptLoad(database, slice);
  await settle(database, slice);
  await failLoad(database, slow, new MillraceError("DATABASE_UNREACHABLE", "gone"), slice);
  assert.equal((await knownObjects(database, pipeline)).get("a")?.refusedEtag, null);
});

test("attempts of dead processes are settled, those of live ones are not", async (t) => {
  const { database, slice, group } = await prepared(t);
  const skipped = await attemptLoad(database, slice);
  await skipLoad(database, skipped);
  const young = await attemptLoad(database, group);
  const overdue = await attemptLoad(database, group);
  await database.query("update millrace.load set started_at = now() - interval '1 day' where load_id = $1", [
    overdue,
  ]);
  const dead = await attemptLoad(database, group);
  const ended = spawnSync(process.execPath, ["--version"]).pid;
  await database.query("update millrace.load set pid = $2 where load_id = $1", [dead, ended]);
  await whileClaimed(database, slice, async () => {
    await database.query(
      "update millrace.load set started_at = now() - interval '1 day' where slice = '1872'",
    );
    assert.deepEqual(await settleAbandoned(database), [
      { loadId: overdue, pipeline: "test-daily", name: "group" },
      { loadId: dead, pipeline: "test-daily", name: "group" },
    ]);
  });
  const status = async (loadId: number) => (await statusOf(database, loadId))?.["status"];
  assert.deepEqual(await Promise.all([skipped, young, overdue, dead].map(status)), [
    "skipped",
    "running",
    "failed",
    "failed",
  ]);
  assert.equal((await statusOf(database, overdue))?.["error_code"], "LOAD_ABORTED");
});

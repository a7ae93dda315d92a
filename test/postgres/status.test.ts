import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { readLedgerStatus } from "../../src/postgres/status.ts";
import { testDatabase } from "../database.ts";

/** A ledger with one pipeline in every state that an object and a load can be in. */
const LEDGER = `
  insert into millrace.pipeline (pipeline, source, target, fingerprint, pass_started_at, pass_finished_at, pass_listed)
  values ('quiet', 'noaa', 'daily', 'f', null, null, null),
    ('busy', 'noaa', 'daily', 'f', '2026-01-02 03:00Z', '2026-01-02 03:04:05.678Z', 7);
  insert into millrace.load (pipeline, name, status, fingerprint, started_at, finished_at, host, pid, error_code, error, error_place)
  values
    ('busy', 'first', 'loaded', 'f', '2026-01-01 00:00Z', '2026-01-01 00:10Z', 'h', 1, null, null, null),
    ('busy', 'later', 'loaded', 'f', '2026-01-02 00:00Z', '2026-01-02 00:10Z', 'h', 1, null, null, null),
    ('busy', 'settled', 'failed', 'f', '2026-01-01 00:00Z', '2026-01-01 00:01Z', 'h', 1, 'OBJECT_EMPTY', 'e', null),
    ('busy', 'failing', 'failed', 'f', '2026-01-01 00:00Z', '2026-01-01 00:01Z', 'h', 1, 'OBJECT_CORRUPT', 'bad CRC', 's3://b/4'),
    ('busy', 'held', 'quarantined', 'f', '2026-01-01 00:00Z', '2026-01-01 00:01Z', 'h', 1, null, 'share', null),
    ('busy', 'dead', 'running', 'f', '2026-01-01 00:00Z', null, 'h', 1, null, null, null),
    ('busy', 'fresh', 'running', 'f', now(), null, 'h', 2, null, null, null),
    ('busy', 'claimed', 'running', 'f', '2026-01-01 00:00Z', null, 'h', 3, null, null, null),
    ('busy', 'given up', 'failed', 'f', '2026-01-01 00:00Z', '2026-01-01 00:01Z', 'h', 1, 'OBJECT_EMPTY', 'e', null);
  insert into millrace.object (pipeline, bucket, key, seen_etag, seen_size, seen_modified, gone_at, etag, refused_etag, refused_load_id, refused_outcome, refused_attempts, refused_until)
  values
    ('busy', 'b', '1', 'e1', 10, now(), null, 'e1', null, null, null, null, null),
    ('busy', 'b', '2', 'e2', 20, now(), null, null, null, null, null, null, null),
    ('busy', 'b', '3', 'new', 40, now(), null, 'old', 'former', 3, 'failed', 9, now()),
    ('busy', 'b', '4', 'e4', 80, now(), null, null, 'e4', 4, 'failed', 3, '2026-01-01 00:05Z'),
    ('busy', 'b', '7', 'e7', 0, now(), null, null, 'e7', 9, 'failed', 8, null),
    ('busy', 'b', '5', 'e5', 160, now(), null, 'old', 'e5', 5, 'quarantined', null, null),
    ('busy', 'b', '6', 'e6', 320, now(), now(), 'e6', null, null, null, null, null);
  insert into millrace.coverage values (1, '2025-11-01', 5, '2025-11-30'), (2, '2025-12-01', 5, '2025-12-24');
  insert into millrace.mart (mart, query, fingerprint, stale_since, rebuilt_at, rows, error)
  values ('current', 'select 1', 'f', null, '2026-01-02 00:00Z', 12, null),
    ('never', 'select 1', 'f', '2026-01-03 00:00Z', null, null, 'division by zero');
`;

suite("status of the ledger", () => {
  test("tells objects, loads and marts by their states", async (context) => {
    const { database } = await testDatabase(context);
    await database.query(LEDGER);
    const status = await database.transaction(async (client) => {
      // What a load's transaction holds while it runs.
      await client.query("select pg_advisory_xact_lock(hashtext('millrace load'), 8)");
      return readLedgerStatus(database);
    });
    const [busy, quiet] = status.pipelines;
    assert.deepEqual(busy, {
      pipeline: "busy",
      source: "noaa",
      target: "daily",
      passStartedAt: "2026-01-02T03:00:00.000Z",
      passFinishedAt: "2026-01-02T03:04:05.678Z",
      passErrorCode: null,
      passError: null,
      objects: 6,
      current: 1,
      pending: 2,
      pendingBytes: 60,
      gone: 1,
      lastLoadAt: "2026-01-02T00:10:00.000Z",
      newestDate: "2025-12-24",
      runningLoads: 2,
      failedLoads: 2,
      failedForGood: 1,
      quarantinedLoads: 1,
    });
    assert.equal(quiet?.objects, 0);
    assert.equal(quiet.pendingBytes, 0);
    assert.equal(quiet.lastLoadAt, null);
    assert.deepEqual(
      status.loads.map((load) => [load.load, load.name, load.status, load.alive]),
      [
        [9, "given up", "failed", false],
        [8, "claimed", "running", true],
        [7, "fresh", "running", true],
        [6, "dead", "running", false],
        [5, "held", "quarantined", false],
        [4, "failing", "failed", false],
      ],
    );
    assert.deepEqual(
      status.loads.map((load) => [load.attempts, load.retryAt]),
      [[8, null], ...Array.from({ length: 4 }, () => [null, null]), [3, "2026-01-01T00:05:00.000Z"]],
    );
    const failing = status.loads.at(-1);
    assert.deepEqual(
      [failing?.errorCode, failing?.error, failing?.place, failing?.finishedAt],
      ["OBJECT_CORRUPT", "bad CRC", "s3://b/4", "2026-01-01T00:01:00.000Z"],
    );
    assert.deepEqual(status.marts, [
      { mart: "current", rows: 12, rebuiltAt: "2026-01-02T00:00:00.000Z", staleSince: null, error: null },
      {
        mart: "never",
        rows: null,
        rebuiltAt: null,
        staleSince: "2026-01-03T00:00:00.000Z",
        error: "division by zero",
      },
    ]);
  });

  test("tells the newest day of what was upserted, not of what was held back", async (context) => {
    const { database } = await testDatabase(context);
    await database.query(`
      insert into millrace.pipeline (pipeline, source, target, fingerprint) values ('p', 'openaq', 'observations', 'f');
      insert into millrace.load (pipeline, name, status, fingerprint, host, pid, newest_date) values
        ('p', 'first', 'loaded', 'f', 'h', 1, '2026-01-05'), ('p', 'empty', 'loaded', 'f', 'h', 1, null),
        ('p', 'late', 'loaded', 'f', 'h', 1, '2026-01-03'), ('p', 'held', 'quarantined', 'f', 'h', 1, '2099-01-01')`);
    const { pipelines } = await readLedgerStatus(database);
    assert.equal(pipelines[0]?.newestDate, "2026-01-05");
  });

  test("lists the latest twenty of a state and counts them all", async (context) => {
    const { database } = await testDatabase(context);
    await database.query(`
      insert into millrace.pipeline (pipeline, source, target, fingerprint) values ('p', 'noaa', 'daily', 'f');
      insert into millrace.load (pipeline, name, status, fingerprint, host, pid)
      select 'p', n::text, 'failed', 'f', 'h', 1 from generate_series(1, 30) n;
      insert into millrace.object (pipeline, bucket, key, seen_etag, seen_size, seen_modified, refused_etag, refused_load_id, refused_outcome)
      select 'p', 'b', n::text, 'e', 1, now(), 'e', n, 'failed' from generate_series(1, 30) n`);
    const { pipelines, loads } = await readLedgerStatus(database);
    assert.equal(pipelines[0]?.failedLoads, 30);
    assert.deepEqual(
      loads.map((load) => load.load),
      Array.from({ length: 20 }, (_, index) => 30 - index),
    );
  });
});

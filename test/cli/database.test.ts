import assert from "node:assert/strict";
import { type AddressInfo, createServer } from "node:net";
import { suite, test } from "node:test";
import { testDatabase } from "../database.ts";
import { dailyPipeline, Loader } from "../postgres/merging.ts";
import { millrace } from "./command.ts";

suite("commands that need the database", () => {
  test("migrate brings it up to date and says what it did; status asks for that first", async (context) => {
    const { url, database } = await testDatabase(context);
    const env = { DATABASE_URL: url };
    const current = await millrace(["migrate", "--json"], { env });
    assert.equal(current.code, 0, current.stderr);
    assert.deepEqual(JSON.parse(current.stdout), { database: database.name, applied: [] });
    const again = await millrace(["migrate"], { env });
    assert.equal(again.stdout, `${database.name} is up to date.\n`);

    await database.query("drop schema millrace, storage, staging, production cascade");
    const early = await millrace(["status"], { env });
    assert.equal(early.code, 1);
    assert.match(early.stderr, /lacks 0001_tables\.sql.*\[DATABASE_OUTDATED\] Run `millrace migrate`/);
    const done = await millrace(["migrate"], { env });
    assert.equal(done.code, 0, done.stderr);
    assert.match(done.stdout, /: applied 0001_tables\.sql, /);
    const status = await millrace(["status"], { env });
    assert.equal(status.stdout, "Nothing has been loaded yet.\n");
  });

  test("status as a table and as JSON", async (context) => {
    const { url, database } = await testDatabase(context);
    await database.query(`
      insert into millrace.pipeline (pipeline, source, target, fingerprint, pass_error_code, pass_error)
      values ('noaa-daily', 'noaa', 'daily', 'f', 'BUCKET_NOT_FOUND', 'there is no such bucket');
      insert into millrace.load (pipeline, name, status, fingerprint, host, pid, error_code, error, error_place)
      values ('noaa-daily', '1872', 'quarantined', 'f', 'h', 1, 'RECEIPT_MISMATCH', 'one row is missing', 's3://b/k'),
        ('noaa-daily', '1873', 'failed', 'f', 'h', 1, 'OBJECT_EMPTY', 'no bytes', null),
        ('noaa-daily', '1874', 'failed', 'f', 'h', 1, 'OBJECT_EMPTY', 'no bytes', null);
      insert into millrace.object (pipeline, bucket, key, seen_etag, seen_size, seen_modified, refused_etag, refused_load_id, refused_outcome,
        refused_attempts, refused_until)
      values ('noaa-daily', 'b', 'k', 'e', 2500000, now(), 'e', 1, 'quarantined', null, null),
        ('noaa-daily', 'b', 'l', 'e', 2500000, now(), null, null, null, null, null),
        ('noaa-daily', 'b', 'm', 'e', 0, now(), 'e', 2, 'failed', 3, '2026-01-02 03:04Z'),
        ('noaa-daily', 'b', 'n', 'e', 0, now(), 'e', 3, 'failed', 8, null)`);
    const env = { DATABASE_URL: url };
    const { code, stdout, stderr } = await millrace(["status"], { env });
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^noaa-daily +4 +0 +1 +2\.5 MB +0 +2 +1 +–/m);
    assert.match(stdout, /^noaa-daily: the last pass failed: there is no such bucket \[BUCKET_NOT_FOUND\]$/m);
    assert.match(
      stdout,
      /^ +1  quarantined  – +noaa-daily  1872  s3:\/\/b\/k  one row is missing \[RECEIPT_MISMATCH\]$/m,
    );
    assert.match(stdout, /^ +2  failed +2026-01-02 03:04 \(tried 3 times\)  noaa-daily  1873 /m);
    assert.match(stdout, /^ +3  failed +never \(tried 8 times\) +noaa-daily  1874 /m);
    const json = await millrace(["status", "--json"], { env });
    const facts = JSON.parse(json.stdout) as {
      pipelines: unknown[];
      loads: { load: number }[];
      marts: unknown[];
    };
    assert.equal(facts.pipelines.length, 1);
    assert.equal(facts.loads.at(-1)?.load, 1);
  });

  test("compact does what is due, with --all what has just been loaded too", async (context) => {
    const { url, database } = await testDatabase(context);
    const load = await Loader.of(database, dailyPipeline());
    const fact = { station_key: await load.station("A"), kpi_key: await load.kpi("TMAX"), value: 1 };
    for (const slice of ["1871", "1872"]) {
      await load.load([{ ...fact, date_: `${slice}-02-03` }], { slice });
    }
    await database.query("update millrace.load set status = 'loaded', finished_at = now()");
    const env = { DATABASE_URL: url };
    const young = await millrace(["compact"], { env });
    assert.deepEqual([young.code, young.stdout, young.stderr], [0, "Nothing is to be compacted.\n", ""]);
    const stranger = await millrace(["compact", "--all", "noaa-stations"], { env });
    assert.equal(stranger.stdout, "Nothing is to be compacted.\n");
    assert.equal((await millrace(["compact", "noaa-dayly"], { env })).code, 2);

    await database.query("create table staging.compact_noaa_1872 ()");
    const hindered = await millrace(["compact", "--all", "--json", "noaa-daily"], { env });
    assert.equal(hindered.code, 1, hindered.stderr);
    const facts = JSON.parse(hindered.stdout) as { slice: string; outcome: string; rows?: number }[];
    assert.deepEqual(
      facts.map(({ slice, outcome, rows }) => [slice, outcome, rows]),
      [
        ["1872", "failed", undefined],
        ["1871", "compacted", 1],
      ],
    );
    await database.query("drop table staging.compact_noaa_1872");
    const rest = await millrace(["compact", "--all"], { env });
    assert.equal(rest.code, 0, rest.stderr);
    assert.match(rest.stdout, /^noaa-daily 1872: compacted 1 row in .* became .*\n$/);

    await database.query("drop schema millrace, storage, staging, production cascade");
    const early = await millrace(["compact"], { env });
    assert.equal(early.code, 1);
    assert.match(early.stderr, /\[DATABASE_OUTDATED\]/);
  });

  test("no server there: exit code 1 and what to do, without a stack or the password", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const env = { DATABASE_URL: `postgres://millrace:hunter2@127.0.0.1:${port}/millrace` };
    const { code, stderr } = await millrace(["status"], { env });
    assert.equal(code, 1);
    assert.match(stderr, /^millrace: .*ECONNREFUSED.*\[DATABASE_UNREACHABLE\] .*\n$/);
    const debug = await millrace(["status"], { env: { ...env, MILLRACE_LOG_LEVEL: "debug" } });
    assert.match(debug.stderr, /\n {2}because: .*ECONNREFUSED/);
    assert.doesNotMatch(stderr + debug.stderr, /hunter2/);
  });
});

/** Objects that cannot be loaded: each is told, none leaves a trace in production, each is healed by a good version. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { suite, type TestContext, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { describe } from "../../src/observe/sentence.ts";
import { samples, skipWithoutSamples } from "../samples.ts";
import { assertBooks, type LoadEntry, loadsAfter, newestLoad, production, stagingTables } from "./books.ts";
import { archiveDay, archiveText, DAMAGES, year, yearLines } from "./damage.ts";
import { startFront } from "./front.ts";
import { ARCHIVE, archiveKey, type Mill, NOAA, openMill, shipped, yearKey } from "./mill.ts";

const SINCE_2000 = { from: "2000-01-01" };

/** What is wrong with an object, beyond DAMAGES, in the formats of both pipelines. */
const HEADS = {
  noaa: {
    lacking: "ID,DATE,ELEMENT,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME\nGM000004204,20080101,TMAX,,,E,\n",
    alone: "ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME\n",
  },
  archive: {
    lacking:
      "location_id,sensors_id,location,datetime,lat,lon,parameter,value\n2178,77,S,2024-05-08T01:00:00+02:00,1,1,pm25,1\n",
  },
};

interface Expected {
  readonly code: string;
  readonly message: RegExp;
}

/** The faulty entry of the ledger and the event of this key say what is wrong, and where. */
function assertTold(mill: Mill, entries: readonly LoadEntry[], where: string, expected: Expected): void {
  const found = entries.filter(({ place }) => place?.includes(where));
  assert.equal(found.length, 1, `${where}: ${JSON.stringify(entries)}`);
  assert.equal(found[0]?.status, "failed");
  assert.equal(found[0].code, expected.code, JSON.stringify(found));
  assert.match(found[0].error ?? "", expected.message);
  const lines = mill.events.flatMap((event) => describe(event)?.text ?? []);
  const line = lines.find((text) => text.includes(where) && text.includes(": failed: "));
  assert.match(line ?? "", expected.message, lines.join("\n"));
  assert.ok(line?.includes(`[${expected.code}]`), line);
}

async function openFronted(context: TestContext, mill: Mill) {
  const front = await startFront(mill.bucket.endpoint);
  context.after(() => front.stop());
  return front;
}

suite("objects that cannot be loaded", { concurrency: 2 }, () => {
  test("of noaa-daily, one a load", async (context) => {
    const faults = [
      ...DAMAGES.map((damage) => ({ ...damage, status: 0 })),
      {
        name: "a header that lacks a column",
        code: "COLUMN_MISSING",
        message: /lacks DATA_VALUE; it has ID, DATE/,
        make: () => gzipSync(HEADS.noaa.lacking),
        status: 0,
      },
      {
        name: "a header without rows",
        code: "OBJECT_EMPTY",
        message: /no record/,
        make: () => gzipSync(HEADS.noaa.alone),
        status: 0,
      },
      ...[
        { status: 403, code: "ACCESS_DENIED", message: /access is denied.*403/ },
        { status: 404, code: "OBJECT_NOT_FOUND", message: /does not exist.*404/ },
      ].map((refusal) => ({
        ...refusal,
        name: `listed, but ${refusal.status}`,
        make: (content: string) => gzipSync(content, { level: 1 }),
      })),
    ];
    const years = faults.map((fault, at) => ({ ...fault, year: 2000 + at }));
    const good = years.map((fault) => year(fault.year, yearLines(fault.year)));
    const mill = await openMill(context, await shipped("noaa-daily"), good);
    const front = await openFronted(context, mill);
    const options = { range: SINCE_2000, endpoint: front.endpoint };
    assert.equal(await mill.run(options), true, JSON.stringify(mill.events));
    const before = await production(mill.database);
    const last = await newestLoad(mill.database);
    const staged = await stagingTables(mill.database);

    for (const fault of years) {
      const key = yearKey(fault.year);
      await mill.bucket.put(NOAA, key, fault.make(`${yearLines(fault.year).reverse().join("\n")}\n`));
      if (fault.status > 0)
        front.refuse(key, fault.status, fault.status === 403 ? "AccessDenied" : "NoSuchKey");
    }
    assert.equal(await mill.run(options), false);
    const entries = await loadsAfter(mill.database, last);
    assert.equal(entries.length, years.length);
    for (const fault of years) assertTold(mill, entries, `s3://${NOAA}/${yearKey(fault.year)}`, fault);
    assert.deepEqual(await production(mill.database), before);
    assert.deepEqual(await stagingTables(mill.database), staged);

    // Failed versions are tried again, and stay without a trace.
    assert.equal(await mill.run(options), false);
    assert.equal((await loadsAfter(mill.database, last)).length, 2 * years.length);
    assert.deepEqual(await production(mill.database), before);

    for (const fault of years) {
      front.admit(yearKey(fault.year));
      await mill.bucket.put(NOAA, yearKey(fault.year), year(fault.year, yearLines(fault.year).slice(1)).body);
    }
    assert.equal(await mill.run(options), true, JSON.stringify(mill.events));
    const [facts] = await mill.database.query<{ facts: number }>(
      "select count(*)::int as facts from production.f_climate_data",
    );
    assert.equal(facts?.facts, years.length * (yearLines(2000).length - 1));
    assert.equal(await mill.run(options), true);
    assert.ok(!mill.events.some(({ type }) => type === "load.started"));
    await assertBooks(mill.database);
  });

  test("of openaq-archive, among good ones in one load", async (context) => {
    const faults = [
      ...DAMAGES.map((damage) => ({ ...damage, status: 0 })),
      {
        name: "a header that lacks a column",
        code: "COLUMN_MISSING",
        message: /lacks units; it has location_id/,
        make: () => gzipSync(HEADS.archive.lacking),
        status: 0,
      },
      ...[
        { status: 403, code: "ACCESS_DENIED", message: /access is denied/ },
        { status: 404, code: "OBJECT_NOT_FOUND", message: /does not exist/ },
      ].map((refusal) => ({
        ...refusal,
        name: `listed, but ${refusal.status}`,
        make: (content: string) => gzipSync(content),
      })),
    ];
    // Every other day is a good one.
    const dayOf = (at: number) => `2024-05-${String(at).padStart(2, "0")}`;
    const days = faults.map((fault, at) => ({ ...fault, day: dayOf(2 * at + 2) }));
    const good = days.map((_, at) => archiveDay(2178, dayOf(2 * at + 1), [1, 2, 3]));
    const bad = days.map(({ day, make }) => ({
      bucket: ARCHIVE,
      key: archiveKey(2178, day),
      body: make(archiveText(2178, day, [1, 12, 121])),
    }));
    const mill = await openMill(context, await shipped("openaq-archive"), [...good, ...bad]);
    const front = await openFronted(context, mill);
    for (const { day, status } of days) {
      if (status > 0)
        front.refuse(archiveKey(2178, day), status, status === 403 ? "AccessDenied" : "NoSuchKey");
    }
    assert.equal(await mill.run({ endpoint: front.endpoint }), false);
    const entries = await loadsAfter(mill.database, 0);
    assert.equal(entries.filter(({ status }) => status === "loaded").length, 1);
    assert.equal(entries.length, 1 + days.length, JSON.stringify(entries));
    for (const fault of days) {
      assertTold(mill, entries, `s3://${ARCHIVE}/${archiveKey(2178, fault.day)}`, fault);
    }
    const contents = () =>
      mill.database.query<{ date_: string; n: number }>(
        "select date_::text, count(*)::int as n from production.o_openaq group by 1 order by 1",
      );
    const goodDays = days.map((_, at) => ({ date_: dayOf(2 * at + 1), n: 3 }));
    assert.deepEqual(await contents(), goodDays);

    // The next run tries the bad ones only.
    const before = await production(mill.database);
    front.reads.length = 0;
    assert.equal(await mill.run({ endpoint: front.endpoint }), false);
    assert.deepEqual([...new Set(front.reads)].sort(), bad.map(({ key }) => key).sort());
    assert.deepEqual(await production(mill.database), before);

    for (const { day } of days) {
      front.admit(archiveKey(2178, day));
      await mill.bucket.put(ARCHIVE, archiveKey(2178, day), archiveDay(2178, day, [4, 5]).body);
    }
    assert.equal(await mill.run({ endpoint: front.endpoint }), true, JSON.stringify(mill.events));
    const healed = days.map(({ day }) => ({ date_: day, n: 2 }));
    const byDay = [...goodDays, ...healed].sort((one, other) => one.date_.localeCompare(other.date_));
    assert.deepEqual(await contents(), byDay);
    await assertBooks(mill.database);
  });

  test("a bucket that is not there", async (context) => {
    const [pipeline] = await shipped("noaa-daily");
    assert.ok(pipeline);
    const mill = await openMill(context, [pipeline], [year(2021, yearLines(2021))]);
    assert.equal(await mill.run(), true);
    const before = await production(mill.database);
    const objects = { ...pipeline.objects, bucket: "no-such-bucket-anywhere" };
    assert.equal(await mill.run({ pipelines: [{ ...pipeline, objects }] }), false);
    const [entry] = await mill.database.query<{ code: string; error: string }>(
      "select pass_error_code as code, pass_error as error from millrace.pipeline",
    );
    assert.equal(entry?.code, "BUCKET_NOT_FOUND");
    assert.match(entry.error, /s3:\/\/no-such-bucket-anywhere.*does not exist/);
    const line = mill.events.flatMap((event) => (event.type === "pass.failed" ? describe(event)?.text : []));
    assert.match(line.join("\n"), /noaa-daily.*s3:\/\/no-such-bucket-anywhere.*\[BUCKET_NOT_FOUND\]/);
    assert.deepEqual(await production(mill.database), before);
    assert.equal(await mill.run(), true);
    const [healed] = await mill.database.query("select pass_error_code from millrace.pipeline");
    assert.equal(healed?.["pass_error_code"], null);
    await assertBooks(mill.database);
  });

  test("real ones: a git-lfs pointer and an HTML page in place of data", {
    skip: skipWithoutSamples,
  }, async (context) => {
    const malformed = (name: string) => readFileSync(join(samples ?? "", "malformed", name));
    const page = malformed("bucket-index.html");
    const real = gunzipSync(
      readFileSync(join(samples ?? "", "noaa-ghcn", "meta", "ghcnd-stations.txt.gz")),
    ).subarray(0, 86_000);
    const stations = real.subarray(0, real.lastIndexOf("\n") + 1);
    const mill = await openMill(context, await shipped("noaa-stations", "noaa-daily"), [
      { bucket: NOAA, key: "ghcnd-stations.txt", body: stations },
      { bucket: NOAA, key: yearKey(2021), body: page },
    ]);
    assert.equal(await mill.run(), false);
    const before = await production(mill.database);
    assert.ok(before["d_stations"]?.startsWith("1000 ") === true, before["d_stations"]);
    const last = await newestLoad(mill.database);
    await mill.bucket.put(NOAA, "ghcnd-stations.txt", malformed("git-lfs-pointer-ghcnd-stations.txt"));
    assert.equal(await mill.run(), false);
    const entries = await loadsAfter(mill.database, last);
    assertTold(mill, entries, `s3://${NOAA}/ghcnd-stations.txt`, {
      code: "OBJECT_NOT_DATA",
      message: /git-lfs pointer/,
    });
    assertTold(mill, entries, `s3://${NOAA}/${yearKey(2021)}`, {
      code: "OBJECT_NOT_DATA",
      message: /HTML page/,
    });
    assert.deepEqual(await production(mill.database), before);
  });
});

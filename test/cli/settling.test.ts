/** The commands that look at and settle what went wrong, as processes on a real bucket and database. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { assertBooks, loadsAfter, production } from "../daemon/books.ts";
import { year, yearLines } from "../daemon/damage.ts";
import { type Mill, NOAA, openMill, shipped, yearKey } from "../daemon/mill.ts";
import { millrace } from "./command.ts";

/** By itself the pipeline begins later: what was loaded from an earlier date must be found again all the same. */
const RANGE = { range: { from: "2001-01-01" } };

/** Two years that the checks of the day held back; the shipped pipeline would take both. */
async function heldBack(context: { after(cleanUp: () => Promise<void>): void }): Promise<Mill> {
  const pipelines = await shipped("noaa-daily");
  const strict = pipelines.map((pipeline) => ({
    ...pipeline,
    checks: { ...pipeline.checks, expectations: [{ name: "one", sql: "select 1", expect: 2 }] },
  }));
  const mill = await openMill(context, pipelines, [
    year(2001, [
      ...yearLines(2001, 9),
      "GM000004204,20010230,TMAX,5,,,E,",
      "GM000004204,20010231,TMAX,6,,,E,",
    ]),
    year(2002, yearLines(2002, 9)),
  ]);
  assert.equal(await mill.run({ ...RANGE, pipelines: strict }), false);
  assert.deepEqual(await outcomes(mill), { 2001: ["quarantined"], 2002: ["quarantined"] });
  return mill;
}

async function outcomes(mill: Mill): Promise<Record<string, string[]>> {
  const byName: Record<string, string[]> = {};
  for (const { name, status } of await loadsAfter(mill.database, 0)) (byName[name] ??= []).push(status);
  return byName;
}

async function loadOf(mill: Mill, name: string): Promise<string> {
  const load = (await loadsAfter(mill.database, 0)).findLast((entry) => entry.name === name);
  return String(load?.load);
}

function environmentOf(mill: Mill): Record<string, string> {
  return { DATABASE_URL: mill.url, AWS_ENDPOINT_URL_S3: mill.bucket.endpoint };
}

suite("settling", { concurrency: 2 }, () => {
  test("retry loads what the load was about, and nothing else that waits", async (context) => {
    const mill = await heldBack(context);
    const env = environmentOf(mill);
    const retried = await millrace(["retry", await loadOf(mill, "2001"), "--json"], { env });
    assert.equal(retried.code, 0, retried.stderr);
    const facts = JSON.parse(retried.stdout) as { keys: string[]; loaded: boolean };
    assert.deepEqual([facts.keys, facts.loaded], [[yearKey(2001)], true]);
    assert.deepEqual(await outcomes(mill), { 2001: ["superseded", "loaded"], 2002: ["quarantined"] });

    const plain = await openMill(context, await shipped("noaa-daily"), [year(2001, yearLines(2001, 9))]);
    assert.equal(await plain.run(RANGE), true);
    assert.deepEqual(await production(mill.database), await production(plain.database));
    await assertBooks(mill.database);
  });

  test("retry fails when the load does, which then waits in its turn", async (context) => {
    const mill = await openMill(context, await shipped("noaa-daily"), [
      { ...year(2001, yearLines(2001)), body: year(2001, yearLines(2001)).body.subarray(0, -20) },
    ]);
    assert.equal(await mill.run(RANGE), false);
    const env = environmentOf(mill);
    const again = await millrace(["retry", await loadOf(mill, "2001")], { env });
    assert.equal(again.code, 1);
    assert.deepEqual(await outcomes(mill), { 2001: ["failed", "failed"] });

    const stale = await millrace(["retry", "1"], { env });
    assert.equal(stale.code, 1);
    assert.match(
      stale.stderr,
      /load 1 is failed, and no object .* waits because of it \[NOTHING_TO_SETTLE\]/,
    );

    await mill.bucket.put(NOAA, yearKey(2001), year(2001, yearLines(2001)).body);
    const mended = await millrace(["retry", await loadOf(mill, "2001")], { env });
    assert.equal(mended.code, 0, mended.stderr);
    assert.deepEqual(await outcomes(mill), { 2001: ["failed", "failed", "loaded"] });
    await assertBooks(mill.database);
  });

  test("retry of what is no load", async (context) => {
    const mill = await openMill(context, await shipped("noaa-daily"), []);
    const env = environmentOf(mill);
    const unknown = await millrace(["retry", "7"], { env });
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /there is no load 7 \[USAGE\]/);
    assert.equal((await millrace(["retry", "all"], { env })).code, 2);
  });

  test("rejects counts all and quotes some, by reason and field", async (context) => {
    const mill = await heldBack(context);
    const env = environmentOf(mill);
    const told = await millrace(["rejects", "noaa-daily", "--examples", "1", "--json"], { env });
    assert.equal(told.code, 0, told.stderr);
    const { loads, groups } = JSON.parse(told.stdout) as { loads: number[]; groups: object[] };
    assert.equal(loads.length, 2);
    const load = Number(await loadOf(mill, "2001"));
    const line = yearLines(2001, 9).length + 1;
    const byte = yearLines(2001, 9).join("\n").length + 1;
    const raw = "GM000004204,20010230,TMAX,5,,,E,";
    const example = { load, bucket: NOAA, key: yearKey(2001), line, byte, raw };
    assert.deepEqual(groups, [
      { reason: "not a date", field: "date", count: 2, loads: 1, examples: [example] },
    ]);

    const text = await millrace(["rejects", "noaa-daily"], { env });
    assert.match(text.stdout, /^ +2 +not a date +date +1$/m);
    assert.ok(text.stdout.includes(`line ${line}, byte ${byte}\n    ${raw}\n`), text.stdout);
    const unknown = await millrace(["rejects", "nobody"], { env });
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /\[USAGE\]/);
  });
});

/** The daemon's life, on a real bucket and database; time passes as the tests say. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import type { Pipeline } from "../../src/config/pipeline.ts";
import type { MillraceEvent } from "../../src/observe/events.ts";
import { readLedgerStatus } from "../../src/postgres/status.ts";
import { type Mill, NOAA, openMill, shipped } from "./mill.ts";

const COUNTRIES = {
  bucket: NOAA,
  key: "ghcnd-countries.txt",
  body: Buffer.from("GM Germany\nSZ Switzerland\n"),
};

/** Once a year: the pause until then is longer than any after trouble. */
async function yearly(): Promise<Pipeline[]> {
  return (await shipped("noaa-countries")).map((pipeline) => ({ ...pipeline, schedule: "0 0 1 1 *" }));
}

/** A daemon that sleeps as long as the test wants: each `asleep` is one pause. */
class Daemon {
  readonly mill: Mill;
  /** Milliseconds of the pauses so far. */
  readonly pauses: number[] = [];
  readonly ended: Promise<void>;
  readonly #stop = new AbortController();
  #asleep = Promise.withResolvers<() => void>();

  constructor(context: TestContext, mill: Mill) {
    this.mill = mill;
    this.ended = mill.watch(async (milliseconds, signal) => {
      this.pauses.push(milliseconds);
      const wake = Promise.withResolvers<undefined>();
      signal.addEventListener("abort", () => {
        wake.resolve(undefined);
      });
      this.#asleep.resolve(() => {
        wake.resolve(undefined);
      });
      await wake.promise;
    }, this.#stop.signal);
    context.after(() => this.stop());
  }

  /** Resolves when the daemon pauses, with what ends the pause. */
  async asleep(): Promise<() => void> {
    const wake = await this.#asleep.promise;
    this.#asleep = Promise.withResolvers();
    return wake;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }
}

function count({ events }: Mill, type: MillraceEvent["type"]): number {
  return events.filter((event) => event.type === type).length;
}

suite("watching", () => {
  test("passes at once, then on schedule, and ends on request", async (context) => {
    const mill = await openMill(context, await yearly(), [COUNTRIES]);
    const daemon = new Daemon(context, mill);
    const wake = await daemon.asleep();
    assert.equal(count(mill, "pass.finished"), 1);
    assert.equal(count(mill, "load.finished"), 1);

    await mill.bucket.put(NOAA, COUNTRIES.key, Buffer.from("GM Germany\nSZ Switzerland\nFR France\n"));
    wake();
    await daemon.asleep();
    assert.equal(count(mill, "pass.finished"), 2);
    assert.equal(count(mill, "load.finished"), 2);
    const newYear = Date.UTC(new Date().getUTCFullYear() + 1, 0, 1);
    for (const pause of daemon.pauses) {
      const error = Math.abs(Date.now() + pause - newYear);
      assert.ok(error < 600_000, `a pause of ${pause} ms does not end at New Year`);
    }

    await daemon.stop();
    assert.equal(count(mill, "pass.started"), 2);
  });

  test("tries again after half a minute, then less and less often, until the trouble is over", async (context) => {
    const mill = await openMill(context, await yearly(), []);
    const daemon = new Daemon(context, mill);
    for (let pass = 1; pass <= 8; pass++) (await daemon.asleep())();
    const wake = await daemon.asleep();
    assert.deepEqual(
      daemon.pauses.map((pause) => pause / 1000),
      [30, 60, 120, 240, 480, 960, 1920, 3600, 3600],
    );
    assert.equal(count(mill, "pass.failed"), 9);

    await mill.bucket.put(NOAA, COUNTRIES.key, COUNTRIES.body);
    wake();
    const again = await daemon.asleep();
    assert.equal(count(mill, "load.finished"), 1);
    assert.ok((daemon.pauses.at(-1) ?? 0) > 3_600_000);

    await mill.bucket.remove(NOAA, COUNTRIES.key);
    again();
    await daemon.asleep();
    assert.equal(daemon.pauses.at(-1), 30_000);
  });

  test("a load that fails is tried again soon; one that waits for a person is not", async (context) => {
    const broken = { ...COUNTRIES, body: Buffer.from("<html>busy</html>") };
    const mill = await openMill(context, await yearly(), [broken]);
    const daemon = new Daemon(context, mill);
    const wake = await daemon.asleep();
    assert.ok(Math.abs((daemon.pauses.at(-1) ?? 0) - 30_000) < 5_000, String(daemon.pauses));
    await mill.bucket.put(NOAA, COUNTRIES.key, Buffer.from("?? Nowhere\n!! Nobody\nGM Germany\n"));
    wake();
    await daemon.asleep();
    const last = mill.events.findLast((event) => event.type === "load.finished");
    assert.equal(last?.outcome, "quarantined");
    assert.ok((daemon.pauses.at(-1) ?? 0) > 3_600_000);
  });

  test("a version that fails again and again is left to a person; a new one is not", async (context) => {
    const broken = { ...COUNTRIES, body: Buffer.from("<html>busy</html>") };
    const mill = await openMill(context, await yearly(), [broken]);
    const daemon = new Daemon(context, mill);
    let wake = await daemon.asleep();
    // Early, as the schedule may have it: it is not due, and nothing is read.
    wake();
    wake = await daemon.asleep();
    assert.equal(count(mill, "load.finished"), 1);
    const planned = mill.events.findLast((event) => event.type === "pass.planned");
    assert.deepEqual([planned?.waiting, planned?.held], [1, 0]);
    for (let attempt = 2; attempt <= 8; attempt++) {
      await mill.database.query("update millrace.object set refused_until = now()");
      wake();
      wake = await daemon.asleep();
      assert.equal(count(mill, "load.finished"), attempt);
    }
    assert.ok((daemon.pauses.at(-1) ?? 0) > 3_600_000);
    wake();
    wake = await daemon.asleep();
    assert.equal(count(mill, "load.finished"), 8);
    assert.equal(mill.events.findLast((event) => event.type === "pass.planned")?.held, 1);
    const { pipelines } = await readLedgerStatus(mill.database);
    assert.deepEqual([pipelines[0]?.failedLoads, pipelines[0]?.failedForGood], [1, 1]);
    await mill.bucket.put(NOAA, COUNTRIES.key, COUNTRIES.body);
    wake();
    await daemon.asleep();
    assert.equal(mill.events.findLast((event) => event.type === "load.finished")?.outcome, "loaded");
  });

  test("begins nothing when the request to end came before", async (context) => {
    const mill = await openMill(context, await yearly(), [COUNTRIES]);
    const stopped = AbortSignal.abort();
    await mill.watch(() => assert.fail("no pause is due"), stopped);
    assert.equal(count(mill, "pass.started"), 0);
  });

  test("a fault of the database fails the pass, not the daemon", async (context) => {
    const mill = await openMill(context, await yearly(), [COUNTRIES]);
    const daemon = new Daemon(context, mill);
    const wake = await daemon.asleep();
    await mill.database.query("alter table millrace.pipeline rename to hidden");
    wake();
    const again = await daemon.asleep();
    assert.equal(daemon.pauses.at(-1), 30_000);
    assert.equal(mill.events.findLast((event) => event.type === "pass.failed")?.code, "DATABASE_FAILED");
    await mill.database.query("alter table millrace.hidden rename to pipeline");
    again();
    await daemon.asleep();
    assert.ok((daemon.pauses.at(-1) ?? 0) > 3_600_000);
  });
});

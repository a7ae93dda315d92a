/** A store whose connections break, stall or go silent in mid-body: resumed inside the same load, or started over. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { gzipSync } from "node:zlib";
import { assertBooks } from "../daemon/books.ts";
import { yearLines } from "../daemon/damage.ts";
import { NOAA, yearKey } from "../daemon/mill.ts";
import { type Daemon, startDaemon } from "./daemon.ts";

/** A version of so many days a month, stored uncompressed, so that it is many packets long. */
async function putBody(daemon: Daemon, days: number): Promise<void> {
  await daemon.mill.bucket.put(
    NOAA,
    yearKey(2021),
    gzipSync(`${yearLines(2021, days).join("\n")}\n`, { level: 0 }),
  );
}

async function facts({ mill }: Daemon): Promise<number | undefined> {
  const [row] = await mill.database.query<{ n: number }>(
    "select count(*)::int as n from production.f_climate_data_flagged",
  );
  return row?.n;
}

suite("a store that fails in mid-body", { concurrency: 2 }, () => {
  for (const [name, fault] of [
    ["reset", "cut"],
    ["silent", "swallow"],
  ] as const) {
    test(`${name} three times: resumed at its offset inside the same load`, async (context) => {
      const daemon = await startDaemon(context);
      await putBody(daemon, 20);
      daemon.toStore.reset();
      daemon.toStore[fault](10_000, 3);
      const before = daemon.toStore.opened();
      await daemon.pass();
      assert.deepEqual(daemon.failures(), []);
      assert.equal(await facts(daemon), 20 * 72);
      assert.ok(daemon.toStore.opened() - before >= 4, "it was resumed over new connections");
      const loads = await daemon.mill.database.query<{ status: string }>(
        "select status from millrace.load order by load_id",
      );
      assert.deepEqual(
        loads.map(({ status }) => status),
        ["loaded", "loaded"],
      );
      await assertBooks(daemon.mill.database);
    });
  }

  test("rewritten while it is read (412 on resuming): the next pass loads the new version", async (context) => {
    const daemon = await startDaemon(context);
    await putBody(daemon, 20);
    daemon.toStore.reset();
    daemon.toStore.swallow(20_000, 1);
    const held = daemon.toDatabase.hold({ text: 'copy "staging"', side: "after" });
    const pass = daemon.pass();
    await held.reached;
    await putBody(daemon, 21);
    held.release();
    await pass;
    assert.deepEqual(daemon.failures(), ["OBJECT_CHANGED"]);
    await daemon.pass();
    assert.equal(await facts(daemon), 21 * 72);
    await assertBooks(daemon.mill.database);
  });

  test("paused by our own backpressure for longer than a silence may last: not cut", async (context) => {
    const daemon = await startDaemon(context);
    // 12 MB: more than sockets and streams hold, so that the store has to wait.
    const padding = `${"#".repeat(1_000)}\n`.repeat(12_000);
    await daemon.mill.bucket.put(
      NOAA,
      yearKey(2021),
      gzipSync(`${yearLines(2021, 20).join("\n")}\n${padding}`, { level: 0 }),
    );
    daemon.toStore.reset();
    const before = daemon.toStore.opened();
    const held = daemon.toDatabase.hold({ text: 'copy "staging"', side: "before" });
    const pass = daemon.pass();
    await held.reached;
    // The watchdog of bodies is set to 300 ms; the database is silent for three times that.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    held.release();
    await pass;
    assert.ok(daemon.toStore.opened() - before <= 2, "one connection to list and one to read");
  });

  test("nobody listens: the pass fails, says so, and the next one loads", async (context) => {
    const daemon = await startDaemon(context);
    await daemon.toStore.refuse();
    await daemon.pass();
    assert.deepEqual(daemon.failures(), ["STORE_UNREACHABLE"]);
    assert.equal(await daemon.obstacle(), undefined);
    await daemon.toStore.heal();
    await daemon.pass();
    assert.equal(await facts(daemon), 288);
    await assertBooks(daemon.mill.database);
  });

  test("slow and far away: takes its time", async (context) => {
    const daemon = await startDaemon(context);
    await putBody(daemon, 20);
    daemon.toStore.latency(5);
    daemon.toStore.rate(1_000_000);
    daemon.toDatabase.latency(2);
    await daemon.pass();
    assert.deepEqual(daemon.failures(), []);
    assert.equal(await facts(daemon), 20 * 72);
  });
});

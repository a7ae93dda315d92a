/**
 * The real program, killed with SIGKILL at every named step of a load and at random times, and started again. Steps are
 * statements on their way to Postgres, seen and stopped by the proxy: the program knows nothing of being watched.
 */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { type Running, startMillrace } from "../cli/command.ts";
import { openMill, shipped } from "../daemon/mill.ts";
import { testDatabase } from "../database.ts";
import { type Proxy, type Step, startProxy } from "./proxy.ts";
import { chance, LONG, repeat } from "./seed.ts";
import { assertGuarantee, backendsOf, ONCE, PIPELINES, putAll, worldOf } from "./world.ts";

/** The way of a load by its statements, in their order. The server has each of them when the program is killed. */
const STEPS: readonly [name: string, step: Step][] = [
  ["the listing noted", { text: "insert into millrace.object", side: "after" }],
  ["the attempt written", { text: "insert into millrace.load (", side: "after" }],
  ["the load claimed", { text: "for no key update", side: "after", following: "hashtext('millrace slice')" }],
  ["staging created", { text: 'create table "staging"', side: "after" }],
  ["COPY begun", { text: 'copy "staging"', side: "after" }],
  ["the former coverage read", { text: "from millrace.slice join millrace.coverage", side: "after" }],
  ["the merge begun", { text: "hashtext('millrace merge')", side: "after" }],
  ["the partition attached", { text: "attach partition", side: "after" }],
  ["the slice taken over", { text: "insert into millrace.slice", side: "after" }],
  ["the receipt written", { text: "insert into millrace.receipt", side: "after" }],
  ["the versions marked", { text: "set etag = read.etag", side: "after" }],
  ["COMMIT about to be sent", { text: "commit\0", side: "before", following: "set etag = read.etag" }],
  [
    "COMMIT sent, its answer not seen",
    { text: "commit\0", side: "after", following: "set etag = read.etag" },
  ],
];

/** The world, a database that one process after the other loads it into, and one without faults. */
async function openRace(context: TestContext) {
  const mill = await openMill(context, await shipped(...PIPELINES), []);
  const { url, database } = await testDatabase(context);
  const proxy = await startProxy(url);
  context.after(() => proxy.stop());
  const env = { DATABASE_URL: proxy.url(url), AWS_ENDPOINT_URL_S3: mill.bucket.endpoint };
  return { mill, database, proxy, start: () => startMillrace(ONCE, { env }) };
}

/** Kills the process when it has come to the step; fails when it ends without. */
async function killAt(child: Running, proxy: Proxy, step: Step): Promise<void> {
  const held = proxy.hold(step);
  const first = await Promise.race([held.reached.then(() => "reached"), child.ended]);
  child.kill("SIGKILL");
  held.release();
  assert.equal(first, "reached", JSON.stringify(first));
  await child.ended;
}

async function finish(race: Awaited<ReturnType<typeof openRace>>): Promise<void> {
  const { mill, database, start } = race;
  const { code, stdout, stderr } = await start().ended;
  assert.equal(code, 0, stdout + stderr);
  assert.equal(await mill.run({ range: { from: "2001-01-01" } }), true);
  await assertGuarantee(database, mill.database);
}

suite(`killed (${repeat()})`, () => {
  test("at every step of a load: the next process makes good, and nothing comes twice", async (context) => {
    const race = await openRace(context);
    for (const [round, [name, step]] of STEPS.entries()) {
      await putAll(race.mill.bucket, worldOf(round));
      context.diagnostic(name);
      await killAt(race.start(), race.proxy, step);
    }
    await finish(race);
    // What the killed ones held is given back.
    for (;;) {
      const { open } = await backendsOf(race.database);
      if (open === 0) break;
      await pause(50);
    }
  });

  test("at random times: the same", async (context) => {
    const race = await openRace(context);
    const random = chance("kill");
    const kills = LONG ? 100 : 4;
    await putAll(race.mill.bucket, worldOf(0));
    const began = performance.now();
    assert.equal((await race.start().ended).code, 0);
    const whole = performance.now() - began;
    const counts = { killed: 0, done: 0 };
    for (let round = 1; round <= kills; round++) {
      await putAll(race.mill.bucket, worldOf(round));
      const child = race.start();
      const over = new AbortController();
      // The first half of a run is the start of the program and of Postgres sessions.
      const wait = pause(whole * (0.3 + 0.7 * random()), "killed" as const, { signal: over.signal });
      const end = await Promise.race([wait, child.ended.then(() => "done" as const)]);
      over.abort();
      await wait.catch(() => undefined);
      child.kill("SIGKILL");
      await child.ended;
      counts[end] += 1;
    }
    context.diagnostic(`${counts.killed} killed, ${counts.done} had finished before`);
    await finish(race);
  });
});

/** Two programs on one database, one of them stopped with SIGSTOP in mid-load: one commit for each version. */
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { startMillrace } from "../cli/command.ts";
import { openMill, shipped } from "../daemon/mill.ts";
import { testDatabase } from "../database.ts";
import { type Step, startProxy } from "./proxy.ts";
import { assertGuarantee, ONCE, PIPELINES, worldOf } from "./world.ts";

async function openPair(context: TestContext) {
  const mill = await openMill(context, await shipped(...PIPELINES), worldOf(0));
  const { url, database } = await testDatabase(context);
  const proxy = await startProxy(url);
  context.after(() => proxy.stop());
  const start = (address: string) =>
    startMillrace(ONCE, { env: { DATABASE_URL: address, AWS_ENDPOINT_URL_S3: mill.bucket.endpoint } });
  /** Starts the first one and stops it at the step; the statement then goes on its way. */
  const stopAt = async (step: Step) => {
    const held = proxy.hold(step);
    const first = start(proxy.url(url));
    context.after(() => {
      first.kill("SIGKILL");
    });
    assert.equal(await Promise.race([held.reached.then(() => "reached"), first.ended]), "reached");
    first.kill("SIGSTOP");
    held.release();
    return first;
  };
  const assertOnce = async () => {
    // Who lost all its sessions could not even write that it failed; the next process does.
    const next = await start(url).ended;
    assert.equal(next.code, 0, next.stdout + next.stderr);
    assert.equal(await mill.run({ range: { from: "2001-01-01" } }), true);
    await assertGuarantee(database, mill.database);
  };
  return { mill, database, second: () => start(url), stopAt, assertOnce };
}

const CLAIM: Step = { text: "select pg_advisory_xact_lock(hashtext('millrace load')", side: "before" };
const COPY: Step = { text: 'copy "staging"', side: "after" };
const COMMIT: Step = { text: "set etag = read.etag", side: "after" };

suite("a stopped process", () => {
  for (const [name, step] of [
    ["COPY", COPY],
    ["just before COMMIT", COMMIT],
  ] as const) {
    test(`in ${name} loses its session; another takes over, and the first one comes too late`, async (context) => {
      const { database, second, stopAt, assertOnce } = await openPair(context);
      const first = await stopAt(step);
      // What the server's time-outs do to a client that does not answer.
      await database.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'millrace'`,
      );
      const taken = await second().ended;
      assert.equal(taken.code, 0, taken.stdout + taken.stderr);
      first.kill("SIGCONT");
      const late = await first.ended;
      assert.doesNotMatch(late.stdout + late.stderr, /^\s+at .*:\d+/m);
      await assertOnce();
    });
  }

  test("before its claim finds out, inside its transaction, that all is done", async (context) => {
    const { second, stopAt, assertOnce } = await openPair(context);
    const first = await stopAt(CLAIM);
    const waiting = second();
    // The load of the first has not claimed anything, but another of its loads may have.
    first.kill("SIGCONT");
    const ends = await Promise.all([first.ended, waiting.ended]);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0],
      JSON.stringify(ends),
    );
    await assertOnce();
  });

  test("with its session alive is waited for", async (context) => {
    const { second, stopAt, assertOnce } = await openPair(context);
    const first = await stopAt(COPY);
    const waiting = second();
    await waiting.said(/already|another|skipped/i);
    first.kill("SIGCONT");
    const ends = await Promise.all([first.ended, waiting.ended]);
    assert.deepEqual(
      ends.map(({ code }) => code),
      [0, 0],
      JSON.stringify(ends),
    );
    await assertOnce();
  });
});

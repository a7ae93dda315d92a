import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { listenForShutdown, type Shutdown } from "../../src/daemon/shutdown.ts";
import { MillraceError } from "../../src/errors.ts";
import type { MillraceEvent } from "../../src/observe/events.ts";

interface Listening extends Shutdown {
  readonly events: readonly MillraceEvent[];
}

/** Listens until the test ends; timers stand still unless the test moves them. */
function listen(context: TestContext): Listening {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const events: MillraceEvent[] = [];
  const shutdown = listenForShutdown((event) => void events.push(event), 25_000);
  context.after(() => {
    shutdown.release();
  });
  return { ...shutdown, events };
}

function state({ draining, aborting }: Shutdown): string {
  return `${draining.aborted ? "draining" : "running"}${aborting.aborted ? ", aborting" : ""}`;
}

suite("ending on request", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`${signal} drains and says so`, (context) => {
      const shutdown = listen(context);
      assert.equal(state(shutdown), "running");
      process.emit(signal, signal);
      assert.equal(state(shutdown), "draining");
      assert.deepEqual(shutdown.events, [{ type: "daemon.stopping", signal }]);
    });
  }

  test("a second signal of either kind aborts running loads, with a reason that can be reported", (context) => {
    const shutdown = listen(context);
    process.emit("SIGTERM", "SIGTERM");
    process.emit("SIGINT", "SIGINT");
    assert.equal(state(shutdown), "draining, aborting");
    const reason: unknown = shutdown.aborting.reason;
    assert.ok(reason instanceof MillraceError && reason.code === "LOAD_ABORTED");
    assert.equal(shutdown.events.length, 1);
  });

  test("the end of the grace period aborts them too", (context) => {
    const shutdown = listen(context);
    process.emit("SIGTERM", "SIGTERM");
    context.mock.timers.tick(24_999);
    assert.equal(state(shutdown), "draining");
    context.mock.timers.tick(1);
    assert.equal(state(shutdown), "draining, aborting");
  });

  test("released, it neither listens nor aborts, and leaves the process its own handling of signals", (context) => {
    const before = process.listenerCount("SIGTERM") + process.listenerCount("SIGINT");
    const shutdown = listen(context);
    process.emit("SIGTERM", "SIGTERM");
    shutdown.release();
    assert.equal(process.listenerCount("SIGTERM") + process.listenerCount("SIGINT"), before);
    context.mock.timers.tick(60_000);
    assert.equal(state(shutdown), "draining");
  });
});

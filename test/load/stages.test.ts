import * as assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { StageClock } from "../../src/load/stages.ts";

/** A clock that moves only when told to; in seconds. */
function handClock(context: TestContext): (seconds: number) => void {
  let milliseconds = 5000;
  context.mock.method(performance, "now", () => milliseconds);
  return (seconds) => {
    milliseconds += seconds * 1000;
  };
}

suite("where a load's time goes", () => {
  test("each stage knows how long it worked and waited", async (context) => {
    const pass = handClock(context);
    const passing = (seconds: number): Promise<void> => {
      pass(seconds);
      return Promise.resolve();
    };
    const clock = new StageClock();
    // The store takes 3 s in all of the 5 s that content is waited for.
    async function* content(): AsyncGenerator<string> {
      for (const seconds of [4, 1]) {
        await Promise.resolve();
        pass(seconds);
        yield "content";
      }
    }
    // Normalising takes 2 s for each piece of content and 1 s at the end.
    async function* rows(): AsyncGenerator<string> {
      for await (const _ of clock.timed("content", content())) {
        pass(2);
        yield "rows";
      }
      pass(1);
    }
    await clock.during("copy", async () => {
      for await (const _ of clock.timed("rows", rows())) pass(8);
      pass(16);
    });
    clock.addStored({ secondsWaited: 3, secondsHeld: 20 });
    await clock.during("check", () => passing(32));
    await assert.rejects(
      clock.during("merge", async () => {
        await passing(64);
        throw new Error("refused");
      }),
    );
    clock.committing();
    pass(128);
    clock.ended();
    pass(1000);
    assert.deepEqual(clock.seconds(), {
      fetch: { busy: 3, upstream: 0, downstream: 20 },
      decompress: { busy: 2, upstream: 3, downstream: 20 },
      normalise: { busy: 5, upstream: 5, downstream: 16 },
      copy: { busy: 32, upstream: 10, downstream: 0 },
      check: { busy: 32, upstream: 0, downstream: 0 },
      merge: { busy: 64, upstream: 0, downstream: 0 },
      commit: { busy: 128, upstream: 0, downstream: 0 },
    });
  });

  test("pieces and errors pass as they are", async () => {
    const clock = new StageClock();
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      yield await Promise.resolve(2);
      throw new Error("broken");
    }
    const seen: number[] = [];
    await assert.rejects(async () => {
      for await (const piece of clock.timed("rows", broken())) seen.push(piece);
    }, /broken/);
    assert.deepEqual(seen, [1, 2]);
  });

  test("a load that never began to read has spent nothing", () => {
    const stages = Object.values(new StageClock().seconds());
    assert.deepEqual(
      stages
        .flatMap(({ busy, upstream, downstream }) => [busy, upstream, downstream])
        .filter((seconds) => seconds !== 0),
      [],
    );
  });
});

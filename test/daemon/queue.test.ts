import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import type { Pipeline } from "../../src/config/pipeline.ts";
import { memoryQueue, type Queue, type QueueLimits } from "../../src/daemon/queue.ts";
import type { LoadJob } from "../../src/discover/job.ts";
import type { LoadReport } from "../../src/load/report.ts";

function job(name: string, bytes: number): LoadJob {
  return { pipeline: {} as Pipeline, name, objects: [], bytes, reload: false };
}

function report(loadId: number): LoadReport {
  return { outcome: "loaded", loadId, faults: 0, alone: [] };
}

/** A queue whose jobs run until the test ends them. */
class Works {
  readonly queue: Queue;
  /** Names of the jobs begun so far, in their order. */
  readonly begun: string[] = [];
  readonly #running = new Map<string, PromiseWithResolvers<LoadReport>>();

  constructor(limits: QueueLimits) {
    this.queue = memoryQueue((started) => {
      this.begun.push(started.name);
      const end = Promise.withResolvers<LoadReport>();
      this.#running.set(started.name, end);
      return end.promise;
    }, limits);
  }

  /** Names of the jobs that run now. */
  async running(): Promise<string[]> {
    await turn();
    return [...this.#running.keys()];
  }

  /** Ends a running job; its report carries the number in its name. */
  end(name: string): void {
    this.#take(name).resolve(report(Number(name)));
  }

  fail(name: string, error: Error): void {
    this.#take(name).reject(error);
  }

  #take(name: string): PromiseWithResolvers<LoadReport> {
    const running = this.#running.get(name);
    assert.ok(running !== undefined, `${name} is not running`);
    this.#running.delete(name);
    return running;
  }
}

suite("the queue in memory", () => {
  test("runs as many jobs as are allowed, in their order, and answers in that order", async () => {
    const works = new Works({ loads: 2, bytes: 1000 });
    const all = works.queue.run(["1", "2", "3", "4"].map((name) => job(name, 1)));
    assert.deepEqual(await works.running(), ["1", "2"]);
    works.end("2");
    assert.deepEqual(await works.running(), ["1", "3"]);
    works.end("1");
    assert.deepEqual(await works.running(), ["3", "4"]);
    works.end("4");
    works.end("3");
    assert.deepEqual(
      (await all).map((ended) => ended?.loadId),
      [1, 2, 3, 4],
    );
    assert.deepEqual(works.begun, ["1", "2", "3", "4"]);
  });

  test("the limits hold for several calls together", async () => {
    const works = new Works({ loads: 2, bytes: 1000 });
    const one = works.queue.run([job("1", 1), job("2", 1)]);
    const other = works.queue.run([job("3", 1)]);
    assert.deepEqual(await works.running(), ["1", "2"]);
    works.end("1");
    assert.deepEqual(await works.running(), ["2", "3"]);
    works.end("3");
    assert.deepEqual(await other, [report(3)]);
    works.end("2");
    assert.deepEqual(await one, [report(1), report(2)]);
  });

  test("a job waits until its bytes fit, and smaller ones do not overtake it", async () => {
    const works = new Works({ loads: 4, bytes: 100 });
    const all = works.queue.run([job("1", 60), job("2", 40), job("3", 50), job("4", 1)]);
    assert.deepEqual(await works.running(), ["1", "2"]);
    works.end("2");
    assert.deepEqual(await works.running(), ["1"]);
    works.end("1");
    assert.deepEqual(await works.running(), ["3", "4"]);
    works.end("3");
    works.end("4");
    assert.equal((await all).length, 4);
  });

  test("a job larger than the limit runs, but alone", async () => {
    const works = new Works({ loads: 4, bytes: 100 });
    const all = works.queue.run([job("1", 1), job("2", 5000), job("3", 1)]);
    assert.deepEqual(await works.running(), ["1"]);
    works.end("1");
    assert.deepEqual(await works.running(), ["2"]);
    works.end("2");
    assert.deepEqual(await works.running(), ["3"]);
    works.end("3");
    assert.equal((await all).length, 3);
  });

  test("closed, it begins nothing more; what runs goes on and is reported", async () => {
    const works = new Works({ loads: 1, bytes: 1000 });
    const all = works.queue.run([job("1", 1), job("2", 1)]);
    assert.deepEqual(await works.running(), ["1"]);
    works.queue.close();
    works.end("1");
    assert.deepEqual(await all, [report(1), undefined]);
    assert.deepEqual(await works.queue.run([job("3", 1)]), [undefined]);
    assert.deepEqual(works.begun, ["1"]);
  });

  test("after a job that rejects, the rest of its call is dropped, other calls go on", async () => {
    const works = new Works({ loads: 2, bytes: 100 });
    const fault = new Error("the ledger cannot be written");
    const broken = assert.rejects(works.queue.run([job("1", 60), job("2", 60), job("3", 60)]), fault);
    const sound = works.queue.run([job("4", 60)]);
    assert.deepEqual(await works.running(), ["1"]);
    works.fail("1", fault);
    assert.deepEqual(await works.running(), ["4"]);
    works.end("4");
    await broken;
    assert.deepEqual(await sound, [report(4)]);
    assert.deepEqual(works.begun, ["1", "4"]);
  });

  test("a call whose job rejects ends only when its other running jobs have", async () => {
    const works = new Works({ loads: 2, bytes: 100 });
    let ended = false;
    const call = works.queue.run([job("1", 1), job("2", 1)]).finally(() => {
      ended = true;
    });
    assert.deepEqual(await works.running(), ["1", "2"]);
    works.fail("1", new Error("broken"));
    assert.deepEqual(await works.running(), ["2"]);
    assert.equal(ended, false);
    works.end("2");
    await assert.rejects(call, /broken/);
  });
});

/** What a person is told who waits for a server. */
import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { waitingFor } from "../../src/cli/patience.ts";
import { sink } from "./sink.ts";

suite("waiting for a server", () => {
  test("is told after three seconds and then every ten, until it ends", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const err = sink();
    const work = Promise.withResolvers<string>();
    const done = waitingFor("https://slow.example/", () => work.promise, err);
    t.mock.timers.tick(2999);
    assert.equal(err.text(), "");
    t.mock.timers.tick(1);
    assert.equal(err.text(), "millrace: waiting for https://slow.example/ (3 s)\n");
    t.mock.timers.tick(10_000);
    assert.match(err.text(), /\(3 s\)\n.*\(13 s\)\n$/);
    work.resolve("answer");
    assert.equal(await done, "answer");
    t.mock.timers.tick(60_000);
    assert.match(err.text(), /\(13 s\)\n$/);
  });

  test("ends with the work's own error", async () => {
    const failed = waitingFor("x", () => Promise.reject(new RangeError("no")), sink());
    await assert.rejects(failed, { name: "RangeError", message: "no" });
  });
});

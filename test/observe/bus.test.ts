import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { createEvents } from "../../src/observe/bus.ts";

test("every listener gets every event in order, until it leaves", () => {
  const events = createEvents();
  const first: string[] = [];
  const second: string[] = [];
  const leave = events.subscribe((event) => first.push(event.type));
  events.subscribe((event) => second.push(event.type));
  events.emit({ type: "database.back" });
  leave();
  events.emit({ type: "daemon.stopped" });
  assert.deepEqual(first, ["database.back"]);
  assert.deepEqual(second, ["database.back", "daemon.stopped"]);
});

test("a listener that throws hurts nobody else and is not passed over in silence", async () => {
  const events = createEvents();
  const seen: string[] = [];
  events.subscribe(() => {
    throw new Error("broken watcher");
  });
  events.subscribe((event) => seen.push(event.type));
  const warned = once(process, "warning");
  events.emit({ type: "database.back" });
  assert.deepEqual(seen, ["database.back"]);
  const [warning] = (await warned) as [Error];
  assert.equal(warning.message, "broken watcher");
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { createDisplay, type DisplayOptions } from "../../src/observe/display.ts";
import { ENDING, STORY } from "./story.ts";
import { fakeStream } from "./terminal.ts";

/** A display whose clock and timer the test moves. */
function rig(stream: DisplayOptions["stream"], plain = false) {
  const clock = { now: 0, tick: () => undefined as unknown, stopped: false };
  const display = createDisplay({
    stream,
    plain,
    now: () => clock.now,
    every: (_, callback) => {
      clock.tick = callback;
      return () => {
        clock.stopped = true;
      };
    },
  });
  return { clock, display };
}

suite("display in a terminal", () => {
  test("shows a line for each pipeline with objects, bytes, rate, time left and outcomes", () => {
    const stream = fakeStream({ isTTY: true, columns: 120, rows: 30 });
    const { clock, display } = rig(stream);
    for (const event of STORY.slice(0, 5)) display.listen(event);
    clock.now = 1_000;
    for (const event of STORY.slice(5, 7)) display.listen(event);
    clock.tick();
    clock.now = 3_000;
    clock.tick();
    // 600 of 2,000 bytes in 3 s: 200 bytes a second, so 7 s are left; 90,000 rows in 3 s.
    const line = stream.screen().find((text) => text.startsWith("noaa-daily"));
    assert.equal(line, "noaa-daily  ███░░░░░░░░░  0/4 objects  600 B of 2 kB  30 k rows/s  ETA 7.0 s");
    display.close();
  });

  test("failures stay above the moving lines, in place of which the summary comes", () => {
    const stream = fakeStream({ isTTY: true, columns: 120, rows: 30 });
    const { clock, display } = rig(stream);
    for (const event of [...STORY, ...ENDING]) {
      clock.now += 1_000;
      display.listen(event);
    }
    display.close();
    const screen = stream.screen();
    assert.ok(screen.some((line) => line.startsWith("noaa-daily 1873: quarantined: the share of rejects")));
    assert.ok(screen.some((line) => line.startsWith("noaa-daily 1874: failed: the body ended")));
    assert.ok(screen.some((line) => line.includes("1 loaded, 1 quarantined, 1 failed")));
    assert.ok(screen.some((line) => /^openaq-archive .*pass failed: no answer from the bucket/.test(line)));
    // Drawn in place: one line of each pipeline above the summary, however often it moved.
    const rule = screen.findIndex((line) => line.startsWith("─"));
    const above = screen.slice(0, rule - 1);
    assert.equal(above.filter((line) => line.startsWith("noaa-daily  ")).length, 1);
    assert.deepEqual(
      screen.slice(rule - 1, rule + 3).map((line) => line.split(/ {2,}/)),
      [
        [
          "pipeline",
          "loads",
          "failed",
          "quarantined",
          "objects",
          "bytes",
          "rows",
          "new",
          "changed",
          "rejected",
          "time",
        ],
        screen[rule]?.split("  "),
        ["noaa-daily", "1", "1", "1", "3", "1.8 kB", "133,467", "133,000", "7", "6", "9.0 s"],
        ["openaq-archive", "0", "0", "0", "0", "0 B", "0", "0", "0", "0", "0.0 s"],
      ],
    );
  });

  test("draws at most eight times a second", () => {
    const stream = fakeStream({ isTTY: true, columns: 80, rows: 30 });
    const { clock, display } = rig(stream);
    for (const event of STORY.slice(2, 5)) display.listen(event);
    const before = stream.writes.length;
    for (let step = 1; step <= 1_000; step++) {
      clock.now = step;
      display.listen({ type: "load.progress", pipeline: "noaa-daily", load: 1, bytes: step, rows: step * 7 });
      clock.tick();
    }
    assert.equal(stream.writes.length - before, 8);
    display.close();
  });

  test("no line is as wide as the window, none is beyond its height, and nothing steers the terminal", () => {
    const stream = fakeStream({ isTTY: true, columns: 30, rows: 6 });
    const { clock, display } = rig(stream);
    for (let number = 0; number < 9; number++) {
      display.listen({ type: "pass.started", pipeline: `pipeline-\x1b[2J-${number}` });
    }
    clock.now = 200;
    clock.tick();
    const lines = stream.screen().filter((line) => line !== "");
    assert.equal(lines.length, 4);
    for (const line of lines) {
      assert.ok(Array.from(line).length < 30, line);
      assert.match(line, /^pipeline-\?\[2J-\d .*…$/);
    }
    display.close();
  });

  test("the cursor is hidden while drawing and given back once", () => {
    const stream = fakeStream({ isTTY: true, columns: 80, rows: 30 });
    const { clock, display } = rig(stream);
    const listeners = process.listenerCount("exit");
    display.listen({ type: "pass.started", pipeline: "noaa-daily" });
    display.close();
    display.close();
    const text = stream.writes.join("");
    assert.equal(text.split("\x1b[?25l").length, 2);
    assert.equal(text.split("\x1b[?25h").length, 2);
    assert.ok(text.indexOf("\x1b[?25h") > text.indexOf("\x1b[?25l"));
    assert.ok(clock.stopped);
    assert.equal(process.listenerCount("exit"), listeners - 1);
  });
});

suite("display elsewhere", () => {
  for (const [name, isTTY, plain] of [
    ["a pipe", false, false],
    ["a terminal that wants plain text", true, true],
  ] as const) {
    test(`${name} gets lines without control sequences`, () => {
      const stream = fakeStream({ isTTY, columns: 40 });
      const { display } = rig(stream, plain);
      for (const event of [...STORY, ...ENDING]) display.listen(event);
      display.close();
      const text = stream.writes.join("");
      assert.doesNotMatch(text, /\x1b/);
      assert.match(text, /^noaa-daily: 10 objects listed, 6 unchanged, 4 to load \(2 kB in 4 loads\)$/m);
      assert.match(
        text,
        /^noaa-daily 1872: loaded 133,467 rows in 2\.0 s \(66\.7 k rows\/s\); 133,000 inserted/m,
      );
      assert.match(text, /^warn: noaa-daily 1873: quarantined/m);
      assert.match(text, /^error: noaa-daily 1874: failed: .*\[OBJECT_TRUNCATED\]/m);
      assert.match(text, /^pipeline +loads +failed/m);
    });
  }

  test("a long load is told of every ten seconds", () => {
    const stream = fakeStream({ isTTY: false });
    const { clock, display } = rig(stream);
    for (const event of STORY.slice(2, 6)) display.listen(event);
    const before = stream.writes.length;
    for (clock.now = 0; clock.now < 25_000; clock.now += 125) clock.tick();
    assert.equal(stream.writes.length - before, 2);
    assert.match(stream.writes.at(-1) ?? "", /^noaa-daily: 0\/4 objects, 300 B of 2 kB, \d+ rows\/s, ETA /);
    display.close();
  });

  test("nothing is printed when nothing happened", () => {
    const stream = fakeStream({ isTTY: true });
    const { display } = rig(stream);
    display.close();
    assert.deepEqual(stream.writes, []);
  });
});

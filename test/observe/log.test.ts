import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { MillraceEvent } from "../../src/observe/events.ts";
import { createLog, type LogLevel } from "../../src/observe/log.ts";
import { redact } from "../../src/observe/redact.ts";
import { ENDING, STORY } from "./story.ts";
import { fakeStream } from "./terminal.ts";

function lines(level: LogLevel, events: readonly MillraceEvent[]): Record<string, unknown>[] {
  const stream = fakeStream({ isTTY: false });
  const log = createLog({ level, stream });
  for (const event of events) log(event);
  return stream.writes.map((line) => JSON.parse(line) as Record<string, unknown>);
}

suite("log", () => {
  test("one JSON line for each event but progress", () => {
    const events = [...STORY, ...ENDING];
    const entries = lines("debug", events);
    const told = events.filter((event) => event.type !== "load.progress");
    assert.deepEqual(
      entries.map((entry) => entry["event"]),
      told.map((event) => event.type),
    );
    const loaded = entries.find((entry) => entry["outcome"] === "loaded");
    assert.ok(loaded);
    const { time, msg, receipt, ...rest } = loaded;
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(String(msg), /^noaa-daily 1872: loaded 133,467 rows in 2\.0 s/);
    assert.equal((receipt as { copied: number }).copied, 133_467);
    assert.deepEqual(rest, {
      level: "info",
      event: "load.finished",
      pipeline: "noaa-daily",
      load: 1,
      name: "1872",
      outcome: "loaded",
      objects: 1,
      seconds: 2,
      rejects: { "not a date": 2, "NUL byte": 1 },
    });
  });

  test("levels say how serious an event is", () => {
    const level = (event: MillraceEvent) => lines("debug", [event])[0]?.["level"];
    const finished = {
      type: "load.finished",
      pipeline: "p",
      load: 1,
      name: "n",
      objects: 1,
      seconds: 1,
    } as const;
    assert.equal(level({ ...finished, outcome: "loaded" }), "info");
    assert.equal(level({ ...finished, outcome: "quarantined" }), "warn");
    assert.equal(level({ ...finished, outcome: "failed" }), "error");
    assert.equal(level({ type: "database.lost", message: "reset" }), "error");
    assert.equal(level({ type: "migrated", applied: [] }), "debug");
    assert.equal(level({ type: "pass.started", pipeline: "p" }), "debug");
  });

  test("what became of a compaction", () => {
    const finished = { type: "compaction.finished", pipeline: "p", seconds: 2 } as const;
    const said = (event: MillraceEvent) => {
      const [entry] = lines("debug", [event]);
      return `${String(entry?.["level"])}: ${String(entry?.["msg"])}`;
    };
    const sizes = { rows: 1234, bytesBefore: 120_000, bytesAfter: 74_000 };
    assert.equal(
      said({ ...finished, slice: "1872", outcome: "compacted", ...sizes }),
      "info: p 1872: compacted 1,234 rows in 2.0 s, 120 kB became 74 kB",
    );
    assert.equal(
      said({ ...finished, slice: "1872", outcome: "skipped" }),
      "debug: p 1872: not compacted, it changes or another process is at it",
    );
    assert.match(
      said({ ...finished, outcome: "failed", code: "DATABASE_UNREACHABLE", message: "no connection" }),
      /^error: p: not compacted: no connection \[DATABASE_UNREACHABLE\] Check that Postgres/,
    );
  });

  test("less serious events than the level are left out", () => {
    assert.deepEqual(
      lines("error", [...STORY, ...ENDING]).map((entry) => entry["event"]),
      ["load.finished", "pass.failed"],
    );
    assert.deepEqual(lines("silent", STORY), []);
  });

  test("a terminal gets text, and no name steers it", () => {
    const stream = fakeStream({ isTTY: true });
    const log = createLog({ level: "info", stream, now: () => new Date("2026-01-02T03:04:05Z") });
    log({ type: "object.gone", pipeline: "p", key: "a\x1b[2J" });
    log({ type: "pass.started", pipeline: "p" });
    assert.deepEqual(stream.writes, ["03:04:05 warn  p: a?[2J is no longer in the bucket; its data stay\n"]);
  });

  test("no secret is written, wherever it stands", () => {
    const secret = "hunter2";
    const url = `postgres://millrace:${secret}@db:5432/millrace`;
    for (const isTTY of [true, false]) {
      const stream = fakeStream({ isTTY });
      const log = createLog({ level: "debug", stream });
      log({ type: "database.lost", message: `cannot reach ${url}` });
      log({ type: "daemon.started", version: "1", database: url, pipelines: [url] });
      const text = stream.writes.join("");
      assert.ok(!text.includes(secret), text);
      assert.match(text, /postgres:\/\/millrace:\*\*\*@db:5432\/millrace/);
    }
  });
});

suite("redact", () => {
  for (const [text, clean] of [
    ["postgres://u:p%40ss@h/d and s3://bucket/key", "postgres://u:***@h/d and s3://bucket/key"],
    ["postgres://u:p@ss@h/d", "postgres://u:***@h/d"],
    [
      "postgres://h/d?user=u&password=geheim&sslmode=require",
      "postgres://h/d?user=u&password=***&sslmode=require",
    ],
    ["PGPASSWORD=geheim psql", "PGPASSWORD=*** psql"],
    ['{"secretAccessKey":"geheim"}', '{"secretAccessKey":***}'],
    ["AWS_SECRET_ACCESS_KEY=a/b+c", "AWS_SECRET_ACCESS_KEY=***"],
    ["https://b/k?X-Amz-Signature=0a1b&x=1", "https://b/k?X-Amz-Signature=***&x=1"],
    ["key AKIAIOSFODNN7EXAMPLE.", "key AKIA***."],
    ["http://h/x.csv?token=abc&api_key=d-e: no answer", "http://h/x.csv?token=***&api_key=***: no answer"],
    ["http://127.0.0.1:9000/a@b, line 3:14", "http://127.0.0.1:9000/a@b, line 3:14"],
  ] as const) {
    test(text, () => {
      assert.equal(redact(text), clean);
    });
  }
});

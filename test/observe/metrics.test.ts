import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { REJECT_REASONS } from "../../src/decode/batch.ts";
import { createMetrics } from "../../src/observe/metrics.ts";
import type { Status } from "../../src/observe/status.ts";
import { readSamples } from "./exposition.ts";
import { ledger } from "./ledger.ts";
import { ENDING, STORY } from "./story.ts";

const PIPELINES = [
  { name: "noaa-daily", schedule: "0 */6 * * *" },
  { name: "openaq-archive", schedule: "0 3,4 * * *" },
];

suite("metrics", () => {
  test("every label set of the known pipelines is zero before anything happens", async () => {
    const samples = readSamples(await createMetrics("1.2.3", PIPELINES).render());
    for (const { name: pipeline } of PIPELINES) {
      for (const outcome of ["loaded", "quarantined", "failed", "skipped"]) {
        assert.equal(samples.value("millrace_loads_total", { pipeline, outcome }), 0);
        assert.equal(samples.value("millrace_objects_total", { pipeline, outcome }), 0);
      }
      for (const reason of REJECT_REASONS) {
        assert.equal(samples.value("millrace_rejects_total", { pipeline, reason }), 0);
      }
      for (const outcome of ["finished", "failed"]) {
        assert.equal(samples.value("millrace_passes_total", { pipeline, outcome }), 0);
      }
      for (const outcome of ["compacted", "skipped", "failed"]) {
        assert.equal(samples.value("millrace_compactions_total", { pipeline, outcome }), 0);
      }
      assert.equal(samples.value("millrace_running_loads", { pipeline }), 0);
      assert.equal(samples.value("millrace_load_duration_seconds_count", { pipeline }), 0);
    }
    assert.equal(samples.value("millrace_build_info", { version: "1.2.3" }), 1);
  });

  test("all metrics begin with millrace_, and counters end with _total", async () => {
    const text = await createMetrics("1.2.3", PIPELINES).render();
    const families = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", kind]) => ({
      name,
      kind,
    }));
    assert.ok(families.length > 30);
    for (const { name, kind } of families) {
      assert.match(name, /^millrace_[a-z0-9_]+$/);
      if (kind === "counter") assert.match(name, /_total$/);
    }
  });

  test("while loads run, bytes, rows and loads under way are counted", async () => {
    const metrics = createMetrics("1.2.3", PIPELINES);
    for (const event of STORY.slice(0, 8)) metrics.listen(event);
    const samples = readSamples(await metrics.render());
    const pipeline = "noaa-daily";
    assert.equal(samples.value("millrace_bytes_total", { pipeline, form: "stored" }), 600);
    assert.equal(samples.value("millrace_streamed_rows_total", { pipeline }), 90_000);
    assert.equal(samples.value("millrace_running_loads", { pipeline }), 2);
    assert.equal(samples.value("millrace_pending_loads", { pipeline }), 2);
    assert.equal(samples.value("millrace_rows_total", { pipeline, disposition: "copied" }), 0);
    assert.equal(samples.value("millrace_database_up", {}), 1);
  });

  test("the whole story", async () => {
    const metrics = createMetrics("1.2.3", PIPELINES);
    for (const event of [...STORY, ...ENDING]) metrics.listen(event);
    const samples = readSamples(await metrics.render());
    const pipeline = "noaa-daily";
    const value = (name: string, labels: Record<string, string> = {}) =>
      samples.value(`millrace_${name}`, { pipeline, ...labels });
    assert.equal(value("loads_total", { outcome: "loaded" }), 1);
    assert.equal(value("loads_total", { outcome: "quarantined" }), 1);
    assert.equal(value("loads_total", { outcome: "failed" }), 1);
    assert.equal(value("loads_total", { outcome: "skipped" }), 0);
    assert.equal(value("objects_total", { outcome: "failed" }), 1);
    // The failed load's 250 bytes were read all the same.
    assert.equal(value("bytes_total", { form: "stored" }), 900 + 500 + 250);
    assert.equal(value("bytes_total", { form: "decompressed" }), 5_000 + 700);
    assert.equal(value("streamed_rows_total"), 133_467 + 40 + 77);
    // Only what was committed.
    const dispositions = {
      copied: 133_467,
      inserted: 133_000,
      updated: 7,
      unchanged: 450,
      duplicates: 10,
      deleted: 2,
      rejected: 6,
      filtered: 566,
      empty: 0,
    };
    for (const [disposition, count] of Object.entries(dispositions)) {
      assert.equal(value("rows_total", { disposition }), count, disposition);
    }
    assert.equal(value("rejects_total", { reason: "not a date" }), 2 + 5);
    assert.equal(value("rejects_total", { reason: "NUL byte" }), 1);
    assert.equal(value("passes_total", { outcome: "finished" }), 1);
    assert.equal(
      samples.value("millrace_passes_total", { pipeline: "openaq-archive", outcome: "failed" }),
      1,
    );
    assert.equal(value("running_loads"), 0);
    assert.equal(value("pending_loads"), 0);
    assert.equal(value("objects_gone_total"), 1);
    assert.equal(samples.value("millrace_mart_rebuilds_total", { outcome: "rebuilt" }), 1);
    assert.equal(value("load_duration_seconds_count"), 3);
    assert.equal(value("load_duration_seconds_sum"), 22.3);
    assert.equal(value("load_duration_seconds_bucket", { le: "0.5" }), 1);
    assert.equal(value("load_duration_seconds_bucket", { le: "2.5" }), 2);
    assert.equal(value("load_duration_seconds_bucket", { le: "3600" }), 3);
    assert.equal(value("pass_duration_seconds_sum"), 23);
    assert.ok(value("last_pass_timestamp_seconds") > 1.7e9);
    assert.ok(value("last_load_timestamp_seconds") > 1.7e9);
    assert.equal(samples.value("millrace_last_pass_timestamp_seconds", { pipeline: "openaq-archive" }), 0);
  });

  test("compactions by outcome, and how long they took", async () => {
    const metrics = createMetrics("1.2.3", PIPELINES);
    const pipeline = "noaa-daily";
    const finished = { type: "compaction.finished", pipeline, slice: "1872" } as const;
    const sizes = { rows: 9, bytesBefore: 2, bytesAfter: 1 };
    metrics.listen({ ...finished, outcome: "compacted", seconds: 2, ...sizes });
    metrics.listen({ ...finished, outcome: "failed", seconds: 0.5, code: "TABLE_BUSY", message: "busy" });
    const samples = readSamples(await metrics.render());
    const count = (outcome: string) => samples.value("millrace_compactions_total", { pipeline, outcome });
    assert.deepEqual([count("compacted"), count("skipped"), count("failed")], [1, 0, 1]);
    assert.equal(samples.value("millrace_compaction_duration_seconds_sum", { pipeline }), 2.5);
  });

  test("the database's state follows its events", async () => {
    const metrics = createMetrics("1.2.3", PIPELINES);
    const up = async () => readSamples(await metrics.render()).value("millrace_database_up", {});
    assert.equal(await up(), 0);
    metrics.listen({ type: "database.back" });
    assert.equal(await up(), 1);
    metrics.listen({ type: "database.lost", message: "reset" });
    assert.equal(await up(), 0);
  });

  test("events of a pipeline that is not known make no new label", async () => {
    const metrics = createMetrics("1.2.3", PIPELINES);
    metrics.listen({ type: "pass.failed", pipeline: "stranger", code: "STORE_FAILED", message: "no" });
    assert.doesNotMatch(await metrics.render(), /stranger/);
  });

  test("the schedule's longest interval is known", async () => {
    const samples = readSamples(await createMetrics("1.2.3", PIPELINES).render());
    assert.equal(samples.value("millrace_schedule_interval_seconds", { pipeline: "noaa-daily" }), 6 * 3600);
    // At 3 and at 4: an hour, and then 23.
    assert.equal(
      samples.value("millrace_schedule_interval_seconds", { pipeline: "openaq-archive" }),
      23 * 3600,
    );
  });

  test("what the ledger says is adopted", async () => {
    const metrics = createMetrics("1.2.3", PIPELINES);
    const status: Status = {
      version: "1.2.3",
      at: "2026-01-02T00:00:00.000Z",
      database: { up: true, reason: null },
      pipelines: [
        {
          pipeline: "noaa-daily",
          nextPassAt: null,
          progress: null,
          ledger: {
            ...ledger("noaa-daily"),
            failedLoads: 3,
            quarantinedLoads: 2,
            lastLoadAt: "2026-01-01T00:00:00.000Z",
            passFinishedAt: "2026-01-01T06:00:00.000Z",
          },
        },
        { pipeline: "elsewhere", nextPassAt: null, progress: null, ledger: ledger("elsewhere") },
      ],
      loads: [],
      marts: [],
    };
    metrics.adopt(status);
    const pipeline = "noaa-daily";
    const text = await metrics.render();
    const samples = readSamples(text);
    assert.equal(samples.value("millrace_waiting_loads", { pipeline, outcome: "failed" }), 3);
    assert.equal(samples.value("millrace_waiting_loads", { pipeline, outcome: "quarantined" }), 2);
    assert.equal(
      samples.value("millrace_last_load_timestamp_seconds", { pipeline }),
      Date.UTC(2026, 0, 1) / 1000,
    );
    assert.equal(
      samples.value("millrace_last_pass_timestamp_seconds", { pipeline }),
      Date.UTC(2026, 0, 1, 6) / 1000,
    );
    assert.equal(samples.value("millrace_database_up", {}), 1);
    assert.doesNotMatch(text, /elsewhere/);
    metrics.adopt({ ...status, database: { up: false, reason: "gone" }, pipelines: [] });
    const later = readSamples(await metrics.render());
    assert.equal(later.value("millrace_database_up", {}), 0);
    assert.equal(later.value("millrace_ledger_read_errors_total", {}), 1);
    assert.equal(later.value("millrace_waiting_loads", { pipeline, outcome: "failed" }), 3);
  });
});

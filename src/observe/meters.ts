/** What the metrics are called and which labels they have. */
import { Counter, Gauge, Histogram, type Registry } from "prom-client";

/** Seconds; 0.1 s to 1 h. */
const DURATIONS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1200, 1800, 3600];

/** Every metric of Millrace, registered. */
export type Meters = ReturnType<typeof createMeters>;

/** Creates the metrics on the registry; base units, `_total` on counters. */
export function createMeters(registry: Registry) {
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name: `millrace_${name}`, help, labelNames, registers: [registry] });
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name: `millrace_${name}`, help, labelNames, registers: [registry] });
  const duration = (name: string, help: string) =>
    new Histogram({
      name: `millrace_${name}`,
      help,
      labelNames: ["pipeline"],
      buckets: DURATIONS,
      registers: [registry],
    });
  return {
    build: gauge("build_info", "Always 1; the label says which version runs.", "version"),
    loads: counter("loads_total", "Finished loads by outcome.", "pipeline", "outcome"),
    objects: counter(
      "objects_total",
      "Objects of finished loads by the load's outcome.",
      "pipeline",
      "outcome",
    ),
    gone: counter("objects_gone_total", "Objects that vanished from the bucket.", "pipeline"),
    bytes: counter(
      "bytes_total",
      "Bytes read: as stored (counted while loads run) and decompressed (of finished loads).",
      "pipeline",
      "form",
    ),
    streamed: counter(
      "streamed_rows_total",
      "Rows sent to COPY, counted while loads run, whatever becomes of the load.",
      "pipeline",
    ),
    rows: counter(
      "rows_total",
      "Measurements of committed loads by what became of them.",
      "pipeline",
      "disposition",
    ),
    rejects: counter(
      "rejects_total",
      "Rejects by reason, of committed and quarantined loads.",
      "pipeline",
      "reason",
    ),
    passes: counter("passes_total", "Passes over the bucket by outcome.", "pipeline", "outcome"),
    compactions: counter(
      "compactions_total",
      "Settled slices that were to be sorted anew, by outcome.",
      "pipeline",
      "outcome",
    ),
    marts: counter("mart_rebuilds_total", "Rebuilds of derived tables by outcome.", "outcome"),
    ledgerErrors: counter("ledger_read_errors_total", "Scrapes for which the ledger could not be read."),
    loadSeconds: duration("load_duration_seconds", "How long loads took, whatever their outcome."),
    stageSeconds: counter(
      "stage_seconds_total",
      "Where the time of finished loads went: a stage is busy, waits for the one before it (upstream) or for the one behind it (downstream).",
      "pipeline",
      "stage",
      "state",
    ),
    passSeconds: duration("pass_duration_seconds", "How long finished passes took."),
    compactionSeconds: duration(
      "compaction_duration_seconds",
      "How long compactions took, whatever their outcome.",
    ),
    running: gauge("running_loads", "Loads that run in this process.", "pipeline"),
    pending: gauge("pending_loads", "Loads that the current pass has planned and not begun.", "pipeline"),
    waiting: gauge(
      "waiting_loads",
      "Refused loads whose objects have no newer version.",
      "pipeline",
      "outcome",
    ),
    database: gauge("database_up", "1 while the database answers."),
    lastPass: gauge("last_pass_timestamp_seconds", "When a pass last finished without a fault.", "pipeline"),
    lastLoad: gauge("last_load_timestamp_seconds", "When a load was last committed.", "pipeline"),
    interval: gauge(
      "schedule_interval_seconds",
      "The longest of the schedule's next ten intervals: an older pass is overdue.",
      "pipeline",
    ),
  };
}

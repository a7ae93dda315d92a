/** Events of a small run, for the tests of everything that listens. */
import type { MillraceEvent, Receipt } from "../../src/observe/events.ts";

/** A receipt that adds up: 134,036 records, as NOAA's file of 1872 gives them. */
export const RECEIPT: Receipt = {
  bytesExpected: 900,
  bytesReceived: 900,
  bytesDecompressed: 5_000,
  recordsRead: 134_036,
  headers: 0,
  comments: 0,
  blanks: 0,
  decoded: 134_033,
  recordsRejected: 3,
  recordsFiltered: 0,
  measurements: 134_036,
  copied: 133_467,
  empty: 0,
  rejected: 3,
  filtered: 566,
  inserted: 133_000,
  updated: 7,
  unchanged: 450,
  duplicates: 10,
  deleted: 2,
};

/** One pass of noaa-daily: one load is committed, one quarantined, one fails; then a pass of which nothing comes. */
export const STORY: readonly MillraceEvent[] = [
  { type: "migrated", applied: ["0001_tables.sql"] },
  { type: "daemon.started", version: "1.2.3", database: "db:5432/millrace", pipelines: ["noaa-daily"] },
  { type: "pass.started", pipeline: "noaa-daily" },
  {
    type: "pass.planned",
    pipeline: "noaa-daily",
    listed: 10,
    unchanged: 6,
    objects: 4,
    bytes: 2_000,
    loads: 4,
  },
  { type: "load.started", pipeline: "noaa-daily", load: 1, name: "1872", objects: 1, bytes: 900 },
  { type: "load.progress", pipeline: "noaa-daily", load: 1, bytes: 300, rows: 1_000 },
  { type: "load.progress", pipeline: "noaa-daily", load: 1, bytes: 600, rows: 90_000 },
  { type: "load.started", pipeline: "noaa-daily", load: 2, name: "1873", objects: 1, bytes: 500 },
  {
    type: "load.finished",
    pipeline: "noaa-daily",
    load: 1,
    name: "1872",
    outcome: "loaded",
    objects: 1,
    seconds: 2,
    receipt: RECEIPT,
    rejects: { "not a date": 2, "NUL byte": 1 },
  },
  {
    type: "load.finished",
    pipeline: "noaa-daily",
    load: 2,
    name: "1873",
    outcome: "quarantined",
    objects: 1,
    seconds: 0.3,
    receipt: { ...RECEIPT, bytesReceived: 500, bytesDecompressed: 700, copied: 40, inserted: 0 },
    rejects: { "not a date": 5 },
    message: "the share of rejects is 11 %",
  },
  { type: "load.started", pipeline: "noaa-daily", load: 3, name: "1874", objects: 1, bytes: 400 },
  { type: "load.progress", pipeline: "noaa-daily", load: 3, bytes: 250, rows: 77 },
  {
    type: "load.finished",
    pipeline: "noaa-daily",
    load: 3,
    name: "1874",
    outcome: "failed",
    objects: 1,
    seconds: 20,
    code: "OBJECT_TRUNCATED",
    message: "the body ended after 250 of 400 bytes",
  },
];

/** How the pass ends; the fourth load was never begun. */
export const ENDING: readonly MillraceEvent[] = [
  {
    type: "pass.finished",
    pipeline: "noaa-daily",
    loaded: 1,
    failed: 1,
    quarantined: 1,
    skipped: 0,
    seconds: 23,
  },
  { type: "mart.rebuilt", mart: "ol_mthly_analytic_ger", rows: 12, seconds: 0.2 },
  { type: "pass.started", pipeline: "openaq-archive" },
  {
    type: "pass.failed",
    pipeline: "openaq-archive",
    code: "STORE_UNREACHABLE",
    message: "no answer from the bucket",
  },
  { type: "object.gone", pipeline: "noaa-daily", key: "csv.gz/by_year/1700.csv.gz" },
];

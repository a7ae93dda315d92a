/** Runs the writers of dates and times over one record. */
import { averagingField, dateField, timeField } from "../../src/config/moments.ts";
import { type AveragingField, type Pipeline, pipelineSchema } from "../../src/config/pipeline.ts";
import { isoDay } from "../../src/normalise/calendar.ts";
import { CopyRows } from "../../src/normalise/copy-rows.ts";
import { Cursor, DONE, reasonOf } from "../../src/normalise/cursor.ts";
import { dateWriter, type SliceDays, timeWriter } from "../../src/normalise/moment-writers.ts";
import type { Writer, WriterContext } from "../../src/normalise/writers.ts";
import { batchOf, copyFields } from "./batches.ts";

export type RecordTexts = Readonly<Record<string, string | undefined>>;

const FILE = {
  description: "moments",
  source: "test",
  objects: { bucket: "bucket", key: "{day:yyyyMMdd}/{site}.csv" },
  format: { type: "delimited", header: "always" },
  kpis: { element: "e", unit: "u", list: [{ from: "a", in: "b", to: "A", unit: "b", description: "c" }] },
  merge: { mode: "upsert" },
};

export function pipelineOf(changes: Record<string, unknown>): Pipeline {
  return {
    ...pipelineSchema.parse({ ...FILE, ...changes }),
    name: "test",
    file: "test.yaml",
    kpiList: [],
    measurementList: [{}],
    unitAliases: {},
    lookups: new Map([["zones.csv\nid\nzone", new Map([["7", "Asia/Kolkata"]])]]),
    fingerprint: "f",
  };
}

const observations = pipelineOf({
  target: "observations",
  fields: { station_id: "id", time: { column: "t", format: "iso" }, date: { of: "time" }, value: "v" },
  daily: { "": "mean" },
});

/** Runs writers over one record: their binary fields, or the reason of the first reject. */
export function run(
  record: RecordTexts,
  make: (context: WriterContext) => readonly Writer[],
): (Buffer | null)[] | string {
  const columns = Object.keys(record);
  const columnOf = (name: string): number => {
    const known = columns.indexOf(name);
    return known >= 0 ? known : columns.push(name) - 1;
  };
  const writers = make({
    pipeline: observations,
    columnOf,
    workedOut: () => columns.length,
    required: new Set(),
  });
  const cursor = new Cursor();
  cursor.object = { objectId: 1, key: "key", variables: { site: "Europe/Berlin", day: "20240601" } };
  cursor.batch(batchOf([columns.map((column) => record[column])]));
  cursor.row(0, columns.length);
  const rows = new CopyRows();
  rows.begin(writers.length);
  for (const writer of writers) {
    const outcome = writer.write(cursor, rows);
    if (outcome !== DONE) return `${writer.field}: ${reasonOf(outcome) ?? String(outcome)}`;
  }
  return copyFields(rows.take() ?? Buffer.alloc(0))[0] ?? [];
}

const POSTGRES_EPOCH = Date.UTC(2000, 0, 1);
const dayText = (field: Buffer | null | undefined) =>
  field ? isoDay(field.readInt32BE(0) + POSTGRES_EPOCH / 86_400_000) : null;
const timeText = (field: Buffer | null | undefined) =>
  field ? new Date(Number(field.readBigInt64BE(0) / 1000n) + POSTGRES_EPOCH).toISOString() : null;

/** The day of a record, or why it has none. */
export function day(field: Record<string, unknown>, record: RecordTexts, slice?: SliceDays): string | null {
  const fields = run(record, (context) => [dateWriter(context, dateField.parse(field), { slice })]);
  return typeof fields === "string" ? fields : dayText(fields[0]);
}

const LATEST = Date.UTC(2026, 0, 1) / 1000;

/** As a pipeline file gives it, with the defaults filled in. */
export function averagingOf(field: object | undefined): AveragingField | undefined {
  return field === undefined ? undefined : averagingField.parse(field);
}

/** The time of a record in UTC, or why it has none. */
export function time(field: Record<string, unknown>, record: RecordTexts, averaging?: object): string | null {
  const options = { latest: LATEST, averaging: averagingOf(averaging) };
  const fields = run(record, (context) => [timeWriter(context, timeField.parse(field), options)]);
  return typeof fields === "string" ? fields : timeText(fields[0]);
}

/** The time, and the day of it. */
export function both(
  field: Record<string, unknown>,
  date: Record<string, unknown>,
  record: RecordTexts,
  averaging?: object,
): string {
  const fields = run(record, (context) => [
    timeWriter(context, timeField.parse(field), { latest: LATEST, averaging: averagingOf(averaging) }),
    dateWriter(context, dateField.parse({ of: "time", ...date })),
  ]);
  return typeof fields === "string" ? fields : `${timeText(fields[0])} ${dayText(fields[1])}`;
}

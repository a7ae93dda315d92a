import { expandMeasurements } from "../../src/config/expansion.ts";
import { singleMeasurement } from "../../src/config/measurements.ts";
import { type Pipeline, pipelineSchema } from "../../src/config/pipeline.ts";
import { conversionOf } from "../../src/config/units.ts";
import type { Batch } from "../../src/decode/batch.ts";
import type { SourceObject } from "../../src/normalise/cursor.ts";
import { KeyTable } from "../../src/normalise/key-table.ts";
import { type Allocate, Normaliser } from "../../src/normalise/normaliser.ts";
import { compilePlan } from "../../src/normalise/plan.ts";
import { columnsOf, type TargetColumn } from "../../src/normalise/targets.ts";
import { batchOf, copyFields, numericText } from "./batches.ts";

export const OBJECT: SourceObject = { objectId: 7, key: "some/key", variables: {} };
export const NOW = Date.UTC(2026, 0, 1) / 1000;

/** A pipeline as its file would say it, references resolved as reading the file would. */
export function pipelineOf(
  document: Readonly<Record<string, unknown>>,
  lookups: Pipeline["lookups"] = new Map(),
): Pipeline {
  const file = pipelineSchema.parse(document);
  const section = "kpis" in file ? file.kpis : undefined;
  const kpiList = (section?.list ?? []).map((kpi) => {
    const conversion = conversionOf(kpi);
    if (conversion === undefined) throw new RangeError(`no way from ${kpi.in} to ${kpi.unit}`);
    return { ...kpi, ...conversion };
  });
  const measurementList = expandMeasurements(document).measurements.map(({ entry }) =>
    singleMeasurement.parse(entry),
  );
  return {
    ...file,
    name: "test",
    file: "test.yaml",
    kpiList,
    measurementList: section === undefined ? [] : measurementList,
    unitAliases: section?.unit_aliases ?? {},
    lookups,
    fingerprint: "f",
  };
}

/** Numbers stations and unlisted KPIs from 100 in the order of asking. */
export function allocator(): Allocate & { readonly stationCalls: string[][]; readonly kpiCalls: string[][] } {
  let next = 100;
  const stationCalls: string[][] = [];
  const kpiCalls: string[][] = [];
  return {
    stationCalls,
    kpiCalls,
    stations: (ids) => {
      stationCalls.push([...ids]);
      return Promise.resolve(new Map(ids.map((id) => [id, next++])));
    },
    kpis: (kpis) => {
      kpiCalls.push(kpis.map((kpi) => kpi.origName));
      return Promise.resolve(new Map(kpis.map((kpi) => [`${kpi.origName}\n${kpi.origUnit}`, next++])));
    },
  };
}

export function normaliserOf(pipeline: Pipeline, year?: number, allocate: Allocate = allocator()) {
  const keys = [...new Set(pipeline.kpiList.map((kpi) => `${kpi.to}\n${kpi.unit}`))];
  const plan = compilePlan({
    pipeline,
    ...(year === undefined ? {} : { year }),
    stations: { ids: new KeyTable(), keys: [] },
    kpis: keys.map((key, index) => {
      const [commonName = "", commonUnit = ""] = key.split("\n");
      return { kpiKey: index + 1, commonName, commonUnit };
    }),
    now: NOW,
  });
  return { plan, normaliser: new Normaliser(plan, allocate) };
}

/** Runs records (fields in the order of the plan's columns) through a normaliser. */
export async function rowsOf(
  normaliser: Normaliser,
  batches: readonly Batch[],
  object = OBJECT,
): Promise<(Buffer | null)[][]> {
  normaliser.begin(object);
  const parts: Buffer[] = [];
  const source = async function* (): AsyncGenerator<Batch> {
    for (const batch of batches) yield await Promise.resolve(batch);
  };
  for await (const part of normaliser.rows(source())) parts.push(part);
  return copyFields(Buffer.concat(parts));
}

/** A record by the names of its columns; those that are left out are absent. */
export type NamedRecord = Readonly<Record<string, string>>;

/** What a row holds, by column of the target; numerics and texts as texts, the rest as numbers. */
export type NamedRow = Readonly<Record<string, string | number | null>>;

/** Runs records, one batch for each list of them, and commits. */
export async function normalised(
  pipeline: Pipeline,
  batches: readonly (readonly NamedRecord[])[],
  options: { year?: number; allocate?: Allocate; object?: SourceObject } = {},
): Promise<{ rows: NamedRow[]; normaliser: Normaliser }> {
  const { plan, normaliser } = normaliserOf(pipeline, options.year, options.allocate);
  const inOrder = batches.map((records) =>
    batchOf(records.map((record) => plan.columns.map((column) => record[column]))),
  );
  const rows = await rowsOf(normaliser, inOrder, options.object ?? OBJECT);
  normaliser.commit();
  const columns = columnsOf(pipeline);
  const named = rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column.name, fieldValue(column, row[index])])),
  );
  return { rows: named, normaliser };
}

function fieldValue({ type }: TargetColumn, field: Buffer | null | undefined): string | number | null {
  if (!field) return null;
  if (type === "numeric") return numericText(field);
  if (type === "text") return field.toString();
  return field.length === 8 ? Number(field.readBigInt64BE()) : field.readIntBE(0, field.length);
}

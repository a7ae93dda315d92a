/**
 * The plan of a load: a pipeline's configuration compiled once into steps and column writers that work on
 * batches of bytes. A pipeline pays only for what it uses.
 */
import type { Pipeline } from "../config/pipeline.ts";
import { daysFromCivil } from "./calendar.ts";
import type { Step } from "./cursor.ts";
import { compileFacts, type FactPipeline } from "./facts.ts";
import { Filters } from "./filter.ts";
import { type KpiKey, KpiMap } from "./kpi-map.ts";
import type { SliceDays } from "./moment-writers.ts";
import type { ColumnOf } from "./origin.ts";
import type { Stations, StationTable } from "./stations.ts";
import { columnsOf } from "./targets.ts";
import { numericWriter, textWriter, type Writer, type WriterContext } from "./writers.ts";

/** What the plan needs to know beside the pipeline. */
export interface PlanRequest {
  readonly pipeline: Pipeline;
  /** The year that the load replaces, such as `1872`; absent for other merges. */
  readonly year?: number;
  /** The source's stations and KPIs; unused by targets without facts. */
  readonly stations: StationTable;
  readonly kpis: readonly KpiKey[];
  /** Now, in seconds since 1970: times more than a day later lie in the future. */
  readonly now: number;
}

/** One measurement of a record: it becomes one row, or is counted as empty, rejected or filtered. */
export interface MeasurementPlan {
  /** Run before the row is begun, in this order; two at most. */
  readonly steps: readonly [] | readonly [Step, Step];
  /** One for each column of the staging table, in its order. */
  readonly writers: readonly Writer[];
}

export interface Plan {
  /** The columns that decoders deliver, in this order. */
  readonly columns: readonly string[];
  /** Which records are wanted; undefined when all are. Asked once a record, before anything else. */
  readonly filters: Filters | undefined;
  /**
   * Whether a record may come as several rows of a batch (a JSON path with []). A row that is not wanted then counts as
   * one filtered measurement, since the rest of its record may be wanted; otherwise as a filtered record.
   */
  readonly severalRows: boolean;
  /** Run once a record, in this order: what the measurements of a wide record share. A fault costs the whole record. */
  readonly steps: readonly Step[];
  /** What a record holds, at least one. */
  readonly measurements: readonly MeasurementPlan[];
  readonly stations: Stations | undefined;
  readonly kpis: KpiMap | undefined;
  /** Whether rows hold measured values, with credible ranges. */
  readonly measures: boolean;
  /** For slices: the days that it spans. */
  readonly slice: SliceDays | undefined;
}

/**
 * Compiles a pipeline for one load. Throws RangeError for what the configuration's own checks refuse: an unknown
 * zone, a bad template, a KPI without a key.
 */
export function compilePlan(request: PlanRequest): Plan {
  const { pipeline } = request;
  const columns: string[] = [];
  const columnOf: ColumnOf = (name) => {
    const known = columns.indexOf(name);
    return known >= 0 ? known : columns.push(name) - 1;
  };
  const context: WriterContext = { pipeline, columnOf, required: new Set(pipeline.checks.required) };
  const slice = request.year === undefined ? undefined : yearDays(request.year);
  const filters = pipeline.filter.length === 0 ? undefined : new Filters(pipeline.filter, context);
  const rows: Pick<Plan, "steps" | "measurements"> & Partial<Plan> = hasFacts(pipeline)
    ? factPlan(pipeline, request, context, slice)
    : { steps: [], measurements: [{ steps: [], writers: dimensionWriters(pipeline, context) }] };
  const expected = columnsOf(pipeline).length;
  for (const { writers } of rows.measurements) {
    if (writers.length !== expected)
      throw new RangeError(`${pipeline.target} needs ${expected} writers, has ${writers.length}`);
  }
  return {
    stations: undefined,
    kpis: undefined,
    ...rows,
    columns,
    filters,
    severalRows: severalRows(pipeline, columns),
    slice,
    measures: pipeline.target !== "inventory",
  };
}

function yearDays(year: number): SliceDays {
  return { first: daysFromCivil(year, 1, 1), last: daysFromCivil(year, 12, 31) };
}

function severalRows({ format }: Pipeline, columns: readonly string[]): boolean {
  if (format.type !== "json" && format.type !== "json-lines") return false;
  return columns.some((name) => (format.columns?.[name] ?? name).includes("[]"));
}

function hasFacts(pipeline: Pipeline): pipeline is FactPipeline {
  return "kpis" in pipeline;
}

function factPlan(
  pipeline: FactPipeline,
  request: PlanRequest,
  context: WriterContext,
  slice: SliceDays | undefined,
): Pick<Plan, "steps" | "measurements" | "stations" | "kpis"> {
  const kpis = new KpiMap(pipeline, pipeline.kpis, request.kpis);
  const parts = { context, kpis, table: request.stations, slice, now: request.now };
  return { ...compileFacts(pipeline, parts), kpis };
}

/** In the order of the target's columns. */
function dimensionWriters(pipeline: Exclude<Pipeline, FactPipeline>, context: WriterContext): Writer[] {
  if (pipeline.target === "countries") {
    const needed = requiring(context, ["country_id", "country"]);
    return [
      textWriter(needed, "country_id", pipeline.fields.country_id),
      textWriter(needed, "country", pipeline.fields.country),
    ];
  }
  const { fields } = pipeline;
  const needed = requiring(context, ["station_id", "name"]);
  return [
    textWriter(needed, "station_id", fields.station_id),
    textWriter(needed, "name", fields.name),
    numericWriter(context, "latitude", fields.latitude, 90),
    numericWriter(context, "longitude", fields.longitude, 180),
    numericWriter(context, "elevation", fields.elevation),
    textWriter(context, "country_id", fields.country_id),
    textWriter(context, "state", fields.state),
    textWriter(context, "wmo_id", fields.wmo_id),
  ];
}

function requiring(context: WriterContext, names: readonly string[]): WriterContext {
  return { ...context, required: new Set([...context.required, ...names]) };
}

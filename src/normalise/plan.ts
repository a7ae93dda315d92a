/**
 * The plan of a load: a pipeline's configuration compiled once into steps and column writers that work on
 * batches of bytes. A pipeline pays only for what it uses.
 */
import type { KpiSection, Pipeline } from "../config/pipeline.ts";
import { daysFromCivil } from "./calendar.ts";
import type { Step } from "./cursor.ts";
import { type KpiKey, KpiMap } from "./kpi-map.ts";
import { Stations, type StationTable } from "./stations.ts";
import { TARGET_COLUMNS } from "./targets.ts";
import type { ColumnOf } from "./text.ts";
import {
  dateWriter,
  durationWriter,
  flagWriter,
  integerWriter,
  kpiWriter,
  numericWriter,
  objectWriter,
  type SliceDays,
  stationWriter,
  textWriter,
  timeWriter,
  valueWriter,
  type Writer,
  type WriterContext,
} from "./writers.ts";

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

export interface Plan {
  /** The columns that decoders deliver, in this order. */
  readonly columns: readonly string[];
  /** Run before the row is begun, in this order. */
  readonly steps: readonly Step[];
  /** One for each column of the staging table, in its order. */
  readonly writers: readonly Writer[];
  readonly stations: Stations | undefined;
  readonly kpis: KpiMap | undefined;
  /** Whether rows hold measured values, with credible ranges. */
  readonly measures: boolean;
  /** For slices: the days that it spans. */
  readonly slice: SliceDays | undefined;
}

const SECONDS_PER_DAY = 86_400;

/** Compiles a pipeline for one load. */
export function compilePlan(request: PlanRequest): Plan {
  const { pipeline } = request;
  const columns: string[] = [];
  const columnOf: ColumnOf = (name) => {
    const known = columns.indexOf(name);
    return known >= 0 ? known : columns.push(name) - 1;
  };
  const context: WriterContext = { pipeline, columnOf, required: new Set(pipeline.checks.required) };
  const slice = request.year === undefined ? undefined : yearDays(request.year);
  const kpis = hasFacts(pipeline) ? new KpiMap(pipeline, pipeline.kpis, columnOf, request.kpis) : undefined;
  const stations = hasFacts(pipeline)
    ? new Stations(pipeline, pipeline.fields.station_id, columnOf, request.stations)
    : undefined;
  const writers = writersOf(request, context, { kpis, stations, slice });
  const expected = TARGET_COLUMNS[pipeline.target].length;
  if (writers.length !== expected)
    throw new RangeError(`${pipeline.target} needs ${expected} writers, has ${writers.length}`);
  const steps = kpis === undefined || stations === undefined ? [] : [kpis.step(), stations.step()];
  return { columns, steps, writers, stations, kpis, slice, measures: pipeline.target !== "inventory" };
}

function yearDays(year: number): SliceDays {
  return { first: daysFromCivil(year, 1, 1), last: daysFromCivil(year, 12, 31) };
}

interface Parts {
  readonly kpis: KpiMap | undefined;
  readonly stations: Stations | undefined;
  readonly slice: SliceDays | undefined;
}

/** In the order of TARGET_COLUMNS. */
function writersOf(request: PlanRequest, context: WriterContext, parts: Parts): Writer[] {
  const { pipeline } = request;
  switch (pipeline.target) {
    case "stations": {
      const { fields } = pipeline;
      const needed = withRequired(context, ["station_id", "name"]);
      return [
        textWriter(needed, "station_id", fields.station_id),
        textWriter(needed, "name", fields.name),
        numericWriter(context, "latitude", fields.latitude),
        numericWriter(context, "longitude", fields.longitude),
        numericWriter(context, "elevation", fields.elevation),
        textWriter(context, "country_id", fields.country_id),
        textWriter(context, "state", fields.state),
        textWriter(context, "wmo_id", fields.wmo_id),
      ];
    }
    case "countries": {
      const needed = withRequired(context, ["country_id", "country"]);
      return [
        textWriter(needed, "country_id", pipeline.fields.country_id),
        textWriter(needed, "country", pipeline.fields.country),
      ];
    }
    default:
      return factWriters(pipeline, request.now, context, parts);
  }
}

type FactPipeline = Extract<Pipeline, { kpis: KpiSection }>;

function hasFacts(pipeline: Pipeline): pipeline is FactPipeline {
  return "kpis" in pipeline;
}

function factWriters(pipeline: FactPipeline, now: number, context: WriterContext, parts: Parts): Writer[] {
  const { kpis, stations, slice } = parts;
  if (kpis === undefined || stations === undefined) throw new RangeError("facts need stations and KPIs");
  switch (pipeline.target) {
    case "daily":
      return [
        stationWriter(stations),
        dateWriter(context, pipeline.fields.date, slice),
        kpiWriter(kpis),
        integerWriter(context, "observ_time", pipeline.fields.observ_time, {
          type: "int2",
          limits: [0, 2400],
        }),
        valueWriter(context, pipeline.fields.value, kpis),
        flagWriter(context, pipeline.fields.quality_flag),
      ];
    case "observations":
      return [
        timeWriter(context, pipeline.fields.time, now + SECONDS_PER_DAY),
        integerWriter(context, "sensor", pipeline.fields.sensor, { type: "int8", otherwise: 0 }),
        stationWriter(stations),
        dateWriter(context, pipeline.fields.date),
        objectWriter(),
        durationWriter(context, pipeline.fields.averaging),
        kpiWriter(kpis),
        valueWriter(context, pipeline.fields.value, kpis),
      ];
    case "inventory": {
      const needed = withRequired(context, ["from_year", "until_year"]);
      return [
        stationWriter(stations),
        kpiWriter(kpis),
        integerWriter(needed, "from_year", pipeline.fields.from_year, { type: "int2", limits: [1600, 2200] }),
        integerWriter(needed, "until_year", pipeline.fields.until_year, {
          type: "int2",
          limits: [1600, 2200],
        }),
      ];
    }
  }
}

function withRequired(context: WriterContext, names: readonly string[]): WriterContext {
  return { ...context, required: new Set([...context.required, ...names]) };
}

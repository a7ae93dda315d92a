/**
 * The plan of a load: a pipeline's configuration compiled once into steps and column writers that work on
 * batches of bytes. A pipeline pays only for what it uses.
 */
import { parseJsonPath } from "../config/json-path.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { daysFromCivil } from "./calendar.ts";
import { type AddedTexts, Columns } from "./columns.ts";
import type { Step } from "./cursor.ts";
import { compileFacts, type FactParts, type FactPipeline } from "./facts.ts";
import { Filters } from "./filter.ts";
import { type KpiKey, KpiMap } from "./kpi-map.ts";
import { latitudeLimit, longitudeLimit } from "./limits.ts";
import type { SliceDays } from "./moment-writers.ts";
import type { ColumnOf } from "./origin.ts";
import type { Stations, StationTable } from "./stations.ts";
import { columnsOf } from "./targets.ts";
import type { WorkedOut } from "./worked-out.ts";
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
  /** The columns of a batch, in this order. Decoders deliver all of them but those that are added. */
  readonly columns: readonly string[];
  /** Undefined when there is nothing to add; see withAddedColumns. */
  readonly added: AddedTexts | undefined;
  /** Those of them that hold what a row is there for: measured values, an inventory's years, a station's or country's id. */
  readonly rowsFor: ReadonlySet<string>;
  /** Which records are wanted; undefined when all are. Asked once a record, before anything else. */
  readonly filters: Filters | undefined;
  /**
   * Whether a record may come as several rows of a batch (a JSON path with [] or {}). A row that is not wanted then counts as
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
  const columns = new Columns(pipeline);
  const { of: columnOf, workedOut } = columns;
  const required = new Set(pipeline.checks.required);
  const context: WriterContext = { pipeline, columnOf, workedOut, required };
  const rowsFor = new Set<string>();
  const noted: ColumnOf = (name) => {
    rowsFor.add(name);
    return columnOf(name);
  };
  const workedOutNoted: WorkedOut = (field) => {
    const place = workedOut(field);
    rowsFor.add(field.column ?? columns.names[place] ?? "");
    return place;
  };
  const noting: WriterContext = { ...context, columnOf: noted, workedOut: workedOutNoted };
  const slice = request.year === undefined ? undefined : yearDays(request.year);
  const filters = pipeline.filter.length === 0 ? undefined : new Filters(pipeline.filter, context);
  const rows: Pick<Plan, "steps" | "measurements"> & Partial<Plan> = hasFacts(pipeline)
    ? factPlan(pipeline, request, { context, noting }, slice)
    : { steps: [], measurements: [{ steps: [], writers: dimensionWriters(pipeline, { context, noting }) }] };
  const expected = columnsOf(pipeline).length;
  for (const { writers } of rows.measurements) {
    if (writers.length !== expected)
      throw new RangeError(`${pipeline.target} needs ${expected} writers, has ${writers.length}`);
  }
  return {
    stations: undefined,
    kpis: undefined,
    ...rows,
    steps: [...columns.steps, ...rows.steps],
    columns: columns.names,
    added: columns.added,
    rowsFor,
    filters,
    severalRows: severalRows(pipeline, columns.names),
    slice,
    measures: pipeline.target !== "inventory",
  };
}

/** What writers are made with; `noting` notes the columns that they read as what rows are there for. */
type Contexts = Pick<FactParts, "context" | "noting">;

function yearDays(year: number): SliceDays {
  return { first: daysFromCivil(year, 1, 1), last: daysFromCivil(year, 12, 31) };
}

function severalRows({ format }: Pipeline, columns: readonly string[]): boolean {
  if (format.type !== "json" && format.type !== "json-lines") return false;
  return columns.some((name) => {
    const path = parseJsonPath(format.columns?.[name] ?? name);
    return "walks" in path && path.walks.length > 0;
  });
}

function hasFacts(pipeline: Pipeline): pipeline is FactPipeline {
  return "kpis" in pipeline;
}

function factPlan(
  pipeline: FactPipeline,
  request: PlanRequest,
  contexts: Contexts,
  slice: SliceDays | undefined,
): Pick<Plan, "steps" | "measurements" | "stations" | "kpis"> {
  const kpis = new KpiMap(pipeline, pipeline.kpis, request.kpis);
  const parts = { ...contexts, kpis, table: request.stations, slice, now: request.now };
  return { ...compileFacts(pipeline, parts), kpis };
}

/** In the order of the target's columns. */
function dimensionWriters(
  pipeline: Exclude<Pipeline, FactPipeline>,
  { context, noting }: Contexts,
): Writer[] {
  if (pipeline.target === "countries") {
    const needed = requiring(context, ["country_id", "country"]);
    return [
      textWriter(requiring(noting, ["country_id"]), "country_id", pipeline.fields.country_id),
      textWriter(needed, "country", pipeline.fields.country),
    ];
  }
  const { fields } = pipeline;
  const needed = requiring(context, ["station_id", "name"]);
  return [
    textWriter(requiring(noting, ["station_id"]), "station_id", fields.station_id),
    textWriter(needed, "name", fields.name),
    numericWriter(context, "latitude", fields.latitude, latitudeLimit),
    numericWriter(context, "longitude", fields.longitude, longitudeLimit),
    numericWriter(context, "elevation", fields.elevation),
    textWriter(context, "country_id", fields.country_id),
    textWriter(context, "state", fields.state),
    textWriter(context, "wmo_id", fields.wmo_id),
  ];
}

function requiring(context: WriterContext, names: readonly string[]): WriterContext {
  return { ...context, required: new Set([...context.required, ...names]) };
}

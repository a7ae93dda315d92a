/** Compiling facts: the measurements of a record into steps and writers. */
import type {
  KpiSection,
  Measurement,
  Pipeline,
  QualityField,
  TextField,
  ValueField,
} from "../config/pipeline.ts";
import { originsOf } from "../config/text.ts";
import { SECONDS_PER_DAY } from "./calendar.ts";
import { DEFERRED, DONE, type Step } from "./cursor.ts";
import type { KpiMap } from "./kpi-map.ts";
import { dateWriter, durationWriter, type SliceDays, timeWriter } from "./moment-writers.ts";
import type { MeasurementPlan, Plan } from "./plan.ts";
import { flagWriter } from "./quality.ts";
import { type Place, Sharing } from "./sharing.ts";
import { Stations, type StationTable } from "./stations.ts";
import { cellValue, valueWriter } from "./value.ts";
import {
  integerWriter,
  kpiNameWriter,
  kpiWriter,
  objectWriter,
  ownStationWriter,
  stationWriter,
  type Writer,
  type WriterContext,
} from "./writers.ts";

/** Pipelines whose rows have a station and a KPI. */
export type FactPipeline = Extract<Pipeline, { kpis: KpiSection }>;

type InventoryPipeline = Extract<FactPipeline, { target: "inventory" }>;
type DailyPipeline = Extract<FactPipeline, { target: "daily" }>;
type ObservationsPipeline = Extract<FactPipeline, { target: "observations" }>;
/** Pipelines whose rows have a value. */
export type MeasuringPipeline = DailyPipeline | ObservationsPipeline;

/** What facts are compiled with. */
export interface FactParts {
  readonly context: WriterContext;
  /** The same for the values themselves: it notes their columns. */
  readonly noting: WriterContext;
  readonly kpis: KpiMap;
  /** The source's stations. */
  readonly table: StationTable;
  readonly slice: SliceDays | undefined;
  /** Seconds since 1970. */
  readonly now: number;
}

export type FactPlan = Pick<Plan, "steps" | "measurements"> & { readonly stations: Stations };

/**
 * A record with one measurement finds its KPI first, so that elements that are left out cost nothing more. A wide
 * record finds its station and reads what no measurement says otherwise once, and then each of its cells.
 */
export function compileFacts(pipeline: FactPipeline, parts: FactParts): FactPlan {
  if (pipeline.target !== "inventory" && pipeline.measurements !== undefined)
    return wideFacts(pipeline, parts);
  const [measurement = {}] = pipeline.measurementList;
  const kpi = kpiStep(pipeline, measurement, parts);
  const stations = stationsOf(pipeline, parts);
  const station = given("station_id", stations.step);
  const row = { ...parts, place: ownPlace, station: stationWriter(stations) };
  const value = (): Writer => valueWriter(parts.noting, valueOf(measurement), parts.kpis);
  const writers =
    pipeline.target === "inventory"
      ? inventoryRow(pipeline, row)
      : measuringRow(pipeline, measurement, value, row);
  return { stations, steps: [], measurements: [{ steps: [kpi, station], writers }] };
}

function wideFacts(pipeline: MeasuringPipeline, parts: FactParts): FactPlan {
  const stations = stationsOf(pipeline, parts);
  const { context } = parts;
  const { measurementList } = pipeline;
  const station = (own?: TextField): Step =>
    own === undefined ? given("station_id", stations.step) : stations.stepOf(own, context);
  const several = measurementList.some(({ station_id }) => station_id !== undefined);
  const steps = several ? [] : [station()];
  const sharing = new Sharing(pipeline);
  const measurements = measurementList.map((measurement): MeasurementPlan => {
    const value = cellValue(parts.noting, valueOf(measurement), parts.kpis);
    const writer = several
      ? ownStationWriter(stations, station(measurement.station_id))
      : stationWriter(stations);
    const row = { ...parts, place: sharing.place, station: writer };
    const kpi = kpiStep(pipeline, measurement, parts);
    return {
      steps: [pipeline.kpis.unknown === "keep" ? ofFullCell(kpi, value.read, parts.kpis) : kpi, value.read],
      writers: measuringRow(pipeline, measurement, () => value.write, row),
    };
  });
  return { stations, steps: [...steps, ...sharing.steps], measurements };
}

/** The KPI of a cell. Where all elements are kept, one whose cells never hold a value must get no key. */
function ofFullCell(kpi: Step, value: Step, kpis: KpiMap): Step {
  return {
    field: kpi.field,
    run: (cursor) => {
      const outcome = kpi.run(cursor);
      if (outcome !== DEFERRED) return outcome;
      // What is kept as it is has no factor.
      cursor.kpi = -1;
      const told = value.run(cursor);
      if (told === DONE) return outcome;
      kpis.withdraw();
      if (told > DONE) cursor.atFault = value.field;
      return told;
    },
  };
}

function stationsOf(pipeline: FactPipeline, { context, table }: FactParts): Stations {
  const attributes = "station" in pipeline ? pipeline.station : undefined;
  return new Stations(pipeline.fields.station_id, attributes, context, table);
}

/** The configuration gives every measurement a complete value. */
function valueOf({ value }: Measurement): ValueField {
  return given("value", value);
}

/** A shared flag without a column is for the measurements that name one. */
function flagOf(own: Measurement, { quality_flag }: MeasuringPipeline["fields"]): QualityField | undefined {
  if (own.quality_flag !== undefined) return own.quality_flag;
  return quality_flag !== undefined && originsOf(quality_flag) > 0 ? quality_flag : undefined;
}

/** What validation has made sure of: the measurement says it, or the record. */
function given<Field>(name: string, field: Field | undefined): Field {
  if (field === undefined) throw new RangeError(`a measurement without a ${name}`);
  return field;
}

function kpiStep(
  { kpis: section }: FactPipeline,
  measurement: Measurement,
  { kpis, context }: FactParts,
): Step {
  const { element: literal } = measurement;
  const element = literal === undefined ? section.element : { literal };
  if (element === undefined) throw new RangeError("a measurement without an element");
  return kpis.step({ element, unit: measurement.unit ?? section.unit }, context);
}

/** Every measurement's columns are its own. */
const ownPlace: Place = (_column, _measurement, make) => make();

type RowParts = FactParts & { readonly station: Writer; readonly place: Place };

function measuringRow(
  pipeline: MeasuringPipeline,
  own: Measurement,
  value: () => Writer,
  parts: RowParts,
): Writer[] {
  return pipeline.target === "daily"
    ? dailyRow(pipeline, own, value, parts)
    : observationsRow(pipeline, own, value, parts);
}

/** In the order of the target's columns. */
function dailyRow(pipeline: DailyPipeline, own: Measurement, value: () => Writer, parts: RowParts): Writer[] {
  const { context, kpis, station, slice, place } = parts;
  const { fields, merge } = pipeline;
  // East of Greenwich tomorrow has begun already.
  const latest = Math.floor(parts.now / SECONDS_PER_DAY) + 1;
  const observed = { name: "observ_time", type: "int2", limits: [0, 2400] } as const;
  const row = [
    station,
    place("date", own, () => dateWriter(context, given("date", own.date ?? fields.date), { slice, latest })),
    kpiWriter(kpis),
    place("observ_time", own, () => integerWriter(context, own.observ_time ?? fields.observ_time, observed)),
    kpiNameWriter(kpis),
    value(),
    place("quality_flag", own, () => flagWriter(context, flagOf(own, fields))),
  ];
  return merge.mode === "upsert" ? [...row, objectWriter()] : row;
}

/** In the order of the target's columns: the time comes before the date, which may be its day. */
function observationsRow(
  { fields }: ObservationsPipeline,
  own: Measurement,
  value: () => Writer,
  parts: RowParts,
): Writer[] {
  const { context, kpis, station, place } = parts;
  const averaging = own.averaging ?? fields.averaging;
  const timed = { latest: parts.now + SECONDS_PER_DAY, averaging };
  const sensor = { name: "sensor", type: "int8", otherwise: 0 } as const;
  return [
    place("time", own, () => timeWriter(context, given("time", own.time ?? fields.time), timed)),
    place("sensor", own, () => integerWriter(context, own.sensor ?? fields.sensor, sensor)),
    station,
    place("date", own, () => dateWriter(context, given("date", own.date ?? fields.date))),
    objectWriter(),
    place("averaging", own, () => durationWriter(context, averaging)),
    kpiWriter(kpis),
    value(),
    place("quality_flag", own, () => flagWriter(context, flagOf(own, fields))),
  ];
}

function inventoryRow({ fields }: InventoryPipeline, { noting, station, kpis }: RowParts): Writer[] {
  const names = ["from_year", "until_year"] as const;
  const needed = { ...noting, required: new Set([...noting.required, ...names]) };
  const years = names.map((name) =>
    integerWriter(needed, fields[name], { name, type: "int2", limits: [1600, 2200] }),
  );
  return [station, kpiWriter(kpis), ...years];
}

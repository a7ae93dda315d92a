/** The columns that COPY fills for each target, in this order; the staging templates of sql/ agree. */
import type { PipelineFile, Target } from "../config/pipeline.ts";

/** Postgres types in their binary COPY form. */
export type ColumnType = "int2" | "int4" | "int8" | "date" | "timestamptz" | "numeric" | "text";

export interface TargetColumn {
  readonly name: string;
  readonly type: ColumnType;
}

const TARGET_COLUMNS: Readonly<Record<Target, readonly TargetColumn[]>> = {
  daily: [
    { name: "station_key", type: "int4" },
    { name: "date_", type: "date" },
    { name: "kpi_key", type: "int2" },
    { name: "observ_time", type: "int2" },
    { name: "common_kpi_name", type: "text" },
    { name: "value", type: "numeric" },
    { name: "quality_flag", type: "text" },
  ],
  observations: [
    { name: "time_", type: "timestamptz" },
    { name: "sensor_id", type: "int8" },
    { name: "station_key", type: "int4" },
    { name: "date_", type: "date" },
    { name: "object_id", type: "int4" },
    { name: "averaging", type: "int4" },
    { name: "kpi_key", type: "int2" },
    { name: "value", type: "numeric" },
    { name: "quality_flag", type: "text" },
  ],
  stations: [
    { name: "station_id", type: "text" },
    { name: "name", type: "text" },
    { name: "latitude", type: "numeric" },
    { name: "longitude", type: "numeric" },
    { name: "elevation", type: "numeric" },
    { name: "country_id", type: "text" },
    { name: "state", type: "text" },
    { name: "wmo_id", type: "text" },
  ],
  countries: [
    { name: "country_id", type: "text" },
    { name: "country", type: "text" },
  ],
  inventory: [
    { name: "station_key", type: "int4" },
    { name: "kpi_key", type: "int2" },
    { name: "from_year", type: "int2" },
    { name: "until_year", type: "int2" },
  ],
};

/** What COPY fills for a pipeline: daily rows that are upserted also say which object brought them. */
export function columnsOf({
  target,
  merge,
}: Pick<PipelineFile, "target" | "merge">): readonly TargetColumn[] {
  const columns = TARGET_COLUMNS[target];
  return target === "daily" && merge.mode === "upsert"
    ? [...columns, { name: "object_id", type: "int4" }]
    : columns;
}

/** Rows as people read them: under production's names, keys replaced by what they stand for. */
import type { Pipeline, Target } from "../config/pipeline.ts";
import { columnsOf } from "../normalise/targets.ts";
import { copyFields, fieldText } from "./copy-reader.ts";
import type { MemoryKeys } from "./keys.ts";

/** A row by production's column names, in the order of READABLE_COLUMNS; null where the row has no value. */
export type ReadableRow = Readonly<Record<string, string | null>>;

/** What the rows of a target have, in the order in which they are shown. */
export const READABLE_COLUMNS: Readonly<Record<Target, readonly string[]>> = {
  daily: [
    "station_id",
    "date_",
    "common_kpi_name",
    "common_unit",
    "data_value",
    "quality_flag",
    "observ_time",
  ],
  observations: [
    "station_id",
    "sensor_id",
    "time_",
    "averaging_seconds",
    "date_",
    "common_kpi_name",
    "common_unit",
    "data_value",
    "quality_flag",
  ],
  stations: ["station_id", "name", "latitude", "longitude", "elevation", "country_id", "state", "wmo_id"],
  countries: ["country_id", "country"],
  inventory: ["station_id", "common_kpi_name", "common_unit", "from_year", "until_year"],
};

/** What tells one row from the others: storage's unique key, without the unit, which belongs to the value. */
export const IDENTITY: Readonly<Record<Target, readonly string[]>> = {
  daily: ["station_id", "date_", "common_kpi_name"],
  observations: ["station_id", "sensor_id", "time_", "common_kpi_name"],
  stations: ["station_id"],
  countries: ["country_id"],
  inventory: ["station_id", "common_kpi_name"],
};

/** Reads a pipeline's COPY rows. */
export function rowReader(
  pipeline: Pick<Pipeline, "target" | "merge">,
  keys: MemoryKeys,
): (bytes: Buffer) => ReadableRow[] {
  const stored = columnsOf(pipeline);
  const shown = READABLE_COLUMNS[pipeline.target];
  return (bytes) =>
    copyFields(bytes).map((fields) => {
      const named: Record<string, string | null> = {};
      for (const [index, { name, type }] of stored.entries()) {
        const field = fields[index] ?? null;
        readable(named, name, field === null ? null : fieldText(type, field), keys);
      }
      return Object.fromEntries(shown.map((name) => [name, named[name] ?? null]));
    });
}

function readable(
  row: Record<string, string | null>,
  name: string,
  text: string | null,
  keys: MemoryKeys,
): void {
  switch (name) {
    case "station_key":
      row["station_id"] = keys.stationId(Number(text));
      return;
    case "kpi_key": {
      const { commonName, commonUnit } = keys.kpi(Number(text));
      row["common_kpi_name"] = commonName;
      row["common_unit"] = commonUnit;
      return;
    }
    case "value":
      row["data_value"] = text;
      return;
    case "averaging":
      row["averaging_seconds"] = text;
      return;
    case "observ_time":
      row[name] = text === null ? null : text.padStart(4, "0");
      return;
    default:
      row[name] = text;
  }
}

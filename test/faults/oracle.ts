/** The readable rows that follow from objects' versions, worked out from their values and not by way of Millrace. */
import assert from "node:assert/strict";
import type { Database } from "../../src/postgres/connect.ts";
import type { Measurement } from "../postgres/measuring.ts";
import { expectedDays } from "../postgres/statistics-oracle.ts";
import { qualityFlag, type Slot, utc } from "./families.ts";
import type { ModelObject, Version } from "./model.ts";

/** The version of each object that counts. */
export type Counting = ReadonlyMap<ModelObject, Version>;

interface Entry {
  readonly slot: Slot;
  readonly value: number;
  readonly key: string;
}

/** Of each slot the value of the object with the greatest key. */
function entriesOf(counting: Counting, pipeline: string): Entry[] {
  const winners = new Map<string, Entry>();
  const objects = [...counting].filter(([{ family }]) => family.pipeline === pipeline);
  // Keys are ASCII, so that the order of UTF-16 is that of their bytes.
  objects.sort(([one], [other]) => (one.key < other.key ? -1 : 1));
  for (const [{ key }, { values }] of objects) {
    for (const [slot, value] of values) {
      const { station, day, hour, element } = slot;
      winners.set(`${station} ${day} ${hour} ${element}`, { slot, value, key });
    }
  }
  return [...winners.values()];
}

const COUNTRIES: Readonly<Record<string, string>> = { GM: "DE", SZ: "CH", US: "US" };

/** Rows of f_climate_data_flagged as `facts` reads them. */
export function expectedFacts(counting: Counting): string[] {
  const years = entriesOf(counting, "noaa-daily").map(({ slot: { station, day, element }, value }) => {
    const observed = element === "TMIN" ? "0700" : "";
    const country = COUNTRIES[station.slice(0, 2)] ?? "";
    return `noaa|${station}|${day}|${element}|°C|${value / 10}|${observed}|${country}|${qualityFlag(value)}|`;
  });
  const hills = entriesOf(counting, "hills").map(({ slot: { station, day, element }, value }) => {
    const [kpi, unit] = element === "tx" ? ["TMAX", "°C"] : ["PRCP", "mm"];
    return `hills|${station}|${day}|${kpi}|${unit}|${value}||||`;
  });
  const days = ["openaq-archive", "openaq-fetches"].flatMap((pipeline) => {
    const byStation = Map.groupBy(entriesOf(counting, pipeline), ({ slot }) => slot.station);
    return [...byStation].flatMap(([station, entries]) =>
      [...expectedDays(entries.map(measurement), statisticsOf)].map(([dayAndName, { n, value }]) => {
        const [day = "", name = ""] = dayAndName.split(" ");
        const country = pipeline === "openaq-fetches" ? "AU" : "";
        assert.ok(typeof value === "string", "nothing here has a direction");
        return `openaq|${station}|${day}|${name}|µg/m³|${value}||${country}||${n}`;
      }),
    );
  });
  return [...years, ...hills, ...days].sort();
}

/** Rows of o_openaq as `measurements` reads them. */
export function expectedMeasurements(counting: Counting): string[] {
  return ["openaq-archive", "openaq-fetches"]
    .flatMap((pipeline) => {
      const [sensor, averaging] = pipeline === "openaq-archive" ? ["77", ""] : ["0", "3600"];
      return entriesOf(counting, pipeline).map(
        ({ slot, value, key }) =>
          `${slot.station}|${nameOf(slot)}|µg/m³|${sensor}|${utc(slot)}|${averaging}|${slot.day}|${value}|${key}`,
      );
    })
    .sort();
}

function nameOf({ element }: Slot): string {
  return element === "no2" ? "NO2" : "PM25";
}

function measurement({ slot, value, key }: Entry): Measurement {
  const { station, day } = slot;
  return { object: key, station, kpi: nameOf(slot), time: utc(slot), date: day, value: String(value) };
}

function statisticsOf(kpi: string): Record<string, "mean" | "max" | "min"> {
  return { [kpi]: "mean", [`${kpi}_MAX`]: "max", [`${kpi}_MIN`]: "min" };
}

/** Stations of fetches have ids that are a hash; here they go by their names. */
const STATION = "case when station_id like 'f:%' then name else station_id end";

export async function facts(database: Database): Promise<string[]> {
  return texts(
    database,
    `select concat_ws('|', source, ${STATION}, date_, common_kpi_name, common_unit, trim_scale(data_value),
       coalesce(observ_time, ''), coalesce(country_id, ''), coalesce(quality_flag, ''),
       coalesce(n_measurements::text, '')) as text
     from production.f_climate_data_flagged
       join (select source, station_id, name from production.d_stations) s using (source, station_id)`,
  );
}

export async function measurements(database: Database): Promise<string[]> {
  return texts(
    database,
    `select concat_ws('|', ${STATION}, common_kpi_name, common_unit, sensor_id, time_,
       coalesce(averaging_seconds::text, ''), date_, trim_scale(data_value), object) as text
     from production.o_openaq
       join (select station_id, name from production.d_stations where source = 'openaq') s using (station_id)`,
  );
}

async function texts(database: Database, sql: string): Promise<string[]> {
  const rows = await database.query<{ text: string }>(sql);
  return rows.map(({ text }) => text).sort();
}

/** Kinds of objects whose content is a set of values, each in a slot of its own, and how they are written down. */
import { gzipSync } from "node:zlib";
import { ARCHIVE, archiveKey, FETCHES, NOAA, yearKey } from "../daemon/mill.ts";

/** Where a value stands: what it is of. Two objects may hold the same slot. */
export interface Slot {
  readonly station: string;
  /** The station's local day, an ISO date. */
  readonly day: string;
  /** Hour of the day, 1 to 24; 0 where values are daily. */
  readonly hour: number;
  readonly element: string;
}

/** The values of an object's version, whole numbers, by slot. */
export type Values = ReadonlyMap<Slot, number>;

export interface Family {
  readonly pipeline: string;
  readonly bucket: string;
  readonly keys: readonly string[];
  /** All slots that an object may hold; the first of each station is always there, so that stations stay. */
  readonly slots: (key: string) => readonly Slot[];
  /** Whether a new version may lack what an old one held. */
  readonly drops: boolean;
  /** Whether objects vanish or stay damaged for good; not where others must be able to bring hidden rows again. */
  readonly vanishes: boolean;
  /** The object's plain text. `version` makes it unlike any other one where the storage does not. */
  readonly text: (values: Values, version: number) => string;
  readonly compressed: boolean;
}

const STATIONS = ["GM000004204", "SZ000001940", "USW00014732"];
const MONTHS = Array.from({ length: 12 }, (_, month) => String(month + 1).padStart(2, "0"));

/** Days of a year's months. Every month holds 12 values, so that one may go unnoticed and two may not. */
const years: Family = {
  pipeline: "noaa-daily",
  bucket: NOAA,
  keys: [2020, 2021, 2022].map(yearKey),
  slots: (key) =>
    MONTHS.flatMap((month) =>
      ["01", "02"].flatMap((day) =>
        STATIONS.flatMap((station) =>
          ["TMAX", "TMIN"].map((element) => ({
            station,
            day: `${/\d{4}/.exec(key)?.[0] ?? ""}-${month}-${day}`,
            hour: 0,
            element,
          })),
        ),
      ),
    ),
  drops: true,
  vanishes: true,
  compressed: true,
  text: (values) => {
    const lines = [...values].map(([slot, value]) => yearLine(slot, value));
    // One record that another one overrules, and one that is refused.
    const [first] = values;
    const overruled = first === undefined ? [] : [yearLine(first[0], first[1] + 1)];
    return [...overruled, ...lines, "GM000004204,20209999,TMAX,1,,,E,", ""].join("\n");
  },
};

/** NOAA's mark of a value that failed quality control; none for most. */
export function qualityFlag(value: number): string {
  return value % 11 === 0 ? "I" : "";
}

function yearLine({ station, day, element }: Slot, value: number): string {
  const observed = element === "TMIN" ? "0700" : "";
  return `${station},${day.replaceAll("-", "")},${element},${value},,${qualityFlag(value)},E,${observed}`;
}

const ARCHIVE_DAYS = ["2024-05-01", "2024-05-02"];

/** One location and day; the last hour's time stamp is of the next day. */
const archive: Family = {
  pipeline: "openaq-archive",
  bucket: ARCHIVE,
  keys: [2178, 8118].flatMap((location) => ARCHIVE_DAYS.map((day) => archiveKey(location, day))),
  slots: (key) => {
    const [, station = "", compact = ""] = /location-(\d+)-(\d{8})/.exec(key) ?? [];
    const day = `${compact.slice(0, 4)}-${compact.slice(4, 6)}-${compact.slice(6)}`;
    return [1, 2, 3, 24].flatMap((hour) =>
      ["pm25", "no2"].map((element) => ({ station, day, hour, element })),
    );
  },
  drops: true,
  vanishes: true,
  compressed: true,
  text: (values) => {
    const rows = [...values].map(([{ station, day, hour, element }, value]) => {
      const time = local(day, hour);
      return `${station},77,Place ${station},${time},52.5,13.4,${element},µg/m³,${value}`;
    });
    return ["location_id,sensors_id,location,datetime,lat,lon,parameter,units,value", ...rows, ""].join("\n");
  },
};

/** The end of an hour in the local time of all stations, which is two hours before UTC. */
function local(day: string, hour: number): string {
  return `${endOf(day, hour).toISOString().slice(0, 19)}+02:00`;
}

function endOf(day: string, hour: number): Date {
  return new Date(Date.parse(`${day}T00:00:00Z`) + hour * 3_600_000);
}

/** The end of an hour as Postgres writes it in UTC. */
export function utc({ day, hour }: Slot): string {
  return `${endOf(day, hour - 2)
    .toISOString()
    .slice(0, 19)
    .replace("T", " ")}+00`;
}

/** Fetches, which deliver the same measurements again and again, and never take one back. */
const fetches: Family = {
  pipeline: "openaq-fetches",
  bucket: FETCHES,
  keys: ["1506558318", "1506558918", "1506559518"].map(
    (file) => `realtime-gzipped/2017-09-28/${file}.ndjson.gz`,
  ),
  slots: () =>
    ["Exeter", "Burnie"].flatMap((station) =>
      [2, 3, 4, 24].map((hour) => ({ station, day: "2017-09-28", hour, element: "pm25" })),
    ),
  drops: false,
  vanishes: true,
  compressed: true,
  text: (values) =>
    [...values]
      .map(([{ station, day, hour, element }, value]) => {
        const time = local(day, hour);
        return `${JSON.stringify({
          date: { utc: new Date(Date.parse(time)).toISOString(), local: time },
          parameter: element,
          location: station,
          value,
          unit: "µg/m³",
          city: "Tasmania",
          averagingPeriod: { value: 1, unit: "hours" },
          coordinates: { latitude: -41.3, longitude: 146.9 },
          country: "AU",
        })}\n`;
      })
      .join(""),
};

/** The pipeline file of `hills`, whose objects hold the same days and determine their own rows. */
export const HILLS = `description: Daily values of which several objects hold the same ones.
source: hills
target: daily
objects:
  bucket: hill-weather
  key: days/{name}.csv
format:
  type: delimited
  header: always
  columns: [station, day, element, value, version]
fields:
  station_id: station
  date: { column: day, format: yyyy-MM-dd }
  value: value
kpis:
  element: element
  list:
    - { from: tx, in: °C, to: TMAX, unit: °C, factor: 1, description: Maximum. }
    - { from: rr, in: mm, to: PRCP, unit: mm, factor: 1, description: Rain. }
merge: { mode: upsert, deletes: true }
`;

const hills: Family = {
  pipeline: "hills",
  bucket: "hill-weather",
  keys: ["a", "b", "c"].map((name) => `days/${name}.csv`),
  slots: () =>
    ["H1", "H2"].flatMap((station) =>
      ["2023-12-31", "2024-01-01", "2024-01-02"].flatMap((day) =>
        ["tx", "rr"].map((element) => ({ station, day, hour: 0, element })),
      ),
    ),
  drops: true,
  vanishes: false,
  compressed: false,
  text: (values, version) => {
    const rows = [...values].map(
      ([{ station, day, element }, value]) => `${station},${day},${element},${value},${version}`,
    );
    return ["station,day,element,value,version", ...rows, ""].join("\n");
  },
};

/** The station file; a value is part of the station's name. */
const stations: Family = {
  pipeline: "noaa-stations",
  bucket: NOAA,
  keys: ["ghcnd-stations.txt.gz"],
  slots: () =>
    [...STATIONS, "GM000001474", "FR000007150"].map((station) => ({
      station,
      day: "",
      hour: 0,
      element: "name",
    })),
  drops: false,
  vanishes: true,
  compressed: true,
  text: (values) =>
    [...values]
      .map(([{ station }, value]) => `${station}  52.4639   13.3017   51.0    STATION ${value}\n`)
      .join(""),
};

export const FAMILIES: readonly Family[] = [years, archive, fetches, hills, stations];

/** The object's bytes. Each version has an etag of its own, whatever its content. */
export function bodyOf(family: Family, text: string, version: number): Buffer {
  if (!family.compressed) return Buffer.from(text);
  const body = gzipSync(text);
  // RFC 1952: the time of modification, which nothing depends on.
  body.writeUInt32LE(version, 4);
  return body;
}

/** The fixed-width files beside GHCN-Daily's years; columns as in NOAA's readme, counted in bytes. */
import { COUNTRIES, STATES } from "./places.ts";
import { Random } from "./random.ts";
import type { Station } from "./stations.ts";

/** Blanks behind the text up to `width` bytes; longer text is cut. */
function left(text: string, width: number): string {
  let fitting = text;
  while (Buffer.byteLength(fitting) > width) fitting = fitting.slice(0, -1);
  return fitting + " ".repeat(width - Buffer.byteLength(fitting));
}

function right(number: number, width: number, decimals: number): string {
  return number.toFixed(decimals).padStart(width);
}

function position(station: Station): string {
  return `${station.id} ${right(station.latitude, 8, 4)} ${right(station.longitude, 9, 4)}`;
}

function file(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map((line) => `${line}\n`).join(""));
}

/** `ghcnd-stations.txt`: 85 bytes a line; -999.9 where the elevation is not known. */
export function stationsFile(stations: readonly Station[]): Buffer {
  const lines = stations.map((station) => {
    const elevation = right(station.elevationKnown ? station.elevation : -999.9, 6, 1);
    const marks = `${left(station.gsn, 3)} ${left(station.reference, 3)} ${left(station.wmo, 5)}`;
    return `${position(station)} ${elevation} ${left(station.city.state, 2)} ${left(station.name, 30)} ${marks}`;
  });
  return file(lines.sort());
}

/** The elements that each network reports. */
const REPORTED: Readonly<Record<Station["network"], readonly string[]>> = {
  synoptic: ["TMAX", "TMIN", "PRCP", "TAVG"],
  climate: ["TMAX", "TMIN", "PRCP", "SNWD"],
  cooperative: ["TMAX", "TMIN", "PRCP", "SNOW", "SNWD", "TOBS"],
  airport: ["TMAX", "TMIN", "PRCP", "SNOW", "SNWD", "AWND", "TAVG", "WT01"],
  rain: ["PRCP", "SNOW", "SNWD"],
};

/** `ghcnd-inventory.txt`: 45 bytes a line, one for each station and element; all of them until `untilYear`. */
export function inventoryFile(stations: readonly Station[], untilYear: number): Buffer {
  const lines = stations.flatMap((station) => {
    const founded = 1876 + new Random("founded", station.id).below(120);
    return REPORTED[station.network].map(
      (element) => `${position(station)} ${element} ${founded} ${untilYear}`,
    );
  });
  return file(lines.sort());
}

/** `ghcnd-countries.txt`: FIPS code and name, with the stray blanks of the original. */
export function countriesFile(): Buffer {
  return file(Object.entries(COUNTRIES).map(([code, name]) => `${code} ${name}`));
}

/** `ghcnd-states.txt`: code and name. */
export function statesFile(): Buffer {
  return file(Object.entries(STATES).map(([code, name]) => `${code} ${name}`));
}

/** `ghcnd-version.txt`: changes with every update; `today` is a date such as `20250108`. */
export function versionFile(today: string): Buffer {
  return file([
    `The current version of GHCN Daily is 3.32-upd-${today}19 (i.e, an update that started at ${today}19 [yyyymmddhh] UTC; yyyy=year; mm=month; dd=day; hh=hour),`,
    `created by appending recently available data updates to the last fully reprocessed version: 3.32-por-${today}02.`,
  ]);
}

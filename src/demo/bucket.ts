/** Everything in the demo's buckets, under the providers' own bucket names and keys. */
import { openaqLocations } from "./air.ts";
import { compactDate, dayOf } from "./calendar.ts";
import { gzip } from "./gzip.ts";
import { countriesFile, inventoryFile, statesFile, stationsFile, versionFile } from "./noaa-texts.ts";
import { generateYear } from "./noaa-year.ts";
import { archiveFile, archiveKey } from "./openaq-archive.ts";
import { fetchFiles } from "./openaq-fetches.ts";
import { generateStations } from "./stations.ts";

const NOAA_BUCKET = "noaa-ghcn-pds";
export const ARCHIVE_BUCKET = "openaq-data-archive";
const FETCHES_BUCKET = "openaq-fetches";
export const BUCKETS = [NOAA_BUCKET, ARCHIVE_BUCKET, FETCHES_BUCKET] as const;

export interface BucketOptions {
  readonly seed: number;
  /** The generated world's present, `YYYY-MM-DD`: nothing in it depends on the real clock. */
  readonly today: string;
  /** Complete years of NOAA, up to the one before `today`. */
  readonly years: number;
  /** NOAA stations. */
  readonly stations: number;
  /** Places of the OpenAQ archive, at most 75. */
  readonly locations: number;
  /** Days of the OpenAQ archive; they begin on 20 November of the last complete year. */
  readonly days: number;
}

/** What `millrace demo` shows. */
export const DEMO: BucketOptions = {
  seed: 7,
  today: "2025-01-08",
  years: 2,
  stations: 300,
  locations: 40,
  days: 30,
};

export interface GeneratedObject {
  readonly bucket: string;
  readonly key: string;
  readonly body: Buffer;
}

/** The complete years, oldest first. */
export function noaaYears(options: BucketOptions): number[] {
  const present = Number(options.today.slice(0, 4));
  return Array.from({ length: options.years }, (_, index) => present - options.years + index);
}

/** The days (since 1970) that the archive covers. */
function archiveDays(options: BucketOptions): number[] {
  const first = dayOf(`${Number(options.today.slice(0, 4)) - 1}-11-20`);
  return Array.from({ length: options.days }, (_, index) => first + index);
}

/** All objects, one after the other; the same options give the same objects. */
export function* generateBucket(options: BucketOptions): Generator<GeneratedObject> {
  yield* noaaObjects(options);
  for (const location of openaqLocations(options.locations)) {
    for (const day of archiveDays(options)) {
      const body = gzip(Buffer.from(archiveFile(options.seed, location, day)));
      yield { bucket: ARCHIVE_BUCKET, key: archiveKey(location.id, day), body };
    }
  }
  const fetchDay = (archiveDays(options).at(-1) ?? dayOf(options.today)) - 1;
  for (const { key, text } of fetchFiles(options.seed, fetchDay)) {
    yield { bucket: FETCHES_BUCKET, key, body: gzip(Buffer.from(text)) };
  }
}

function* noaaObjects(options: BucketOptions): Generator<GeneratedObject> {
  const bucket = NOAA_BUCKET;
  const stations = generateStations(options.stations);
  const years = noaaYears(options);
  const untilYear = years.at(-1) ?? 0;
  yield { bucket, key: "ghcnd-stations.txt", body: stationsFile(stations) };
  yield { bucket, key: "ghcnd-inventory.txt", body: inventoryFile(stations, untilYear) };
  yield { bucket, key: "ghcnd-countries.txt", body: countriesFile() };
  yield { bucket, key: "ghcnd-states.txt", body: statesFile() };
  yield { bucket, key: "ghcnd-version.txt", body: versionFile(compactDate(dayOf(options.today))) };
  for (const year of years) {
    const content = Buffer.concat([...generateYear(options.seed, year, stations).chunks]);
    yield { bucket, key: `csv.gz/by_year/${year}.csv.gz`, body: gzip(content) };
  }
}

/** The real samples as objects of the providers' buckets. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { samples } from "../samples.ts";
import { FETCHES, NOAA, type StoredObject, yearKey } from "./mill.ts";

/** The bytes of a sample file. */
export const sample = (...path: string[]): Buffer => readFileSync(join(samples ?? "", ...path));

/** The years 1800 and 1872 and three text files of GHCN-Daily. */
export function noaaObjects(): StoredObject[] {
  const object = (key: string, body: Buffer) => ({ bucket: NOAA, key, body });
  return [
    object(yearKey(1800), gzipSync(sample("noaa-ghcn", "by_year", "1800.csv"))),
    object(yearKey(1872), sample("noaa-ghcn", "by_year", "1872.csv.gz")),
    object("ghcnd-stations.txt", gunzipSync(sample("noaa-ghcn", "meta", "ghcnd-stations.txt.gz"))),
    object("ghcnd-inventory.txt", gunzipSync(sample("noaa-ghcn", "meta", "ghcnd-inventory.txt.gz"))),
    object("ghcnd-countries.txt", sample("noaa-ghcn", "meta", "ghcnd-countries.txt")),
  ];
}

/** OpenAQ's fetch of 2017-09-28 in the old format. */
export function fetchObject(): StoredObject {
  return {
    bucket: FETCHES,
    key: "realtime-gzipped/2017-09-28/1506558318.ndjson.gz",
    body: sample("openaq-fetches", "1506558318.ndjson.gz"),
  };
}

/** Objects of OpenAQ's archive with a single measurement: what fills a ledger fast. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { ARCHIVE_BUCKET } from "../../../src/demo/bucket.ts";
import { dateOf, dayOf } from "../../../src/demo/calendar.ts";
import { archiveKey } from "../../../src/demo/openaq-archive.ts";

const LOCATIONS = 40;
const FIRST_DAY = dayOf("2010-01-01");

/** The locations that the objects are of. */
export const TINY_LOCATIONS: readonly string[] = Array.from({ length: LOCATIONS }, (_, index) =>
  String(index + 1),
);

/** Writes the objects number `from` to `until` (exclusive) into the bucket's folder; the same numbers, the same objects. */
export async function writeTinyObjects(folder: string, from: number, until: number): Promise<void> {
  for (let index = from; index < until; index++) {
    const location = (index % LOCATIONS) + 1;
    const day = FIRST_DAY + Math.floor(index / LOCATIONS);
    const file = join(folder, ARCHIVE_BUCKET, archiveKey(location, day));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, gzipSync(textOf(location, day, index)));
  }
}

function textOf(location: number, day: number, index: number): string {
  return (
    "location_id,sensors_id,location,datetime,lat,lon,parameter,units,value\n" +
    `${location},${location + 1000},Place ${location},${dateOf(day)}T12:00:00+00:00,50.1,8.6,pm25,µg/m³,${(index % 500) / 10}\n`
  );
}

/** Files of OpenAQ's archive: one for each location and local day, in both of its dialects. */
import type { Location } from "./air.ts";
import { Air, dirtOf } from "./air.ts";
import { compactDate, localTime } from "./calendar.ts";
import { Random } from "./random.ts";

const HEADER = [
  "location_id",
  "sensors_id",
  "location",
  "datetime",
  "lat",
  "lon",
  "parameter",
  "units",
  "value",
];
const DAY_MINUTES = 1440;

/** `records/csv.gz/locationid=2178/year=2022/month=05/location-2178-20220503.csv.gz` */
export function archiveKey(location: number, day: number): string {
  const date = compactDate(day);
  const folder = `records/csv.gz/locationid=${location}/year=${date.slice(0, 4)}/month=${date.slice(4, 6)}`;
  return `${folder}/location-${location}-${date}.csv.gz`;
}

const always = (text: string) => `"${text.replaceAll('"', '""')}"`;
const whereNeeded = (text: string) => (/[",\n]/.test(text) ? always(text) : text);

/**
 * The file's text for one local day since 1970. Values are dated at the end of their period, so the day
 * begins after 00:00 and its last value is dated 00:00 of the next day. One value in fifty is missing.
 */
export function archiveFile(seed: number, location: Location, day: number): string {
  const random = new Random(seed, "archive", location.id, day);
  const quote = location.quoted ? always : whereNeeded;
  const { interval, city } = location;
  const name = quote(location.name);
  const position = `${quote(String(location.latitude))},${quote(String(location.longitude))}`;
  const lines = [HEADER.map(quote).join(",")];
  const midnight = day * DAY_MINUTES - city.offset;
  const times = Array.from({ length: DAY_MINUTES / interval }, (_, index) =>
    quote(localTime(midnight + (index + 1) * interval, city.offset)),
  );
  const dirt = dirtOf(seed, city, day);
  for (const sensor of location.sensors) {
    const air = new Air(random, sensor, dirt);
    const before = `${location.id},${sensor.id},${name},`;
    const after = `,${position},${quote(sensor.pollutant)},${quote(sensor.unit)},`;
    for (const [index, time] of times.entries()) {
      const value = air.next(index * interval);
      // The day's last value is always there: what it is dated tells readers of the day from readers of the date.
      if (random.chance(0.02) && index + 1 < times.length) continue;
      lines.push(`${before}${time}${after}${quote(value)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

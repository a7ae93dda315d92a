/**
 * Files in the format of OpenAQ's old bucket, with every oddity that its records are known for: a few stations,
 * each of which has some of them.
 */
import { dateOf, localTime, utcTime } from "./calendar.ts";
import type { Channel, FetchStation } from "./fetch-stations.ts";
import { STATIONS } from "./fetch-stations.ts";
import { Random } from "./random.ts";

/** Files are written every two hours and reach back three, so that every other measurement comes twice. */
const FILES = 6;
const HOURS_BETWEEN = 2;
const HOURS_BACK = 3;
/** The fourth file reaches back further, as after an outage. */
const HOURS_BACK_LONG = 8;

function decimalsOf(unit: string): number {
  return unit === "ppm" ? 4 : 1;
}

/** What the channel showed in an hour since 1970: the same in whichever file it stands. */
function valueAt(seed: number, station: FetchStation, channel: Channel, hour: number): number {
  const { errors = [] } = channel;
  if (errors.length > 0 && hour % 3 === 0) return errors[Math.floor(hour / 3) % errors.length] ?? -999;
  const random = new Random(seed, "fetch", station.location, channel.parameter, hour);
  const spread = channel.level < 0.001 ? 3 : 0.3;
  return Number((channel.level * (1 + spread * random.normal())).toFixed(decimalsOf(channel.unit)));
}

type FetchRecord = Record<string, unknown>;

function recordOf(station: FetchStation, channel: Channel, minute: number, value: number): FetchRecord {
  const { location, city, country, coordinates, averaging, attribution } = station;
  return {
    date: { utc: utcTime(minute), local: localTime(minute, station.offset) },
    parameter: channel.parameter,
    location,
    value,
    unit: channel.unit,
    ...(city !== undefined && { city }),
    ...(attribution !== undefined && { attribution }),
    ...(averaging !== undefined && { averagingPeriod: { value: averaging, unit: "hours" } }),
    ...(coordinates !== undefined && { coordinates }),
    ...(country !== undefined && { country }),
    sourceName: station.source,
    sourceType: "government",
    mobile: false,
  };
}

/** The same record with its keys, and those within, from last to first. */
function reversed(record: FetchRecord): FetchRecord {
  return Object.fromEntries(
    Object.entries(record)
      .reverse()
      .map(([key, value]) => [key, isPlain(value) ? reversed(value) : value]),
  );
}

function isPlain(value: unknown): value is FetchRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One object of the old bucket: its key and its text before compression. */
interface FetchFile {
  readonly key: string;
  readonly text: string;
}

/**
 * Six files around the midnight (UTC) before `day`, counted since 1970. Beside what the stations have, the
 * fourth file holds a record from the far future, and the last one corrects a value that came before.
 */
export function fetchFiles(seed: number, day: number): FetchFile[] {
  return Array.from({ length: FILES }, (_, file) => {
    const fetched = day * 24 + (file - FILES / 2) * HOURS_BETWEEN;
    const records = recordsOf(seed, fetched, file);
    if (file === 3) records.push(fromTheFuture());
    if (file === FILES - 1) records.push(correction(seed, fetched));
    const lines = records.map((record, index) => JSON.stringify(index % 3 === 2 ? reversed(record) : record));
    const unix = fetched * 3600 + 318;
    const key = `realtime-gzipped/${dateOf(Math.floor(fetched / 24))}/${unix}.ndjson.gz`;
    // As in the real files, the last line mostly has no end.
    return { key, text: lines.join("\n") + (file === 0 ? "\n" : "") };
  });
}

function recordsOf(seed: number, fetched: number, file: number): FetchRecord[] {
  return STATIONS.flatMap((station) =>
    station.channels.flatMap((channel) =>
      Array.from({ length: file === 3 ? HOURS_BACK_LONG : HOURS_BACK }, (_, back) => {
        const hour = fetched - (station.late ?? 0) - back;
        return recordOf(station, channel, hour * 60, valueAt(seed, station, channel, hour));
      }),
    ),
  );
}

/** 2106-02-07 is what a clock shows whose 32 bits are all set. */
function fromTheFuture(): FetchRecord {
  const [station] = STATIONS;
  const channel = station?.channels[0];
  if (station === undefined || channel === undefined) throw new RangeError("there are no stations");
  return recordOf(station, channel, (2 ** 32 - 1) / 60, 19);
}

/** The value of the hour before the last, corrected. */
function correction(seed: number, fetched: number): FetchRecord {
  const station = STATIONS[1];
  const channel = station?.channels[0];
  if (station === undefined || channel === undefined) throw new RangeError("there are no stations");
  const hour = fetched - HOURS_BACK;
  return recordOf(
    station,
    channel,
    hour * 60,
    Number((valueAt(seed, station, channel, hour) + 1.5).toFixed(1)),
  );
}

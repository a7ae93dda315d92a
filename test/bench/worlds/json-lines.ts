/** OpenAQ's old bucket: JSON lines of about 460 bytes, an object for each hour of fetching. */
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { dateOf, dayOf, localTime, utcTime } from "../../../src/demo/calendar.ts";
import { Random } from "../../../src/demo/random.ts";
import { type World, worldIn } from "./folder.ts";

export const FETCHES_BUCKET = "openaq-fetches";
const SEED = 11;
const STATIONS = 2_000;
const PARAMETERS = ["pm25", "pm10", "no2", "o3", "so2"] as const;
/** Minutes ahead of UTC, by station. */
const OFFSETS = [-300, 0, 60, 330] as const;
const FIRST_HOUR = dayOf("2018-03-01") * 24;
const HOUR = 60;
const DAY = 24 * HOUR;

export interface JsonTotals {
  readonly records: number;
  readonly objects: number;
  /** Bytes of the lines, their ends included. */
  readonly bytes: number;
  /** Sum of the values by parameter, in tenths. */
  readonly sums: Record<(typeof PARAMETERS)[number], number>;
  /** Days of a station and a parameter: each gives a mean, a maximum and a minimum. */
  readonly parameterDays: number;
}

/** At least `records` records; each measurement stands in one of them only. */
export async function makeJsonLines(data: string, records: number): Promise<World<JsonTotals>> {
  const objects = Math.ceil(records / (STATIONS * PARAMETERS.length));
  return worldIn(data, `openaq-fetches-${objects}`, async (folder) => {
    const account = new Account();
    for (let index = 0; index < objects; index++) {
      const hour = FIRST_HOUR + index;
      const day = dateOf(Math.floor(hour / 24));
      const file = join(folder, FETCHES_BUCKET, "realtime-gzipped", day, `${hour * 3600 + 318}.ndjson.gz`);
      await mkdir(dirname(file), { recursive: true });
      await pipeline(
        Readable.from(linesOf(hour, account)),
        createGzip({ level: 6 }),
        createWriteStream(file),
      );
    }
    return account.totals(objects);
  });
}

class Account {
  readonly #sums = { pm25: 0, pm10: 0, no2: 0, o3: 0, so2: 0 };
  readonly #days = new Set<string>();
  #records = 0;
  #bytes = 0;

  count(parameter: (typeof PARAMETERS)[number], tenths: number, bytes: number): void {
    this.#sums[parameter] += tenths;
    this.#records += 1;
    this.#bytes += bytes;
  }

  /** A value that is dated midnight belongs to the day that ends then. */
  countDay(station: number, minute: number, offset: number): void {
    this.#days.add(`${station} ${Math.ceil((minute + offset) / DAY) - 1}`);
  }

  totals(objects: number): JsonTotals {
    const parameterDays = this.#days.size * PARAMETERS.length;
    return { records: this.#records, objects, bytes: this.#bytes, sums: this.#sums, parameterDays };
  }
}

function* linesOf(hour: number, account: Account): Generator<Buffer> {
  for (let station = 0; station < STATIONS; station++) {
    const offset = OFFSETS[station % OFFSETS.length] ?? 0;
    const minute = hour * HOUR;
    const random = new Random(SEED, "fetch", station, hour);
    const lines: string[] = [];
    account.countDay(station, minute, offset);
    for (const parameter of PARAMETERS) {
      const tenths = 1 + random.below(900);
      const line = `${JSON.stringify(recordOf({ station, minute, offset, parameter, tenths }))}\n`;
      account.count(parameter, tenths, Buffer.byteLength(line));
      lines.push(line);
    }
    yield Buffer.from(lines.join(""));
  }
}

interface Measured {
  readonly station: number;
  readonly minute: number;
  readonly offset: number;
  readonly parameter: string;
  readonly tenths: number;
}

function recordOf({ station, minute, offset, parameter, tenths }: Measured): unknown {
  return {
    date: { utc: utcTime(minute), local: localTime(minute, offset) },
    parameter,
    location: `Messstation ${String(station).padStart(5, "0")}`,
    value: tenths / 10,
    unit: "µg/m³",
    city: `City of the generated world ${station % 300}`,
    attribution: [{ name: "EEA", url: "http://www.eea.europa.eu/themes/air/air-quality" }],
    averagingPeriod: { value: 1, unit: "hours" },
    coordinates: { latitude: 40 + (station % 200) / 10, longitude: 5 + Math.floor(station / 200) },
    country: "DE",
    sourceName: "EEA Germany",
    sourceType: "government",
    mobile: false,
  };
}

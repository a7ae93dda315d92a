/** Whole years of GHCN-Daily: the demo's small ones and the benchmark's big ones. */
import { compactDate, dayOf, daysIn } from "./calendar.ts";
import type { Measurement, YearTotals } from "./noaa-rows.ts";
import { RowWriter } from "./noaa-rows.ts";
import type { City } from "./places.ts";
import { Random } from "./random.ts";
import type { Station } from "./stations.ts";
import { generateStations } from "./stations.ts";
import { CityWeather, StationWeather, seasonOn } from "./weather.ts";

export interface NoaaYear {
  /** The file's content as it would be after gunzip, in chunks of about 256 KiB; can be read once. */
  readonly chunks: Iterable<Buffer>;
  /** What the file holds; complete when `chunks` was read to its end. */
  readonly totals: YearTotals;
}

/** One draw of 32 bits decides what is special about a row; shares of 2^32. */
const FAILED_QUALITY = 0.001 * 2 ** 32;
const SPLIT_FROM_ITS_DAY = FAILED_QUALITY + 0.004 * 2 ** 32;
const DAYS_LATE = SPLIT_FROM_ITS_DAY + 0.0003 * 2 ** 32;
/** Share of station-days without any row. */
const MISSING_DAYS = 0.015;
/** A little less than an average station-day has (about 4), so that there are surely stations enough for a year. */
const ROWS_PER_STATION_DAY = 3.5;

/** A station while its year is written. */
interface Observer {
  readonly station: Station;
  readonly id: Buffer;
  readonly city: CityWeather;
  readonly weather: StationWeather;
  /** The instruments are away on these days of the year. */
  readonly gap: readonly [first: number, last: number];
  readonly time: string;
}

/** What a value that failed NOAA's checks looks like, by the flag of the check. */
const FAILURES: Readonly<Record<string, readonly [flag: string, value: number][]>> = {
  TMAX: [
    ["X", 712],
    ["I", -640],
    ["S", 555],
    ["G", -781],
  ],
  TMIN: [
    ["X", -899],
    ["I", 615],
    ["S", 488],
    ["G", -833],
  ],
  PRCP: [
    ["X", 18_288],
    ["G", 9_144],
    ["L", 6_350],
  ],
  SNOW: [
    ["W", 1_524],
    ["X", 9_957],
  ],
  SNWD: [
    ["O", 15_240],
    ["X", 29_972],
  ],
};

const OBSERVATION_TIMES: Readonly<Record<Station["network"], string>> = {
  synoptic: "",
  climate: "",
  cooperative: "0700",
  airport: "2400",
  rain: "",
};

/** Writes the days of one year, one after the other. */
class YearWriter {
  readonly rows = new RowWriter();
  private readonly random: Random;
  private readonly observers: readonly Observer[];
  private readonly cities = new Map<City, CityWeather>();
  private readonly days: number;
  private readonly firstDay: number;
  private readonly measurement: Measurement;

  constructor(seed: number, year: number, stations: readonly Station[]) {
    this.random = new Random(seed, "noaa", year);
    this.days = daysIn(year);
    this.firstDay = dayOf(`${year}-01-01`);
    this.observers = stations.map((station) => this.observer(station));
    this.measurement = {
      element: "TMAX",
      value: 0,
      measurementFlag: "",
      qualityFlag: "",
      sourceFlag: "",
      time: "",
    };
  }

  /** Writes a day (0 = 1 January) until the year has `limit` rows, the stations in another order every day. */
  writeDay(day: number, limit: number): void {
    const { random, observers, rows } = this;
    rows.setDate(compactDate(this.firstDay + day));
    for (const weather of this.cities.values()) weather.step(random);
    const stride = coprimeTo(observers.length, 1 + random.below(observers.length));
    let index = random.below(observers.length);
    for (let visited = 0; visited < observers.length && rows.totals.rows < limit; visited++) {
      const observer = observers[index];
      index = (index + stride) % observers.length;
      if (observer === undefined) continue;
      observer.weather.step(seasonOn(day), observer.city, random);
      if (random.chance(MISSING_DAYS) || (day >= observer.gap[0] && day <= observer.gap[1])) continue;
      this.writeStationDay(observer, limit);
      rows.writeLate();
    }
  }

  private observer(station: Station): Observer {
    const city = this.cities.get(station.city) ?? new CityWeather(station.city);
    this.cities.set(station.city, city);
    const { random } = this;
    const awayFrom = random.chance(0.1) ? random.below(this.days) : this.days;
    const weather = new StationWeather(station, random);
    // A month before New Year, so that snow lies and anomalies are already there.
    for (let day = 0; day < 30; day++) {
      city.step(random);
      weather.step(seasonOn(0), city, random);
    }
    return {
      station,
      id: Buffer.from(station.id, "latin1"),
      city,
      weather,
      gap: [awayFrom, awayFrom + 5 + random.below(20)],
      time: OBSERVATION_TIMES[station.network],
    };
  }

  private writeStationDay(observer: Observer, limit: number): void {
    const { weather, station, time } = observer;
    const { network } = station;
    const full = network === "airport" || network === "cooperative";
    this.measurement.sourceFlag = station.sourceFlag;
    this.measurement.time = time;
    if (network !== "rain") {
      this.write(observer, "TMAX", weather.maximum, limit);
      this.write(observer, "TMIN", weather.minimum, limit);
    }
    if (network === "cooperative")
      this.write(observer, "TOBS", Math.round((weather.minimum + weather.mean) / 2), limit);
    this.measurement.measurementFlag = weather.trace ? "T" : "";
    this.write(observer, "PRCP", weather.precipitation, limit);
    this.measurement.measurementFlag = "";
    if (full || network === "rain") this.write(observer, "SNOW", weather.snowfall, limit);
    if (full || network !== "synoptic") this.write(observer, "SNWD", weather.snowDepth, limit);
    if (network === "airport") this.writeAirport(observer, limit);
    if (network === "synoptic" || network === "airport") this.writeMean(observer, limit);
  }

  private writeAirport(observer: Observer, limit: number): void {
    this.measurement.time = "";
    this.write(observer, "AWND", 10 + this.random.below(90), limit);
    if (observer.city.rainy && this.random.chance(0.3)) this.write(observer, "WT01", 1, limit);
  }

  /** The mean comes from another source, and says that it was made of hourly values. */
  private writeMean(observer: Observer, limit: number): void {
    this.measurement.time = "";
    this.measurement.sourceFlag = "S";
    this.measurement.measurementFlag = "H";
    this.write(observer, "TAVG", observer.weather.mean, limit);
    this.measurement.measurementFlag = "";
  }

  private write(observer: Observer, element: Measurement["element"], value: number, limit: number): void {
    const { rows, random, measurement } = this;
    if (rows.totals.rows >= limit) return;
    measurement.element = element;
    measurement.value = value;
    const fate = random.bits();
    let delay = 0;
    if (fate >= DAYS_LATE) {
      // Nothing special, as nearly always.
    } else if (fate < FAILED_QUALITY) {
      const failures = FAILURES[element] ?? [];
      const failure = failures[random.below(failures.length)];
      if (failure !== undefined) [measurement.qualityFlag, measurement.value] = failure;
    } else if (fate < SPLIT_FROM_ITS_DAY) delay = 1 + random.below(40);
    else delay = (1 + random.below(3)) * 4 * this.observers.length;
    rows.write(observer.id, measurement, delay);
    measurement.qualityFlag = "";
  }
}

function greatestCommonDivisor(first: number, second: number): number {
  return second === 0 ? first : greatestCommonDivisor(second, first % second);
}

/** The least number from `start` that shares no divisor with `count`: steps of it visit everything once. */
function coprimeTo(count: number, start: number): number {
  let stride = start;
  while (greatestCommonDivisor(count, stride) !== 1) stride++;
  return stride;
}

/** One year of the stations given, with as many rows as their instruments deliver. */
export function generateYear(seed: number, year: number, stations: readonly Station[]): NoaaYear {
  const writer = new YearWriter(seed, year, stations);
  return { totals: writer.rows.totals, chunks: chunksOf(writer, year, () => Number.POSITIVE_INFINITY) };
}

/**
 * A year of exactly `rows` rows, spread evenly over its days, of as many stations as that takes: what tests
 * and the benchmark load. More than a million rows a second.
 */
export function generateNoaaYear(options: { seed: number; year: number; rows: number }): NoaaYear {
  const { seed, year, rows } = options;
  const days = daysIn(year);
  const stations = generateStations(10 + Math.ceil(rows / days / ROWS_PER_STATION_DAY));
  const writer = new YearWriter(seed, year, stations);
  return {
    totals: writer.rows.totals,
    chunks: chunksOf(writer, year, (day) => Math.floor((rows * (day + 1)) / days)),
  };
}

function* chunksOf(writer: YearWriter, year: number, limit: (day: number) => number): Generator<Buffer> {
  for (let day = 0; day < daysIn(year); day++) {
    writer.writeDay(day, limit(day));
    yield* writer.rows.take();
  }
  writer.rows.writeLate(true);
  yield* writer.rows.take(true);
}

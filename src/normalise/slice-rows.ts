/** The rows of the slice that a load replaces: how many a day has, and whether each has a key of its own. */
import type { KeyProof, MonthCoverage } from "../postgres/verdict.ts";
import { isoDay } from "./calendar.ts";
import type { SliceDays } from "./moment-writers.ts";

/**
 * Series (a station's KPI) beyond these are not kept count of: each takes a bit for every day, 24 MB for a year of this
 * many. A year of GHCN-Daily has about 0.2 million of the five core elements.
 */
const MOST_SERIES = 1 << 19;
/** Nor are they when the tables from stations to series would take more numbers than this: 32 MB. */
const MOST_PLACES = 1 << 23;
const FIRST_STATIONS = 1024;
const FIRST_WORDS = 256;
/** KPI keys are smallint. */
const KPI_KEYS = 1 << 15;
const NONE = new Int32Array(0);

export class SliceRows {
  readonly #first: number;
  readonly #rows: Int32Array;
  #keys: KeyProof = "distinct";
  /** By KPI key: the place in #series, counted from 1. */
  readonly #places: Int16Array;
  /** For each KPI, by the station's entry: the number of the series, counted from 1. */
  readonly #series: Int32Array[] = [];
  #seriesCount = 0;
  /** The length of all tables in #series. */
  #size = 0;
  /** For each day, a bit for each series: it has a row. Files in the order of dates or of stations stay in few of its lines. */
  readonly #seen: Int32Array[];

  constructor(slice: SliceDays | undefined) {
    const days = slice === undefined ? 0 : slice.last - slice.first + 1;
    this.#first = slice?.first ?? 0;
    this.#rows = new Int32Array(days);
    this.#seen = Array.from({ length: days }, () => NONE);
    this.#places = new Int16Array(days === 0 ? 0 : KPI_KEYS);
  }

  /** Of all rows so far, those of discarded objects among them. */
  get keys(): KeyProof {
    return this.#keys;
  }

  /**
   * Takes in a row.
   * @param station The entry of the station table; small integers.
   * @param kpi The KPI key; small integers.
   * @param day Days since 1970; within the slice.
   */
  add(station: number, kpi: number, day: number): void {
    const index = day - this.#first;
    this.#rows[index] = (this.#rows[index] ?? 0) + 1;
    const stations = this.#series[(this.#places[kpi] ?? 0) - 1];
    const series = (stations?.[station] ?? 0) || this.#begin(station, kpi);
    const word = series >> 5;
    let seen = this.#seen[index] ?? NONE;
    if (word >= seen.length) seen = this.#grow(index, word);
    const known = seen[word] ?? 0;
    const bit = 1 << (series & 31);
    if ((known & bit) !== 0 && this.#keys === "distinct") this.#keys = "repeated";
    seen[word] = known | bit;
  }

  /** Rows per month, months without rows left out. */
  coverage(): MonthCoverage[] {
    const months = new Map<string, { rows: number; newest: string }>();
    for (const [index, rows] of this.#rows.entries()) {
      if (rows === 0) continue;
      const day = isoDay(this.#first + index);
      const month = `${day.slice(0, 7)}-01`;
      months.set(month, { rows: (months.get(month)?.rows ?? 0) + rows, newest: day });
    }
    return [...months].map(([month, { rows, newest }]) => ({ month, rows, newest }));
  }

  /** Numbers a series that is met for the first time; 0, whose rows prove nothing, when there are too many. */
  #begin(station: number, kpi: number): number {
    const known = this.#series[(this.#places[kpi] ?? 0) - 1] ?? NONE;
    const length =
      station < known.length ? known.length : Math.max(FIRST_STATIONS, station + 1, known.length * 2);
    if (this.#seriesCount === MOST_SERIES || this.#size + length - known.length > MOST_PLACES) {
      this.#keys = "unknown";
      return 0;
    }
    const place = (this.#places[kpi] ||= this.#series.length + 1) - 1;
    const stations = length === known.length ? known : resized(known, length);
    this.#size += length - known.length;
    this.#series[place] = stations;
    stations[station] = ++this.#seriesCount;
    return this.#seriesCount;
  }

  #grow(index: number, word: number): Int32Array {
    const seen = this.#seen[index] ?? NONE;
    const larger = resized(seen, Math.max(FIRST_WORDS, seen.length * 2, word + 1));
    this.#seen[index] = larger;
    return larger;
  }
}

function resized(array: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(length);
  larger.set(array);
  return larger;
}

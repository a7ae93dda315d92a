/** Years of GHCN-Daily as the bucket keeps them, and the same years a day later. */
import { createWriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { YearTotals } from "../../../src/demo/noaa-rows.ts";
import { generateNoaaYear } from "../../../src/demo/noaa-year.ts";
import { type World, worldIn } from "./folder.ts";
import { reviseRows } from "./revise.ts";

export const NOAA_BUCKET = "noaa-ghcn-pds";
/** The year that most parts load. */
export const YEAR = 2023;
const SEED = 42;
const LEVEL = 6;

export interface YearRequest {
  readonly year: number;
  readonly rows: number;
  /** Every so many rows have another value than in the first version. */
  readonly reviseEvery?: number;
}

/** A stored year, and what is in it. */
export interface YearFile extends YearTotals {
  readonly year: number;
  /** Bytes decompressed, and as stored. */
  readonly bytes: number;
  readonly stored: number;
}

export type Years = World<readonly YearFile[]>;

/** Where a year lies in the bucket. */
export function keyOf(year: number): string {
  return `csv.gz/by_year/${year}.csv.gz`;
}

/** The file of a year of a set. */
export function fileOf({ folder }: Years, year: number): string {
  return join(folder, NOAA_BUCKET, keyOf(year));
}

/** The same years with the same rows give the same bytes. */
export async function makeYears(data: string, name: string, years: readonly YearRequest[]): Promise<Years> {
  return worldIn(data, name, async (folder) => {
    const files: YearFile[] = [];
    for (const year of years) files.push(await writeYear(folder, year));
    return files;
  });
}

/** One year of `rows` rows. */
export function makeYear(data: string, rows: number): Promise<Years> {
  return makeYears(data, `year-${YEAR}-${rows}`, [{ year: YEAR, rows }]);
}

/** The year of a set that has one. */
export function onlyYear({ totals }: Years): YearFile {
  const [year] = totals;
  if (year === undefined) throw new RangeError("the set has no year");
  return year;
}

async function writeYear(folder: string, { year, rows, reviseEvery }: YearRequest): Promise<YearFile> {
  const { chunks, totals } = generateNoaaYear({ seed: SEED, year, rows });
  const file = join(folder, NOAA_BUCKET, keyOf(year));
  await mkdir(dirname(file), { recursive: true });
  let bytes = 0;
  const content = reviseEvery === undefined ? chunks : reviseRows(chunks, totals, reviseEvery);
  const counted = function* () {
    for (const chunk of content) {
      bytes += chunk.length;
      yield chunk;
    }
  };
  await pipeline(Readable.from(counted()), createGzip({ level: LEVEL }), createWriteStream(file));
  const { size } = await stat(file);
  return { ...totals, year, bytes, stored: size };
}

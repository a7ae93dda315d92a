/** The year of GHCN-Daily that every contender works on. */
import { gzipSync } from "node:zlib";
import { generateNoaaYear, type NoaaYear } from "../../src/demo/noaa-year.ts";

export const YEAR = 2023;
const SEED = 42;

export interface BenchYear {
  /** The file as it stands in the bucket. */
  readonly stored: Buffer;
  /** Its content in chunks, as gunzip delivers it. */
  readonly chunks: readonly Buffer[];
  readonly bytes: number;
  readonly totals: NoaaYear["totals"];
}

/** The same rows give the same bytes. */
export function makeYear(rows: number): BenchYear {
  const { chunks: generated, totals } = generateNoaaYear({ seed: SEED, year: YEAR, rows });
  const chunks = [...generated];
  const content = Buffer.concat(chunks);
  return { stored: gzipSync(content, { level: 6 }), chunks, bytes: content.length, totals };
}

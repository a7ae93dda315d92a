/** Real files of the providers, which are not part of the project: tests that need them are skipped without. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";

const folder = resolve(process.env["MILLRACE_SAMPLES"] ?? "../shared/samples");

/** The folder of real samples; undefined where there is none. */
export const samples: string | undefined = existsSync(folder) ? folder : undefined;

/** For `{ skip: skipWithoutSamples }`: false, or why. */
export const skipWithoutSamples: false | string =
  samples === undefined ? `no real samples at ${folder} (set MILLRACE_SAMPLES)` : false;

/** pgloader, which loads raw text only here. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "../bench-context.ts";
import type { Round } from "../report.ts";
import { runOn } from "./measured.ts";
import { RAW_COLUMNS } from "./raw.ts";

export const PGLOADER_NAME = "pgloader, raw text";

/** One year file into `raw`, which must be there. pgloader reads no gzip: zcat does it for it. */
export async function loadWithPgloader(bench: Bench, database: string, file: string): Promise<Round> {
  const columns = RAW_COLUMNS.join(", ");
  const commands = join(await mkdtemp(join(bench.scratch, "pgloader-")), "year.load");
  await writeFile(
    commands,
    `load csv from stdin (${columns}) into ${database}
       target table raw (${columns})
       with fields terminated by ',';`,
  );
  const script = 'zcat "$1" | pgloader --quiet "$2"';
  return runOn(bench.server, {
    argv: ["bash", "-o", "pipefail", "-c", script, "pgloader", file, commands],
    env: { PATH: process.env["PATH"] ?? "", HOME: bench.scratch },
  });
}

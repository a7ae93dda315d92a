/** R: `zcat | psql \copy` of raw text into an unlogged table without an index, the ceiling of everything else. */
import { fileURLToPath } from "node:url";
import type { Bench } from "../bench-context.ts";
import type { Command } from "../outside.ts";
import type { Round } from "../report.ts";
import { onDatabase } from "../server.ts";
import { runOn } from "./measured.ts";

/** The columns of GHCN-Daily's year files. */
export const RAW_COLUMNS = [
  "station_id",
  "date",
  "element",
  "value",
  "m_flag",
  "q_flag",
  "s_flag",
  "obs_time",
] as const;

const COPY_PROGRAM = fileURLToPath(new URL("../programs/copy.ts", import.meta.url));

/** What the contender is, by what is installed. */
export function rawName({ tools }: Bench): string {
  return tools.shell ? "R: zcat, psql \\copy, raw text" : "R: Node gunzip, COPY, raw text (no psql here)";
}

/** Makes the unlogged table `raw` of text columns. */
export async function createRaw(database: string): Promise<void> {
  const columns = RAW_COLUMNS.map((column) => `${column} text`).join(", ");
  await onDatabase(database, (connection) => connection.query(`create unlogged table raw (${columns})`));
}

/** Gzip files into `copy`, a COPY … FROM STDIN, and then the statements, as one program. */
export function copyAnd(
  { tools }: Bench,
  database: string,
  files: readonly string[],
  { copy, then = [] }: { readonly copy: string; readonly then?: readonly string[] },
): Command {
  const env = { PATH: process.env["PATH"] ?? "", PGOPTIONS: "-c datestyle=ISO", TARGET: database };
  if (!tools.shell) {
    return { argv: [process.execPath, COPY_PROGRAM, JSON.stringify({ files, copy, then })], env };
  }
  const psql = ["psql", "-qX", "-v", "ON_ERROR_STOP=1", '"$TARGET"', "-c", '"$0"'];
  const statements = then.map((_, index) => `-c "\${${files.length + index + 1}}"`);
  const zcat = `zcat ${files.map((_, index) => `"\${${index + 1}}"`).join(" ")}`;
  const script = `${zcat} | ${[...psql, ...statements].join(" ")}`;
  return { argv: ["bash", "-o", "pipefail", "-c", script, `\\${copy}`, ...files, ...then], env };
}

/** One year file into `raw`, which must be there. */
export function loadRaw(bench: Bench, database: string, file: string): Promise<Round> {
  return runOn(
    bench.server,
    copyAnd(bench, database, [file], { copy: "copy raw from stdin with (delimiter ',')" }),
  );
}

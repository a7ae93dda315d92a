/** N: the obvious Node program, a process of its own: gunzip → fast-csv → objects → COPY text, without any merge. */
import { fileURLToPath } from "node:url";
import type { Bench } from "../bench-context.ts";
import type { Round } from "../report.ts";
import { onDatabase } from "../server.ts";
import { runOn } from "./measured.ts";

export const NAIVE_NAME = "N: gunzip → fast-csv → objects → COPY text, no merge";

const PROGRAM = fileURLToPath(new URL("../programs/naive.ts", import.meta.url));

/** The table that it fills. */
export async function createNaive(database: string): Promise<void> {
  await onDatabase(database, (connection) =>
    connection.query(`create table climate (station_id text not null, date_ date not null, common_kpi_name text not null,
      common_unit text not null, data_value numeric not null, observ_time text, quality_flag text)`),
  );
}

/** One year file into `climate`, which must be there. */
export function loadNaive(bench: Bench, database: string, file: string): Promise<Round> {
  const env = { PATH: process.env["PATH"] ?? "", TARGET: database };
  return runOn(bench.server, { argv: [process.execPath, PROGRAM, file], env });
}

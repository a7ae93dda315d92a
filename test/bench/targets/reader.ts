/** Somebody who reads while something else is going on. */
import { setTimeout as delay } from "node:timers/promises";
import type { Database } from "../../../src/postgres/connect.ts";
import { onDatabase } from "../server.ts";
import { expectEqual } from "../verify.ts";

export interface Reading<Result> {
  readonly result: Result;
  /** Seconds of the slowest answer. */
  readonly longestWait: number;
  readonly reads: number;
}

/** Milliseconds between an answer and the next question: a reader, not a load test. */
const PAUSE = 20;

const QUESTION = `select count(*)::integer as days from production.f_climate_data
  where station_id = $1 and common_kpi_name = 'PRCP' and date_ between '2023-06-01' and '2023-06-30'`;

/** Asks for a month of a station, again and again, until the work has ended; every answer must have the same days. */
export async function readUntil<Result>(database: string, work: Promise<Result>): Promise<Reading<Result>> {
  return onDatabase(database, async (connection) => {
    const over = new AbortController();
    const finished = work.finally(() => {
      over.abort();
    });
    // Told when it is awaited below.
    finished.catch(() => undefined);
    const station = await someStation(connection);
    const days = await ask(connection, station);
    let longestWait = 0;
    let reads = 0;
    while (!over.signal.aborted) {
      const began = performance.now();
      expectEqual("days of the month that is read", await ask(connection, station), days);
      longestWait = Math.max(longestWait, (performance.now() - began) / 1000);
      reads += 1;
      await delay(PAUSE);
    }
    return { result: await finished, longestWait, reads };
  });
}

async function someStation(connection: Database): Promise<string> {
  const [row] = await connection.query<{ station: string }>(
    "select station_id as station from production.f_climate_data where date_ = '2023-06-15' and common_kpi_name = 'PRCP' limit 1",
  );
  if (row === undefined) throw new Error("there is no station to read of");
  return row.station;
}

async function ask(connection: Database, station: string): Promise<number> {
  const [row] = await connection.query<{ days: number }>(QUESTION, [station]);
  return row?.days ?? Number.NaN;
}

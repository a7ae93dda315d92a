/** Target 5: the daemon's peak memory, whatever the size of what it loads and however slow Postgres is. */
import { setTimeout as delay } from "node:timers/promises";
import type { Bench } from "../bench-context.ts";
import { pipelinesWith, startDaemon } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import { freePort } from "../ports.ts";
import type { Figure, Round, Section } from "../report.ts";
import { onDatabase } from "../server.ts";
import { range } from "../statistics.ts";
import { withThrottle } from "../throttle.ts";
import { expectFacts } from "../verify.ts";
import { makeYear, onlyYear, YEAR, type Years } from "../worlds/years.ts";

const MB = 1e6;
/** Milliseconds between two looks into the ledger. */
const LOOK = 100;

/** The daemon over a year of the usual size, a large one, and the usual one on a Postgres slowed to a tenth. */
export async function memory(bench: Bench): Promise<Section> {
  const { rows, large } = bench.options;
  const years = await makeYear(bench.data, rows);
  bench.say(`generating ${large} rows …`);
  const great = await makeYear(bench.data, large);
  bench.say(`the daemon over ${rows} rows …`);
  const usual = await daemonOver(bench, years);
  bench.say(`the daemon over ${large} rows …`);
  const more = await daemonOver(bench, great);
  bench.say(`the daemon over ${rows} rows, Postgres slowed to a tenth …`);
  const slow = await daemonOver(bench, years, (usual.sent / (usual.round.load ?? Number.NaN)) * 0.1);
  const figure = (name: string, count: number, { round }: Daemon): Figure => ({
    name,
    count,
    unit: "rows",
    rounds: [round],
  });
  const peaks = [usual, more, slow].map(({ round }) => round.peak / MB);
  const [least, greatest] = range(peaks);
  const goal = (what: string, peak: number | undefined) =>
    ({ target: "5", what, measured: peak ?? Number.NaN, unit: "MB", most: 220 }) as const;
  return {
    title: "The daemon's peak memory",
    figures: [
      figure(`${rows} rows`, rows, usual),
      figure(`${large} rows`, large, more),
      figure(`${rows} rows, Postgres slowed to a tenth`, rows, slow),
    ],
    goals: [
      goal(`peak memory, ${rows} rows`, peaks[0]),
      goal(`peak memory, ${large} rows`, peaks[1]),
      goal("peak memory, Postgres slowed to a tenth", peaks[2]),
      {
        target: "5",
        what: "the greatest peak against the least",
        measured: greatest / least,
        unit: "×",
        most: 1.1,
      },
    ],
    notes: [
      "The daemon reaches Postgres through a proxy; the slow one lets a tenth of the bytes a second through that the first run sent.",
    ],
  };
}

interface Daemon {
  readonly round: Round;
  /** Bytes that it sent to Postgres. */
  readonly sent: number;
}

/** Starts the daemon on an empty database and ends it when the year is in production and the marts are up to date. */
async function daemonOver(
  bench: Bench,
  years: Years,
  bytesPerSecond = Number.POSITIVE_INFINITY,
): Promise<Daemon> {
  const pipelines = await pipelinesWith(bench, {
    "noaa-daily": (pipeline) => {
      pipeline.setIn(["objects", "from"], `${YEAR}-01-01`);
    },
  });
  return withEndpoint(years.folder, (endpoint) =>
    bench.server.withDatabase("migrated", (database) =>
      withThrottle(database, bytesPerSecond, async ({ url, passed }) => {
        const http = { MILLRACE_HTTP: `127.0.0.1:${await freePort()}` };
        const before = bench.server.cpu();
        const daemon = startDaemon(bench, { database: url, endpoint: endpoint.url, pipelines, more: http });
        const load = await Promise.race([untilLoaded(database), daemon.done.then(endedEarly)]);
        const sent = await passed();
        daemon.end();
        const run = await daemon.done;
        const round = { ...run, load, postgresCpu: bench.server.cpu() - before };
        await expectFacts(database, "production.f_climate_data_flagged", [onlyYear(years)]);
        return { round, sent };
      }),
    ),
  );
}

function endedEarly(): never {
  throw new Error("the daemon ended before it had loaded the year");
}

/** Resolves with the load's seconds when it is committed and no mart is stale. */
async function untilLoaded(database: string): Promise<number> {
  return onDatabase(database, async (ledger) => {
    for (;;) {
      const [row] = await ledger.query<{
        status: string;
        seconds: number;
        stale: boolean;
        error: string | null;
      }>(
        `select status, extract(epoch from finished_at - started_at)::float8 as seconds, error,
           exists (select from millrace.mart where stale_since is not null) as stale
         from millrace.load where status <> 'running'`,
      );
      if (row?.status === "loaded" && !row.stale) return row.seconds;
      if (row !== undefined && row.status !== "loaded")
        throw new Error(`the load ${row.status}: ${row.error ?? ""}`);
      await delay(LOOK);
    }
  });
}

/** Growth with the slices that are in the database already. */
import type { Bench } from "../bench-context.ts";
import { runOnce } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import { onDatabase } from "../server.ts";
import { median } from "../statistics.ts";
import { expectEqual } from "../verify.ts";
import { makeYears } from "../worlds/years.ts";
import type { Growth } from "./growth.ts";

const FIRST = 1750;
const ROWS = 20_000;
/** Loads around each shown number whose median is shown: a share of it. */
const AROUND = 0.25;

/** Every slice is loaded after the others, alone; the ledger tells how long each load took. */
export async function growthOfSlices(bench: Bench): Promise<Growth> {
  const { slices } = bench.options;
  bench.say(`growth: ${slices} slices of ${ROWS} rows …`);
  const requests = Array.from({ length: slices }, (_, index) => ({ year: FIRST + index, rows: ROWS }));
  const years = await makeYears(bench.data, `years-${FIRST}-x${slices}-${ROWS}`, requests);
  return withEndpoint(years.folder, ({ url: endpoint }) =>
    bench.server.withDatabase("migrated", async (database) => {
      const more = { MILLRACE_LOADS: "1" };
      const round = await runOnce(bench, ["noaa-daily", "--from", `${FIRST}-01-01`], {
        database,
        endpoint,
        more,
      });
      const seconds = await secondsOfLoads(database);
      expectEqual("loads", seconds.length, slices);
      const shown = [1, 2, 4, 8, 16, 32, 64, 128].filter((count) => count < slices);
      const points = [...shown, slices].map((count) => [count, around(seconds, count)] as const);
      return {
        section: {
          title: `Growth: slices in the database, of ${ROWS} rows each, one round`,
          figures: [{ name: `${slices} slices`, count: slices * ROWS, unit: "rows", rounds: [round] }],
          goals: [],
          notes: [
            `Seconds of a load by the number of slices: ${points.map(([count, load]) => `${count}: ${load.toFixed(3)}`).join(", ")}.`,
          ],
        },
        panels: [
          {
            title: "A load by slices in the database",
            x: "slices",
            y: "seconds",
            series: [{ name: `a load of ${ROWS} rows`, points }],
          },
        ],
      };
    }),
  );
}

/** The median of the loads around a number. */
function around(seconds: readonly number[], count: number): number {
  const reach = Math.floor(count * AROUND);
  return median(seconds.slice(Math.max(0, count - 1 - reach), count + reach));
}

/** In the order of their beginning. */
async function secondsOfLoads(database: string): Promise<number[]> {
  const loads = await onDatabase(database, (ledger) =>
    ledger.query<{ seconds: number }>(
      `select extract(epoch from finished_at - started_at)::float8 as seconds
       from millrace.load where status = 'loaded' order by load_id`,
    ),
  );
  return loads.map(({ seconds }) => seconds);
}

/** Growth with the rows of a slice, and what the whole archive would take. */
import type { Bench } from "../bench-context.ts";
import { ofYear, runOnce } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import type { Figure, Round } from "../report.ts";
import { expectFacts } from "../verify.ts";
import { makeYear, YEAR } from "../worlds/years.ts";
import { type Growth, steps } from "./growth.ts";

/** Rows of all of GHCN-Daily's years together, in 2026. */
const ARCHIVE_ROWS = 3.19e9;
const MB = 1e6;

/** One year from 1 row to the largest. */
export async function growthOfRows(bench: Bench): Promise<Growth> {
  const measured: { readonly rows: number; readonly round: Round }[] = [];
  for (const rows of steps(1, bench.options.large)) {
    bench.say(`growth: a slice of ${rows} rows …`);
    measured.push({ rows, round: await loadYear(bench, rows) });
  }
  const points = (pick: (round: Round) => number) =>
    measured.map(({ rows, round }) => [rows, pick(round)] as const);
  return {
    section: {
      title: "Growth: rows of a slice, one round",
      figures: measured.map(
        ({ rows, round }): Figure => ({ name: `${rows} rows`, count: rows, unit: "rows", rounds: [round] }),
      ),
      goals: [],
      notes: [projection(measured.map(({ rows, round }) => [rows, round.wall] as const))],
    },
    panels: [
      {
        title: "Time by rows of a slice",
        x: "rows",
        y: "seconds",
        series: [
          { name: "whole process", points: points(({ wall }) => wall) },
          { name: "the load alone", points: points(({ load = Number.NaN }) => load) },
        ],
      },
      {
        title: "Peak memory by rows of a slice",
        x: "rows",
        y: "MB",
        series: [{ name: "Millrace", points: points(({ peak }) => peak / MB) }],
      },
    ],
  };
}

async function loadYear(bench: Bench, rows: number): Promise<Round> {
  const years = await makeYear(bench.data, rows);
  return withEndpoint(years.folder, ({ url: endpoint }) =>
    bench.server.withDatabase("migrated", async (database) => {
      const round = await runOnce(bench, ["noaa-daily", ...ofYear(YEAR)], { database, endpoint });
      await expectFacts(database, "production.f_climate_data_flagged", years.totals);
      return round;
    }),
  );
}

/** The two largest sizes tell what a further row costs. */
function projection(measured: readonly (readonly [rows: number, seconds: number])[]): string {
  const [[fewer, before] = [0, 0], [rows, seconds] = [0, 0]] = measured.slice(-2);
  const hours = (((seconds - before) / (rows - fewer)) * ARCHIVE_ROWS) / 3600;
  return (
    `The whole archive, ${ARCHIVE_ROWS / 1e9} billion rows, projected: ${hours.toFixed(1)} hours on this machine, one slice ` +
    "after the other, if a further row costs what it cost between the two largest sizes here, S3 delivers as fast as this " +
    "endpoint, and slices do not slow each other down (see the growth by slices)."
  );
}

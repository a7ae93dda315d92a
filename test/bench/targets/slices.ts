/** Target 4: two slices at once against one after the other. */
import type { Bench } from "../bench-context.ts";
import { runOnce } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import type { Section } from "../report.ts";
import { pairedRatio } from "../statistics.ts";
import { expectFacts } from "../verify.ts";
import { makeYears, YEAR } from "../worlds/years.ts";
import { type Contender, inTurn, walls } from "./rounds.ts";

/** Two years, with one load at a time and with two. */
export async function slices(bench: Bench): Promise<Section> {
  const { rows } = bench.options;
  const years = await makeYears(bench.data, `years-${YEAR - 1}-${YEAR}-${rows}`, [
    { year: YEAR - 1, rows },
    { year: YEAR, rows },
  ]);
  return withEndpoint(years.folder, async (endpoint) => {
    const contender = (name: string, atOnce: string): Contender => ({
      name,
      count: 2 * rows,
      unit: "rows",
      run: () =>
        bench.server.withDatabase("migrated", async (database) => {
          const more = { MILLRACE_LOADS: atOnce };
          const args = ["noaa-daily", "--from", `${YEAR - 1}-01-01`];
          const round = await runOnce(bench, args, { database, endpoint: endpoint.url, more });
          await expectFacts(database, "production.f_climate_data_flagged", years.totals);
          return round;
        }),
    });
    const [single, double] = [contender("one after the other", "1"), contender("two at once", "2")];
    const { figures, of } = await inTurn(bench, [single, double]);
    const gain = pairedRatio(walls(of(single)), walls(of(double)));
    return {
      title: `Two slices of ${rows} rows`,
      figures,
      goals: [
        {
          target: "4",
          what: "two slices at once, against one after the other",
          measured: gain,
          unit: "×",
          least: 1.3,
        },
      ],
      notes: ["Target 4 counts where #2 is below 0.45; the cores bound it."],
    };
  });
}

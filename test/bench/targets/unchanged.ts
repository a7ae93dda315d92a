/** Target 8: a cycle over objects that were rewritten with the same content. */
import { utimes } from "node:fs/promises";
import type { Bench } from "../bench-context.ts";
import { runOnce } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import type { Section } from "../report.ts";
import { onDatabase } from "../server.ts";
import { expectEqual } from "../verify.ts";
import { fileOf, makeYears } from "../worlds/years.ts";

const FIRST = 1750;
const ROWS = 1_000;
/** S3 lists so many keys a page. */
const PAGE = 1000;

/** Loads every year, has all of them rewritten, and counts what the next run asks for. */
export async function unchanged(bench: Bench): Promise<Section> {
  const { slices } = bench.options;
  const requests = Array.from({ length: slices }, (_, index) => ({ year: FIRST + index, rows: ROWS }));
  const years = await makeYears(bench.data, `years-${FIRST}-x${slices}-${ROWS}`, requests);
  return withEndpoint(years.folder, async (endpoint) =>
    bench.server.withDatabase("migrated", async (database) => {
      const run = () =>
        runOnce(bench, ["noaa-daily", "--from", `${FIRST}-01-01`], { database, endpoint: endpoint.url });
      bench.say(`${slices} slices: the first load …`);
      const first = await run();
      const loaded = await countLoads(database);
      expectEqual("loads", loaded, slices);
      for (const { year } of years.totals) await utimes(fileOf(years, year), new Date(), new Date());
      await endpoint.rescan();
      await endpoint.counts();
      bench.say("the same, rewritten …");
      const second = await run();
      const asked = await endpoint.counts();
      expectEqual("loads after the rewrite", await countLoads(database), loaded);
      const target = "8";
      return {
        title: `${slices} objects of ${ROWS} rows, rewritten with the same content`,
        figures: [
          { name: "the first load", count: slices, unit: "objects", rounds: [first] },
          {
            name: "nothing changed",
            count: slices,
            unit: "objects",
            rounds: [{ ...second, load: Number.NaN }],
          },
        ],
        goals: [
          { target, what: "bodies read", measured: asked.whole, unit: "GETs", most: 0 },
          { target, what: "ranged GETs", measured: asked.ranged, unit: "GETs", most: slices },
          {
            target,
            what: "listing pages",
            measured: asked.list,
            unit: "pages",
            most: Math.ceil(slices / PAGE),
          },
          { target, what: "bytes of bodies", measured: asked.bytes, unit: "B", most: 8 * slices },
        ],
        notes: [`The endpoint was asked for ${JSON.stringify(asked)}.`],
      };
    }),
  );
}

async function countLoads(database: string): Promise<number> {
  return onDatabase(database, async (ledger) => {
    const [row] = await ledger.query<{ loads: number }>(
      "select count(*)::integer as loads from millrace.load where status = 'loaded'",
    );
    return row?.loads ?? 0;
  });
}

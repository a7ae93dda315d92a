/** Target 7: many objects of 4 kB to observations and daily rows. */
import type { Bench } from "../bench-context.ts";
import { pipelinesWith, runOnce } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import type { Section } from "../report.ts";
import { onDatabase } from "../server.ts";
import { median } from "../statistics.ts";
import { expectEqual } from "../verify.ts";
import { makeSmallObjects } from "../worlds/small-objects.ts";
import { ceilingOf } from "./ceiling.ts";
import { inTurn, walls } from "./rounds.ts";

/** OpenAQ's archive, one object for each location and day. */
export async function smallObjects(bench: Bench): Promise<Section> {
  bench.say(`${bench.options.objects} small objects: generating …`);
  const { folder, totals } = await makeSmallObjects(bench.data, bench.options.objects);
  const pipelines = await pipelinesWith(bench, {
    "openaq-archive": (pipeline) => {
      pipeline.setIn(["objects", "values", "location"], totals.locations);
    },
  });
  return withEndpoint(folder, async (endpoint) => {
    const ceiling = await ceilingOf(endpoint, folder);
    const { figures } = await inTurn(bench, [
      {
        name: "Millrace: small objects to production",
        count: totals.objects,
        unit: "objects",
        run: () =>
          bench.server.withDatabase("migrated", async (database) => {
            const surroundings = { database, endpoint: endpoint.url, pipelines };
            const round = await runOnce(bench, ["openaq-archive"], surroundings);
            await expectObjects(database, totals.objects);
            return round;
          }),
      },
    ]);
    const perSecond = totals.objects / median(walls(figures[0]));
    const mean = Math.round(totals.stored / totals.objects);
    return {
      title: `${totals.objects} objects of ${mean} bytes`,
      figures,
      goals: [
        {
          target: "7",
          what: "small objects to production",
          measured: perSecond,
          unit: "objects/s",
          least: 500,
        },
      ],
      notes: [`The endpoint gives a plain client ${Math.round(ceiling)} of these objects a second.`],
    };
  });
}

async function expectObjects(database: string, objects: number): Promise<void> {
  const [found] = await onDatabase(database, (connection) =>
    connection.query<{ objects: number; lost: number; days: number }>(
      `select (select count(distinct object)::integer from production.o_openaq) as objects,
         (select sum(copied - inserted)::integer from millrace.receipt) as lost,
         (select count(distinct (station_id, date_))::integer from production.f_climate_data) as days`,
    ),
  );
  expectEqual("objects in production", found?.objects, objects);
  expectEqual("measurements lost", found?.lost, 0);
  expectEqual("station-days", found?.days, objects);
}

/** Growth with the objects that the ledger knows. */
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Bench } from "../bench-context.ts";
import { pipelinesWith, runOnce } from "../contenders/millrace.ts";
import { withEndpoint } from "../endpoint.ts";
import type { Figure, Round } from "../report.ts";
import { onDatabase } from "../server.ts";
import { expectEqual } from "../verify.ts";
import { TINY_LOCATIONS, writeTinyObjects } from "../worlds/tiny-objects.ts";
import { type Growth, steps } from "./growth.ts";

const MB = 1e6;

interface Step {
  readonly objects: number;
  readonly added: number;
  /** Loading what is new. */
  readonly load: Round;
  /** The cycle after it, in which nothing is. */
  readonly cycle: Round;
}

/** Objects of one measurement, ever more of them: what a cycle costs in which nothing changed. */
export async function growthOfLedger(bench: Bench): Promise<Growth> {
  const pipelines = await pipelinesWith(bench, {
    "openaq-archive": (pipeline) => {
      pipeline.setIn(["objects", "values", "location"], TINY_LOCATIONS);
    },
  });
  const folder = await mkdtemp(join(bench.scratch, "tiny-"));
  const measured = await bench.server.withDatabase("migrated", async (database) => {
    const all: Step[] = [];
    for (const objects of steps(1, bench.options.ledger)) {
      bench.say(`growth: ${objects} objects in the ledger …`);
      const known = all.at(-1)?.objects ?? 0;
      await writeTinyObjects(folder, known, objects);
      all.push(
        await withEndpoint(folder, async ({ url: endpoint }) => {
          const surroundings = { database, endpoint, pipelines };
          const load = await runOnce(bench, ["openaq-archive"], surroundings);
          const cycle = await runOnce(bench, ["openaq-archive"], surroundings);
          await expectMeasurements(database, objects);
          return { objects, added: objects - known, load, cycle };
        }),
      );
    }
    return all;
  });
  await rm(folder, { recursive: true });
  return growthOf(measured);
}

function growthOf(measured: readonly Step[]): Growth {
  const points = (pick: (step: Step) => number) =>
    measured.map((step) => [step.objects, pick(step)] as const);
  return {
    section: {
      title: "Growth: objects in the ledger, of one measurement each, one round",
      figures: measured.flatMap(({ objects, added, load, cycle }): Figure[] => [
        { name: `${added} new objects`, count: added, unit: "objects", rounds: [load] },
        {
          name: `nothing new, ${objects} objects`,
          count: objects,
          unit: "objects",
          rounds: [{ ...cycle, load: Number.NaN }],
        },
      ]),
      goals: [],
      notes: [],
    },
    panels: [
      {
        title: "Nothing new, by objects in the ledger",
        x: "objects",
        y: "seconds",
        series: [{ name: "whole process", points: points(({ cycle }) => cycle.wall) }],
      },
      {
        title: "Peak memory by objects in the ledger",
        x: "objects",
        y: "MB",
        series: [
          { name: "nothing new", points: points(({ cycle }) => cycle.peak / MB) },
          { name: "loading", points: points(({ load }) => load.peak / MB) },
        ],
      },
    ],
  };
}

async function expectMeasurements(database: string, objects: number): Promise<void> {
  const [found] = await onDatabase(database, (connection) =>
    connection.query<{ rows: number }>("select count(*)::integer as rows from production.o_openaq"),
  );
  expectEqual("measurements", found?.rows, objects);
}

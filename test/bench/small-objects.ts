/** Many objects of a few kilobytes: OpenAQ's archive, one for each location and local day. */
import type { Pipeline } from "../../src/config/pipeline.ts";
import { ARCHIVE_BUCKET, DEMO, generateBucket } from "../../src/demo/bucket.ts";
import { demoPipelines } from "../../src/demo/pipelines.ts";
import type { Database } from "../../src/postgres/connect.ts";
import { startEndpoint } from "./endpoint.ts";
import { expectEqual } from "./in-memory.ts";
import { type Figure, figureOf } from "./print.ts";
import type { Timing } from "./stopwatch.ts";
import { runPipeline, type Server } from "./whole-way.ts";

const LOCATIONS = DEMO.locations;

/** At least `count` objects to production: observations and daily rows. */
export async function smallObjects(
  server: Server,
  archive: Pipeline,
  count: number,
  times: number,
): Promise<Figure[]> {
  const options = { ...DEMO, years: 0, stations: 0, days: Math.ceil(count / LOCATIONS) };
  const objects = [...generateBucket(options)].filter(({ bucket }) => bucket === ARCHIVE_BUCKET);
  const endpoint = await startEndpoint(objects);
  try {
    const [pipeline] = demoPipelines([archive], DEMO, endpoint.url);
    if (pipeline === undefined) throw new Error("no pipeline");
    const timings: Timing[] = [];
    while (timings.length < times) {
      const { run } = await runPipeline(server, pipeline, (database) =>
        expectObjects(database, objects.length),
      );
      timings.push(run);
    }
    const figure = figureOf(`${objects.length} small objects`, objects.length, timings);
    return [{ ...figure, unit: "objects" }];
  } finally {
    await endpoint.stop();
  }
}

async function expectObjects(database: Database, objects: number): Promise<void> {
  const [found] = await database.query<{ objects: number; lost: number; days: number }>(
    `select (select count(distinct object)::integer from production.o_openaq) as objects,
       (select sum(copied - inserted)::integer from millrace.receipt) as lost,
       (select count(distinct (station_id, date_))::integer from production.f_climate_data) as days`,
  );
  expectEqual("objects in production", found?.objects, objects);
  expectEqual("measurements lost", found?.lost, 0);
  expectEqual("station-days", found?.days, objects);
}

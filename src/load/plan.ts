/** Compiles a job's pipeline with the keys that the database knows now. */
import type { LoadJob } from "../discover/job.ts";
import type { Allocate } from "../normalise/normaliser.ts";
import { compilePlan, type Plan } from "../normalise/plan.ts";
import { allocateKpis, allocateStations, loadKpiKeys } from "../postgres/keys.ts";
import type { Services } from "./services.ts";

/** The plan of one load. Throws what the database throws. */
export async function planOf(job: LoadJob, services: Services): Promise<Plan> {
  const { pipeline, slice } = job;
  const year = slice === undefined || slice === "all" ? undefined : Number(slice);
  return compilePlan({
    pipeline,
    ...(year === undefined ? {} : { year }),
    stations: await services.stations.of(pipeline.source),
    kpis: await loadKpiKeys(services.database, pipeline.source),
    now: Date.now() / 1000,
  });
}

/**
 * Where a load gets keys for the stations and KPIs that records name for the first time: each call is a short
 * transaction of its own, so that facts never wait for dimensions. The calls reject with what the database throws.
 */
export function allocateFor(job: LoadJob, { database }: Services): Allocate {
  const { source } = job.pipeline;
  return {
    stations: (ids) => allocateStations(database, source, ids),
    kpis: (kpis) => allocateKpis(database, source, kpis),
  };
}

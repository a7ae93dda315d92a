/** Small pipelines for tests of the database side, as a file would give them. */
import { type Kpi, type Pipeline, pipelineSchema } from "../../src/config/pipeline.ts";
import type { LoadJob } from "../../src/discover/job.ts";
import type { ListedObject } from "../../src/s3/store.ts";

export const BUCKET = "test-bucket";

const columns = { type: "delimited", header: "none", columns: ["id", "day", "element", "value"] };

/** TMAX in tenths of a degree; the factor and the fingerprint are what tests vary. */
export function dailyPipeline(
  name = "test-daily",
  source = "noaa",
  factor = 0.1,
  fingerprint = "f1",
): Pipeline {
  const kpi: Kpi = { from: "TMAX", in: "0.1 °C", to: "TMAX", unit: "°C", factor, description: "Maximum." };
  const file = pipelineSchema.parse({
    description: "Daily facts.",
    source,
    target: "daily",
    objects: { bucket: BUCKET, key: "{year:yyyy}.csv" },
    format: columns,
    fields: { station_id: "id", date: { column: "day", format: "yyyyMMdd" }, value: "value" },
    kpis: { element: "element", list: [kpi] },
    merge: { mode: "replace", slice: "year", year: "year" },
  });
  return ready(file, name, [kpi], fingerprint);
}

/** PM2.5 with its daily mean and maximum. */
export function observationsPipeline(name = "test-observations", source = "openaq"): Pipeline {
  const kpi: Kpi = {
    from: "pm25",
    in: "µg/m³",
    to: "PM25",
    unit: "µg/m³",
    factor: 1,
    description: "Particles.",
  };
  const file = pipelineSchema.parse({
    description: "Measurements.",
    source,
    target: "observations",
    objects: { bucket: BUCKET, key: "{day:yyyyMMdd}.csv" },
    format: columns,
    fields: {
      station_id: "id",
      time: { column: "day", format: "iso" },
      date: { column: "day", format: "iso" },
      value: "value",
    },
    kpis: { element: "element", list: [kpi] },
    daily: { "": "mean", _MAX: "max" },
    merge: { mode: "upsert" },
  });
  return ready(file, name, [kpi], "f1");
}

function ready(
  file: ReturnType<typeof pipelineSchema.parse>,
  name: string,
  list: readonly Kpi[],
  fingerprint: string,
): Pipeline {
  return {
    ...file,
    name,
    file: `${name}.yaml`,
    kpiList: list.map(({ factor = 1, ...kpi }) => ({ ...kpi, add: 0, multiply: factor, divide: 1 })),
    measurementList: [],
    unitAliases: {},
    lookups: new Map(),
    fingerprint,
  };
}

export function listed(key: string, etag = "e1", size = 100): ListedObject {
  return { bucket: BUCKET, key, etag, size, lastModified: new Date("2024-05-01T00:00:00Z") };
}

/** A job for these objects; a slice makes it a replacing one. */
export function jobOf(
  pipeline: Pipeline,
  objects: readonly (readonly [objectId: number, object: ListedObject])[],
  slice?: string,
): LoadJob {
  return {
    pipeline,
    name: slice ?? "group",
    ...(slice === undefined ? {} : { slice }),
    objects: objects.map(([objectId, object]) => ({ objectId, object, variables: {} })),
    bytes: objects.reduce((sum, [, object]) => sum + object.size, 0),
    reload: false,
  };
}

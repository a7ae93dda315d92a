/** The shipped pipelines, pointed at what the demo generates. */
import type { Pipeline } from "../config/pipeline.ts";
import { openaqLocations } from "./air.ts";
import type { BucketOptions } from "./bucket.ts";
import { BUCKETS, noaaYears } from "./bucket.ts";

const GENERATED: ReadonlySet<string> = new Set(BUCKETS);

/**
 * The shipped pipelines whose buckets the demo generates, with what it changes: history starts with the first generated year, the archive
 * is read for the generated places, and the old OpenAQ format is enabled. All speak to the demo's endpoint, whatever
 * endpoint the environment names; formats, fields, checks and merges stay as shipped.
 */
export function demoPipelines(
  shipped: readonly Pipeline[],
  options: BucketOptions,
  endpoint: string,
): Pipeline[] {
  const from = `${noaaYears(options)[0] ?? options.today.slice(0, 4)}-01-01`;
  const generated = shipped.filter(({ objects }) => GENERATED.has(objects.bucket));
  return generated.map((pipeline) => {
    const objects = { ...pipeline.objects, endpoint };
    // Pipelines without a start of their own take everything there is.
    if (objects.from !== undefined) objects.from = from;
    if (pipeline.name === "openaq-archive") {
      objects.values = {
        ...objects.values,
        location: openaqLocations(options.locations).map(({ id }) => String(id)),
      };
    }
    return { ...pipeline, objects, ...(pipeline.name === "openaq-fetches" && { enabled: true }) };
  });
}

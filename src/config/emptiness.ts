/** Whether an object may hold nothing. */
import type { Pipeline } from "./pipeline.ts";

/**
 * Whether an object without a single row is nothing unusual: facts of a station's day or of an API's answer, of which
 * there may be none. An empty year or station list would wipe out what is there.
 */
export function mayBeEmpty({ target, merge }: Pick<Pipeline, "target" | "merge">): boolean {
  return merge.mode === "upsert" && (target === "daily" || target === "observations");
}

/** Noticing objects that are no longer in the bucket. */
import type { Pipeline } from "../config/pipeline.ts";
import { isWanted, wantedValues } from "./branch.ts";
import type { Candidate } from "./job.ts";
import { compileTemplate } from "./template.ts";

/**
 * Which of the keys that the ledger knows belong to the pipeline and were not listed: they have vanished from the
 * bucket. Only right after a complete listing in which these keys were watched. Keys that another template or
 * other wanted values once chose are not among them.
 */
export function vanishedKeys(
  pipeline: Pick<Pipeline, "objects">,
  known: Iterable<string>,
  listed: Iterable<Candidate>,
): string[] {
  const template = compileTemplate(pipeline.objects.key);
  const values = wantedValues(pipeline.objects.values);
  const there = new Set(Array.from(listed, (candidate) => candidate.object.key));
  const vanished: string[] = [];
  for (const key of known) {
    const match = there.has(key) ? undefined : template.match(key);
    if (match !== undefined && isWanted(match, values)) vanished.push(key);
  }
  return vanished;
}

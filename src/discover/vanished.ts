/** Noticing objects that are no longer in the bucket. */
import type { Candidate } from "./job.ts";
import { type DiscoverRequest, scopeOf } from "./scope.ts";

/**
 * Which of the keys that the ledger knows have vanished from the bucket: those that a complete listing of the same
 * request would have shown and did not. A key that the listing was not about is never among them: one outside the
 * range that is not watched, or one that another template or other wanted values once chose. Throws CONFIG_INVALID
 * for a bad template.
 */
export function vanishedKeys(
  request: DiscoverRequest,
  known: Iterable<string>,
  listed: Iterable<Candidate>,
): string[] {
  const scope = scopeOf(request);
  const there = new Set(Array.from(listed, (candidate) => candidate.object.key));
  const vanished: string[] = [];
  for (const key of known) {
    if (!there.has(key) && scope.match(key) !== undefined) vanished.push(key);
  }
  return vanished;
}

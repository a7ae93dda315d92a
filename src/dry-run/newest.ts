/** Objects to try a pipeline on, without listing a whole bucket for them. */
import type { Pipeline } from "../config/pipeline.ts";
import type { Candidate, DateRange } from "../discover/job.ts";
import { discover } from "../discover/listing.ts";
import { compareKeys } from "../discover/order.ts";
import type { ObjectStore } from "../s3/store.ts";

/** Days before now that are looked at, one span after the other, until there are enough objects. */
const SPANS = [10, 100, 1000];
/** Objects of one span after which the newest seen so far must do. */
const ENOUGH = 20_000;

export interface NewestObjects {
  /** The newest first. */
  readonly objects: readonly Candidate[];
  /** Whether the listing was cut short, so that newer ones may exist. */
  readonly cut: boolean;
}

/**
 * The newest objects of a pipeline, by the dates in their keys, else by the time of their writing; at most `count`.
 * The pipeline's own `from` counts. Throws what discovering throws.
 *
 * @param now seconds since 1970
 */
export async function newestObjects(
  store: ObjectStore,
  pipeline: Pipeline,
  { count, now }: { readonly count: number; readonly now: number },
  signal: AbortSignal,
): Promise<NewestObjects> {
  let found: NewestObjects = { objects: [], cut: false };
  for (const range of spans(pipeline, now)) {
    found = await newestOf(store, pipeline, { count, range }, signal);
    if (found.objects.length >= count) return found;
  }
  return found;
}

/** The last one is the pipeline's whole range. */
function* spans({ objects }: Pipeline, now: number): Generator<DateRange> {
  const isDated = /\{[^{}]*:[^{}]*\}/.test(objects.key);
  if (isDated) {
    for (const days of SPANS) {
      const from = new Date((now - days * 86_400) * 1000).toISOString().slice(0, 10);
      if (objects.from === undefined || from > objects.from) yield { from };
    }
  }
  yield {};
}

async function newestOf(
  store: ObjectStore,
  pipeline: Pipeline,
  { count, range }: { readonly count: number; readonly range: DateRange },
  signal: AbortSignal,
): Promise<NewestObjects> {
  let objects: Candidate[] = [];
  let seen = 0;
  for await (const page of discover(store, { pipeline, range }, signal)) {
    seen += page.length;
    objects = [...objects, ...page].sort(newestFirst).slice(0, count);
    if (seen >= ENOUGH) return { objects, cut: true };
  }
  return { objects, cut: false };
}

function newestFirst(one: Candidate, other: Candidate): number {
  const byDay = compareKeys(other.days?.to ?? "", one.days?.to ?? "");
  if (byDay !== 0) return byDay;
  const byTime = other.object.lastModified.getTime() - one.object.lastModified.getTime();
  return byTime === 0 ? compareKeys(other.object.key, one.object.key) : byTime;
}

/** From the objects that need loading to loads. */
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import type { Chosen } from "./changes.ts";
import type { Candidate, JobObject, LoadJob } from "./job.ts";
import { compareKeys } from "./order.ts";

/** One object of a job to be, and whether it is loaded although the ledger holds it. */
interface Item {
  readonly object: JobObject;
  readonly reload: boolean;
}

/**
 * The slice that an object determines: a year such as `1872`, `all`, or undefined for upserts. Throws
 * CONFIG_INVALID when the pipeline's variable is not a year.
 */
function sliceOf(pipeline: Pipeline, candidate: Candidate): string | undefined {
  const { merge } = pipeline;
  if (merge.mode === "upsert") return undefined;
  if (merge.slice === "all") return "all";
  const year = candidate.variables[merge.year];
  if (year !== undefined && /^[0-9]{4}$/.test(year)) return year;
  const { bucket, key } = candidate.object;
  throw new MillraceError(
    "CONFIG_INVALID",
    `merge.year names {${merge.year}}, which is "${year ?? ""}" in this key and not a year`,
    { pipeline: pipeline.name, bucket, key },
  );
}

/**
 * What an object holds the whole of, in words; undefined where objects add to each other. A station or country file
 * is whole although it is merged by upserts: what it lacks is missing.
 */
function wholeOf(pipeline: Pipeline, candidate: Candidate): string | undefined {
  const { target, source } = pipeline;
  if (target === "stations" || target === "countries") return `all ${target} of ${source}`;
  const slice = sliceOf(pipeline, candidate);
  return slice === undefined ? undefined : `slice ${slice}`;
}

/**
 * Refuses listings in which two objects determine one slice, or are the source's station or country file: either
 * would replace what the other brought. To be called with all listed objects, because the other one may be loaded already. Throws CONFIG_INVALID.
 */
export function requireOneObjectPerSlice(pipeline: Pipeline, candidates: readonly Candidate[]): void {
  const keys = new Map<string, string>();
  for (const candidate of candidates) {
    const whole = wholeOf(pipeline, candidate);
    if (whole === undefined) return;
    const { bucket, key } = candidate.object;
    const other = keys.get(whole);
    if (other !== undefined && other !== key) {
      const [first, second] = [other, key].sort(compareKeys);
      throw new MillraceError(
        "CONFIG_INVALID",
        `${first ?? ""} and ${second ?? ""} both hold ${whole}; narrow objects.key to one of them`,
        { pipeline: pipeline.name, bucket, key },
      );
    }
    keys.set(whole, key);
  }
}

/**
 * The loads of the chosen objects: one for each object, or as many together as `objects.together` allows, in byte
 * order of the keys; year slices newest first. The same objects always give the same loads. `ids` are the
 * objects' rows in the ledger, by key. Throws CONFIG_INVALID as `requireOneObjectPerSlice` does.
 */
export function groupLoads(
  pipeline: Pipeline,
  chosen: readonly Chosen[],
  ids: ReadonlyMap<string, number>,
): LoadJob[] {
  requireOneObjectPerSlice(
    pipeline,
    chosen.map(({ candidate }) => candidate),
  );
  const items = chosen
    .map(
      ({ candidate, reload }): Item => ({ object: { ...candidate, objectId: idOf(candidate, ids) }, reload }),
    )
    .sort((one, other) => compareKeys(one.object.object.key, other.object.object.key));
  if (pipeline.merge.mode === "upsert")
    return bundles(pipeline, items).map((bundle) => job(pipeline, bundle));
  const jobs = items.map((item) => job(pipeline, [item], sliceOf(pipeline, item.object)));
  return jobs.sort((one, other) => compareKeys(other.slice ?? "", one.slice ?? ""));
}

function idOf(candidate: Candidate, ids: ReadonlyMap<string, number>): number {
  const id = ids.get(candidate.object.key);
  if (id === undefined) throw new Error(`${candidate.object.key} was not noted in the ledger`);
  return id;
}

/** Consecutive items, as many as one load may hold; an item that is larger than the limit stands alone. */
function bundles(pipeline: Pipeline, items: readonly Item[]): Item[][] {
  const { together } = pipeline.objects;
  if (together === undefined) return items.map((item) => [item]);
  const all: Item[][] = [];
  let current: Item[] = [];
  let bytes = 0;
  for (const item of items) {
    const { size } = item.object.object;
    if (current.length === 0 || current.length >= together.objects || bytes + size > together.bytes) {
      current = [];
      bytes = 0;
      all.push(current);
    }
    current.push(item);
    bytes += size;
  }
  return all;
}

function job(pipeline: Pipeline, items: readonly Item[], slice?: string): LoadJob {
  const objects = items.map((item) => item.object);
  return {
    pipeline,
    name: slice === undefined || slice === "all" ? nameOf(objects) : slice,
    ...(slice === undefined ? {} : { slice }),
    objects,
    bytes: objects.reduce((sum, { object }) => sum + object.size, 0),
    reload: items.some((item) => item.reload),
  };
}

/** The key, or `first … last`. */
function nameOf(objects: readonly JobObject[]): string {
  const first = objects[0]?.object.key ?? "";
  const last = objects.at(-1)?.object.key ?? "";
  return first === last ? first : `${first} … ${last}`;
}

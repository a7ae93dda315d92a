/** The objects that `preview` and `diff` read: a file, one that was named, or the newest of the pipeline. */
import type { Environment } from "../config/environment.ts";
import type { Pipeline } from "../config/pipeline.ts";
import type { DryRunSource } from "../dry-run/dry-run.ts";
import { newestObjects } from "../dry-run/newest.ts";
import { openFile, openKey } from "../dry-run/source.ts";
import { formatPlace, MillraceError } from "../errors.ts";
import { INTERACTIVE_LIMITS } from "../s3/network.ts";
import { storeFor } from "../s3/open.ts";
import type { ObjectStore } from "../s3/store.ts";
import { waitingFor } from "./patience.ts";

/** What was asked for on the command line. */
export interface WantedObjects {
  readonly file?: string | undefined;
  /** Of the object; with a file, the key that it would have. */
  readonly key?: string | undefined;
  /** Without both: so many of the newest. */
  readonly count: number;
  /** Seconds since 1970. */
  readonly now: number;
}

/** An object to read, as often as it is needed. */
export interface DryObject {
  /** For people: its key, or the file. */
  readonly name: string;
  /** As another pipeline may see it: its key fits that one's template, or USAGE. */
  readonly open: (pipeline: Pipeline) => Promise<DryRunSource>;
}

export interface DryObjects {
  readonly objects: readonly DryObject[];
  /** The newest of those listed: there may be newer ones. */
  readonly cut: boolean;
}

/**
 * Finds the objects for the work and ends the connections behind it. Throws USAGE for what cannot be read or does not
 * fit, OBJECT_NOT_FOUND when there is no object at all, and what the store throws.
 */
export async function withObjects<Result>(
  pipeline: Pipeline,
  wanted: WantedObjects,
  environment: Pick<Environment, "s3">,
  work: (objects: DryObjects) => Promise<Result>,
): Promise<Result> {
  const { file, key } = wanted;
  if (file !== undefined) {
    return work({
      objects: [{ name: file, open: (reader) => openFile(reader, file, key) }],
      cut: false,
    });
  }
  const store = storeFor(pipeline.objects, environment.s3, INTERACTIVE_LIMITS);
  const ended = new AbortController();
  try {
    return await work(await stored(store, pipeline, wanted, ended.signal));
  } finally {
    ended.abort();
    store.close();
  }
}

async function stored(
  store: ObjectStore,
  pipeline: Pipeline,
  { key, count, now }: WantedObjects,
  signal: AbortSignal,
): Promise<DryObjects> {
  const { bucket } = pipeline.objects;
  const whom = formatPlace({ bucket });
  const object = (name: string): DryObject => ({
    name,
    open: (reader) => waitingFor(whom, () => openKey(store, { reader, bucket }, name, signal)),
  });
  if (key !== undefined) {
    const prefix = `s3://${bucket}/`;
    return { objects: [object(key.startsWith(prefix) ? key.slice(prefix.length) : key)], cut: false };
  }
  const { objects, cut } = await waitingFor(whom, () =>
    newestObjects(store, pipeline, { count, now }, signal),
  );
  if (objects.length === 0) {
    const { key: template } = pipeline.objects;
    throw new MillraceError("OBJECT_NOT_FOUND", `no object fits ${template}`, { bucket });
  }
  return { objects: objects.map(({ object: { key: found } }) => object(found)), cut };
}

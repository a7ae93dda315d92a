/** `millrace infer`: a first pipeline file, guessed from the beginning of an object. */
import type { Environment } from "../config/environment.ts";
import { readFileChunks } from "../dry-run/source.ts";
import { formatPlace, MillraceError, type Place } from "../errors.ts";
import { inferPipeline } from "../infer/infer.ts";
import { placeOf } from "../infer/place.ts";
import { INTERACTIVE_LIMITS } from "../s3/network.ts";
import { storeFor } from "../s3/open.ts";
import { DONE } from "./exit.ts";
import { formatJson } from "./json.ts";
import { waitingFor } from "./patience.ts";

/** The command line of `infer`. */
export interface InferOptions {
  /** `s3://bucket/key`, an http(s) address, or a file. */
  readonly sample: string;
  readonly source?: string;
  readonly json: boolean;
}

/**
 * Prints the pipeline file; as JSON `{ yaml, format, target, columns, unsure }`. Throws USAGE for a bad source's name
 * and what cannot be read, what the store throws, and the object's faults.
 */
export async function infer(
  { sample, source, json }: InferOptions,
  environment: Pick<Environment, "s3">,
  out: NodeJS.WritableStream = process.stdout,
): Promise<number> {
  if (source !== undefined && !/^[a-z][a-z0-9_]{0,30}$/.test(source)) {
    throw new MillraceError(
      "USAGE",
      `--source ${source}: expected small letters, digits and underscores, at most 31`,
    );
  }
  const told = { sample, ...(source === undefined ? {} : { source }) };
  const inferred = await withBody(sample, environment, (body, place) =>
    inferPipeline(body, { ...told, place }),
  );
  out.write(json ? formatJson(inferred) : inferred.yaml);
  return DONE;
}

async function withBody<Result>(
  sample: string,
  { s3 }: Pick<Environment, "s3">,
  work: (body: AsyncIterable<Buffer>, place: Place) => Promise<Result>,
): Promise<Result> {
  if (!/^(?:s3|https?):\/\//.test(sample)) return work(await readFileChunks(sample), { file: sample });
  const { store: where, key } = placeOf(sample);
  const bucket = "bucket" in where ? where.bucket : where.url;
  const location = { store: "bucket" in where ? "s3" : "https", connections: 1 } as const;
  const store = storeFor(location, s3, INTERACTIVE_LIMITS);
  try {
    return await waitingFor(formatPlace({ bucket }), async () => {
      const { body } = await store.open(bucket, key, undefined, new AbortController().signal);
      return work(body, { bucket, key });
    });
  } finally {
    store.close();
  }
}

/** Opening what a dry run reads: objects of a store, and files. */
import { open } from "node:fs/promises";
import { resolve } from "node:path";
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import type { ObjectStore } from "../s3/store.ts";
import type { DryRunSource } from "./dry-run.ts";
import { keyOfFile, readKey } from "./key.ts";

/** Bytes that a file is read in at a time. */
const CHUNK = 256 * 1024;

/**
 * A file as an object of the pipeline; without a key it gets the one that its path suggests. Throws USAGE for a file
 * that cannot be read, and for a key that does not fit.
 */
export async function openFile(pipeline: Pipeline, path: string, key?: string): Promise<DryRunSource> {
  const named = key === undefined ? keyOfFile(pipeline, resolve(path)) : readKey(pipeline, key);
  return { ...named, body: await readFileChunks(path), place: { file: path } };
}

/** The file's bytes. Throws USAGE when it cannot be opened. */
export async function readFileChunks(path: string): Promise<AsyncIterable<Buffer>> {
  try {
    const file = await open(path);
    const isDirectory = (await file.stat()).isDirectory();
    if (!isDirectory) return file.createReadStream({ highWaterMark: CHUNK });
    await file.close();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new MillraceError("USAGE", `the file ${path} cannot be read: ${code}`, {}, error);
  }
  throw new MillraceError("USAGE", `${path} is a folder, not a file`);
}

/**
 * An object of a bucket as the pipeline's `reader` sees it, whatever its version. Throws what opening it throws, and
 * USAGE as above.
 */
export async function openKey(
  store: ObjectStore,
  { reader, bucket }: { readonly reader: Pipeline; readonly bucket: string },
  key: string,
  signal: AbortSignal,
): Promise<DryRunSource> {
  const named = readKey(reader, key);
  const { body } = await store.open(bucket, key, undefined, signal);
  return { ...named, body, place: { bucket, key } };
}

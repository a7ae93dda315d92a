/** The files of a folder of buckets, as objects. */
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { join, relative } from "node:path";

/** A file, as the object that it stands for. */
export interface StoredFile {
  readonly key: string;
  /** Below the folder of buckets. */
  readonly path: string;
  readonly size: number;
  readonly modified: Date;
  /** Another one whenever the file was written or touched. */
  readonly etag: string;
}

export interface Bucket {
  /** In the order in which S3 lists them. */
  readonly keys: readonly string[];
  readonly files: ReadonlyMap<string, StoredFile>;
}

export type Buckets = ReadonlyMap<string, Bucket>;

/** Reads all of a folder whose own folders are buckets. */
export async function storedFiles(folder: string): Promise<Buckets> {
  const buckets = new Map<string, Bucket>();
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) buckets.set(entry.name, await bucketOf(folder, entry.name));
  }
  return buckets;
}

async function bucketOf(folder: string, bucket: string): Promise<Bucket> {
  const home = join(folder, bucket);
  const files: StoredFile[] = [];
  for (const entry of await readdir(home, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const { size, mtime, mtimeMs } = await stat(path);
    const key = relative(home, path);
    const etag = createHash("md5").update(`${key} ${size} ${mtimeMs}`).digest("hex");
    files.push({ key, path: relative(folder, path), size, modified: mtime, etag });
  }
  // Generated keys are ASCII: UTF-16 order is the order of bytes that S3 lists in.
  files.sort((one, other) => (one.key < other.key ? -1 : 1));
  return { keys: files.map(({ key }) => key), files: new Map(files.map((file) => [file.key, file])) };
}

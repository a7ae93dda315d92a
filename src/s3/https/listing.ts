/** Listings from index pages: folder by folder, and of the objects in them only those that are wanted. */
import pLimit from "p-limit";
import { MillraceError } from "../../errors.ts";
import type { ListedObject, ListPage, ListRequest } from "../store.ts";
import type { IndexPage } from "./index-page.ts";

/** What a listing asks of the server. */
export interface Server {
  /** Requests at a time. */
  readonly connections: number;
  /** The index page of a folder, whose key ends with a slash or is empty; undefined when there is no such folder. */
  page(folder: string, signal: AbortSignal): Promise<IndexPage | undefined>;
  exists(key: string, signal: AbortSignal): Promise<boolean>;
  find(key: string, signal: AbortSignal): Promise<ListedObject | undefined>;
}

/** Entries of a page. */
const PAGE = 250;
/** S3's limit for a key, in bytes. */
const LONGEST_KEY = 1024;
/**
 * Bounds of what is read below one folder. No archive is like that; folders that link to themselves or to each other
 * are, and with two such links the pages double at every level.
 */
const DEEPEST_FOLDER = 32;
const MOST_FOLDERS = 100_000;

/**
 * The pages of a listing, as `ObjectStore.list` has them. An object that the server shows but does not let anybody
 * read is listed with an etag that no version has, so that its load says so and the others are not held up. Throws
 * STORE_FAILED when folders have no end: more than 32 below each other, or more than 100,000 in all.
 */
export async function* listPages(
  request: ListRequest,
  server: Server,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  let keys: string[] = [];
  let prefixes: string[] = [];
  for await (const path of paths(request, server, signal)) {
    if (path.endsWith("/")) prefixes.push(path);
    else if (request.wanted?.(path) ?? true) keys.push(path);
    if (keys.length + prefixes.length < PAGE) continue;
    yield { objects: await findAll(keys, { request, server, signal }), prefixes };
    keys = [];
    prefixes = [];
  }
  yield { objects: await findAll(keys, { request, server, signal }), prefixes };
}

/** Keys, and with a delimiter folders, in byte order. */
async function* paths(request: ListRequest, server: Server, signal: AbortSignal): AsyncGenerator<string> {
  const { bucket, prefix } = request;
  const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
  const page = await server.page(folder, signal);
  let folders = 0;
  if (page !== undefined) {
    yield* below({ path: folder, depth: 0 }, page);
    return;
  }
  // A bucket has no folders of its own: one without objects looks like one that never was.
  if (folder === "" || !(await server.exists("", signal)))
    throw new MillraceError("BUCKET_NOT_FOUND", "there is no such folder on the server (HTTP 404)", {
      bucket,
      key: folder,
    });

  async function* below({ path, depth }: Folder, { names }: IndexPage): AsyncGenerator<string> {
    const children = names
      .map((name) => ({ path: path + name, bytes: Buffer.from(path + name) }))
      .filter((child) => child.bytes.length <= LONGEST_KEY && isListed(child.path, request))
      .sort((one, other) => Buffer.compare(one.bytes, other.bytes));
    for (const child of children) {
      if (request.delimiter !== undefined || !child.path.endsWith("/")) {
        yield child.path;
        continue;
      }
      folders += 1;
      const further = { path: child.path, depth: depth + 1 };
      requireEnd(further, folders, bucket);
      const next = await server.page(child.path, signal);
      if (next !== undefined) yield* below(further, next);
    }
  }
}

/** A folder whose page is read, and how far it lies below the one that is listed. */
interface Folder {
  readonly path: string;
  readonly depth: number;
}

/** Throws STORE_FAILED at the folder, the `folders`-th of its listing, that is beyond the bounds. */
function requireEnd({ path, depth }: Folder, folders: number, bucket: string): void {
  if (depth <= DEEPEST_FOLDER && folders <= MOST_FOLDERS) return;
  const said = depth > DEEPEST_FOLDER ? `${DEEPEST_FOLDER} below each other` : `${MOST_FOLDERS} in all`;
  throw new MillraceError(
    "STORE_FAILED",
    `the folders have no end (more than ${said}): some link to themselves`,
    { bucket, key: path },
  );
}

/** Whether a key, or a key in a folder, begins with the prefix and comes after `startAfter`. */
function isListed(path: string, { prefix, startAfter }: ListRequest): boolean {
  if (!path.startsWith(prefix)) return false;
  if (startAfter === undefined || (path.endsWith("/") && startAfter.startsWith(path))) return true;
  return Buffer.compare(Buffer.from(path), Buffer.from(startAfter)) > 0;
}

interface Search {
  readonly request: ListRequest;
  readonly server: Server;
  readonly signal: AbortSignal;
}

/** The objects of these keys, without those that have gone since the page was made. The first failure is thrown. */
async function findAll(
  keys: readonly string[],
  { request, server, signal }: Search,
): Promise<ListedObject[]> {
  const ended = new AbortController();
  const until = AbortSignal.any([signal, ended.signal]);
  const failures: unknown[] = [];
  const found = await pLimit(server.connections).map(keys, async (key) => {
    if (failures.length > 0) return undefined;
    try {
      return await server.find(key, until);
    } catch (error) {
      if (error instanceof MillraceError && error.code === "ACCESS_DENIED")
        return { bucket: request.bucket, key, etag: "unreadable", size: 0, lastModified: new Date(0) };
      failures.push(error);
      ended.abort();
      return undefined;
    }
  });
  if (failures.length > 0) throw failures[0];
  return found.filter((object) => object !== undefined);
}

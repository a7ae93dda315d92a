/**
 * The object store contract. There is one for S3, and one for folders on web servers, whose bucket is the folder's
 * URL (ending in a slash); the demo and the tests speak to an embedded endpoint through the former. Every call takes
 * the signal of the life it belongs to and rejects with a MillraceError that names bucket and key.
 */
import type { Readable } from "node:stream";

/** What the surroundings say about reaching S3; `config/environment.ts` reads it from the AWS variables. */
export interface StoreEnvironment {
  /** Used by pipelines that name no endpoint of their own (`AWS_ENDPOINT_URL_S3`). */
  readonly endpoint?: string;
  /** Used by pipelines that name no region of their own (`AWS_REGION`). */
  readonly region: string;
  /**
   * True when no credentials are configured: requests go out unsigned and nothing searches for any. Otherwise
   * the SDK takes them from where they are configured.
   */
  readonly anonymous: boolean;
}

/** One listed object. */
export interface ListedObject {
  readonly bucket: string;
  readonly key: string;
  /** Tells versions apart; without its quotes. A server that sends none gets a text in its place. */
  readonly etag: string;
  /** Bytes as stored (compressed). */
  readonly size: number;
  readonly lastModified: Date;
}

/** An open body: `body` delivers exactly `size` bytes of version `etag`, or errors. */
export interface OpenObject {
  readonly body: Readable;
  readonly etag: string;
  readonly size: number;
  readonly lastModified: Date;
}

export interface ListRequest {
  readonly bucket: string;
  readonly prefix: string;
  /** With a delimiter, what lies behind it is reported once as a prefix. */
  readonly delimiter?: "/";
  /** Only keys after this one (exclusive, in byte order). */
  readonly startAfter?: string;
  /** Keys for which it is false may be left out: a store that has to ask for each object saves that request. */
  readonly wanted?: (key: string) => boolean;
}

export interface ListPage {
  readonly objects: readonly ListedObject[];
  readonly prefixes: readonly string[];
}

export interface ObjectStore {
  /** Pages of a listing, in byte order of the keys. Unknown bucket: BUCKET_NOT_FOUND; 403: ACCESS_DENIED. */
  list(request: ListRequest, signal: AbortSignal): AsyncGenerator<ListPage>;
  /** The object of exactly this key; undefined when there is none. Throws what `list` throws. */
  find(bucket: string, key: string, signal: AbortSignal): Promise<ListedObject | undefined>;
  /**
   * Opens an object for reading. When the connection breaks or nothing arrives while bytes are asked for, the
   * body resumes at its offset (Range and If-Match) a bounded number of times; it errors with OBJECT_CHANGED
   * when the object was rewritten meanwhile, OBJECT_TRUNCATED when fewer bytes came than were announced,
   * RANGE_UNSUPPORTED when the server only ever sends whole objects.
   * If `etag` is given and the object now has another: OBJECT_CHANGED.
   */
  open(bucket: string, key: string, etag: string | undefined, signal: AbortSignal): Promise<OpenObject>;
  /** The last `length` bytes of exactly this version. */
  tail(bucket: string, key: string, etag: string, length: number, signal: AbortSignal): Promise<Buffer>;
  /** Frees sockets. */
  close(): void;
}

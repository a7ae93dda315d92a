/** Objects as decompressed content: streamed, or read whole and verified. */
import { Readable } from "node:stream";
import {
  type ByteCounts,
  CONTENT_LIMITS,
  type Decompression,
  decompress,
  noBytes,
} from "../decode/decompress.ts";
import type { JobObject } from "../discover/job.ts";
import { type ErrorCode, MillraceError } from "../errors.ts";
import type { ObjectStore } from "../s3/store.ts";

/** An object's content. `counts` are complete once the chunks have been read to their end. */
export interface Content {
  readonly chunks: AsyncIterable<Buffer>;
  readonly counts: ByteCounts;
  /** Bytes as stored, as the store announced them. */
  readonly size: number;
}

/** Small objects that are read ahead at most, and the stored bytes of them after which no further one is begun. */
const AHEAD_OBJECTS = 32;
const AHEAD_BYTES = 4 * 2 ** 20;
/** Bytes of content held at most for one load, beside the object whose turn it is: small objects may hold forty times their size. */
const AHEAD_CONTENT = 4 * 2 ** 20;
/** A small object's content is held whole. One that turns out larger is loaded by itself, streaming. */
const SMALL_LIMITS = { ...CONTENT_LIMITS, bytes: 64 * 2 ** 20, chunk: 64 * 1024, atOnce: 64 * 1024 };

/** Faults that concern one object and say nothing about its neighbours. */
const OBJECT_FAULTS: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "ACCESS_DENIED",
  "OBJECT_NOT_FOUND",
  "OBJECT_CHANGED",
  "OBJECT_STALLED",
  "OBJECT_TRUNCATED",
  "RANGE_UNSUPPORTED",
  "OBJECT_CORRUPT",
  "OBJECT_EMPTY",
  "OBJECT_NOT_DATA",
  "OBJECT_TOO_LARGE",
  "MEMBER_UNKNOWN",
  "COLUMN_MISSING",
  "DOCUMENT_INVALID",
]);

/** How objects are read: decompressed as the pipeline's format says, until the signal. */
export interface Reading extends Required<Pick<Decompression, "format">> {
  readonly signal: AbortSignal;
}

/** Whether the error is a fault of one object alone, so that others of its group can go on without it. */
export function isObjectFault(error: unknown): error is MillraceError {
  return error instanceof MillraceError && OBJECT_FAULTS.has(error.code);
}

/**
 * Opens exactly the listed version. Throws what `ObjectStore.open` throws; the chunks throw what reading and
 * decompressing them runs into: faults of the object, LOAD_ABORTED, STORE_UNREACHABLE.
 */
export async function openContent(
  store: ObjectStore,
  { object }: JobObject,
  { format, signal }: Reading,
): Promise<Content> {
  const { bucket, key, etag } = object;
  const { body, size } = await store.open(bucket, key, etag, signal);
  const counts = noBytes();
  return { chunks: decompress(body, { bucket, key }, counts, { format }), counts, size };
}

/** An object of a group: its verified content, or what is wrong with it. */
export type WholeContent =
  | { readonly object: JobObject; readonly content: Content; readonly fault?: undefined }
  | { readonly object: JobObject; readonly content?: undefined; readonly fault: MillraceError };

/**
 * The objects' contents in their order, each read to its end (length and CRC verified) before it is yielded. Several
 * are read ahead, bounded by number, stored bytes and bytes of content. Throws what does not concern one object alone, such as
 * STORE_UNREACHABLE or LOAD_ABORTED; then, and when the reader stops, all further reading is aborted.
 */
export async function* readContents(
  store: ObjectStore,
  objects: readonly JobObject[],
  { format, signal }: Reading,
): AsyncGenerator<WholeContent> {
  const ended = new AbortController();
  const until = { format, signal: AbortSignal.any([signal, ended.signal]) };
  const ahead: { readonly content: Promise<WholeContent>; readonly object: JobObject }[] = [];
  const room = new Room(objects[0], until.signal);
  let bytes = 0;
  let next = 0;
  const readAhead = (): void => {
    for (let object = objects[next]; object !== undefined; object = objects[next]) {
      if (ahead.length >= AHEAD_OBJECTS || bytes >= AHEAD_BYTES || room.isFull) return;
      const content = readWhole(store, object, { ...until, room });
      // It is awaited in its turn; until then a failure must not count as unhandled.
      content.catch(() => undefined);
      ahead.push({ content, object });
      bytes += object.object.size;
      next += 1;
    }
  };
  try {
    readAhead();
    for (let first = ahead[0]; first !== undefined; first = ahead[0]) {
      yield await first.content;
      ahead.shift();
      bytes -= first.object.object.size;
      room.free(first.object, ahead[0]?.object ?? objects[next]);
      readAhead();
    }
  } finally {
    ended.abort();
    await Promise.allSettled(ahead.map(({ content }) => content));
  }
}

/** Rejects with what does not concern this object alone. */
async function readWhole(
  store: ObjectStore,
  object: JobObject,
  { format, signal, room }: Reading & { readonly room: Room },
): Promise<WholeContent> {
  const { bucket, key, etag } = object.object;
  try {
    const { body, size } = await store.open(bucket, key, etag, signal);
    const counts = noBytes();
    const chunks: Buffer[] = [];
    const how = { format, limits: SMALL_LIMITS };
    for await (const chunk of decompress(body, { bucket, key }, counts, how)) {
      chunks.push(chunk);
      await room.take(object, chunk.length);
    }
    return { object, content: { chunks: Readable.from(chunks), counts, size } };
  } catch (error) {
    if (isObjectFault(error)) return { object, fault: error };
    throw error;
  }
}

/** The content that the objects of a load hold. Beyond AHEAD_CONTENT only the object whose turn it is goes on. */
class Room {
  readonly #held = new Map<JobObject, number>();
  readonly #signal: AbortSignal;
  #first: JobObject | undefined;
  #bytes = 0;
  #freed = Promise.withResolvers<undefined>();

  constructor(first: JobObject | undefined, signal: AbortSignal) {
    this.#first = first;
    this.#signal = signal;
    signal.addEventListener("abort", () => {
      this.#wake();
    });
  }

  get isFull(): boolean {
    return this.#bytes >= AHEAD_CONTENT;
  }

  /** Takes room for bytes that are there already; resolves when the object may have more, or all is aborted. */
  async take(object: JobObject, bytes: number): Promise<void> {
    this.#held.set(object, (this.#held.get(object) ?? 0) + bytes);
    this.#bytes += bytes;
    while (this.isFull && object !== this.#first && !this.#signal.aborted) await this.#freed.promise;
  }

  /** Gives back all that an object holds; it is another one's turn. */
  free(object: JobObject, first: JobObject | undefined): void {
    this.#bytes -= this.#held.get(object) ?? 0;
    this.#held.delete(object);
    this.#first = first;
    this.#wake();
  }

  #wake(): void {
    this.#freed.resolve(undefined);
    this.#freed = Promise.withResolvers<undefined>();
  }
}

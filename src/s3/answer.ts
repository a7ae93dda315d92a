/** Reading the store's answers, and refusing those that are not what was asked for. */
import { Readable } from "node:stream";
import type { _Object, GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { MillraceError, type Place } from "../errors.ts";
import type { ListedObject } from "./store.ts";

/** `"abc"` → `abc`. */
export function bare(etag: string | undefined): string | undefined {
  return etag?.replace(/^"(.*)"$/, "$1");
}

/** Undoes `encoding-type=url`, in which a blank is `+` or `%20`. */
export function decodeKey(text: string): string {
  return decodeURIComponent(text.replaceAll("+", "%20"));
}

/** One entry of a listing. Throws STORE_FAILED when it lacks what every store tells. */
export function listedObject(
  bucket: string,
  entry: _Object,
  decode: (key: string) => string,
  place: Place,
): ListedObject {
  const etag = bare(entry.ETag);
  if (entry.Key === undefined || etag === undefined || entry.Size === undefined) {
    throw new MillraceError("STORE_FAILED", "the listing has an entry without Key, ETag or Size", place);
  }
  return {
    bucket,
    key: decode(entry.Key),
    etag,
    size: entry.Size,
    lastModified: entry.LastModified ?? new Date(0),
  };
}

/** The unread body. Throws STORE_FAILED when there is none. */
export function bodyOf(answer: GetObjectCommandOutput, place: Place): Readable {
  if (answer.Body instanceof Readable) return answer.Body;
  throw new MillraceError("STORE_FAILED", "the answer has no body", place);
}

/**
 * The body of a resumed read. Throws OBJECT_CHANGED, and closes the body, when it does not continue where the
 * former one ended.
 */
export function partOf(
  answer: GetObjectCommandOutput,
  part: { from: number; size: number; place: Place },
): Readable {
  const body = bodyOf(answer, part.place);
  const expected = `bytes ${part.from}-${part.size - 1}/${part.size}`;
  if (answer.ContentRange === expected) return body;
  body.destroy();
  const told = answer.ContentRange ?? "the whole object";
  // Not STORE_FAILED: asking again would not help, and the bytes cannot be joined.
  throw new MillraceError("OBJECT_CHANGED", `asked for ${expected}, the store sends ${told}`, part.place);
}

/** The whole body of an answer to `Range: bytes=-length`. Throws OBJECT_TRUNCATED when the object is shorter. */
export async function readTail(
  body: Readable,
  answer: GetObjectCommandOutput,
  length: number,
  place: Place,
): Promise<Buffer> {
  if (answer.ContentLength !== length || answer.ContentRange === undefined) {
    throw new MillraceError("OBJECT_TRUNCATED", `the object has no last ${length} bytes`, place);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of body) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const tail = Buffer.concat(chunks);
  if (tail.length === length) return tail;
  throw new MillraceError("STORE_UNREACHABLE", `only ${tail.length} of ${length} bytes arrived`, place);
}

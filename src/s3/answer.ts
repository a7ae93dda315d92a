/** Reading the store's answers, and refusing those that are not what was asked for. */
import { Readable } from "node:stream";
import type { _Object, GetObjectCommandOutput } from "@aws-sdk/client-s3";
import { MillraceError, type Place } from "../errors.ts";
import { bare } from "./part.ts";
import type { ListedObject } from "./store.ts";

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

/** Parts of objects, as every store sends them (RFC 9110, 14): refused when they are not what was asked for. */
import type { Readable } from "node:stream";
import { MillraceError, type Place } from "../errors.ts";

/** `"abc"` and `W/"abc"` → `abc`: a weak tag compares as weak tags do (RFC 9110, 8.8.3.2). Undefined for an empty one. */
export function bare(etag: string | undefined): string | undefined {
  const text = etag?.replace(/^(?:W\/)?"(.*)"$/, "$1");
  return text === "" ? undefined : text;
}

/**
 * The body of a resumed read. Throws OBJECT_CHANGED, and closes the body, when it does not continue where the
 * former one ended. `contentRange` is the answer's header.
 */
export function partOf(
  body: Readable,
  contentRange: string | undefined,
  part: { from: number; size: number; place: Place },
): Readable {
  const expected = `bytes ${part.from}-${part.size - 1}/${part.size}`;
  if (contentRange === expected) return body;
  body.destroy();
  const told = contentRange ?? "the whole object";
  // Not STORE_FAILED: asking again would not help, and the bytes cannot be joined.
  throw new MillraceError("OBJECT_CHANGED", `asked for ${expected}, the store sends ${told}`, part.place);
}

/** The whole body of an answer to `Range: bytes=-length`. Throws OBJECT_TRUNCATED when the object is shorter. */
export async function readTail(
  body: Readable,
  answer: { contentLength: number | undefined; contentRange: string | undefined },
  length: number,
  place: Place,
): Promise<Buffer> {
  if (answer.contentLength !== length || answer.contentRange === undefined) {
    throw new MillraceError("OBJECT_TRUNCATED", `the object has no last ${length} bytes`, place);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of body) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  const tail = Buffer.concat(chunks);
  if (tail.length === length) return tail;
  throw new MillraceError("STORE_UNREACHABLE", `only ${tail.length} of ${length} bytes arrived`, place);
}

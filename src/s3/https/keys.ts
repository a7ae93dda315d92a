/**
 * Keys and URLs. A key is the path below the bucket's URL as people read it, with a query behind the first `?` if there
 * is one. Where decoding would lose something (a `?` or `/` in a name, `%41` as three characters), the key keeps the
 * percent-encoding; so may a pipeline: `%` and two hexadecimal digits always stand for themselves.
 */
import { MillraceError } from "../../errors.ts";

/** What has to be encoded in a path and in a query (RFC 3986, 3.3 and 3.4), and what is encoded already. */
const IN_PATH = /%[0-9A-Fa-f]{2}|%|[^A-Za-z0-9\-._~/%]+/g;
const IN_QUERY = /%[0-9A-Fa-f]{2}|%|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?%]+/g;

/** Where a key is to be had. Throws CONFIG_INVALID when that is outside the bucket (`..`, a leading slash). */
export function urlOf(bucket: string, key: string): URL {
  const base = new URL(bucket);
  const [path, query] = divided(key.toWellFormed());
  const expected = base.pathname + encoded(path, IN_PATH);
  const url = new URL(expected + (query === undefined ? "" : `?${encoded(query, IN_QUERY)}`), base);
  // The parser resolves dots, encoded ones too, and takes two leading slashes for another server.
  if (!key.startsWith("/") && url.origin === base.origin && url.pathname === expected) return url;
  throw new MillraceError("CONFIG_INVALID", "the key leads out of the folder", { bucket, key });
}

function divided(key: string): [string, string?] {
  const mark = key.indexOf("?");
  return mark < 0 ? [key] : [key.slice(0, mark), key.slice(mark + 1)];
}

function encoded(text: string, pieces: RegExp): string {
  return text.replace(pieces, (piece) =>
    piece.startsWith("%") && piece.length === 3 ? piece : encodeURIComponent(piece),
  );
}

/** The name in one segment of a URL's path, such that `urlOf` leads back there. */
export function nameOf(segment: string): string {
  let name: string;
  try {
    name = decodeURIComponent(segment);
  } catch {
    // Not UTF-8; the server knows the name by these bytes.
    return segment;
  }
  return name.replace(/[?/]|%(?=[0-9A-Fa-f]{2})/g, encodeURIComponent);
}

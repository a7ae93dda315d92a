/** Answers to ListObjectsV2. */
import type { Bucket, StoredFile } from "./stored-files.ts";

/** S3's own limit of a page. */
const PAGE = 1000;

/**
 * A page of a bucket's listing as S3 writes it: `prefix`, `delimiter`, `start-after`, `max-keys`, `encoding-type` and
 * `continuation-token`, which here is the key or the prefix that the page before ended with.
 * Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
 */
export function listingOf(name: string, { keys, files }: Bucket, parameters: URLSearchParams): string {
  const prefix = parameters.get("prefix") ?? "";
  const delimiter = parameters.get("delimiter") ?? "";
  const token = parameters.get("continuation-token");
  const after = token ?? parameters.get("start-after") ?? "";
  const most = Math.min(PAGE, Number(parameters.get("max-keys") ?? PAGE));
  const encode = parameters.get("encoding-type") === "url" ? encodeKey : escapeXml;

  const contents: string[] = [];
  const prefixes: string[] = [];
  let last = "";
  let isTruncated = false;
  for (let index = firstFrom(keys, prefix > after ? prefix : after); index < keys.length; index++) {
    const key = keys[index] ?? "";
    const file = files.get(key);
    if (file === undefined || !key.startsWith(prefix)) break;
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = end === -1 ? key : key.slice(0, end + delimiter.length);
    // A token that is a folder stands for everything below it.
    if (key <= after || entry === last || (token !== null && entry === after)) continue;
    if (contents.length + prefixes.length === most) {
      isTruncated = true;
      break;
    }
    last = entry;
    if (end === -1) contents.push(contentsOf(file, encode));
    else prefixes.push(`<CommonPrefixes><Prefix>${encode(entry)}</Prefix></CommonPrefixes>`);
  }
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${name}</Name><Prefix>${encode(prefix)}</Prefix><MaxKeys>${most}</MaxKeys>`,
    `<KeyCount>${contents.length + prefixes.length}</KeyCount><IsTruncated>${isTruncated}</IsTruncated>`,
    parameters.get("encoding-type") === "url" ? "<EncodingType>url</EncodingType>" : "",
    isTruncated ? `<NextContinuationToken>${escapeXml(last)}</NextContinuationToken>` : "",
    ...contents,
    ...prefixes,
    "</ListBucketResult>",
  ].join("");
}

/** The place of the first key that is not less than `bound`. */
function firstFrom(keys: readonly string[], bound: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] ?? "") < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function contentsOf({ key, size, etag, modified }: StoredFile, encode: (key: string) => string): string {
  return (
    `<Contents><Key>${encode(key)}</Key><LastModified>${modified.toISOString()}</LastModified>` +
    `<ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size><StorageClass>STANDARD</StorageClass></Contents>`
  );
}

/** As S3 does it: a space is a plus sign, slashes stay. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll("%2F", "/").replaceAll("%20", "+");
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

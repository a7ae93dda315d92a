/** Where a sample comes from, and the template of its neighbours' keys. */
import { basename } from "node:path";
import { MillraceError } from "../errors.ts";
import { nameOf } from "../s3/https/keys.ts";

/** Where objects are, as a pipeline says it. */
export interface Place {
  /** `bucket` or `url`. */
  readonly store: { readonly bucket: string } | { readonly url: string };
  readonly key: string;
  /** Whether the sample was a file, so that the bucket is made up. */
  readonly isMadeUp: boolean;
}

/** Takes `s3://bucket/key`, an http(s) address or a path apart. Throws USAGE for an address without a server or a key. */
export function placeOf(sample: string): Place {
  const [, bucket, key = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(sample) ?? [];
  if (bucket !== undefined) return required({ store: { bucket }, key, isMadeUp: false }, sample);
  if (/^https?:\/\//.test(sample)) {
    const address = URL.parse(sample);
    if (address === null) throw namesNoObject(sample);
    const { origin, pathname, search } = address;
    const segments = pathname.split("/");
    // Folders named after dates belong into the key, where they can be left open.
    const dated = segments.findIndex((segment) => templateOf(segment) !== segment);
    const start = dated < 0 ? segments.length - 1 : dated;
    const url = `${origin}${segments.slice(0, start).join("/")}/`;
    // As listings call it, or the template would not fit them.
    const key = `${segments.slice(start).map(nameOf).join("/")}${search}`;
    return required({ store: { url }, key, isMadeUp: false }, sample);
  }
  return { store: { bucket: "my-bucket" }, key: basename(sample), isMadeUp: true };
}

function required(place: Place, sample: string): Place {
  if (place.key !== "") return place;
  throw namesNoObject(sample);
}

function namesNoObject(sample: string): MillraceError {
  return new MillraceError(
    "USAGE",
    `${sample} names no object; expected s3://bucket/key or https://host/folder/file`,
  );
}

/** Dates in keys, longest first; a number around them is another number. */
const DATES: readonly (readonly [RegExp, string])[] = [
  [/(?<!\d)(?:19|20)\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?!\d)/g, "day:yyyy-MM-dd"],
  [/(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)/g, "day:yyyyMMdd"],
  [/(?<!\d)(?:19|20)\d{2}-(?:0[1-9]|1[0-2])(?!\d)/g, "day:yyyy-MM"],
  [/(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?!\d)/g, "day:yyyyMM"],
  [/(?<!\d)(?:17|18|19|20)\d{2}(?!\d)/g, "day:yyyy"],
];

/** The key with its dates left open, and months and days in folders of their own below a year. */
export function templateOf(key: string): string {
  let template = escaped(key);
  for (const [pattern, variable] of DATES) {
    // A text of letters may hold what was put in already; only what stands outside braces is looked at.
    template = template
      .split(/(\{[^{}]*\})/)
      .map((part) => (part.startsWith("{") ? part : part.replace(pattern, `{${variable}}`)))
      .join("");
  }
  return template
    .replace(/(yyyy\}\/(?:[a-z]+=)?)(?:0[1-9]|1[0-2])(?=\/)/, "$1{day:MM}")
    .replace(/(\{day:MM\}\/(?:[a-z]+=)?)(?:0[1-9]|[12]\d|3[01])(?=\/)/, "$1{day:dd}");
}

/** Braces and brackets have a meaning in templates; keys with them cannot be written as one. */
function escaped(key: string): string {
  return key.replace(/[{}[\]]/g, "");
}

/** A source's name from that of the sample: small letters, digits and underscores. */
export function sourceName({ store, key }: Place): string {
  const told = "bucket" in store && store.bucket !== "my-bucket" ? store.bucket : hostOf(store, key);
  const bare = told
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[_0-9]+|_+$/g, "")
    .slice(0, 31)
    .replace(/_+$/, "");
  return bare === "" ? "my_source" : bare;
}

function hostOf(store: Place["store"], key: string): string {
  if ("url" in store) return new URL(store.url).hostname.split(".").slice(-2, -1)[0] ?? "";
  return key.replace(/\..*$/, "").replace(/[\d_-]{4,}/g, "_");
}

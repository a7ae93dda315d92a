/** The ledger's view of a pipeline's objects: what was seen in the bucket, and what is in the database. */
import type { Pipeline } from "../../config/pipeline.ts";
import type { ListedObject } from "../../s3/store.ts";
import type { Database } from "../connect.ts";

/** An object that a listing has shown before. */
export interface KnownObject {
  readonly objectId: number;
  readonly key: string;
  /** The version that a listing showed last. */
  readonly seenEtag: string;
  /** The version in the database; null: none is. Size as stored. */
  readonly etag: string | null;
  readonly size: number | null;
  /** From that version's gzip trailer; null for other formats. */
  readonly contentCrc: number | null;
  readonly contentLength: number | null;
  /** Of the configuration that shaped its rows. */
  readonly fingerprint: string | null;
  /** Whether rows of it are wanted again that another object had hidden and has dropped. */
  readonly incomplete: boolean;
  /** The version that was refused last, if none was loaded since, and how. */
  readonly refusedEtag: string | null;
  readonly refusedOutcome: "failed" | "quarantined" | null;
  /** Of a failed version: when it is due again, and what shaped it. */
  readonly refusedRetry: RefusedRetry;
  readonly refusedFingerprint: string | null;
  /** Of a quarantined version: its size as stored, and what its gzip trailer says. */
  readonly refusedSize: number | null;
  readonly refusedContentCrc: number | null;
  readonly refusedContentLength: number | null;
  /** When listings ceased to show it, an ISO time; null: it is there. */
  readonly goneAt: string | null;
}

/** When a version that failed is tried again by itself. */
export type RefusedRetry = "due" | "later" | "never";

/** A version whose content the ledger knows already under another etag: in the database, or quarantined. */
export interface SameContent {
  readonly etag: string;
  readonly size: number;
  readonly contentCrc: number;
  readonly contentLength: number;
}

/** Rows of one statement, so that it holds its row locks for moments only: see `claimLoad`. */
const BATCH = 2_000;

/** All objects of the pipeline's bucket that the ledger knows, by key. */
export async function knownObjects(
  database: Database,
  pipeline: Pipeline,
): Promise<Map<string, KnownObject>> {
  const rows = await database.query<KnownObject>(
    `select object_id as "objectId", key, seen_etag as "seenEtag", etag, size, content_crc as "contentCrc", content_length as "contentLength",
       object.fingerprint, incomplete, refused_etag as "refusedEtag", refused_outcome as "refusedOutcome",
       case when refused_until is null then 'never' when refused_until <= clock_timestamp() then 'due' else 'later' end as "refusedRetry",
       refused.fingerprint as "refusedFingerprint", refused_size as "refusedSize", refused_content_crc as "refusedContentCrc",
       refused_content_length as "refusedContentLength", gone_at as "goneAt"
     from millrace.object left join millrace.load as refused on refused.load_id = refused_load_id
     where object.pipeline = $1 and bucket = $2`,
    [pipeline.name, pipeline.objects.bucket],
  );
  return new Map(rows.map((row) => [row.key, row]));
}

/** Whether a load has marked an object of the pipeline, so that it is to be loaded again. */
export async function hasIncomplete(database: Database, pipeline: Pipeline): Promise<boolean> {
  const rows = await database.query(
    "select from millrace.object where pipeline = $1 and bucket = $2 and incomplete and gone_at is null limit 1",
    [pipeline.name, pipeline.objects.bucket],
  );
  return rows.length > 0;
}

/**
 * Seconds until the first of these objects' failed versions is due again by itself, 0 when one is overdue; undefined when
 * none will be.
 */
export async function nextRetry(
  database: Database,
  objectIds: readonly number[],
): Promise<number | undefined> {
  const [row] = await database.query<{ seconds: number }>(
    `select greatest(extract(epoch from refused_until - clock_timestamp()), 0)::float8 as seconds
     from millrace.object
     where object_id = any ($1::integer[]) and refused_etag = seen_etag and gone_at is null
       and refused_until is not null
     order by refused_until limit 1`,
    [objectIds],
  );
  return row?.seconds;
}

/**
 * Records what a listing showed. Writes only rows that differ; an object that was gone is there again. Objects that a
 * load is working on at this moment are left for the next pass, so that listing never waits for loading.
 *
 * @returns the ids of all `objects`, by key
 */
export async function noteListed(
  database: Database,
  pipeline: Pipeline,
  objects: readonly ListedObject[],
): Promise<Map<string, number>> {
  const ids = new Map<string, number>();
  const sorted = inKeyOrder(objects);
  for (let start = 0; start < sorted.length; start += BATCH) {
    for (const row of await noteBatch(database, pipeline, sorted.slice(start, start + BATCH))) {
      ids.set(row.key, row.object_id);
    }
  }
  return ids;
}

/** In the order of the keys' bytes, which is that of S3 and of the collation "C". */
function inKeyOrder(objects: readonly ListedObject[]): ListedObject[] {
  return objects
    .map((object) => ({ object, bytes: Buffer.from(object.key, "utf8") }))
    .sort((one, other) => one.bytes.compare(other.bytes))
    .map(({ object }) => object);
}

const LISTED =
  "unnest($5::text[], $6::text[], $7::bigint[], $8::timestamptz[]) as listed (key, etag, size, modified)";

/** Without the range of keys every batch would read the whole table, however many objects it holds. */
const KNOWN = "known.pipeline = $1 and known.bucket = $2 and known.key >= $3 and known.key <= $4";

/** `objects` in the order of their keys. */
async function noteBatch(
  database: Database,
  pipeline: Pipeline,
  objects: readonly ListedObject[],
): Promise<{ key: string; object_id: number }[]> {
  const keys = objects.map((object) => object.key);
  const range = [pipeline.name, pipeline.objects.bucket, keys.at(0), keys.at(-1)];
  const listed = [
    ...range,
    keys,
    objects.map((object) => object.etag),
    objects.map((object) => object.size),
    objects.map((object) => object.lastModified.toISOString()),
  ];
  // The anti-join keeps known objects from using up numbers of the sequence; the order keeps two listings of the same
  // new objects from waiting for each other in a circle.
  await database.query(
    `insert into millrace.object (pipeline, bucket, key, seen_etag, seen_size, seen_modified)
     select $1, $2, key, etag, size, modified
     from ${LISTED}
     where not exists (select from millrace.object known where ${KNOWN} and known.key = listed.key)
     order by key collate "C"
     on conflict (pipeline, bucket, key) do nothing`,
    listed,
  );
  await database.query(
    `with changed as (
       select object_id, listed.etag, listed.size, listed.modified
       from millrace.object as known join ${LISTED} using (key)
       where ${KNOWN}
         and ((seen_etag, seen_size, seen_modified) is distinct from (listed.etag, listed.size, listed.modified)
           or gone_at is not null)
       for no key update of known skip locked
     )
     update millrace.object
     set seen_etag = changed.etag, seen_size = changed.size, seen_modified = changed.modified, gone_at = null
     from changed
     where object.object_id = changed.object_id`,
    listed,
  );
  return database.query(
    `select key, object_id from millrace.object as known where ${KNOWN} and key = any ($5::text[])`,
    [...range, keys],
  );
}

/**
 * Marks objects that a complete listing no longer shows; their data stay. An object that a load is working on is left
 * for the next pass.
 *
 * @returns the keys that were not marked before
 */
export async function noteGone(
  database: Database,
  pipeline: Pipeline,
  keys: readonly string[],
): Promise<string[]> {
  if (keys.length === 0) return [];
  const rows = await database.query<{ key: string }>(
    `with vanished as (
       select object_id
       from millrace.object
       where pipeline = $1 and bucket = $2 and key = any ($3::text[]) and gone_at is null
       for no key update skip locked
     )
     update millrace.object set gone_at = now() from vanished where object.object_id = vanished.object_id
     returning key`,
    [pipeline.name, pipeline.objects.bucket, keys],
  );
  return rows.map((row) => row.key).sort();
}

/**
 * Records that a rewritten object holds a content that the ledger knows, so that its new etag needs no load: that which
 * is in the database, or that which was quarantined and is held. Does nothing when another content was loaded, or
 * refused, meanwhile.
 */
export async function noteSameContent(
  database: Database,
  objectId: number,
  held: "loaded" | "quarantined",
  version: SameContent,
): Promise<void> {
  const [prefix, still] = held === "loaded" ? ["", ""] : ["refused_", "and refused_outcome = 'quarantined'"];
  await database.query(
    `with same as (
       select object_id
       from millrace.object
       where object_id = $1 and ${prefix}content_crc = $4 and ${prefix}content_length = $5 ${still}
       for no key update skip locked
     )
     update millrace.object set ${prefix}etag = $2, ${prefix}size = $3
     from same where object.object_id = same.object_id`,
    [objectId, version.etag, version.size, version.contentCrc, version.contentLength],
  );
}

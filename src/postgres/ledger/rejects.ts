/** What a pipeline's newest loads rejected: all of it counted, some of it quoted. */
import type { Database } from "../connect.ts";

/** Of how much to tell: rows of the ledger, so that the answer has a bound. */
export interface RejectLimits {
  /** So many of the newest loads that were read to their end. */
  readonly loads: number;
  /** Quoted records of each group. */
  readonly examples: number;
}

/** One rejected record, as the ledger keeps it. */
export interface RejectExample {
  readonly load: number;
  readonly bucket: string;
  readonly key: string;
  /** From 1 on. */
  readonly line: number;
  /** From 0 on, in the decompressed object. */
  readonly byte: number;
  readonly raw: string;
}

/** Rejects of one reason in one field. */
export interface RejectGroup {
  readonly reason: string;
  /** Empty where the record as a whole was rejected. */
  readonly field: string;
  /** All that were counted, kept or not. */
  readonly count: number;
  /** Loads that have some. */
  readonly loads: number;
  /** The newest first. */
  readonly examples: readonly RejectExample[];
}

export interface RejectSummary {
  /** The loads that were looked at, the newest first. */
  readonly loads: readonly number[];
  /** The most frequent first. */
  readonly groups: readonly RejectGroup[];
}

/** The newest loads with a receipt, whatever became of them. */
const NEWEST = `
  select load_id from millrace.load
  where pipeline = $1 and exists (select from millrace.receipt where receipt.load_id = load.load_id)
  order by load_id desc
  limit $2`;

/**
 * Groups the rejects of the pipeline's newest loads by reason and field. The counts are of all rejects, the examples of
 * those that were kept. Undefined when the ledger does not know the pipeline. Throws what `Database.query` throws.
 */
export async function summariseRejects(
  database: Pick<Database, "query">,
  pipeline: string,
  limits: RejectLimits,
): Promise<RejectSummary | undefined> {
  const known = await database.query("select from millrace.pipeline where pipeline = $1", [pipeline]);
  if (known.length === 0) return undefined;
  const loads = await database.query<{ load_id: number }>(NEWEST, [pipeline, limits.loads]);
  const ids = loads.map((row) => row.load_id);
  const groups = await database.query<Omit<RejectGroup, "examples"> & Record<string, unknown>>(
    `select name as reason, field, sum(count)::float8 as count, count(*)::integer as loads
     from millrace.tally
     where kind = 'rejected' and load_id = any ($1::bigint[])
     group by name, field
     order by sum(count) desc, name, field`,
    [ids],
  );
  const examples = await database.query<RejectExample & { reason: string; field: string }>(
    `select reason, field, kept.load_id as load, bucket, key, line, byte_offset as byte, raw
     from (
       select reject_id, load_id, object_id, line, byte_offset, reason, raw, coalesce(reject.field, '') as field,
         row_number() over (partition by reason, reject.field order by load_id desc, reject_id) as place
       from millrace.reject
       where load_id = any ($1::bigint[])
     ) as kept
     join millrace.object using (object_id)
     where place <= $2
     order by place`,
    [ids, limits.examples],
  );
  return {
    loads: ids,
    groups: groups.map((group) => ({
      ...group,
      examples: examples
        .filter(({ reason, field }) => reason === group.reason && field === group.field)
        .map(({ reason: _reason, field: _field, ...example }) => example),
    })),
  };
}

/** Taking back a refusal: the versions that a load failed with, or was quarantined with, become due again. */
import type { Database } from "../connect.ts";

/** A load that left versions behind which wait for somebody. */
export interface RefusedLoad {
  readonly pipeline: string;
  readonly status: string;
  /** Keys of the objects whose refused version is this load's, in byte order; empty: nothing waits for anybody. */
  readonly keys: readonly string[];
}

/** What is left of a load's refusals; undefined when there is no such load. Throws what `Database.query` throws. */
export async function findRefused(
  database: Pick<Database, "query">,
  loadId: number,
): Promise<RefusedLoad | undefined> {
  const [load] = await database.query<{ pipeline: string; status: string }>(
    "select pipeline, status from millrace.load where load_id = $1",
    [loadId],
  );
  if (load === undefined) return undefined;
  const refused = await database.query<{ key: string }>(
    `select key from millrace.object
     where pipeline = $2 and refused_load_id = $1 and gone_at is null
     order by key`,
    [loadId, load.pipeline],
  );
  return { ...load, keys: refused.map(({ key }) => key) };
}

/**
 * Makes the load's refused versions due: whoever passes over the bucket next takes them, also should this process end
 * before it has. The load's own entry stays as it is until a verdict supersedes it.
 */
export async function forgetRefusals(database: Pick<Database, "query">, loadId: number): Promise<void> {
  await database.query(
    `update millrace.object
     set refused_etag = null, refused_load_id = null, refused_outcome = null,
       refused_size = null, refused_content_crc = null, refused_content_length = null,
       refused_attempts = null, refused_until = null
     where refused_load_id = $1`,
    [loadId],
  );
}

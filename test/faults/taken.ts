/** Which versions the ledger says are in the database, held against what the buckets have shown. */
import assert from "node:assert/strict";
import type { Database } from "../../src/postgres/connect.ts";
import type { Model, ModelObject, Version } from "./model.ts";
import type { Counting } from "./oracle.ts";

interface LedgerEntry {
  readonly key: string;
  readonly etag: string | null;
  readonly heldEtag: string | null;
}

/**
 * The versions that are in the database. Fails unless every good version that is in a bucket has been taken, or is held
 * back because it lacks more than it may, and no object fell back behind a version that was taken before. Only to be
 * called after a run without faults.
 */
export async function takenVersions(model: Model, database: Database): Promise<Counting> {
  const rows = await database.query<LedgerEntry & Record<string, unknown>>(
    `select key, etag, case refused_outcome when 'quarantined' then refused_etag end as "heldEtag"
     from millrace.object`,
  );
  const ledger = new Map(rows.map((row) => [row.key, row]));
  const taken = new Map<ModelObject, Version>();
  for (const object of model.objects) {
    const entry = ledger.get(object.key);
    const at = object.versions.findIndex(({ etag }) => etag === entry?.etag);
    const version = object.versions[at];
    assert.ok(
      version !== undefined || (entry?.etag ?? null) === null,
      `${object.key}: what was taken never was good`,
    );
    assert.ok(at >= object.loaded, `${object.key} fell back behind a version that was taken`);
    assertStored(object, version, entry);
    object.loaded = at;
    if (version !== undefined) taken.set(object, version);
  }
  return taken;
}

function assertStored({ key, stored }: ModelObject, taken: Version | undefined, entry?: LedgerEntry): void {
  if (stored === undefined || stored === "damaged" || stored === taken) return;
  assert.equal(entry?.heldEtag, stored.etag, `${key}: the version in the bucket was neither taken nor held`);
  assert.ok(taken !== undefined && isShorter(stored, taken), `${key} is held without a reason`);
}

/** Whether a month lost more than one of its values: 5 % of them would be less. */
function isShorter(now: Version, former: Version): boolean {
  const [left, before] = [monthsOf(now), monthsOf(former)];
  return [...before].some(([month, count]) => {
    const rest = left.get(month) ?? 0;
    return rest === 0 || count - rest > 1;
  });
}

function monthsOf({ values }: Version): Map<string, number> {
  const months = new Map<string, number>();
  for (const { day } of values.keys()) {
    const month = day.slice(0, 7);
    months.set(month, (months.get(month) ?? 0) + 1);
  }
  return months;
}

/** Loads for tests of the ledger: a registered pipeline, its jobs, and verdicts to settle them with. */
import assert from "node:assert/strict";
import type { LoadJob } from "../../../src/discover/job.ts";
import type { Receipt } from "../../../src/observe/events.ts";
import type { Database } from "../../../src/postgres/connect.ts";
import { attemptLoad, claimLoad } from "../../../src/postgres/ledger/loads.ts";
import { noteListed } from "../../../src/postgres/ledger/objects.ts";
import { settleLoad } from "../../../src/postgres/ledger/settle.ts";
import { ensurePipeline } from "../../../src/postgres/source.ts";
import { stagingTable } from "../../../src/postgres/staging.ts";
import type { Verdict } from "../../../src/postgres/verdict.ts";
import { testDatabase } from "../../database.ts";
import { dailyPipeline, jobOf, listed } from "../pipelines.ts";

export const pipeline = dailyPipeline();

/** A registered pipeline, a job of the slice 1872 for one object, and one of a group of all three. */
export async function prepared(t: Parameters<typeof testDatabase>[0]) {
  const { database } = await testDatabase(t);
  await ensurePipeline(database, pipeline);
  const objects = ["a", "b", "c"].map((key) => listed(key));
  const ids = await noteListed(database, pipeline, objects);
  const entries = objects.map((object) => [ids.get(object.key) ?? 0, object] as const);
  return { database, slice: jobOf(pipeline, entries.slice(0, 1), "1872"), group: jobOf(pipeline, entries) };
}

export const RECEIPT: Receipt = {
  bytesExpected: 1,
  bytesReceived: 2,
  bytesDecompressed: 3,
  recordsRead: 4,
  headers: 5,
  comments: 6,
  blanks: 7,
  decoded: 8,
  recordsRejected: 9,
  recordsFiltered: 10,
  measurements: 11,
  copied: 12,
  empty: 13,
  rejected: 14,
  filtered: 15,
  inserted: 16,
  updated: 17,
  unchanged: 18,
  duplicates: 19,
  deleted: 20,
};

export function verdictOf(job: LoadJob, loadId: number, outcome: Verdict["outcome"] = "loaded"): Verdict {
  const objectId = job.objects[0]?.objectId ?? 0;
  return {
    loadId,
    outcome,
    receipt: RECEIPT,
    objects: job.objects.map(({ objectId: id, object }) => ({
      objectId: id,
      etag: object.etag,
      size: object.size,
      contentCrc: 4294967295,
      contentLength: 6,
      bytesReceived: 100,
      bytesDecompressed: 1000,
      recordsRead: 10,
      recordsRejected: 1,
    })),
    tallies: [{ kind: "filtered", name: "odd \0 \ud800", field: "", count: 2 }],
    rejects: [
      { objectId, line: 3, byte: 120, field: "date", reason: "not a date", raw: 'x,"\\u0000",30 février' },
    ],
    checks: [
      { name: "rejects", passed: true, observed: "0", expected: "at most 1 %" },
      { name: "coverage", passed: outcome === "loaded", observed: "no May", expected: "no month lost" },
    ],
    coverage: [
      { month: "1872-02-01", rows: 20, newest: "1872-02-29" },
      { month: "1872-01-01", rows: 10, newest: "1872-01-31" },
    ],
    stagingTable: outcome === "loaded" ? null : stagingTable(loadId),
  };
}

export const settle = async (
  database: Database,
  job: LoadJob,
  outcome?: Verdict["outcome"],
): Promise<number> => {
  const loadId = await attemptLoad(database, job);
  await database.transaction(async (client) => {
    assert.equal(await claimLoad(client, job, loadId), true);
    await settleLoad(client, job, verdictOf(job, loadId, outcome));
  });
  return loadId;
};

export const statusOf = async (database: Database, loadId: number) => {
  const [row] = await database.query<Record<string, unknown>>(
    `select status, error_code, error, error_place, staging_table, finished_at >= started_at as finished
     from millrace.load where load_id = $1`,
    [loadId],
  );
  return row;
};

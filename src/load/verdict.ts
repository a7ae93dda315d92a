/** A load's numbers, put together for the ledger. */
import type { CheckResult, MergeResult, Verdict } from "../postgres/verdict.ts";
import type { Intake } from "./intake.ts";

/** Either merged, or held back in its staging table. */
type Outcome = { readonly merged: MergeResult } | { readonly staging: string };

/** What the ledger keeps of a load that was read to its end: merged, or quarantined in its staging table. */
export function verdictOf(
  intake: Intake,
  loadId: number,
  checks: readonly CheckResult[],
  outcome: Outcome,
): Verdict {
  const { normaliser } = intake;
  const merged = "merged" in outcome ? outcome.merged : undefined;
  return {
    loadId,
    outcome: merged === undefined ? "quarantined" : "loaded",
    receipt: {
      ...intake.receipt(),
      inserted: merged?.inserted ?? 0,
      updated: merged?.updated ?? 0,
      unchanged: merged?.unchanged ?? 0,
      duplicates: merged?.duplicates ?? 0,
      deleted: merged?.deleted ?? 0,
    },
    objects: intake.read,
    tallies: normaliser.tallies(),
    rejects: normaliser.rejects.kept,
    checks,
    coverage: normaliser.coverage(),
    stagingTable: "staging" in outcome ? outcome.staging : null,
  };
}

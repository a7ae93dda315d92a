/** Whether the pipelines of one folder agree with each other. */
import type { Draft } from "./draft.ts";
import type { Kpi, Target } from "./pipeline.ts";
import { type Complaint, quote } from "./problem.ts";

/** A draft of the right shape. */
type Sound = Draft & { readonly content: NonNullable<Draft["content"]> };

/** Targets that cannot share a source, because each would replace what the other brought. */
const EXCLUSIVE: readonly (readonly [Target, Target])[] = [
  ["daily", "daily"],
  ["daily", "observations"],
  ["inventory", "inventory"],
];

/**
 * Contradictions between pipelines, each reported in the later file: two that replace each other's rows, one
 * harmonised name in two units, one provider's element that becomes two different things.
 */
export function contradictions(drafts: readonly Draft[]): Map<Draft, Complaint[]> {
  const complaints = new Map<Draft, Complaint[]>();
  const earlier: Sound[] = [];
  const units = new Map<string, { unit: string; where: string }>();
  const origins = new Map<string, { kpi: Kpi; where: string }>();
  for (const draft of drafts) {
    if (!isSound(draft)) continue;
    const rival = earlier.find((other) => exclude(other, draft));
    const found: Complaint[] = [];
    if (rival !== undefined) {
      const message = `${quote(rival.name)} fills the same tables of ${quote(draft.content.source)}; each would replace the other's rows`;
      found.push({ path: ["source"], message });
    }
    const { source } = draft.content;
    const list = "kpis" in draft.content ? (draft.content.kpis.list ?? []) : [];
    for (const [index, kpi] of list.entries()) {
      const path = ["kpis", "list", index];
      const unit = units.get(kpi.to) ?? { unit: kpi.unit, where: draft.name };
      if (unit.unit !== kpi.unit && unit.where !== draft.name) {
        const message = `${quote(kpi.to)} is in ${quote(unit.unit)} in ${quote(unit.where)}; a harmonised name has one unit`;
        found.push({ path: [...path, "unit"], message });
      }
      units.set(kpi.to, unit);
      const origin = [source, kpi.from, kpi.in].join("\n");
      const known = origins.get(origin) ?? { kpi, where: draft.name };
      if (known.where !== draft.name && (known.kpi.to !== kpi.to || known.kpi.factor !== kpi.factor)) {
        const message = `${quote(known.where)} makes ${quote(known.kpi.to)} × ${known.kpi.factor} of this element`;
        found.push({ path, message });
      }
      origins.set(origin, known);
    }
    complaints.set(draft, found);
    earlier.push(draft);
  }
  return complaints;
}

function isSound(draft: Draft): draft is Sound {
  return draft.content !== undefined;
}

function exclude({ content: one }: Sound, { content: other }: Sound): boolean {
  return (
    one.source === other.source &&
    EXCLUSIVE.some(
      ([a, b]) => (one.target === a && other.target === b) || (one.target === b && other.target === a),
    )
  );
}

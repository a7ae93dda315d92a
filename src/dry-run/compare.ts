/** What would change in the rows if one pipeline took another's place. */
import type { Collected, CollectedReject } from "./collect.ts";
import type { ReadableRow } from "./readable.ts";

/** Of each KPI and kind of change. */
const EXAMPLES = 3;

export interface KpiDifference {
  /** The harmonised name; empty for targets without KPIs. */
  readonly kpi: string;
  added: number;
  removed: number;
  changed: number;
  same: number;
}

export interface RowExample {
  readonly kind: "added" | "removed" | "changed";
  /** Under the one pipeline and the other; null where it has no such row. */
  readonly old: ReadableRow | null;
  readonly new: ReadableRow | null;
}

export interface RejectDifference extends Pick<CollectedReject, "reason" | "field"> {
  readonly kind: "comes" | "goes";
  count: number;
  /** Of the first one. */
  readonly line: number;
}

/** Sums over all objects compared. */
export class Comparison {
  readonly kpis = new Map<string, KpiDifference>();
  /** How many changed rows differ in a column. */
  readonly columns = new Map<string, number>();
  readonly examples: RowExample[] = [];
  readonly rejects = new Map<string, RejectDifference>();
  readonly leftOut = { old: { empty: 0, filtered: 0 }, new: { empty: 0, filtered: 0 } };
  readonly records = { old: 0, new: 0 };
  readonly #examplesOf = new Map<string, number>();

  /** Takes in what both made of one object. */
  add(old: Collected, fresh: Collected): void {
    this.records.old += old.records;
    this.records.new += fresh.records;
    for (const kind of ["empty", "filtered"] as const) {
      this.leftOut.old[kind] += old.leftOut[kind];
      this.leftOut.new[kind] += fresh.leftOut[kind];
    }
    for (const [identity, row] of fresh.rows) this.#row(old.rows.get(identity) ?? null, row);
    for (const [identity, row] of old.rows) if (!fresh.rows.has(identity)) this.#row(row, null);
    for (const [identity, reject] of fresh.rejects) {
      if (!old.rejects.has(identity)) this.#reject("comes", reject);
    }
    for (const [identity, reject] of old.rejects) {
      if (!fresh.rejects.has(identity)) this.#reject("goes", reject);
    }
  }

  /** Whether anything would change. */
  get isDifferent(): boolean {
    const rows = [...this.kpis.values()].some(({ added, removed, changed }) => added + removed + changed > 0);
    return rows || this.rejects.size > 0;
  }

  #row(old: ReadableRow | null, fresh: ReadableRow | null): void {
    const kpi = (fresh ?? old)?.["common_kpi_name"] ?? "";
    const counts = this.kpis.get(kpi) ?? { kpi, added: 0, removed: 0, changed: 0, same: 0 };
    this.kpis.set(kpi, counts);
    const kind = this.#kindOf(old, fresh);
    counts[kind]++;
    if (kind === "same") return;
    const shown = this.#examplesOf.get(`${kind} ${kpi}`) ?? 0;
    if (shown === EXAMPLES) return;
    this.#examplesOf.set(`${kind} ${kpi}`, shown + 1);
    this.examples.push({ kind, old, new: fresh });
  }

  #kindOf(old: ReadableRow | null, fresh: ReadableRow | null): "added" | "removed" | "changed" | "same" {
    if (old === null) return "added";
    if (fresh === null) return "removed";
    const columns = changedColumns(old, fresh);
    for (const column of columns) this.columns.set(column, (this.columns.get(column) ?? 0) + 1);
    return columns.length === 0 ? "same" : "changed";
  }

  #reject(kind: RejectDifference["kind"], { reason, field, line }: CollectedReject): void {
    const name = `${kind}\n${reason}\n${field ?? ""}`;
    const known = this.rejects.get(name);
    if (known === undefined) this.rejects.set(name, { kind, reason, field, count: 1, line });
    else known.count++;
  }
}

/** The columns in which two rows differ. */
export function changedColumns(old: ReadableRow, fresh: ReadableRow): string[] {
  return Object.keys(fresh).filter((name) => (old[name] ?? null) !== (fresh[name] ?? null));
}

/** What a load, and each of its objects, brought: the numbers behind the receipt. */
import type { RangeCount, Tally } from "../postgres/verdict.ts";
import type { KpiCounts, KpiEntry } from "./kpi-entry.ts";
import { Rejects } from "./rejects.ts";

/** measurements = copied + empty + rejected + filtered. */
export interface MeasurementCounts {
  measurements: number;
  copied: number;
  empty: number;
  rejected: number;
  filtered: number;
}

function noMeasurements(): MeasurementCounts {
  return { measurements: 0, copied: 0, empty: 0, rejected: 0, filtered: 0 };
}

const COUNTS = ["measurements", "copied", "empty", "rejected", "filtered"] as const;

/** Records as batches bring them: each of several rows of a record (a JSON path with []) counts by itself. */
export interface WholeRecords {
  seen: number;
  /** Those that a fault cost as a whole; each is also one rejected measurement, however many it holds. */
  refused: number;
}

function noRecords(): WholeRecords {
  return { seen: 0, refused: 0 };
}

const NO_VALUE = "no value";
/** Different sentinels counted by name; more are counted together. */
const SENTINELS_NAMED = 100;
const OTHER = "(other)";

/** What one object brought; it may yet be discarded. */
export class ObjectSums {
  readonly counts = noMeasurements();
  readonly rejects = new Rejects();
  readonly empty = new Map<string, number>();
  /** Records that the pipeline's filter left out. */
  recordsFiltered = 0;
  readonly whole = noRecords();

  /** Counts a measurement without a value. */
  addEmpty(sentinel: string | undefined): void {
    this.counts.empty++;
    const name = sentinel ?? NO_VALUE;
    addTo(this.empty, this.empty.has(name) || this.empty.size < SENTINELS_NAMED ? name : OTHER, 1);
  }
}

/** What the committed objects brought. */
export class LoadSums {
  readonly counts = noMeasurements();
  readonly rejects = new Rejects();
  recordsFiltered = 0;
  readonly whole = noRecords();
  readonly #empty = new Map<string, number>();
  /** Records and rows that the filter left out, by the condition's name. */
  readonly #filtered = new Map<string, number>();
  readonly #kpis = new Map<KpiEntry, KpiCounts>();

  addObject({ counts, rejects, empty, recordsFiltered, whole }: ObjectSums): void {
    for (const name of COUNTS) this.counts[name] += counts[name];
    this.rejects.merge(rejects);
    this.recordsFiltered += recordsFiltered;
    this.whole.seen += whole.seen;
    this.whole.refused += whole.refused;
    for (const [name, count] of empty) addTo(this.#empty, name, count);
  }

  addFiltered(name: string, count: number): void {
    addTo(this.#filtered, name, count);
  }

  addKpi(entry: KpiEntry, added: KpiCounts): void {
    const sums = this.#kpis.get(entry);
    if (sums === undefined) {
      this.#kpis.set(entry, added);
      return;
    }
    sums.filtered += added.filtered;
    sums.unflagged += added.unflagged;
    sums.outside += added.outside;
    sums.example ??= added.example;
  }

  /** By name: what was filtered (by conditions and by elements), empty and rejected. */
  tallies(): Tally[] {
    const filtered = new Map(this.#filtered);
    for (const [entry, counts] of this.#kpis) {
      if (counts.filtered > 0) addTo(filtered, entry.name, counts.filtered);
    }
    return [
      ...[...filtered].map(([name, count]) => ({ kind: "filtered" as const, name, field: "", count })),
      ...[...this.#empty].map(([name, count]) => ({ kind: "empty" as const, name, field: "", count })),
      ...this.rejects
        .counts()
        .map(({ reason, field, count }) => ({ kind: "rejected" as const, name: reason, field, count })),
    ];
  }

  /** For KPIs with a credible range, whatever units they came in. */
  ranges(): RangeCount[] {
    const ranges = new Map<string, RangeCount>();
    for (const [entry, { outside, unflagged, example }] of this.#kpis) {
      if (!Number.isFinite(entry.low) && !Number.isFinite(entry.high)) continue;
      const name = `${entry.commonName} ${entry.commonUnit}`;
      const sum = ranges.get(name);
      ranges.set(name, {
        kpi: entry.commonName,
        unit: entry.commonUnit,
        outside: outside + (sum?.outside ?? 0),
        total: unflagged + (sum?.total ?? 0),
        example: sum?.example ?? (example === undefined ? null : String(example)),
      });
    }
    return [...ranges.values()];
  }
}

function addTo(sums: Map<string, number>, name: string, count: number): void {
  sums.set(name, (sums.get(name) ?? 0) + count);
}

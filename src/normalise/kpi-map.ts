/** From the provider's elements (and units) to KPI keys and factors, found by their bytes. */
import type { KpiSection, Pipeline } from "../config/pipeline.ts";
import type { KpiOrigin, UnlistedKpi } from "../postgres/keys.ts";
import { type Cursor, DEFERRED, DONE, FILTERED, rejected, type Step } from "./cursor.ts";
import { type Decimal, fromNumber } from "./decimal.ts";
import { KeyTable } from "./key-table.ts";
import { type ColumnOf, columnText } from "./text.ts";

/** A harmonised KPI as the database knows it. */
export type KpiKey = Pick<KpiOrigin, "kpiKey" | "commonName" | "commonUnit">;

/** Gives keys to elements that are met for the first time; keyed by UnlistedKpi.origName + "\n" + origUnit. */
export type AllocateKpis = (kpis: readonly UnlistedKpi[]) => Promise<ReadonlyMap<string, number>>;

export interface KpiEntry {
  /** The provider's name, for tallies. */
  readonly name: string;
  /** What it becomes; empty when it is filtered. */
  readonly commonName: string;
  readonly commonUnit: string;
  /** Undefined: filtered. */
  readonly kpiKey: number | undefined;
  readonly factor: Decimal | undefined;
  readonly low: number;
  readonly high: number;
  /** Of the object at hand; see KpiMap.take. */
  counts: KpiCounts;
}

/** What became of an element's records. */
export interface KpiCounts {
  filtered: number;
  /** Unflagged values, and how many of them lie outside the credible range. */
  unflagged: number;
  outside: number;
  /** One of those outside. */
  example: number | undefined;
}

function noCounts(): KpiCounts {
  return { filtered: 0, unflagged: 0, outside: 0, example: undefined };
}

const SEPARATOR = 0x1f;
/** Unlisted names beyond these are counted together, so that garbage cannot fill the memory. */
const UNLISTED_LIMIT = 1000;
const LONGEST_NAME = 64;
const OTHER = "(other)";

export class KpiMap {
  readonly entries: KpiEntry[] = [];
  readonly #table = new KeyTable();
  readonly #scratch = Buffer.alloc(2 * 1024);
  readonly #unknown: KpiSection["unknown"];
  readonly #unitOf = new Map<string, string>();
  readonly #waiting = new Map<string, UnlistedKpi>();
  readonly #column: number;
  readonly #unitColumn: number | undefined;
  #unlisted = 0;
  readonly #other = leftOut(OTHER);

  /** `keys` must hold every KPI that the pipeline lists. */
  constructor(pipeline: Pipeline, section: KpiSection, columnOf: ColumnOf, keys: readonly KpiKey[]) {
    this.#column = columnOf(section.column);
    this.#unitColumn = section.unit_column === undefined ? undefined : columnOf(section.unit_column);
    this.#unknown = section.unknown;
    const byName = new Map(keys.map((key) => [`${key.commonName}\n${key.commonUnit}`, key]));
    for (const [unit, aliases] of Object.entries(pipeline.unitAliases)) {
      for (const alias of aliases) this.#unitOf.set(alias, unit);
    }
    for (const kpi of pipeline.kpiList) {
      const key = byName.get(`${kpi.to}\n${kpi.unit}`);
      if (key === undefined) throw new RangeError(`no key for KPI ${kpi.to} (${kpi.unit})`);
      const entry = kept(kpi.from, key, kpi.factor, kpi.range);
      if (this.#unitColumn === undefined) this.#add(kpi.from, entry);
      else
        for (const unit of [kpi.in, ...(pipeline.unitAliases[kpi.in] ?? [])])
          this.#add(composite(kpi.from, unit), entry);
    }
  }

  /** Finds the KPI of the record at hand. */
  step(): Step {
    return { field: "kpi", run: (cursor) => this.#find(cursor) };
  }

  /** Keys for the elements that this batch met for the first time. */
  async allocate(allocate: AllocateKpis): Promise<void> {
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    const keys = await allocate(waiting.map(([, kpi]) => kpi));
    for (const [key, kpi] of waiting) {
      const kpiKey = keys.get(`${kpi.origName}\n${kpi.origUnit}`);
      if (kpiKey === undefined) throw new RangeError(`no key was allocated for ${kpi.origName}`);
      this.#add(key, kept(kpi.origName, { ...kpi, kpiKey }));
    }
  }

  /** The counts since the last call, of entries that have any. */
  take(): { entry: KpiEntry; counts: KpiCounts }[] {
    const taken: { entry: KpiEntry; counts: KpiCounts }[] = [];
    for (const entry of [...this.entries, this.#other]) {
      if (entry.counts.filtered === 0 && entry.counts.unflagged === 0) continue;
      taken.push({ entry, counts: entry.counts });
      entry.counts = noCounts();
    }
    return taken;
  }

  #find(cursor: Cursor): number {
    const start = cursor.start(this.#column);
    const end = cursor.end(this.#column);
    if (start < 0 || start === end) return rejected("missing");
    let found: number;
    if (this.#unitColumn === undefined) found = this.#table.find(cursor.bytes, start, end);
    else {
      const length = this.#compose(cursor, start, end);
      if (length < 0) return rejected("invalid text");
      found = this.#table.find(this.#scratch, 0, length);
    }
    if (found < 0) return this.#unlistedElement(cursor);
    cursor.kpi = found;
    const entry = this.entries[found];
    if (entry?.kpiKey !== undefined) return DONE;
    if (entry !== undefined) entry.counts.filtered++;
    return FILTERED;
  }

  #compose(cursor: Cursor, start: number, end: number): number {
    const unitStart = cursor.start(this.#unitColumn ?? 0);
    const unitEnd = cursor.end(this.#unitColumn ?? 0);
    const length = end - start + 1 + (unitStart < 0 ? 0 : unitEnd - unitStart);
    if (length > this.#scratch.length) return -1;
    let at = cursor.bytes.copy(this.#scratch, 0, start, end);
    this.#scratch[at++] = SEPARATOR;
    if (unitStart >= 0) at += cursor.bytes.copy(this.#scratch, at, unitStart, unitEnd);
    return at;
  }

  #unlistedElement(cursor: Cursor): number {
    const name = columnText(cursor, this.#column);
    const written = this.#unitColumn === undefined ? "" : columnText(cursor, this.#unitColumn);
    if (name.length > LONGEST_NAME || written.length > LONGEST_NAME) return rejected("invalid text");
    const key =
      this.#unitColumn === undefined
        ? rawText(cursor, this.#column)
        : composite(rawText(cursor, this.#column), rawText(cursor, this.#unitColumn));
    if (this.#unknown === "keep") {
      const commonName = name
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, "_")
        .replace(/^_+|_+$/g, "");
      if (commonName === "") return rejected("invalid text");
      const unit = this.#unitOf.get(written) ?? written;
      this.#waiting.set(key, { origName: name, origUnit: unit, commonName, commonUnit: unit });
      return DEFERRED;
    }
    if (this.#unlisted === UNLISTED_LIMIT) {
      this.#other.counts.filtered++;
      return FILTERED;
    }
    this.#unlisted++;
    const entry = leftOut(name);
    this.#add(key, entry);
    entry.counts.filtered++;
    return FILTERED;
  }

  #add(key: string, entry: KpiEntry): void {
    const index = this.#table.addText(key);
    this.entries[index] = entry;
  }
}

function kept(name: string, key: KpiKey, factor = 1, range?: readonly [number, number]): KpiEntry {
  const { kpiKey, commonName, commonUnit } = key;
  return {
    name,
    commonName,
    commonUnit,
    kpiKey,
    factor: factor === 1 ? undefined : fromNumber(factor),
    low: range?.[0] ?? Number.NEGATIVE_INFINITY,
    high: range?.[1] ?? Number.POSITIVE_INFINITY,
    counts: noCounts(),
  };
}

function leftOut(name: string): KpiEntry {
  return { ...kept(name, { kpiKey: 0, commonName: "", commonUnit: "" }), kpiKey: undefined };
}

function composite(name: string, unit: string): string {
  return `${name}${String.fromCharCode(SEPARATOR)}${unit}`;
}

/** As it stands, blanks included: the key must be found again by its bytes. */
function rawText(cursor: Cursor, column: number): string {
  const start = cursor.start(column);
  return start < 0 ? "" : cursor.bytes.toString("utf8", start, cursor.end(column));
}

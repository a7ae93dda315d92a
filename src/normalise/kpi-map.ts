/** From the provider's elements (and units) to KPI keys and conversions, found by their bytes. */
import type { KpiSection, Pipeline, TextField } from "../config/pipeline.ts";
import { isSameUnit } from "../config/units.ts";
import type { KpiOrigin, UnlistedKpi } from "../postgres/keys.ts";
import { trimEnd, trimStart } from "./blanks.ts";
import { type Cursor, DEFERRED, DONE, EMPTY, FILTERED, type Outcome, rejected, type Step } from "./cursor.ts";
import { KeyTable } from "./key-table.ts";
import { type KpiCounts, type KpiEntry, keptKpi, leftOutKpi, noKpiCounts } from "./kpi-entry.ts";
import { noSpan, type Span, type SpanReader, spanText } from "./span.ts";
import { type FieldContext, isPlainColumn, spanReader } from "./text.ts";

/** A harmonised KPI as the database knows it. */
export type KpiKey = Pick<KpiOrigin, "kpiKey" | "commonName" | "commonUnit">;

/** Gives keys to elements that are met for the first time; keyed by UnlistedKpi.origName + "\n" + origUnit. */
export type AllocateKpis = (kpis: readonly UnlistedKpi[]) => Promise<ReadonlyMap<string, number>>;

const SEPARATOR = 0x1f;
/** Unlisted names beyond these are counted together, so that garbage cannot fill the memory. */
const UNLISTED_LIMIT = 1000;
const LONGEST_NAME = 64;
const OTHER = "(other)";

/** Where a measurement's element and unit stand: a literal is a field as well. No unit: the element alone decides. */
export interface KpiSource {
  readonly element: Partial<TextField>;
  readonly unit: Partial<TextField> | undefined;
}

export class KpiMap {
  readonly entries: KpiEntry[] = [];
  readonly #table = new KeyTable();
  readonly #key = Buffer.alloc(2 * 1024);
  readonly #unknown: KpiSection["unknown"];
  readonly #unitOf = new Map<string, string>();
  /** By the provider's name: the entries of each unit that it is listed in. */
  readonly #listed = new Map<string, { readonly unit: string; readonly entry: KpiEntry }[]>();
  readonly #waiting = new Map<string, UnlistedKpi>();
  /** What the last measurement that was deferred added to those that wait. */
  #added: string | undefined;
  #unlisted = 0;
  readonly #other = leftOutKpi(OTHER);

  /** `keys` must hold every KPI that the pipeline lists. */
  constructor(pipeline: Pipeline, section: KpiSection, keys: readonly KpiKey[]) {
    this.#unknown = section.unknown;
    const byName = new Map(keys.map((key) => [`${key.commonName}\n${key.commonUnit}`, key]));
    // As a map: a unit may be called `constructor`.
    const aliasesOf = new Map(Object.entries(pipeline.unitAliases));
    for (const [unit, aliases] of aliasesOf) {
      for (const alias of aliases) this.#unitOf.set(alias, unit);
    }
    for (const kpi of pipeline.kpiList) {
      const key = byName.get(`${kpi.to}\n${kpi.unit}`);
      if (key === undefined) throw new RangeError(`no key for KPI ${kpi.to} (${kpi.unit})`);
      const entry = keptKpi(kpi.from, key, kpi, kpi.range);
      // By the element alone, for measurements whose unit is nowhere stated, and by element and unit.
      this.#add(kpi.from, entry);
      this.#listed.set(kpi.from, [...(this.#listed.get(kpi.from) ?? []), { unit: kpi.in, entry }]);
      for (const unit of [kpi.in, ...(aliasesOf.get(kpi.in) ?? [])])
        this.#add(composite(kpi.from, unit), entry);
    }
  }

  /** Finds the KPI of a measurement of the record at hand. */
  step(source: KpiSource, context: FieldContext): Step {
    const { element, unit } = source;
    if (element.literal !== undefined && unit === undefined) return this.#literalStep(element.literal);
    if (isPlainColumn(element) && (element.missing ?? []).length === 0 && unit === undefined)
      return { field: "kpi", run: this.#byColumn(context.columnOf(element.column ?? "")) };
    const readElement = spanReader(element, context);
    const run =
      unit === undefined
        ? this.#byElement(readElement)
        : this.#byUnit(readElement, spanReader(unit, context));
    return { field: "kpi", run };
  }

  /** Begins an object and forgets what one that failed waited for: it must not get a key. */
  begin(): void {
    this.#waiting.clear();
  }

  /** The measurement that was deferred last needs no key after all. */
  withdraw(): void {
    if (this.#added !== undefined) this.#waiting.delete(this.#added);
    this.#added = undefined;
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
      this.#add(key, keptKpi(kpi.origName, { ...kpi, kpiKey }));
    }
  }

  /** The counts since the last call, of entries that have any. */
  take(): { entry: KpiEntry; counts: KpiCounts }[] {
    const taken: { entry: KpiEntry; counts: KpiCounts }[] = [];
    for (const entry of [...this.entries, this.#other]) {
      if (entry.counts.filtered === 0 && entry.counts.unflagged === 0) continue;
      taken.push({ entry, counts: entry.counts });
      entry.counts = noKpiCounts();
    }
    return taken;
  }

  /** An element that the pipeline names is looked for once, unless it has yet to be given a key. */
  #literalStep(element: string): Step {
    const key = Buffer.from(element, "utf8");
    let entry = this.#table.find(key, 0, key.length);
    return {
      field: "kpi",
      run: (cursor) => {
        if (entry < 0) entry = this.#table.find(key, 0, key.length);
        return entry < 0 ? this.#unlistedElement(element, element, "") : this.#found(cursor, entry);
      },
    };
  }

  /** `#byElement` for a column as it stands. */
  #byColumn(column: number): (cursor: Cursor) => Outcome {
    return (cursor) => {
      const from = cursor.start(column);
      if (from < 0) return rejected("missing");
      const { bytes } = cursor;
      const to = cursor.end(column);
      const start = trimStart(bytes, from, to);
      const end = trimEnd(bytes, start, to);
      if (start === end) return rejected("missing");
      const found = this.#table.find(bytes, start, end);
      if (found >= 0) return this.#found(cursor, found);
      const name = bytes.toString("utf8", start, end);
      return this.#unlistedElement(name, name, "");
    };
  }

  #byElement(read: SpanReader): (cursor: Cursor) => Outcome {
    const span = noSpan();
    return (cursor) => {
      const outcome = read(cursor, span);
      if (outcome !== DONE) return outcome === EMPTY ? rejected("missing") : outcome;
      const found = this.#table.find(span.bytes, span.start, span.end);
      if (found >= 0) return this.#found(cursor, found);
      const name = spanText(span);
      return this.#unlistedElement(name, name, "");
    };
  }

  /** An absent unit is one of its own: "". */
  #byUnit(readElement: SpanReader, readUnit: SpanReader): (cursor: Cursor) => Outcome {
    const element = noSpan();
    const unit = noSpan();
    return (cursor) => {
      const outcome = readElement(cursor, element);
      if (outcome !== DONE) return outcome === EMPTY ? rejected("missing") : outcome;
      const unitOutcome = readUnit(cursor, unit);
      if (unitOutcome === EMPTY) unit.start = unit.end;
      else if (unitOutcome !== DONE) return unitOutcome;
      const length = this.#compose(element, unit);
      if (length < 0) return rejected("invalid text");
      const found = this.#table.find(this.#key, 0, length);
      if (found >= 0) return this.#found(cursor, found);
      const [name, written] = [spanText(element), spanText(unit)];
      return (
        this.#unlistedUnit(cursor, name, written) ??
        this.#unlistedElement(composite(name, written), name, written)
      );
    };
  }

  /** A listed element whose unit is spelled in a way that the file does not name; undefined if it is another unit. */
  #unlistedUnit(cursor: Cursor, name: string, written: string): Outcome | undefined {
    if (written.length > LONGEST_NAME) return undefined;
    const listed = this.#listed.get(name)?.find(({ unit }) => isSameUnit(unit, written));
    if (listed === undefined || this.#unlisted === UNLISTED_LIMIT) return undefined;
    this.#unlisted++;
    return this.#found(cursor, this.#add(composite(name, written), listed.entry));
  }

  #found(cursor: Cursor, index: number): Outcome {
    cursor.kpi = index;
    const entry = this.entries[index];
    if (entry?.kpiKey !== undefined) return DONE;
    if (entry !== undefined) entry.counts.filtered++;
    return FILTERED;
  }

  /** Length of the key in #key, or -1. */
  #compose(element: Span, unit: Span): number {
    const length = element.end - element.start + 1 + unit.end - unit.start;
    if (length > this.#key.length) return -1;
    let at = element.bytes.copy(this.#key, 0, element.start, element.end);
    this.#key[at++] = SEPARATOR;
    return at + unit.bytes.copy(this.#key, at, unit.start, unit.end);
  }

  #unlistedElement(key: string, name: string, written: string): Outcome {
    if (name.length > LONGEST_NAME || written.length > LONGEST_NAME) return rejected("invalid text");
    if (this.#unknown === "keep") {
      const commonName = name
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, "_")
        .replace(/^_+|_+$/g, "");
      if (commonName === "") return rejected("invalid text");
      const unit = this.#unitOf.get(written) ?? written;
      this.#added = this.#waiting.has(key) ? undefined : key;
      this.#waiting.set(key, { origName: name, origUnit: unit, commonName, commonUnit: unit });
      return DEFERRED;
    }
    if (this.#unlisted === UNLISTED_LIMIT) {
      this.#other.counts.filtered++;
      return FILTERED;
    }
    this.#unlisted++;
    // The element alone would read as if it were not listed.
    const entry = leftOutKpi(this.#listed.has(name) ? `${name} in ${written || "no unit"}` : name);
    this.#add(key, entry);
    entry.counts.filtered++;
    return FILTERED;
  }

  #add(key: string, entry: KpiEntry): number {
    const index = this.#table.addText(key);
    this.entries[index] = entry;
    return index;
  }
}

function composite(name: string, unit: string): string {
  return `${name}${String.fromCharCode(SEPARATOR)}${unit}`;
}

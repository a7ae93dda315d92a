/** The normaliser, one record at a time, with everything that becomes of it. */
import type { Batch } from "../decode/batch.ts";
import type { SourceObject } from "../normalise/cursor.ts";
import { Normaliser } from "../normalise/normaliser.ts";
import type { Plan } from "../normalise/plan.ts";
import type { MeasurementCounts } from "../normalise/sums.ts";
import type { MemoryKeys } from "./keys.ts";
import type { ReadableRow } from "./readable.ts";
import type { LeftOut, RecordReject, RecordStation } from "./record.ts";

/** What the normaliser made of a record. */
export interface Normalised {
  readonly rows: readonly ReadableRow[];
  readonly rejects: readonly RecordReject[];
  readonly leftOut: readonly LeftOut[];
  readonly station?: RecordStation;
}

export class WatchedNormaliser {
  readonly #normaliser: Normaliser;
  readonly #keys: MemoryKeys;
  readonly #read: (bytes: Buffer) => ReadableRow[];
  readonly #source: SourceObject;
  /** Tallies so far, by kind and name. */
  #tallies = new Map<string, number>();

  constructor(plan: Plan, keys: MemoryKeys, read: (bytes: Buffer) => ReadableRow[], source: SourceObject) {
    this.#normaliser = new Normaliser(plan, keys.allocate);
    this.#keys = keys;
    this.#read = read;
    this.#source = source;
  }

  get counts(): Readonly<MeasurementCounts> & { readonly recordsFiltered: number } {
    const { counts, recordsFiltered } = this.#normaliser;
    return { ...counts, recordsFiltered };
  }

  /** Each record is an object of its own to the normaliser, so that what it counted is this record's. */
  async normalise(batch: Batch): Promise<Normalised> {
    const normaliser = this.#normaliser;
    normaliser.begin(this.#source);
    const rows: ReadableRow[] = [];
    for await (const bytes of normaliser.rows(only(batch))) rows.push(...this.#read(bytes));
    const rejects = normaliser.objectRejects.map(({ reason, field }) => ({ reason, field }));
    normaliser.commit();
    const station = this.#station();
    return {
      rows,
      rejects,
      leftOut: this.#leftOut(),
      ...(station === undefined ? {} : { station }),
    };
  }

  #station(): RecordStation | undefined {
    const [description] = this.#normaliser.takeDescriptions();
    if (description === undefined) return undefined;
    const { stationKey, name, countryId, latitude, longitude, elevation } = description;
    const station_id = this.#keys.stationId(stationKey);
    return { station_id, name, country_id: countryId, latitude, longitude, elevation };
  }

  /** What the tallies have gained. */
  #leftOut(): LeftOut[] {
    const leftOut: LeftOut[] = [];
    for (const { kind, name, count } of this.#normaliser.tallies()) {
      if (kind === "rejected") continue;
      const key = `${kind}\n${name}`;
      const gained = count - (this.#tallies.get(key) ?? 0);
      if (gained === 0) continue;
      this.#tallies.set(key, count);
      leftOut.push({ kind, name, count: gained });
    }
    return leftOut;
  }
}

async function* only(batch: Batch): AsyncGenerator<Batch> {
  yield await Promise.resolve(batch);
}

/** Keys of stations and KPIs without a database: numbered as they come, and told apart again by their numbers. */
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import { KeyTable } from "../normalise/key-table.ts";
import type { KpiKey } from "../normalise/kpi-map.ts";
import type { Allocate } from "../normalise/normaliser.ts";
import type { StationTable } from "../normalise/stations.ts";

/** A KPI key is a smallint; a database refuses long before. */
const MOST_KPIS = 32_767;

type Names = Omit<KpiKey, "kpiKey">;

export class MemoryKeys {
  readonly stations: StationTable = { ids: new KeyTable(), keys: [] };
  /** Those that the pipeline lists. */
  readonly kpis: readonly KpiKey[];
  /** For those that records name for the first time. Throws TOO_MANY_KPIS. */
  readonly allocate: Allocate;
  readonly #stationIds: string[] = [];
  readonly #names: Names[] = [];
  readonly #kpiKeys = new Map<string, number>();

  constructor({ kpiList }: Pick<Pipeline, "kpiList">) {
    this.kpis = kpiList.map(({ to, unit }) => {
      const names = { commonName: to, commonUnit: unit };
      return { ...names, kpiKey: this.#kpiKey(names) };
    });
    this.allocate = {
      stations: (ids) => Promise.resolve(new Map(ids.map((id) => [id, this.#stationIds.push(id) - 1]))),
      kpis: (kpis) =>
        Promise.resolve(new Map(kpis.map((kpi) => [`${kpi.origName}\n${kpi.origUnit}`, this.#kpiKey(kpi)]))),
    };
  }

  stationId(key: number): string {
    return this.#stationIds[key] ?? "";
  }

  kpi(key: number): Names {
    return this.#names[key] ?? { commonName: "", commonUnit: "" };
  }

  #kpiKey({ commonName, commonUnit }: Names): number {
    const name = `${commonName}\n${commonUnit}`;
    const known = this.#kpiKeys.get(name);
    if (known !== undefined) return known;
    if (this.#names.length === MOST_KPIS) {
      throw new MillraceError("TOO_MANY_KPIS", `there are more than ${MOST_KPIS} elements`);
    }
    const key = this.#names.push({ commonName, commonUnit }) - 1;
    this.#kpiKeys.set(name, key);
    return key;
  }
}

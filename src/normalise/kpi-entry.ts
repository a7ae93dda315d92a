/** What an element becomes, and what became of its measurements. */
import type { Conversion } from "../config/pipeline.ts";
import type { KpiOrigin } from "../postgres/keys.ts";
import { type Convert, conversion, factorOf } from "./conversion.ts";
import type { Decimal } from "./decimal.ts";

export interface KpiEntry {
  /** The provider's name, for tallies. */
  readonly name: string;
  /** What it becomes; empty when it is filtered. */
  readonly commonName: string;
  readonly commonUnit: string;
  /** `commonName` in UTF-8. */
  readonly commonBytes: Uint8Array;
  /** Undefined: filtered. */
  readonly kpiKey: number | undefined;
  /** Harmonised = value × factor; for all but such conversions, `convert` says it. Both undefined: as it stands. */
  readonly factor: Decimal | undefined;
  readonly convert: Convert | undefined;
  readonly low: number;
  readonly high: number;
  /** Of the object at hand; see KpiMap.take. */
  counts: KpiCounts;
}

/** What became of an element's measurements. */
export interface KpiCounts {
  filtered: number;
  /** Unflagged values, and how many of them lie outside the credible range. */
  unflagged: number;
  outside: number;
  /** One of those outside. */
  example: number | undefined;
}

export function noKpiCounts(): KpiCounts {
  return { filtered: 0, unflagged: 0, outside: 0, example: undefined };
}

const AS_IT_STANDS: Conversion = { add: 0, multiply: 1, divide: 1 };

/** An element whose measurements are kept under this KPI. */
export function keptKpi(
  name: string,
  { kpiKey, commonName, commonUnit }: Pick<KpiOrigin, "kpiKey" | "commonName" | "commonUnit">,
  how: Conversion = AS_IT_STANDS,
  range?: readonly [number, number],
): KpiEntry {
  const factor = factorOf(how);
  return {
    name,
    commonName,
    commonUnit,
    commonBytes: Buffer.from(commonName, "utf8"),
    kpiKey,
    factor: how.multiply === 1 ? undefined : factor,
    convert: factor === undefined ? conversion(how) : undefined,
    low: range?.[0] ?? Number.NEGATIVE_INFINITY,
    high: range?.[1] ?? Number.POSITIVE_INFINITY,
    counts: noKpiCounts(),
  };
}

/** An element that is left out and counted. */
export function leftOutKpi(name: string): KpiEntry {
  return { ...keptKpi(name, { kpiKey: 0, commonName: "", commonUnit: "" }), kpiKey: undefined };
}

/** What the bench found out: rounds, figures and goals. */
import type { Run } from "./outside.ts";

/** One round of a contender. */
export interface Round extends Run {
  /** Seconds of processor time that Postgres used meanwhile; NaN when it runs elsewhere. */
  readonly postgresCpu: number;
  /** Millrace: seconds of its loads alone, claim to commit, as its ledger has them. */
  readonly load?: number;
}

/** Rounds of one contender. */
export interface Figure {
  readonly name: string;
  /** How many of what each round brought: rows, records, objects. */
  readonly count: number;
  readonly unit: string;
  readonly rounds: readonly Round[];
}

/** A measured number beside what it should be. */
export interface Goal {
  /** The number of the target, or the part's name. */
  readonly target: string;
  readonly what: string;
  readonly measured: number;
  readonly unit: string;
  /** It must be at least, or at most, so much. */
  readonly least?: number;
  readonly most?: number;
}

/** What one part of the bench has to say. */
export interface Section {
  readonly title: string;
  readonly figures: readonly Figure[];
  readonly goals: readonly Goal[];
  /** What a reader must know to understand the figures; what could not be measured and why. */
  readonly notes: readonly string[];
}

/** Whether the number is what it should be; undefined when it could not be measured, or when there is no limit. */
export function isMet({ measured, least, most }: Goal): boolean | undefined {
  if (Number.isNaN(measured) || (least === undefined && most === undefined)) return undefined;
  return measured >= (least ?? Number.NEGATIVE_INFINITY) && measured <= (most ?? Number.POSITIVE_INFINITY);
}

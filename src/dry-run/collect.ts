/** All that a pipeline makes of an object, by what tells the rows apart. */
import type { Pipeline } from "../config/pipeline.ts";
import type { MillraceError } from "../errors.ts";
import { isObjectFault } from "../load/content.ts";
import type { DryRun } from "./dry-run.ts";
import { IDENTITY, type ReadableRow } from "./readable.ts";
import type { LeftOut, RecordReject } from "./record.ts";

export interface CollectedReject extends RecordReject {
  readonly line: number;
}

export interface Collected {
  /** By identity; a row that is there several times has its number behind it. */
  readonly rows: ReadonlyMap<string, ReadableRow>;
  readonly rejects: ReadonlyMap<string, CollectedReject>;
  readonly leftOut: Readonly<Record<LeftOut["kind"], number>>;
  readonly records: number;
  /** False when the limit came before the object's end. */
  readonly complete: boolean;
  /** Of the object: then none of it would be loaded. */
  readonly fault: MillraceError | undefined;
}

/** Reads the run to its end. Memory is bounded by its limit. Throws what is no fault of the object. */
export async function collect(run: DryRun, { target }: Pick<Pipeline, "target">): Promise<Collected> {
  const rows = new Map<string, ReadableRow>();
  const rejects = new Map<string, CollectedReject>();
  const leftOut = { empty: 0, filtered: 0 };
  const seen = new Map<string, number>();
  let records = 0;
  try {
    for await (const record of run.records()) {
      records++;
      for (const row of record.rows) rows.set(numbered(seen, identityOf(row, IDENTITY[target])), row);
      for (const reject of record.rejects) {
        const { line } = record;
        rejects.set(`${line}\n${reject.field ?? ""}\n${reject.reason}`, { ...reject, line });
      }
      for (const { kind, count } of record.leftOut) leftOut[kind] += count;
    }
  } catch (error) {
    if (!isObjectFault(error)) throw error;
    const nothing = { rows: new Map(), rejects: new Map(), leftOut: { empty: 0, filtered: 0 } };
    return { ...nothing, records, complete: true, fault: error };
  }
  return { rows, rejects, leftOut, records, complete: run.complete, fault: undefined };
}

function identityOf(row: ReadableRow, names: readonly string[]): string {
  return names.map((name) => row[name] ?? "").join("\n");
}

function numbered(seen: Map<string, number>, identity: string): string {
  const number = (seen.get(identity) ?? 0) + 1;
  seen.set(identity, number);
  return number === 1 ? identity : `${identity}\n${number}`;
}

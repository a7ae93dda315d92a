/** Tables of facts that are merged row by row, and conditions on their rows. */
import type { Client } from "../connect.ts";
import type { Partition } from "./partitions.ts";

/** A partitioned table of facts; its rows say which object brought them (`object_id`). */
export interface FactTable {
  /** With its schema. */
  readonly name: string;
  /** The columns that identify a fact. */
  readonly key: readonly string[];
  /** What follows from the key, and stands in the row for those who read it. */
  readonly implied: readonly string[];
  /** What a new version of a fact may change. */
  readonly content: readonly string[];
  /** The column of the key that the table is partitioned by. */
  readonly partitionedBy: { readonly column: string; readonly type: "date" | "timestamptz" };
  /** The partitions that the rows of the temporary table `compared` with the fate `insert` go to. */
  readonly partitionsOfNewRows: (client: Client) => Promise<Partition[]>;
}

/** The bounds between which the staged rows lie, as ISO texts; partitions outside are left alone. */
export interface Span {
  readonly from: string;
  readonly until: string;
}

/** Two rows, by their aliases, of the same fact. */
export function sameFact({ key }: FactTable, a: string, b: string): string {
  return key.map((column) => `${a}.${column} = ${b}.${column}`).join(" and ");
}

/** That a stored row `t` lies within the span, which comes as the parameters $1 and $2. */
export function withinSpan({ partitionedBy: { column, type } }: FactTable): string {
  return `t.${column} >= $1::${type} and t.${column} <= $2::${type}`;
}

/** The columns of a row, by its alias. */
export function list(columns: readonly string[], alias: string): string {
  return columns.map((column) => `${alias}.${column}`).join(", ");
}

/** A sample as a table, whatever its format. */
import type { YamlValue } from "./yaml.ts";

/** One key of the pipeline's `format`. */
export interface FormatEntry {
  readonly name: string;
  readonly value: YamlValue;
  readonly comment?: string;
}

export interface Table {
  readonly format: readonly FormatEntry[];
  readonly columns: readonly TableColumn[];
  /** What a person should know of how the table was found. */
  readonly notes: readonly string[];
}

export interface TableColumn {
  /** By which a pipeline's fields speak of it; empty names cannot be spoken of. */
  readonly name: string;
  /** Whether the sample names it: a header or the keys of JSON. */
  readonly isNamed: boolean;
  /** What stands in its header for a unit, or in the line of units. */
  readonly unit?: string | undefined;
  /** A cell for each record, trimmed; empty where there is none. */
  readonly cells: readonly string[];
}

/** Records that are looked at; more tell little more. */
export const MOST_RECORDS = 5000;

const UNIT_IN_NAME = /^(.*?)\s*(?:\(([^()]+)\)|\[([^[\]]+)\])\s*$/;

/** The unit in a header such as `temp (°C)` or `rain [mm]`. */
export function unitInName(name: string): string | undefined {
  const [, , round, square] = UNIT_IN_NAME.exec(name) ?? [];
  return round ?? square;
}

/** The name without such a unit. */
export function nameWithoutUnit(name: string): string {
  return UNIT_IN_NAME.exec(name)?.[1] ?? name;
}

/** Columns from records of cells. */
export function columnsFrom(
  names: readonly string[],
  records: readonly (readonly string[])[],
  { isNamed, units = [] }: { readonly isNamed: boolean; readonly units?: readonly string[] },
): TableColumn[] {
  return names.map((name, index) => ({
    name,
    isNamed,
    unit: emptyToNothing(units[index]) ?? unitInName(name),
    cells: records.map((record) => (record[index] ?? "").trim()),
  }));
}

function emptyToNothing(text: string | undefined): string | undefined {
  const bare = text?.trim().replace(/^[[(](.*)[\])]$/, "$1");
  return bare === "" ? undefined : bare;
}

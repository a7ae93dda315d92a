/** A sample as a table, whatever its format. */
import { MillraceError } from "../errors.ts";
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
  /** The lines above the records, without the header. */
  readonly above?: readonly string[];
  /** What a person should know of how the table was found. */
  readonly notes: readonly string[];
}

export interface TableColumn {
  /** By which a pipeline's fields speak of it; empty names cannot be spoken of. */
  readonly name: string;
  /** What the header calls it, where `name` says more because other columns are called so too. */
  readonly title?: string;
  /** Whether the sample names it: a header or the keys of JSON. */
  readonly isNamed: boolean;
  /** What stands in its header for a unit, or in the line of units. */
  readonly unit?: string | undefined;
  /** A cell for each record, trimmed; empty where there is none. */
  readonly cells: readonly string[];
}

/** Records that are looked at; more tell little more. */
export const MOST_RECORDS = 5000;

/** Columns of a table that a person can still look through. */
const MOST_COLUMNS = 2000;

/** @throws MillraceError SAMPLE_UNCLEAR for more columns than anybody looks through. */
export function refuseTooWide(columns: number): void {
  if (columns <= MOST_COLUMNS) return;
  throw new MillraceError(
    "SAMPLE_UNCLEAR",
    `the sample seems to have ${columns} columns; more than ${MOST_COLUMNS} are not looked at`,
  );
}

const UNIT_IN_NAME = /^(.*?)\s*(?:\(([^()]+)\)|\[([^[\]]+)\])\s*$/;

/** `Temp, °C (LGR S/N: 10345, SEN S/N: 10345)`: the unit, and behind it which logger and sensor it is of. */
const OF_LOGGER = /^(.*?),\s*([^,()]+?)\s*\((?:LGR|SEN)\b[^()]*\)\s*$/i;

/** The unit in a header such as `temp (°C)` or `rain [mm]`. */
export function unitInName(name: string): string | undefined {
  const [, , ofLogger] = OF_LOGGER.exec(name) ?? [];
  if (ofLogger !== undefined) return ofLogger;
  const [, , round, square] = UNIT_IN_NAME.exec(name) ?? [];
  return round ?? square;
}

/** The name without such a unit. */
export function nameWithoutUnit(name: string): string {
  return (OF_LOGGER.exec(name) ?? UNIT_IN_NAME.exec(name))?.[1] ?? name;
}

/** Columns from records of cells. */
export function columnsFrom(
  names: readonly string[],
  records: readonly (readonly string[])[],
  {
    isNamed,
    units = [],
    titles = names,
  }: {
    readonly isNamed: boolean;
    readonly units?: readonly string[];
    /** What the header calls them. */
    readonly titles?: readonly string[];
  },
): TableColumn[] {
  return names.map((name, index) => ({
    name,
    ...(titles[index] === undefined || titles[index] === name ? {} : { title: titles[index] }),
    isNamed,
    unit: emptyToNothing(units[index]) ?? unitInName(titles[index] ?? name),
    cells: records.map((record) => (record[index] ?? "").trim()),
  }));
}

function emptyToNothing(text: string | undefined): string | undefined {
  const bare = text?.trim().replace(/^[[(](.*)[\])]$/, "$1");
  return bare === "" ? undefined : bare;
}

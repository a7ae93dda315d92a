/** Fields of numbers: their columns, and what must be said of how they are written. */
import type { Column } from "./column.ts";
import { doubtOfMisfits, misfitsIn, together } from "./misfits.ts";
import type { Numbers } from "./numbers.ts";
import type { YamlValue } from "./yaml.ts";

/** The column, or the column and how its numbers are written. */
export function numberField({ name, numbers }: Column): YamlValue {
  if (numbers === undefined) return name;
  const missing = [...numbers.missing, ...numbers.sentinels.map(String)];
  const field = {
    column: name,
    ...(numbers.decimal === "," ? { decimal: "," } : {}),
    ...(numbers.thousands === undefined ? {} : { thousands: numbers.thousands }),
    ...(missing.length === 0 ? {} : { missing }),
  };
  return Object.keys(field).length === 1 ? name : field;
}

/** What is said of the value's numbers. */
function writing(numbers: readonly Numbers[]): Record<string, YamlValue> {
  const sentinels = [...new Set(numbers.flatMap((each) => each.sentinels))];
  const missing = [...new Set(numbers.flatMap((each) => each.missing))];
  const traces = [...new Set(numbers.flatMap((each) => each.traces))];
  const thousands = numbers.find((each) => each.thousands !== undefined)?.thousands;
  return {
    ...(numbers.some(({ decimal }) => decimal === ",") ? { decimal: "," } : {}),
    ...(thousands === undefined ? {} : { thousands }),
    ...(missing.length === 0 ? {} : { missing }),
    ...(traces.length === 0 ? {} : { words: Object.fromEntries(traces.map((trace) => [trace, 0])) }),
    ...(sentinels.length === 0 ? {} : { sentinels }),
  };
}

/** A value's column, and how its numbers are written. */
export function valueField(column: string, columns: readonly Column[]): YamlValue {
  const how = writing(columns.flatMap(({ numbers }) => numbers ?? []));
  return Object.keys(how).length === 0 ? column : { column, ...how };
}

/** What the values of several columns have in common; undefined when there is nothing to say. */
export function sharedValue(columns: readonly Column[]): Record<string, YamlValue> | undefined {
  const how = writing(columns.flatMap(({ numbers }) => numbers ?? []));
  return Object.keys(how).length === 0 ? undefined : how;
}

/** Whether the numbers of the columns hold what seems to be no value; undefined when they do not. */
export function doubtOfSentinels(columns: readonly Column[]): string | undefined {
  const hasSentinels = columns.some(({ numbers }) => (numbers?.sentinels.length ?? 0) > 0);
  return hasSentinels ? "do the sentinels mean 'no value'?" : undefined;
}

/** What in the column is no number that can be read; undefined when there is nothing. */
export function doubtOfNumbers({ numbers }: Column): string | undefined {
  return numbers && doubtOfMisfits(numbers.misfits, "number of this kind");
}

const MOST_DEGREES: Readonly<Record<string, number>> = { latitude: 90, longitude: 180 };

/** What in a column of latitudes, longitudes or heights is none; undefined when there is nothing. */
export function doubtOfPosition(
  column: Column,
  kind: "latitude" | "longitude" | "elevation",
): string | undefined {
  const { numbers } = column;
  if (numbers === undefined) return undefined;
  const most = MOST_DEGREES[kind] ?? Number.POSITIVE_INFINITY;
  const beyond = numbers.values.filter((value) => Math.abs(value) > most);
  const misfits = together([numbers.misfits, misfitsIn(beyond.map(String), () => false)]);
  return doubtOfMisfits(misfits, kind);
}

/** Fields of numbers: their columns, and what must be said of how they are written. */
import type { Column } from "./column.ts";
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

/** The columns of a fixed-width format, with those of a repeated group written out. */
import type { FixedWidthFormat } from "./format.ts";

/**
 * Name → byte range (`22-26`, 1-based, inclusive) of every column: first those of `columns`, then those of `repeat`,
 * group by group, their names numbered: value1, q_flag1, value2, … Of two columns of one name the later counts.
 */
export function fixedWidthColumns({
  columns,
  repeat,
}: Pick<FixedWidthFormat, "columns" | "repeat">): Record<string, string> {
  const entries = Object.entries(columns);
  for (let group = 0; group < (repeat?.count ?? 0); group++) {
    for (const [name, range] of Object.entries(repeat?.columns ?? {})) {
      const [first = 0, last = first] = range.split("-").map(Number);
      const shift = group * (repeat?.every ?? 0);
      entries.push([`${name}${group + 1}`, `${first + shift}-${last + shift}`]);
    }
  }
  return Object.fromEntries(entries);
}

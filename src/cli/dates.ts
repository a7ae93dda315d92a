/** Dates on the command line. */
import { InvalidArgumentError } from "commander";
import { MillraceError } from "../errors.ts";

/** An option's value as an ISO date; commander makes a usage error of everything that no calendar has. */
export function parseDate(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  // Date takes 30 February for 1 March; written back it differs.
  const exists = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime());
  if (!exists || date.toISOString().slice(0, 10) !== text) {
    throw new InvalidArgumentError("Expected a date such as 2020-01-31.");
  }
  return text;
}

/** Throws USAGE when the range is the wrong way round. */
export function requireOrder(from: string | undefined, to: string | undefined): void {
  if (from !== undefined && to !== undefined && from > to) {
    throw new MillraceError("USAGE", `--from ${from} lies after --to ${to}.`);
  }
}

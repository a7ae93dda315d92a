/** Counts and numbers of loads on the command line. */
import { InvalidArgumentError } from "commander";

/** An argument or option as a whole number from 1 on. */
export function parseCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("Expected a whole number from 1 on.");
  return Number(text);
}

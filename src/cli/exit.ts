/** How the program ends: exit codes, and errors on a terminal. */
import { inspect } from "node:util";
import { formatError, MillraceError } from "../errors.ts";
import { redact } from "../observe/redact.ts";

/** Everything was done. */
export const DONE = 0;
/** Something failed, and what it was has been said. */
export const FAILED = 1;
/** Wrong usage or configuration. */
export const MISUSED = 2;

/** Prints the error to stderr; with `causes` also what lies behind it. Returns the exit code that it stands for. */
export function reportError(error: unknown, causes: boolean): number {
  let text = `millrace: ${formatError(error)}\n`;
  if (causes) {
    for (let cause = causeOf(error); cause !== undefined; cause = causeOf(cause)) {
      text += `  because: ${inspect(cause)}\n`;
    }
  }
  process.stderr.write(harmless(redact(text)));
  return exitCodeOf(error);
}

/** Headers and records are quoted in errors: what they hold must not command the terminal. */
function harmless(text: string): string {
  return text.replaceAll(/(?![\n\t])\p{Cc}/gu, "?");
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function exitCodeOf(error: unknown): number {
  if (!(error instanceof MillraceError)) return FAILED;
  return ["USAGE", "CONFIG_INVALID", "ENVIRONMENT_INVALID"].includes(error.code) ? MISUSED : FAILED;
}

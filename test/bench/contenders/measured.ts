/** A program's run beside what Postgres did for it. */
import { type Command, runOutside } from "../outside.ts";
import type { Round } from "../report.ts";
import type { Server } from "../server.ts";

/** Runs a program to its end and notes what it and Postgres used. */
export async function runOn(server: Server, command: Command): Promise<Round> {
  const before = server.cpu();
  const run = await runOutside(command);
  return { ...run, postgresCpu: server.cpu() - before };
}

/** `millrace compact`: sorts what has settled for readers, now. */
import type { Environment } from "../config/environment.ts";
import { compactDue } from "../daemon/compact.ts";
import { listenForShutdown } from "../daemon/shutdown.ts";
import { createEvents } from "../observe/bus.ts";
import type { MillraceEvent } from "../observe/events.ts";
import { redact } from "../observe/redact.ts";
import { describe } from "../observe/sentence.ts";
import { printable } from "../observe/table.ts";
import { requireMigrated } from "../postgres/migrate.ts";
import { withDatabase } from "./database.ts";
import { DONE, FAILED } from "./exit.ts";
import { formatJson } from "./json.ts";
import { readSoundPipelines, selectPipelines } from "./selection.ts";

/** The command line of `compact`. */
interface CommandOptions {
  /** Named pipelines, disabled ones too; empty: all enabled ones. */
  readonly pipelines: readonly string[];
  /** Also years whose load is younger than the pipeline asks for. */
  readonly all: boolean;
  readonly json: boolean;
}

type Finished = Extract<MillraceEvent, { type: "compaction.finished" }>;

/** A transaction that writes and one that reads. */
const CONNECTIONS = 2;

/**
 * Compacts what is due and says what became of each year; returns the exit code, 1 when one failed or a signal ended it.
 * Throws CONFIG_INVALID, USAGE for an unknown pipeline, DATABASE_OUTDATED, and what opening the database throws.
 */
export async function compact(options: CommandOptions, environment: Environment): Promise<number> {
  const { all, json } = options;
  const pipelines = selectPipelines(await readSoundPipelines(environment.pipelines), options.pipelines);
  const events = createEvents();
  const finished: Omit<Finished, "type">[] = [];
  events.subscribe((event) => {
    if (event.type !== "compaction.finished") return;
    const { type, ...facts } = event;
    finished.push(facts);
    if (!json) process.stdout.write(`${printable(redact(describe(event)?.text ?? type))}\n`);
  });
  const shutdown = listenForShutdown(events.emit, environment.patience.grace);
  const signal = shutdown.draining;
  try {
    const well = await withDatabase(environment, { max: CONNECTIONS }, async (database) => {
      await requireMigrated(database);
      return compactDue({ pipelines, all }, { database, emit: events.emit, signal });
    });
    if (json) process.stdout.write(formatJson(finished));
    else if (finished.length === 0) process.stdout.write("Nothing is to be compacted.\n");
    return well && !signal.aborted ? DONE : FAILED;
  } finally {
    shutdown.release();
  }
}

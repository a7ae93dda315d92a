/** `millrace run`: the daemon, or everything that is due now. */
import type { Environment } from "../config/environment.ts";
import { connectionsFor } from "../daemon/engine.ts";
import { listenForShutdown } from "../daemon/shutdown.ts";
import { createEvents } from "../observe/bus.ts";
import { createLog } from "../observe/log.ts";
import { withDatabase } from "./database.ts";
import { DONE, FAILED } from "./exit.ts";
import { showProgress } from "./progress.ts";
import { readSoundPipelines, selectPipelines } from "./selection.ts";
import { keepLoading, loadOnce, type Session } from "./session.ts";

/** The command line of `run`. */
export interface RunOptions {
  readonly once: boolean;
  /** Named pipelines, disabled ones too; empty: all enabled ones. */
  readonly pipelines: readonly string[];
  /** ISO dates, both inclusive. */
  readonly from?: string;
  readonly to?: string;
  readonly reload: boolean;
}

/**
 * Runs until done (`--once`) or until a signal ends it; returns the exit code. Throws CONFIG_INVALID, USAGE for an
 * unknown pipeline, HTTP_UNAVAILABLE, and what opening and migrating the database throws.
 */
export async function run(options: RunOptions, environment: Environment): Promise<number> {
  const pipelines = selectPipelines(await readSoundPipelines(environment.pipelines), options.pipelines);
  const events = createEvents();
  const shutdown = listenForShutdown(events.emit, environment.patience.grace);
  try {
    const max = connectionsFor(environment.limits);
    return await withDatabase(environment, { max }, async (database) => {
      const session = { environment, database, pipelines, events, shutdown };
      if (options.once) return await once(session, options);
      events.subscribe(createLog({ level: environment.logLevel, stream: process.stdout }));
      await keepLoading(session);
      return DONE;
    });
  } finally {
    shutdown.release();
  }
}

async function once(session: Session, { from, to, reload }: RunOptions): Promise<number> {
  const display = showProgress(session.events);
  try {
    const range = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    return (await loadOnce(session, { range, reload, patient: false })) ? DONE : FAILED;
  } finally {
    display.close();
  }
}

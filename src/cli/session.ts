/** What `run` and `demo` share: a process that passes over pipelines, watched by its display, log and HTTP. */
import type { Environment } from "../config/environment.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { readVersion } from "../config/version.ts";
import { createEngine, prepareDatabase } from "../daemon/engine.ts";
import { runOnce } from "../daemon/once.ts";
import type { PassContext, PassOptions } from "../daemon/pass.ts";
import type { Shutdown } from "../daemon/shutdown.ts";
import { watch } from "../daemon/watch.ts";
import type { Events } from "../observe/bus.ts";
import type { Database } from "../postgres/connect.ts";
import { openObservatory } from "./observatory.ts";

/** What a command has opened for the process; it stays the command's to close. */
export interface Session {
  readonly environment: Environment;
  readonly database: Database;
  readonly pipelines: readonly Pipeline[];
  readonly events: Events;
  readonly shutdown: Shutdown;
  /** Take another port for HTTP when the usual one is taken and none was asked for. */
  readonly anyPort?: boolean;
}

/**
 * Loads what is due now; HTTP only where an address was asked for. Returns whether all went well. Throws what
 * `prepareDatabase` and `runOnce` throw, and HTTP_UNAVAILABLE.
 */
export async function loadOnce(session: Session, options: PassOptions): Promise<boolean> {
  const { environment, database, pipelines, events } = session;
  return withEngine(session, environment.http.explicit, async (context) => {
    const failures = await prepareDatabase(database, pipelines, events.emit);
    const well = await runOnce({ ...options, pipelines, atOnce: environment.limits.pipelines }, context);
    return well && failures.length === 0;
  });
}

/**
 * Passes over the pipelines on their schedules until a signal ends it; `onFirstRound` is called when each was passed
 * over once. Throws what `prepareDatabase` throws, and HTTP_UNAVAILABLE.
 */
export async function keepLoading(session: Session, onFirstRound?: () => Promise<void>): Promise<void> {
  const { environment, database, pipelines, events } = session;
  await withEngine(session, true, async (context) => {
    await prepareDatabase(database, pipelines, events.emit);
    events.emit({
      type: "daemon.started",
      version: readVersion(),
      database: database.name,
      pipelines: pipelines.map(({ name }) => name),
    });
    const options = { pipelines, atOnce: environment.limits.pipelines };
    await watch(onFirstRound === undefined ? options : { ...options, onFirstRound }, context);
    events.emit({ type: "daemon.stopped" });
  });
}

async function withEngine<Result>(
  session: Session,
  withHttp: boolean,
  work: (context: PassContext) => Promise<Result>,
): Promise<Result> {
  const { environment, database, events, shutdown } = session;
  const observatory = withHttp ? await openObservatory(session, readVersion()) : undefined;
  const { services, queue, close } = createEngine(environment, database, events.emit, shutdown.aborting);
  // The signal may have come while the database was being started.
  if (shutdown.draining.aborted) queue.close();
  else shutdown.draining.addEventListener("abort", queue.close);
  try {
    return await work({ services, queue, signal: shutdown.draining });
  } finally {
    close();
    await observatory?.close();
  }
}

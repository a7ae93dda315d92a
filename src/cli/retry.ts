/** `millrace retry`: takes again what a load failed with, or was quarantined with, and nothing else. */
import type { Environment } from "../config/environment.ts";
import { connectionsFor } from "../daemon/engine.ts";
import { listenForShutdown } from "../daemon/shutdown.ts";
import { MillraceError } from "../errors.ts";
import { createEvents } from "../observe/bus.ts";
import type { Database } from "../postgres/connect.ts";
import { findRefused, forgetRefusals, type RefusedLoad } from "../postgres/ledger/retry.ts";
import { requireMigrated } from "../postgres/migrate.ts";
import { withDatabase } from "./database.ts";
import { DONE, FAILED } from "./exit.ts";
import { formatJson } from "./json.ts";
import { showProgress } from "./progress.ts";
import { readSoundPipeline } from "./selection.ts";
import { loadOnce } from "./session.ts";

/** The command line of `retry`. */
export interface RetryOptions {
  readonly load: number;
  readonly json: boolean;
}

/**
 * Makes the load's versions due and loads them, by the pipeline as it is now. Returns 0 when all were loaded. Throws
 * USAGE for a load that is not in the ledger, NOTHING_TO_SETTLE for one that waits for nobody, CONFIG_INVALID, and what
 * opening the database throws.
 */
export async function retry({ load, json }: RetryOptions, environment: Environment): Promise<number> {
  const events = createEvents();
  const shutdown = listenForShutdown(events.emit, environment.patience.grace);
  const display = json ? undefined : showProgress(events);
  try {
    const max = connectionsFor(environment.limits);
    return await withDatabase(environment, { max }, async (database) => {
      await requireMigrated(database);
      const { pipeline: name, keys } = await requireRefused(database, load);
      const pipelines = [await readSoundPipeline(name, environment.pipelines)];
      await forgetRefusals(database, load);
      const session = { environment, database, pipelines, events, shutdown };
      const loaded = await loadOnce(session, {
        range: {},
        reload: true,
        patient: false,
        only: new Set(keys),
      });
      if (json) process.stdout.write(formatJson({ load, pipeline: name, keys, loaded }));
      return loaded ? DONE : FAILED;
    });
  } finally {
    display?.close();
    shutdown.release();
  }
}

async function requireRefused(database: Database, load: number): Promise<RefusedLoad> {
  const refused = await findRefused(database, load);
  if (refused === undefined) throw new MillraceError("USAGE", `there is no load ${load}`);
  if (refused.keys.length > 0) return refused;
  throw new MillraceError(
    "NOTHING_TO_SETTLE",
    `load ${load} is ${refused.status}, and no object in the bucket waits because of it`,
    { pipeline: refused.pipeline },
  );
}

/** The HTTP side of a running process: metrics, health and status, fed by its events. */
import type { Environment } from "../config/environment.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { MillraceError } from "../errors.ts";
import type { Events } from "../observe/bus.ts";
import { startHttp } from "../observe/http.ts";
import { createMetrics } from "../observe/metrics.ts";
import { createProgress } from "../observe/progress.ts";
import { createReadiness } from "../observe/readiness.ts";
import { createStatus } from "../observe/status.ts";
import type { Database } from "../postgres/connect.ts";
import { readLedgerStatus } from "../postgres/status.ts";

/** What is observed. */
export interface Observed {
  readonly environment: Environment;
  readonly database: Database;
  readonly pipelines: readonly Pipeline[];
  readonly events: Events;
  /** Take another port when the usual one is taken and none was asked for. */
  readonly anyPort?: boolean;
}

/** Listens on MILLRACE_HTTP until closed. Throws HTTP_UNAVAILABLE when that address cannot be had. */
export async function openObservatory(
  { environment, database, pipelines, events, anyPort = false }: Observed,
  version: string,
): Promise<{ close: () => Promise<void> }> {
  const metrics = createMetrics(version, pipelines);
  const readiness = createReadiness(() => database.check());
  const progress = createProgress(() => performance.now());
  const status = createStatus({ version, pipelines, readLedger: () => readLedgerStatus(database), progress });
  for (const listener of [metrics.listen, readiness.listen, progress.listen]) events.subscribe(listener);
  const { http } = environment;
  const server = await startHttp(http, { metrics, readiness, status }).catch((error: unknown) => {
    if (!anyPort || http.explicit || !isUnavailable(error)) throw error;
    return startHttp({ ...http, port: 0 }, { metrics, readiness, status });
  });
  events.emit({ type: "http.listening", url: server.url });
  return { close: () => server.close() };
}

function isUnavailable(error: unknown): boolean {
  return error instanceof MillraceError && error.code === "HTTP_UNAVAILABLE";
}

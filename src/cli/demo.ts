/** `millrace demo`: the whole job on a generated bucket, in a database of its own. */
import { join } from "node:path";
import type { Environment } from "../config/environment.ts";
import { connectionsFor } from "../daemon/engine.ts";
import { listenForShutdown } from "../daemon/shutdown.ts";
import { DEMO } from "../demo/bucket.ts";
import { startDemoBucket } from "../demo/endpoint.ts";
import { demoPipelines } from "../demo/pipelines.ts";
import { type Access, showDemo } from "../demo/show.ts";
import { createEvents } from "../observe/bus.ts";
import type { Display } from "../observe/display.ts";
import { createLog } from "../observe/log.ts";
import type { Database } from "../postgres/connect.ts";
import { withDatabase } from "./database.ts";
import { DONE, FAILED } from "./exit.ts";
import { showProgress } from "./progress.ts";
import { readSoundPipelines, shippedPipelines } from "./selection.ts";
import { keepLoading, loadOnce } from "./session.ts";

/**
 * Returns the exit code; without `once` only after a signal. Throws EMBEDDED_POSTGRES, HTTP_UNAVAILABLE, and what
 * migrating the database throws.
 */
export async function demo({ once }: { readonly once: boolean }, environment: Environment): Promise<number> {
  const shipped = await readSoundPipelines(shippedPipelines());
  const own: Environment = {
    ...environment,
    databaseUrl: undefined,
    dataDir: join(environment.dataDir, "demo"),
    s3: { region: "us-east-1", anonymous: true },
  };
  process.stdout.write("Generating a bucket: two years of weather, a month of air …\n");
  const bucket = await startDemoBucket(DEMO);
  const events = createEvents();
  const shutdown = listenForShutdown(events.emit, environment.patience.grace);
  let statusPage: string | undefined;
  events.subscribe((event) => {
    if (event.type === "http.listening") statusPage = event.url;
  });
  const display = showProgress(events);
  try {
    const pipelines = demoPipelines(shipped, DEMO, bucket.endpoint).filter(({ enabled }) => enabled);
    return await withDatabase(own, { max: connectionsFor(own.limits) }, async (database, connect) => {
      const session = { environment: own, database, pipelines, events, shutdown, anyPort: true };
      if (!once) {
        await keepLoading(session, async () => {
          await show(display, database, { database: connect, endpoint: bucket.endpoint, statusPage });
          process.stdout.write("\nThe demo goes on as a daemon. End it with Ctrl-C.\n");
          events.subscribe(createLog({ level: own.logLevel, stream: process.stdout }));
        });
        return DONE;
      }
      const well = await loadOnce(session, { range: {}, reload: false, patient: false });
      if (!shutdown.draining.aborted) await show(display, database);
      return well ? DONE : FAILED;
    });
  } finally {
    display.close();
    shutdown.release();
    await bucket.stop();
  }
}

/** The display gives way to what the database can tell now. */
async function show(display: Display, database: Database, access?: Access): Promise<void> {
  display.close();
  process.stdout.write("\n");
  await showDemo({
    query: (sql) => database.query(sql),
    print: (line) => void process.stdout.write(`${line}\n`),
    ...(access === undefined ? {} : { access }),
  });
}

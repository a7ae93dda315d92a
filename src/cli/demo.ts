/** `millrace demo`: the whole job on a generated bucket, in a database of its own. */
import { join } from "node:path";
import type { Environment } from "../config/environment.ts";
import { connectionsFor } from "../daemon/engine.ts";
import { listenForShutdown } from "../daemon/shutdown.ts";
import { DEMO } from "../demo/bucket.ts";
import { type DemoBucket, startDemoBucket } from "../demo/endpoint.ts";
import { demoPipelines } from "../demo/pipelines.ts";
import { showDemo } from "../demo/show.ts";
import { createEvents } from "../observe/bus.ts";
import type { Display } from "../observe/display.ts";
import { createLog } from "../observe/log.ts";
import { withDatabase } from "./database.ts";
import { DONE, FAILED } from "./exit.ts";
import { showProgress } from "./progress.ts";
import { readSoundPipelines, shippedPipelines } from "./selection.ts";
import { keepLoading, loadOnce, type Session } from "./session.ts";

/** Returns the exit code; without `once` only after a signal. */
export async function demo({ once }: { readonly once: boolean }, environment: Environment): Promise<number> {
  const shipped = await readSoundPipelines(shippedPipelines());
  const own: Environment = {
    ...environment,
    databaseUrl: undefined,
    dataDir: join(environment.dataDir, "demo"),
    s3: { anonymous: true },
  };
  const events = createEvents();
  const shutdown = listenForShutdown(events.emit);
  const display = showProgress(events);
  display.print("Generating a bucket: two years of weather, a month of air …\n");
  const bucket = await startDemoBucket(DEMO);
  try {
    const pipelines = demoPipelines(shipped, DEMO, bucket.endpoint).filter(({ enabled }) => enabled);
    return await withDatabase(own, { max: connectionsFor(own.limits) }, async (database, access) => {
      const session = { environment: own, database, pipelines, events, shutdown };
      const show = () => endFirstPass({ session, display, bucket, access });
      if (!once) {
        await keepLoading(session, async () => {
          await show();
          process.stdout.write("\nThe demo goes on as a daemon. End it with Ctrl-C.\n");
          events.subscribe(createLog({ level: own.logLevel, stream: process.stdout }));
        });
        return DONE;
      }
      const well = await loadOnce(session, { range: {}, reload: false });
      if (!shutdown.draining.aborted) await show();
      return well ? DONE : FAILED;
    });
  } finally {
    display.close();
    shutdown.release();
    await bucket.stop();
  }
}

interface FirstPass {
  readonly session: Session;
  readonly display: Display;
  readonly bucket: DemoBucket;
  /** How a person connects to the database. */
  readonly access: string;
}

/** The display gives way to what the database can tell now. */
async function endFirstPass({ session, display, bucket, access }: FirstPass): Promise<void> {
  display.close();
  await showDemo({
    query: (sql) => session.database.query(sql),
    print: (line) => void process.stdout.write(`${line}\n`),
    access,
    endpoint: bucket.endpoint,
  });
}

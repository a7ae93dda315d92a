/** The daemon in the test's process, with a faulty network between it and both S3 and Postgres. */
import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { createEngine, prepareDatabase } from "../../src/daemon/engine.ts";
import { watch } from "../../src/daemon/watch.ts";
import type { MillraceEvent } from "../../src/observe/events.ts";
import { createReadiness } from "../../src/observe/readiness.ts";
import { openDatabase } from "../../src/postgres/connect.ts";
import { assertBooks } from "../daemon/books.ts";
import { year, yearLines } from "../daemon/damage.ts";
import { type Mill, openMill, shipped } from "../daemon/mill.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { backendsOf } from "./world.ts";

/** Connections that the daemon may have. */
const CONNECTIONS = 6;

export interface Daemon {
  readonly mill: Mill;
  /** The ways to the database and to S3. */
  readonly toDatabase: Proxy;
  readonly toStore: Proxy;
  /** Since the daemon started. */
  readonly events: readonly MillraceEvent[];
  /** What /readyz says; undefined: ready. */
  readonly obstacle: () => Promise<string | undefined>;
  /** Lets one pass happen; resolves when it has ended, whatever became of it. */
  readonly pass: () => Promise<void>;
  /** The codes of loads and passes that failed, in their order. */
  readonly failures: () => string[];
}

/** A turnstile: the daemon waits for each pass until the test lets it through. */
class Turnstile {
  #go = Promise.withResolvers<undefined>();
  #waiting = Promise.withResolvers<undefined>();

  readonly pause = async (_milliseconds: number, signal: AbortSignal): Promise<void> => {
    const stopped = new Promise<void>((resolve) => {
      signal.addEventListener("abort", () => {
        resolve();
      });
    });
    this.#waiting.resolve(undefined);
    await Promise.race([this.#go.promise, stopped]);
    this.#go = Promise.withResolvers<undefined>();
  };

  async pass(): Promise<void> {
    await this.#waiting.promise;
    this.#waiting = Promise.withResolvers<undefined>();
    this.#go.resolve(undefined);
    await this.#waiting.promise;
  }
}

/**
 * Starts the daemon over one year of GHCN-Daily, of which the first pass has loaded an old version; the test's first
 * pass finds a new one. `url`: as whom to connect, by default as the owner.
 */
export async function startDaemon(
  context: TestContext,
  url?: (direct: string) => Promise<string>,
): Promise<Daemon> {
  const pipelines = await shipped("noaa-daily");
  const mill = await openMill(context, pipelines, [year(2021, yearLines(2021, 3))]);
  const toDatabase = await startProxy(mill.url);
  const toStore = await startProxy(mill.bucket.endpoint);
  const address = toDatabase.url(url === undefined ? mill.url : await url(mill.url));
  const database = openDatabase(address, { applicationName: "daemon", max: CONNECTIONS, silence: 300 });
  const readiness = createReadiness(() => database.check());
  const events: MillraceEvent[] = [];
  const emit = (event: MillraceEvent): void => {
    events.push(event);
    readiness.listen(event);
  };
  const s3 = { region: "us-east-1", anonymous: true, endpoint: toStore.url(mill.bucket.endpoint) };
  const environment = { ...mill.environment, s3, patience: { ...mill.environment.patience, stall: 300 } };
  const engine = createEngine(environment, database, emit, new AbortController().signal);
  const stopping = new AbortController();
  const turnstile = new Turnstile();
  await prepareDatabase(database, pipelines, emit);
  const watching = watch(
    { pipelines, atOnce: 1, pause: turnstile.pause },
    { ...engine, signal: stopping.signal },
  );
  context.after(async () => {
    stopping.abort();
    await watching;
    engine.close();
    await toStore.stop();
    await toDatabase.stop();
    await database.close();
  });
  const daemon: Daemon = {
    mill,
    toDatabase,
    toStore,
    events,
    obstacle: readiness.obstacle,
    pass: () => turnstile.pass(),
    failures: () =>
      events.flatMap((event) =>
        (event.type === "load.finished" || event.type === "pass.failed") && event.code !== undefined
          ? [event.code]
          : [],
      ),
  };
  await daemon.pass();
  assert.deepEqual(daemon.failures(), []);
  await mill.bucket.put(...newVersion());
  return daemon;
}

function newVersion(): [bucket: string, key: string, body: Buffer] {
  const { bucket, key, body } = year(2021, yearLines(2021, 4));
  return [bucket, key, body];
}

/** Fails unless the daemon has recovered: the new version is loaded, once, and nothing is left open. */
export async function assertRecovered({ mill, obstacle, pass }: Daemon): Promise<void> {
  // As if the pause after the failure were over.
  await mill.database.query(
    "update millrace.object set refused_until = now() where refused_until is not null",
  );
  await pass();
  assert.equal(await obstacle(), undefined);
  const [facts] = await mill.database.query<{ n: number }>(
    "select count(*)::int as n from production.f_climate_data_flagged",
  );
  assert.equal(facts?.n, 288);
  const loaded = await mill.database.query("select load_id from millrace.load where status = 'loaded'");
  assert.equal(loaded.length, 2);
  await assertBooks(mill.database);
  const { open, connections } = await backendsOf(mill.database);
  assert.equal(open, 0);
  assert.ok(connections <= CONNECTIONS + 1, `${connections} connections`);
}

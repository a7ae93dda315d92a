/** One life of Millrace in the test's process, behind the faulty network: what a process would hold, to be thrown away. */
import type { Pipeline } from "../../src/config/pipeline.ts";
import { createEngine, type Engine, prepareDatabase } from "../../src/daemon/engine.ts";
import { runOnce } from "../../src/daemon/once.ts";
import { MillraceError } from "../../src/errors.ts";
import { type Database, openDatabase } from "../../src/postgres/connect.ts";
import type { Mill } from "../daemon/mill.ts";
import type { Proxy } from "./proxy.ts";

export interface Surroundings {
  readonly mill: Mill;
  readonly pipelines: readonly Pipeline[];
  readonly toDatabase: Proxy;
  readonly toStore: Proxy;
}

/** How machines are called in pg_stat_activity. */
export const MACHINE = "machine";

/** Milliseconds without a byte, of Postgres and of a store. The latter has four chances to answer. */
const SILENCE = 300;
const STALL = 1_000;

export class Machine {
  readonly #pipelines: readonly Pipeline[];
  readonly #database: Database;
  readonly #engine: Engine;
  readonly #aborting = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor({ mill, pipelines, toDatabase, toStore }: Surroundings) {
    this.#pipelines = pipelines;
    const options = { applicationName: MACHINE, max: 8, silence: SILENCE };
    this.#database = openDatabase(toDatabase.url(mill.url), options);
    const s3 = { region: "us-east-1", anonymous: true, endpoint: toStore.url(mill.bucket.endpoint) };
    const environment = {
      ...mill.environment,
      s3,
      patience: { ...mill.environment.patience, stall: STALL },
    };
    this.#engine = createEngine(environment, this.#database, () => undefined, this.#aborting.signal);
  }

  /** What `run --once` does; whether all went well. Throws only what is no known fault. */
  run(): Promise<boolean> {
    const run = this.#run();
    this.#running = run.catch(() => undefined);
    return run;
  }

  /** Ends what runs, as a second SIGTERM does. */
  readonly abort = (): void => {
    this.#aborting.abort();
  };

  /** Lets go of everything, once what runs has ended. */
  async close(): Promise<void> {
    await this.#running;
    this.#engine.close();
    await this.#database.close();
  }

  async #run(): Promise<boolean> {
    const { signal } = this.#aborting;
    try {
      await prepareDatabase(this.#database, this.#pipelines, () => undefined);
      const options = { pipelines: this.#pipelines, range: {}, reload: false, patient: false, atOnce: 2 };
      return await runOnce(options, { ...this.#engine, signal });
    } catch (error) {
      if (error instanceof MillraceError) return false;
      throw error;
    }
  }
}

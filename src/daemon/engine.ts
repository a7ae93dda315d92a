/** Everything that passes and loads work with, opened once and closed in the right order. */
import type { Environment } from "../config/environment.ts";
import type { Pipeline } from "../config/pipeline.ts";
import { type Services, StationTables } from "../load/services.ts";
import { load } from "../load.ts";
import type { Emit } from "../observe/events.ts";
import { type Database, requireSupportedServer } from "../postgres/connect.ts";
import { settleAbandoned } from "../postgres/ledger/loads.ts";
import type { MartFailure } from "../postgres/marts/rebuild.ts";
import { registerMarts } from "../postgres/marts/register.ts";
import { migrate } from "../postgres/migrate.ts";
import { ensurePipeline } from "../postgres/source.ts";
import { Stores } from "../s3/open.ts";
import type { ObjectStore } from "../s3/store.ts";
import { memoryQueue, type Queue } from "./queue.ts";

/** Connections that one load takes at once: its own, and one for keys that it allocates meanwhile. */
const CONNECTIONS_PER_LOAD = 2;
/** Compaction writes through one and reads through the other. */
const COMPACTION_CONNECTIONS = 2;
/** For passes, marts, status and health. */
const OTHER_CONNECTIONS = 6;

/** Connections that a process with these limits needs at most. */
export function connectionsFor(limits: Environment["limits"]): number {
  return limits.loads * CONNECTIONS_PER_LOAD + limits.pipelines + COMPACTION_CONNECTIONS + OTHER_CONNECTIONS;
}

/** A whole page of a listing may take so many times as long as a silence: only its end can be waited for. */
const PAGE_STALLS = 4;

/** What passes need to make loads. */
export interface Engine {
  readonly services: Services;
  readonly queue: Queue;
  /** Ends idle connections to object stores. */
  readonly close: () => void;
}

/**
 * Puts the engine together; nothing is sent before the first pass. `signal` aborts running loads. The database stays
 * the caller's, `close` what was opened here.
 */
export function createEngine(
  environment: Environment,
  database: Database,
  emit: Emit,
  signal: AbortSignal,
): Engine {
  const { stall } = environment.patience;
  const stores = new Stores(environment.s3, {
    stallMilliseconds: stall,
    answerMilliseconds: stall,
    pageMilliseconds: stall * PAGE_STALLS,
  });
  const storeOf = ({ objects }: Pipeline): ObjectStore => stores.of(objects);
  const services: Services = { database, storeOf, stations: new StationTables(database), emit };
  const { loads, bytesInFlight } = environment.limits;
  return {
    services,
    queue: memoryQueue((job) => load(job, services, signal), { loads, bytes: bytesInFlight }),
    close: () => {
      stores.close();
    },
  };
}

/**
 * Brings the database up to date with the program and the pipelines: migrations, sources, marts, and attempts that
 * dead processes left behind. Safe in several processes at once. Returns the marts that could not be built. Throws
 * DATABASE_UNSUPPORTED, DATABASE_NEWER, MIGRATION_CHANGED, MART_INVALID and what the database throws.
 */
export async function prepareDatabase(
  database: Database,
  pipelines: readonly Pipeline[],
  emit: Emit,
): Promise<readonly MartFailure[]> {
  await requireSupportedServer(database);
  const applied = await migrate(database);
  await settleAbandoned(database);
  for (const pipeline of pipelines) await ensurePipeline(database, pipeline);
  const failures = await registerMarts(database, emit);
  emit({ type: "migrated", applied });
  return failures;
}

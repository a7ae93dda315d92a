/** Whether this process can load: what /readyz answers. */
import { formatError } from "../errors.ts";
import { within } from "../postgres/transaction.ts";
import type { Listener } from "./bus.ts";
import { redact } from "./redact.ts";

/** Shorter than the usual time-out of who probes. */
const PING_TIMEOUT = 2_000;

export interface Readiness {
  /** Notes the beginning and the end of being able to load: migrated, stopping, a disk that is full. */
  readonly listen: Listener;
  /** Undefined: ready. Otherwise the reason in a sentence. */
  readonly obstacle: () => Promise<string | undefined>;
}

/** @param ping resolves when the database answers, as `Database.check` does */
export function createReadiness(ping: () => Promise<void>): Readiness {
  let migrated = false;
  let stopping = false;
  let full = false;
  return {
    listen: (event) => {
      const { type } = event;
      if (type === "migrated") migrated = true;
      if (type === "daemon.stopping" || type === "daemon.stopped") stopping = true;
      // A ping finds nothing wrong with a full disk; the loads do.
      if (type === "load.finished" && event.outcome === "loaded") full = false;
      if ((type === "load.finished" || type === "pass.failed") && event.code === "DATABASE_FULL") full = true;
    },
    obstacle: async () => {
      if (stopping) return "stopping";
      if (!migrated) return "the database has not been migrated yet";
      try {
        await within(ping(), PING_TIMEOUT, "the database");
      } catch (error) {
        return `the database does not answer: ${redact(formatError(error))}`;
      }
      return full ? "the database's disk is full: no load has succeeded since one failed for it" : undefined;
    },
  };
}

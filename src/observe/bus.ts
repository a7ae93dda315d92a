/** Carries events from whoever works to whoever watches: the log, the metrics, the display, the status page. */
import type { Emit, MillraceEvent } from "./events.ts";

/** Called once for each event, in the order of emission, inside `emit`: must be quick. */
export type Listener = (event: MillraceEvent) => void;

export interface Events {
  readonly emit: Emit;
  /** Returns what ends the subscription. */
  readonly subscribe: (listener: Listener) => () => void;
}

/**
 * An emitter of its own for one run of the program. A watcher that throws harms neither the load that emitted
 * nor the other watchers; the fault is shown as a process warning.
 */
export function createEvents(): Events {
  const listeners = new Set<Listener>();
  return {
    emit: (event) => {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          process.emitWarning(error instanceof Error ? error : String(error));
        }
      }
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/** Ending on request: first cleanly, then at once. */
import { MillraceError } from "../errors.ts";
import type { Emit } from "../observe/events.ts";

/** The two stages of ending, each as a signal that aborts. */
export interface Shutdown {
  /** Aborted by the first signal: begin nothing more. */
  readonly draining: AbortSignal;
  /** Aborted by the second signal, or when the grace period is over: leave running loads without a trace. */
  readonly aborting: AbortSignal;
  /** Stops listening to signals. */
  readonly release: () => void;
}

/** Listens to SIGTERM and SIGINT until released. `grace`: milliseconds from the first stage to the second. */
export function listenForShutdown(emit: Emit, grace: number): Shutdown {
  const draining = new AbortController();
  const aborting = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    aborting.abort(
      new MillraceError("LOAD_ABORTED", "the load was stopped because the program was told to end"),
    );
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (draining.signal.aborted) {
      abort();
      return;
    }
    emit({ type: "daemon.stopping", signal });
    draining.abort();
    timer = setTimeout(abort, grace);
  };
  process.on("SIGTERM", onSignal);
  process.on("SIGINT", onSignal);
  return {
    draining: draining.signal,
    aborting: aborting.signal,
    release: () => {
      clearTimeout(timer);
      process.off("SIGTERM", onSignal);
      process.off("SIGINT", onSignal);
    },
  };
}

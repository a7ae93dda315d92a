/** A load's progress, told a few times a second at most. */
import type { LoadJob } from "../discover/job.ts";
import type { Emit } from "../observe/events.ts";

/** Milliseconds between two tellings. */
const INTERVAL = 250;

/**
 * Returns what announces a load's progress, to be called as often as you like with the sums so far: stored bytes read
 * and rows sent.
 */
export function progress(job: LoadJob, load: number, emit: Emit): (bytes: number, rows: number) => void {
  let due = performance.now() + INTERVAL;
  return (bytes, rows) => {
    const now = performance.now();
    if (now < due) return;
    due = now + INTERVAL;
    emit({ type: "load.progress", pipeline: job.pipeline.name, load, bytes, rows });
  };
}

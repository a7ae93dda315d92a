/** A load's progress, told a few times a second at most. */
import type { LoadJob } from "../discover/job.ts";
import type { Emit } from "../observe/events.ts";

const INTERVAL = 250;

/** Call it as often as you like with the sums so far: stored bytes read and rows sent. */
export function progress(job: LoadJob, load: number, emit: Emit): (bytes: number, rows: number) => void {
  let due = performance.now() + INTERVAL;
  return (bytes, rows) => {
    const now = performance.now();
    if (now < due) return;
    due = now + INTERVAL;
    emit({ type: "load.progress", pipeline: job.pipeline.name, load, bytes, rows });
  };
}

/** Timing: wall clock and processor time of this process, repeated, as medians. */

/** One run, in seconds. */
export interface Timing {
  readonly wall: number;
  /** Of all threads of this process (garbage collection and zlib included), not of Postgres. */
  readonly cpu: number;
  /** Of the main thread alone. */
  readonly mainThread: number;
}

export async function time(work: () => Promise<unknown>): Promise<Timing> {
  const process0 = process.cpuUsage();
  const thread0 = process.threadCpuUsage();
  const began = performance.now();
  await work();
  const wall = (performance.now() - began) / 1000;
  return {
    wall,
    cpu: seconds(process.cpuUsage(process0)),
    mainThread: seconds(process.threadCpuUsage(thread0)),
  };
}

function seconds({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000_000;
}

/** The middle one; of an even number the mean of the middle two. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  const lower = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

export function medianTiming(timings: readonly Timing[]): Timing {
  return {
    wall: median(timings.map(({ wall }) => wall)),
    cpu: median(timings.map(({ cpu }) => cpu)),
    mainThread: median(timings.map(({ mainThread }) => mainThread)),
  };
}

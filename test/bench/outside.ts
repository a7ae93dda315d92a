/** Whole programs, measured from outside: wall clock, processor time and peak memory of a process and its children. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

/** One run, as seen from outside. */
export interface Run {
  /** Seconds from its start to its end. */
  readonly wall: number;
  /** Seconds of processor time, user and system, of the process and its children; not of Postgres. */
  readonly cpu: number;
  /** Bytes: the high-water marks of resident memory of all its processes together. NaN where /proc does not tell. */
  readonly peak: number;
}

export interface Command {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The exit codes that mean that it did what it should; by default 0. */
  readonly codes?: readonly number[];
}

/** Runs that have begun, for who must talk to the program or end it. */
export interface Running {
  /** Resolves when the program has written so, or has ended. */
  readonly said: (text: string) => Promise<void>;
  /** Sends SIGTERM to the program. */
  readonly end: () => void;
  /** What it was, once it has ended. Rejects when it ended with another code than those expected. */
  readonly done: Promise<Run>;
}

/**
 * bash's own `time` knows the processor time of children that have ended, to the millisecond, which nothing in Node
 * does. It writes to descriptor 3; the program's own complaints go where they always do.
 */
const TIMED = 'TIMEFORMAT="%3R %3U %3S"; { time "$@" 2>&4 3>&- 4>&-; } 4>&2 2>&3';

/** Milliseconds between two looks at the processes' high-water marks; what grows in the last interval may be missed. */
const SAMPLE = 40;

/** Bytes of a program's output that are kept for the message when it fails. */
const KEPT = 4_000;

/** Runs a program to its end. Rejects with the end of its output when it fails. */
export function runOutside(command: Command): Promise<Run> {
  return startOutside(command).done;
}

/** Starts a program that is measured until it ends. */
export function startOutside({ argv, env, codes = [0] }: Command): Running {
  const shell = spawn("bash", ["-c", TIMED, "bash", ...argv], {
    env: { ...env, LC_ALL: "C" },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
  });
  const [, stdout, stderr, timing] = shell.stdio;
  let output = "";
  for (const stream of [stdout, stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT);
    });
  }
  const marks = new HighWaterMarks(shell.pid);
  const sampler = setInterval(() => {
    marks.sample();
  }, SAMPLE);
  const done = async (): Promise<Run> => {
    const exit = Promise.withResolvers<number | null>();
    shell.on("error", exit.reject);
    shell.on("close", exit.resolve);
    const times = timing === null || timing === undefined || !("read" in timing) ? "" : text(timing);
    try {
      const code = await exit.promise;
      if (code === null || !codes.includes(code)) {
        throw new Error(`${argv.join(" ").slice(0, 300)} ended with code ${code}:\n${output}`);
      }
      const [wall = Number.NaN, user = 0, system = 0] = (await times).trim().split(" ").map(Number);
      return { wall, cpu: user + system, peak: marks.sum() };
    } finally {
      clearInterval(sampler);
    }
  };
  return {
    said: async (words) => {
      while (!output.includes(words) && shell.exitCode === null) {
        await Promise.race([
          once(shell, "exit"),
          ...[stdout, stderr].map((stream) => stream && once(stream, "data")),
        ]);
      }
    },
    end: () => {
      for (const pid of shell.pid === undefined ? [] : childrenOf(shell.pid)) process.kill(pid, "SIGTERM");
    },
    done: done(),
  };
}

/** The greatest resident memory of each process below a shell, the shell itself left out. */
class HighWaterMarks {
  readonly #shell: number | undefined;
  readonly #bytes = new Map<number, number>();

  constructor(shell: number | undefined) {
    this.#shell = shell;
  }

  sample(): void {
    if (this.#shell === undefined || process.platform !== "linux") return;
    const waiting = childrenOf(this.#shell);
    for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
      const mark = highWaterMark(pid);
      if (mark !== undefined) this.#bytes.set(pid, mark);
      waiting.push(...childrenOf(pid));
    }
  }

  sum(): number {
    if (this.#bytes.size === 0) return Number.NaN;
    return [...this.#bytes.values()].reduce((sum, bytes) => sum + bytes, 0);
  }
}

/** Undefined when the process is gone. */
function highWaterMark(pid: number): number | undefined {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readProc(`${pid}/status`))?.[1];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** The processes that the main thread of a process has started and that have not ended. */
function childrenOf(pid: number): number[] {
  return readProc(`${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
}

/** A file of /proc; empty when the process is gone, or there is no /proc. */
export function readProc(file: string): string {
  try {
    return readFileSync(`/proc/${file}`, "utf8");
  } catch {
    return "";
  }
}

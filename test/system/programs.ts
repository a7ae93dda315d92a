/** The programs that these tests drive: where they are, how they run, and that none of them outlives its test. */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Anything with an end at which to clean up: a test's or a suite's context, or `{ after }` for a whole file. */
export interface Scope {
  after(cleanUp: () => Promise<void>): void;
}

export interface ProgramOptions {
  readonly cwd?: string;
  /** The whole environment of the program. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  readonly gid?: number;
}

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProgram {
  /** What it has written so far, to both its outputs. */
  output(): string;
  /** Resolves with the first match in what it writes; rejects when it ends without. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  /** Sends the signal and resolves with the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** The folders of PATH that belong to the machine, not to this project or to the npm that runs it. */
const FOLDERS = (process.env["PATH"] ?? "")
  .split(delimiter)
  .filter((folder) => folder !== "" && !folder.includes("node_modules"));

/**
 * The environment of a person at this machine: its PATH without what npm adds, npm's and the network's
 * settings as they are, and nothing of ours.
 */
export function bareEnvironment(): Record<string, string | undefined> {
  const foreign =
    /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix)|NODE_|INIT_CWD$)/;
  const ours = /^(DATABASE_URL|MILLRACE_|AWS_|PG)/;
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name) && !ours.test(name));
  return { ...Object.fromEntries(kept), PATH: FOLDERS.join(delimiter) };
}

/** The path of a program of the machine. */
export function findProgram(name: string): string | undefined {
  return FOLDERS.map((folder) => join(folder, name)).find((file) => existsSync(file));
}

/** For `{ skip }`: false, or which of these programs the machine lacks. */
export function skipWithout(...names: readonly string[]): false | string {
  const missing = names.filter((name) => findProgram(name) === undefined);
  return missing.length === 0 ? false : `not on this machine: ${missing.join(", ")}`;
}

/** How `millrace` is started in a clone, by the Node that runs this. */
export function millraceCommand(...args: readonly string[]): [string, string[]] {
  return [process.execPath, [join(ROOT, "src", "millrace.js"), ...args]];
}

/** Runs a program to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<Ended> {
  const child = spawn(program, args, { cwd: ROOT, ...options, stdio: ["ignore", "pipe", "pipe"] });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const [code] = (await once(child, "close")) as [number | null];
  return { code, stdout: stdout(), stderr: stderr() };
}

/** Starts a program that goes on until the scope ends. */
export function startProgram(
  scope: Scope,
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): RunningProgram {
  const child = spawn(program, args, { cwd: ROOT, ...options, stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "close") as Promise<[number | null]>;
  const running = watchOutput(child, ended);
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal);
    const [code] = await ended;
    return code;
  };
  scope.after(async () => {
    await stop();
  });
  return { ...running, stop };
}

function watchOutput(
  child: ChildProcessByStdio<null, Readable, Readable>,
  ended: Promise<unknown>,
): Pick<RunningProgram, "output" | "waitFor"> {
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const output = () => stdout() + stderr();
  const waitFor = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output());
        if (match !== null) resolve(match);
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      look();
      ended.then(() => {
        reject(new Error(`ended without ${String(pattern)}:\n${output()}`));
      }, reject);
    });
  return { output, waitFor };
}

function collect(stream: Readable): () => string {
  const chunks: Buffer[] = [];
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

/** Asks again and again until there is an answer; an Error after `seconds` without. */
export async function until<Answer>(
  what: string,
  seconds: number,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const deadline = performance.now() + 1000 * seconds;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await pause(200);
  }
  throw new Error(`${what}: not within ${seconds} s`);
}

/** A port of 127.0.0.1 that was free a moment ago, for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
  return address.port;
}

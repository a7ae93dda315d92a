/** The command line, run as its users do: as a process of its own. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const EXECUTABLE = fileURLToPath(new URL("../../src/millrace.js", import.meta.url));

interface CommandOptions {
  /** On top of a bare environment: neither DATABASE_URL nor the caller's own settings. */
  readonly env?: Readonly<Record<string, string>>;
  /** The Node to run with. */
  readonly node?: string;
}

/** Runs `millrace` with these arguments until it ends. */
export async function millrace(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const child = spawn(options.node ?? process.execPath, [EXECUTABLE, ...args], {
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}

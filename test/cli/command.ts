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

export interface Running {
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves when stdout has shown this, or has ended. */
  said(what: RegExp): Promise<void>;
}

/** Runs `millrace` with these arguments until it ends. */
export function millrace(args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  return startMillrace(args, options).ended;
}

/** Starts `millrace` with these arguments. */
export function startMillrace(args: readonly string[], options: CommandOptions = {}): Running {
  const child = spawn(options.node ?? process.execPath, [EXECUTABLE, ...args], {
    env: { PATH: process.env["PATH"], HOME: "/nonexistent", ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ended = Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit") as Promise<[number | null]>,
  ]);
  return {
    ended: ended.then(([stdout, stderr, [code]]) => ({ code, stdout, stderr })),
    kill: (signal) => child.kill(signal),
    said: async (what) => {
      let heard = "";
      const said = Promise.withResolvers<undefined>();
      child.stdout.on("data", (chunk: Buffer) => {
        heard += chunk.toString();
        if (what.test(heard)) said.resolve(undefined);
      });
      await Promise.race([said.promise, ended]);
    },
  };
}

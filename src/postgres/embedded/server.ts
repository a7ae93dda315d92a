/** The server's process: its start, its readiness, its end, and its end when ours comes first. */
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { MillraceError } from "../../errors.ts";
import { readPostmaster, type Site } from "./cluster.ts";
import { start } from "./identity.ts";

/** How often files are looked at while waiting for a server. Milliseconds. */
export const POLL = 20;

/** A fast shutdown that takes longer is cut short; the next start then recovers. */
const STOP_LIMIT = 120_000;

export interface Server {
  /** Fast shutdown: open transactions are rolled back, everything is written to disk. */
  stop(): Promise<void>;
}

/**
 * Starts Postgres on the cluster and waits until it is ready; undefined when it ended instead. `log` is emptied
 * and gets all that it writes. Throws EMBEDDED_POSTGRES when the program cannot be run at all.
 */
export async function startServer(
  site: Site,
  settings: Readonly<Record<string, string>>,
  log: string,
): Promise<Server | undefined> {
  const child = spawnServer(site, settings, log);
  const end = watchEnd(child);
  if (child.pid === undefined) await end.promise;
  guardAgainstOurDeath(child);
  while (!end.reached()) {
    // A lock file that an earlier server left behind may say `ready` too.
    const postmaster = await readPostmaster(site.cluster);
    if (postmaster?.status === "ready" && postmaster.pid === child.pid) {
      return { stop: () => shutDown(child, end.promise) };
    }
    await delay(POLL);
  }
  return undefined;
}

function spawnServer(
  { home, cluster, binaries, identity }: Site,
  settings: Readonly<Record<string, string>>,
  log: string,
): ChildProcess {
  const assignments = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const descriptor = openSync(log, "w", 0o600);
  try {
    return start(identity, [binaries.postgres, "-D", cluster, ...assignments], {
      env: binaries.environment,
      cwd: home,
      stdio: ["ignore", descriptor, descriptor],
      // In a session of its own: Ctrl-C is for the program, which ends Postgres after its own work.
      detached: true,
    });
  } finally {
    closeSync(descriptor);
  }
}

/** The promise resolves when the process has ended, and rejects when it never was one. */
function watchEnd(child: ChildProcess) {
  let reached = false;
  const promise = new Promise<void>((settle, fail) => {
    child.once("exit", () => {
      reached = true;
      settle();
    });
    child.once("error", (error) => {
      fail(new MillraceError("EMBEDDED_POSTGRES", `Postgres cannot be run: ${error.message}`, {}, error));
    });
  });
  return { promise, reached: (): boolean => reached };
}

/**
 * A shell that waits for the end of a pipe from this process, which comes however we end (SIGKILL included),
 * and then asks Postgres for a fast shutdown. Needs nothing but a POSIX shell, unlike PR_SET_PDEATHSIG.
 */
function guardAgainstOurDeath(server: ChildProcess): void {
  const guard = spawn("/bin/sh", ["-c", 'read -r _; kill -INT "$1"', "sh", String(server.pid)], {
    detached: true,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
  });
  // Afterwards the process id may be somebody else's.
  server.once("exit", () => guard.kill());
  // Neither keeps this process alive.
  server.unref();
  guard.unref();
  if (guard.stdin instanceof Socket) guard.stdin.unref();
}

/** SIGINT: fast shutdown, which ends with a checkpoint. SIGQUIT: at once, leaving recovery to the next start. */
async function shutDown(child: ChildProcess, end: Promise<void>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  child.kill("SIGINT");
  const timer = setTimeout(() => child.kill("SIGQUIT"), STOP_LIMIT);
  await end;
  clearTimeout(timer);
}

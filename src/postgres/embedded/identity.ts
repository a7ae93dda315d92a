/** Under whose name Postgres runs: it refuses to run as root. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import { chown, lchown, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { MillraceError } from "../../errors.ts";
import { systemCode } from "../errors.ts";
import type { Binaries } from "./binaries.ts";

/** The user "nobody" of Debian, Fedora and Alpine, which initdb must find in /etc/passwd. */
const NOBODY = 65_534;

/** One way of running a program as somebody whom Postgres accepts. */
export interface Identity {
  /** For messages. */
  readonly name: string;
  /** Put before the program's own command line. */
  readonly prefix: readonly string[];
  /** Whose name it runs under; undefined: ours. */
  readonly uid?: number;
  readonly gid?: number;
}

const OURSELVES: Identity = { name: "the current user", prefix: [] };

/**
 * In a user namespace of its own root looks like nobody to Postgres, yet owns the files that root owns: works
 * without creating a user and below directories that only root may enter. The process id stays the host's.
 */
const MAPPED: Identity = {
  name: "unshare",
  prefix: ["unshare", "--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, "--"],
};

export interface Outcome {
  readonly status: number | null;
  /** What it wrote, the last few lines of it. */
  readonly output: string;
}

/** Starts a program under an identity. */
export function start(identity: Identity, command: readonly string[], options: SpawnOptions): ChildProcess {
  const [file = "", ...args] = [...identity.prefix, ...command];
  const { uid, gid } = identity;
  return spawn(file, args, {
    ...options,
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
}

/** Runs a program under an identity to its end. A program that cannot be started has the status null. */
export async function run(
  identity: Identity,
  command: readonly string[],
  options: SpawnOptions,
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = start(identity, command, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error) => {
      resolve({ status: null, output: error.message });
    });
    child.on("close", (status) => {
      resolve({ status, output: lastLines(Buffer.concat(chunks).toString("utf8")) });
    });
  });
}

/** The end of a log, as one line of a message. */
export function lastLines(text: string): string {
  return text
    .trim()
    .split("\n")
    .slice(-4)
    .map((line) => line.trim())
    .join(" | ")
    .slice(-600);
}

/**
 * Finds a way to run Postgres on the directories below `home`, and the version of Postgres that answered. As
 * root: the owner of an existing cluster, else a user namespace, else the owner of the program files, else
 * nobody. Gives the directory to whoever will use it. Throws EMBEDDED_POSTGRES saying what was tried.
 */
export async function chooseIdentity(binaries: Binaries, home: string, cluster: string) {
  const failures: string[] = [];
  for (const identity of await candidates(binaries, cluster)) {
    const before = await stat(home);
    if (identity.uid !== undefined) await chown(home, identity.uid, identity.gid ?? identity.uid);
    const { status, output } = await run(
      identity,
      ["/bin/sh", "-c", 'cd -- "$1" && exec "$2" --version', "sh", home, binaries.postgres],
      { env: binaries.environment, cwd: "/" },
    );
    const version = /\d+/.exec(output)?.[0];
    if (status === 0 && version !== undefined) {
      await giveAway(cluster, identity);
      return { identity, version };
    }
    if (identity.uid !== undefined) await chown(home, before.uid, before.gid);
    failures.push(`as ${identity.name}: ${output}`);
  }
  const remedy = isRoot()
    ? " Postgres does not run as root: start Millrace as an ordinary user, or allow user namespaces (unshare), " +
      "or put the program and the data directory where the user nobody may read and write them."
    : "";
  throw new MillraceError(
    "EMBEDDED_POSTGRES",
    `the embedded Postgres does not start (${failures.join("; ")}).${remedy}`,
  );
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

async function candidates(binaries: Binaries, cluster: string): Promise<Identity[]> {
  const owner = await ownerOf(cluster);
  if (!isRoot()) {
    const ours = process.getuid?.();
    if (owner !== undefined && ours !== undefined && owner.uid !== ours) {
      throw new MillraceError(
        "EMBEDDED_POSTGRES",
        `${cluster} belongs to the user ${owner.uid}, not to ${ours}: run as that user, or set MILLRACE_DATA_DIR`,
      );
    }
    return [OURSELVES];
  }
  if (owner !== undefined && owner.uid !== 0) return [owner];
  const program = await ownerOf(binaries.postgres);
  const others = program === undefined || program.uid === 0 ? [] : [program];
  return [MAPPED, ...others, { name: "nobody", prefix: [], uid: NOBODY, gid: NOBODY }];
}

async function ownerOf(path: string): Promise<(Identity & { uid: number }) | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { name: `user ${uid}`, prefix: [], uid, gid };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** A cluster that root made in a user namespace belongs to root; another identity needs it for its own. */
async function giveAway(cluster: string, { uid, gid }: Identity): Promise<void> {
  const owner = await ownerOf(cluster);
  if (uid === undefined || owner === undefined || owner.uid === uid) return;
  const paths = await readdir(cluster, { recursive: true });
  for (const path of paths) await lchown(join(cluster, path), uid, gid ?? uid);
  await chown(cluster, uid, gid ?? uid);
}

/** The files of a cluster: how it is made, who owns it now, its password and its port. */
import { randomBytes } from "node:crypto";
import { chown, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { MillraceError } from "../../errors.ts";
import { systemCode } from "../errors.ts";
import type { Binaries } from "./binaries.ts";
import { type Identity, run } from "./identity.ts";

/** The cluster's superuser. Not `millrace`: a schema of a user's own name is where that user's tables go. */
export const USER = "postgres";

/** In the cluster's own directory, so that it appears and vanishes together with the cluster. */
const PASSWORD_FILE = "millrace.password";
const PORT_FILE = "millrace.port";

const UNFINISHED = "unfinished-";

/** Where a server lives and what runs it. */
export interface Site {
  /** Holds the cluster and the log. */
  readonly home: string;
  readonly cluster: string;
  readonly binaries: Binaries;
  readonly identity: Identity;
}

/** What postmaster.pid says. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** `starting`, `stopping`, `ready`, `standby`; empty while it is being written. */
  readonly status: string;
}

/** Throws EMBEDDED_POSTGRES when the cluster was made by another major version; false when there is none. */
export async function clusterExists(cluster: string, version: string): Promise<boolean> {
  const made = (await readIfThere(join(cluster, "PG_VERSION")))?.trim();
  if (made !== undefined && made !== version) {
    throw new MillraceError(
      "EMBEDDED_POSTGRES",
      `${cluster} was made by Postgres ${made}, and this Millrace brings Postgres ${version}: move it away and ` +
        "load the archives again, or start it with a Postgres of its version and set DATABASE_URL",
    );
  }
  return made !== undefined;
}

/**
 * Makes a cluster: UTF-8, bytewise order, password login with a random password. It is made aside and then
 * renamed, so that a killed start leaves no half of one, and of two starts at once one wins. Unless `durable`
 * it may not survive a crash of the machine. Throws EMBEDDED_POSTGRES with what initdb said (disk full, …).
 */
export async function createCluster(
  { binaries, identity, home, cluster }: Site,
  durable: boolean,
): Promise<void> {
  await removeUnfinished(home);
  const aside = join(home, `${UNFINISHED}${process.pid}-${randomBytes(4).toString("hex")}`);
  const password = `${aside}.password`;
  try {
    await writeFile(password, randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" });
    if (identity.uid !== undefined) await chown(password, identity.uid, identity.gid ?? identity.uid);
    const command = [...initdbCommand(binaries, aside, password), ...(durable ? [] : ["--no-sync"])];
    const { status, output } = await run(identity, command, { env: binaries.environment, cwd: home });
    if (status !== 0) throw new MillraceError("EMBEDDED_POSTGRES", `initdb failed in ${home}: ${output}`);
    await rename(password, join(aside, PASSWORD_FILE));
    await rename(aside, cluster);
  } catch (error) {
    await rm(aside, { recursive: true, force: true });
    await rm(password, { force: true });
    // Another process was faster.
    if (["ENOTEMPTY", "EEXIST"].includes(systemCode(error) ?? "")) return;
    throw error;
  }
}

function initdbCommand(binaries: Binaries, directory: string, password: string): string[] {
  return [
    binaries.initdb,
    `--pgdata=${directory}`,
    `--username=${USER}`,
    `--pwfile=${password}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    // What is in here can be loaded again, and this small build computes checksums slowly.
    "--no-data-checksums",
    "--no-instructions",
  ];
}

/** What killed starts left behind. */
async function removeUnfinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith(UNFINISHED)) continue;
    const pid = Number.parseInt(name.slice(UNFINISHED.length), 10);
    if (pid !== process.pid && !isAlive(pid)) await rm(join(home, name), { recursive: true, force: true });
  }
}

/** Who owns the cluster by its lock file; undefined when there is none, or when its process is no more. */
export async function readPostmaster(cluster: string): Promise<Postmaster | undefined> {
  const text = await readIfThere(join(cluster, "postmaster.pid"));
  if (text === undefined) return undefined;
  const lines = text.split("\n").map((line) => line.trim());
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0 || !isAlive(pid)) return undefined;
  return { pid, port: Number(lines[3] ?? 0), status: lines[7] ?? "" };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process.
    return systemCode(error) === "EPERM";
  }
}

/** Where the password of the cluster is kept, readable by its owner alone. */
export function passwordFile(cluster: string): string {
  return join(cluster, PASSWORD_FILE);
}

export async function readPassword(cluster: string): Promise<string> {
  return (await readFile(passwordFile(cluster), "utf8")).trim();
}

/** The port of the last start if it is free, else the preferred one, else any free one. */
export async function choosePort(cluster: string, preferred: number): Promise<number> {
  const remembered = Number((await readIfThere(join(cluster, PORT_FILE))) ?? 0);
  for (const port of [remembered, preferred]) {
    if (port > 0 && (await freePort(port)) === port) return port;
  }
  const port = await freePort(0);
  if (port === undefined) throw new MillraceError("EMBEDDED_POSTGRES", "no free TCP port on 127.0.0.1");
  return port;
}

export async function rememberPort(cluster: string, port: number): Promise<void> {
  await writeFile(join(cluster, PORT_FILE), String(port), { mode: 0o600 });
}

/** The port if nobody listens there (0: some free port); else undefined. */
export async function freePort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(undefined);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === "object" && address !== null ? address.port : undefined);
      });
    });
  });
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

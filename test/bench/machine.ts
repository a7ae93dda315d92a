/** What the figures were measured on. */
import { execFile } from "node:child_process";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { promisify } from "node:util";
import type { Server } from "./server.ts";

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly zlib: string;
  readonly postgres: string;
  /** `embedded`, or host, port and database. */
  readonly server: string;
  readonly settings: Readonly<Record<string, string>>;
  /** Versions of the other contenders' programs; `missing` where there is none. */
  readonly programs: Readonly<Record<string, string>>;
}

const SETTINGS = [
  "data_checksums",
  "fsync",
  "full_page_writes",
  "synchronous_commit",
  "wal_level",
  "shared_buffers",
  "maintenance_work_mem",
  "work_mem",
  "max_wal_size",
  "max_parallel_maintenance_workers",
  "max_parallel_workers_per_gather",
];

/** Asks the machine, its programs and the server that the figures come from. */
export async function describeMachine({ name, administration }: Server): Promise<Machine> {
  const version = await administration.query<{ version: string }>("select version()");
  const settings = await administration.query<{ name: string; value: string }>(
    "select name, current_setting(name) as value from pg_settings where name = any($1) order by name",
    [SETTINGS],
  );
  return {
    processor: cpus()[0]?.model ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    zlib: process.versions.zlib,
    postgres: version[0]?.version ?? "unknown",
    server: name,
    settings: Object.fromEntries(settings.map((setting) => [setting.name, setting.value])),
    programs: {
      psql: (await versionOf("psql")) ?? "missing",
      pgloader: (await versionOf("pgloader")) ?? "missing",
      zcat: (await versionOf("zcat")) ?? "missing",
    },
  };
}

/** The first line of what `program --version` prints; undefined when it cannot be run. */
export async function versionOf(program: string): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, ["--version"]);
    return stdout.split("\n")[0];
  } catch {
    return undefined;
  }
}

/** The processes that wanted a core, averaged over the last minute. NaN where the system does not tell. */
export function loadAverage(): number {
  const [minute = Number.NaN] = loadavg();
  return process.platform === "win32" ? Number.NaN : Math.round(minute * 10) / 10;
}

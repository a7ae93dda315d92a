/** What figures were measured on: without it they mean nothing. */
import { availableParallelism, cpus, totalmem } from "node:os";
import type { Database } from "../../src/postgres/connect.ts";

/** Settings of Postgres that decide how fast it loads. */
const SETTINGS = [
  "data_checksums",
  "fsync",
  "synchronous_commit",
  "full_page_writes",
  "wal_level",
  "max_wal_size",
  "shared_buffers",
  "maintenance_work_mem",
  "work_mem",
  "max_parallel_maintenance_workers",
];

export interface Machine {
  readonly processor: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly zlib: string;
  readonly postgres: string;
  readonly settings: Readonly<Record<string, string>>;
}

/** Asks the machine and the database that the figures come from. */
export async function describeMachine(database: Database): Promise<Machine> {
  const version = await database.query<{ version: string }>("select version()");
  const settings = await database.query<{ name: string; value: string }>(
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
    settings: Object.fromEntries(settings.map(({ name, value }) => [name, value])),
  };
}

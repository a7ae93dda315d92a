/** How the embedded server is tuned: bulk loading and large reads on a small machine that does other work too. */
import { totalmem } from "node:os";

const MB = 1024 * 1024;

/** Memory of the machine or of the container, in bytes. */
function memory(): number {
  const limit = process.constrainedMemory();
  // Without a limit Linux reports 0 or a number beyond what there is.
  return limit > 0 && limit < totalmem() ? limit : totalmem();
}

function megabytes(bytes: number, least: number, most: number): string {
  return `${Math.round(Math.min(Math.max(bytes / MB, least), most))}MB`;
}

/**
 * Settings by name. Commits stay durable (`fsync`, `synchronous_commit` as Postgres has them): the ledger's word
 * must survive a power cut.
 */
export function serverSettings(): Record<string, string> {
  const total = memory();
  return {
    // Reached by programs of this machine only, and only with the password.
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "100",
    // COPY into a table of the same transaction writes no WAL at this level; nobody replicates from here.
    wal_level: "minimal",
    max_wal_senders: "0",
    // Few, spread checkpoints: a loaded year is then written once.
    max_wal_size: "4GB",
    min_wal_size: "256MB",
    checkpoint_timeout: "15min",
    shared_buffers: megabytes(total / 8, 128, 1024),
    effective_cache_size: megabytes(total / 2, 256, 16_384),
    maintenance_work_mem: megabytes(total / 16, 64, 512),
    work_mem: megabytes(total / 128, 8, 64),
    random_page_cost: "1.1",
    // A row costs a worker little more to hand over than to read: at Postgres's 0.1 a country's days are sorted by one process.
    parallel_tuple_cost: "0.02",
    // A view over every source's partitions locks each of them and its indexes.
    max_locks_per_transaction: "256",
    // Compiling queries takes longer than most of them run.
    jit: "off",
    timezone: "UTC",
    log_timezone: "UTC",
    // The log holds one run of the server, so only what matters may go into it.
    log_checkpoints: "off",
  };
}

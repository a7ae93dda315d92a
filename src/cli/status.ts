/** `millrace status`: pipelines, freshness, pending, running, failed, quarantined, from the ledger. */
import type { Environment } from "../config/environment.ts";
import { formatBytes, formatCount } from "../observe/quantities.ts";
import { type Column, formatTable } from "../observe/table.ts";
import { requireMigrated } from "../postgres/migrate.ts";
import { type LedgerStatus, type LoadStatus, readLedgerStatus } from "../postgres/status.ts";
import { withDatabase } from "./database.ts";
import { DONE } from "./exit.ts";
import { formatJson } from "./json.ts";

/**
 * Prints the status. Throws DATABASE_OUTDATED for a database that has not been migrated, and what opening the
 * database throws.
 */
export async function status(options: { json: boolean }, environment: Environment): Promise<number> {
  const ledger = await withDatabase(environment, { max: 2 }, async (database) => {
    await requireMigrated(database);
    return readLedgerStatus(database);
  });
  process.stdout.write(options.json ? formatJson(ledger) : formatStatus(ledger));
  return DONE;
}

function formatStatus({ pipelines, loads, marts }: LedgerStatus): string {
  if (pipelines.length === 0) return "Nothing has been loaded yet.\n";
  const refused = loads.filter((load) => load.status !== "running");
  const running = loads.filter((load) => load.status === "running");
  const failing = pipelines.filter((pipeline) => pipeline.passErrorCode !== null);
  const parts = [
    formatPipelines(pipelines),
    ...failing.map(({ pipeline, passErrorCode, passError }) => {
      return `${pipeline}: the last pass failed: ${passError ?? ""} [${passErrorCode ?? ""}]`;
    }),
    ...(running.length === 0 ? [] : [`Running\n${formatRunning(running)}`]),
    ...(refused.length === 0 ? [] : [`Failed and quarantined\n${formatRefused(refused)}`]),
    ...(marts.length === 0 ? [] : [formatMarts(marts)]),
  ];
  return `${parts.join("\n\n")}\n`;
}

const right = (title: string): Column => ({ title, align: "right" });
const left = (title: string): Column => ({ title });

function formatPipelines(pipelines: LedgerStatus["pipelines"]): string {
  const columns = [
    left("pipeline"),
    ...["objects", "current", "pending", "bytes", "running", "failed", "quarantined"].map(right),
    left("newest data"),
    left("last load (UTC)"),
    left("last pass (UTC)"),
  ];
  const rows = pipelines.map((pipeline) => [
    pipeline.pipeline,
    formatCount(pipeline.objects),
    formatCount(pipeline.current),
    formatCount(pipeline.pending),
    formatBytes(pipeline.pendingBytes),
    formatCount(pipeline.runningLoads),
    formatCount(pipeline.failedLoads),
    formatCount(pipeline.quarantinedLoads),
    pipeline.newestDate ?? "–",
    minute(pipeline.lastLoadAt),
    minute(pipeline.passFinishedAt),
  ]);
  return formatTable(columns, rows);
}

function formatRunning(loads: readonly LoadStatus[]): string {
  return formatTable(
    [right("load"), left("pipeline"), left("what"), left("began (UTC)"), left("process")],
    loads.map((load) => [
      `${load.load}`,
      load.pipeline,
      load.name,
      minute(load.startedAt),
      `${load.host}:${load.pid}${load.alive ? "" : " (gone; the next run settles it)"}`,
    ]),
  );
}

function formatRefused(loads: readonly LoadStatus[]): string {
  return formatTable(
    [right("load"), left("state"), left("next try (UTC)"), ...["pipeline", "what", "where", "why"].map(left)],
    loads.map((load) => [
      `${load.load}`,
      load.status,
      load.status === "failed" ? nextTry(load) : "–",
      load.pipeline,
      load.name,
      load.place ?? "–",
      `${load.error ?? ""}${load.errorCode === null ? "" : ` [${load.errorCode}]`}`,
    ]),
  );
}

/** A failed load that is not tried again by itself waits for `retry`, like a quarantined one. */
function nextTry({ attempts, retryAt }: LoadStatus): string {
  const tried = attempts === null || attempts < 2 ? "" : ` (tried ${attempts} times)`;
  return `${retryAt === null ? "never" : minute(retryAt)}${tried}`;
}

function formatMarts(marts: LedgerStatus["marts"]): string {
  return formatTable(
    [left("mart"), right("rows"), left("rebuilt (UTC)"), left("stale since (UTC)"), left("error")],
    marts.map((mart) => [
      mart.mart,
      mart.rows === null ? "–" : formatCount(mart.rows),
      minute(mart.rebuiltAt),
      minute(mart.staleSince),
      mart.error ?? "",
    ]),
  );
}

/** `2026-01-31 12:00` */
function minute(time: string | null): string {
  return time === null ? "–" : time.slice(0, 16).replace("T", " ");
}

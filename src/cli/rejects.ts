/** `millrace rejects`: what a pipeline's newest loads rejected, by reason and field, with examples. */
import type { Environment } from "../config/environment.ts";
import { MillraceError } from "../errors.ts";
import { formatCount, formatPlural } from "../observe/quantities.ts";
import { formatTable, printable } from "../observe/table.ts";
import { type RejectExample, type RejectSummary, summariseRejects } from "../postgres/ledger/rejects.ts";
import { requireMigrated } from "../postgres/migrate.ts";
import { withDatabase } from "./database.ts";
import { DONE } from "./exit.ts";
import { formatJson } from "./json.ts";

/** The command line of `rejects`. */
export interface RejectsOptions {
  readonly pipeline: string;
  /** So many of the newest loads. */
  readonly loads: number;
  /** Quoted records of each group. */
  readonly examples: number;
  readonly json: boolean;
}

/** Characters of a record that are shown; the JSON has all that was kept. */
const RAW_SHOWN = 160;

/**
 * Prints the rejects; that there are some is no failure. Throws USAGE for a pipeline that the ledger does not know,
 * DATABASE_OUTDATED, and what opening the database throws.
 */
export async function rejects(options: RejectsOptions, environment: Environment): Promise<number> {
  const summary = await withDatabase(environment, { max: 2 }, async (database) => {
    await requireMigrated(database);
    return summariseRejects(database, options.pipeline, options);
  });
  if (summary === undefined) {
    throw new MillraceError("USAGE", `nothing has been loaded by a pipeline ${options.pipeline}`);
  }
  process.stdout.write(options.json ? formatJson(summary) : formatRejects(summary));
  return DONE;
}

function formatRejects({ loads, groups }: RejectSummary): string {
  const looked = formatPlural(loads.length, "load");
  if (groups.length === 0) return `Nothing was rejected in ${looked}.\n`;
  const table = formatTable(
    [
      { title: "records", align: "right" },
      { title: "reason" },
      { title: "field" },
      { title: "loads", align: "right" },
    ],
    groups.map(({ count, reason, field, loads: having }) => [
      formatCount(count),
      reason,
      field === "" ? "–" : field,
      formatCount(having),
    ]),
  );
  const quoted = groups
    .filter(({ examples }) => examples.length > 0)
    .map(({ reason, field, examples }) => {
      const title = field === "" ? reason : `${reason} in ${field}`;
      return `${printable(title)}\n${examples.map(formatExample).join("\n")}`;
    });
  return `${[`Rejected in ${looked}`, table, ...quoted].join("\n\n")}\n`;
}

function formatExample({ load, key, line, byte, raw }: RejectExample): string {
  const shown = raw.length > RAW_SHOWN ? `${raw.slice(0, RAW_SHOWN)}…` : raw;
  return `  load ${load}, ${printable(key)}, line ${line}, byte ${byte}\n    ${printable(shown)}`;
}

/** A year of daily facts as a partition, and how a finished table takes its place. */
import type { Client } from "../connect.ts";
import { quoteIdentifier, quoteTable } from "../staging.ts";
import { indexNames, unqualified } from "./layout.ts";
import { type Attempts, underShortLocks, withLockTimeout } from "./locks.ts";

/**
 * How long to wait for maintenance of the partition to get out of the way, in milliseconds. Longer than
 * Postgres's deadlock_timeout (1 s), after which it cancels an autovacuum that somebody waits for.
 */
const MAINTENANCE_LIMIT = 5_000;

/** A year of a source; tables with their schema. */
export interface Year {
  readonly parent: string;
  readonly partition: string;
  readonly year: number;
}

/** @param slice the year in four digits */
export function yearOf(source: string, slice: string): Year {
  const parent = `storage.daily_${source}`;
  return { parent, partition: `${parent}_${slice}`, year: Number(slice) };
}

/** A table in the schema staging that is to become a year's partition, and what becomes of the one that it replaces. */
interface Successor {
  /** Completed by `fitYear`, with the indexes of layout.ts. */
  readonly table: string;
  /** `keep`: it moves to the schema staging. */
  readonly former: "keep" | "drop";
}

/**
 * Gives a table that was filled like REPLACED_YEAR what the partition of a year has besides: the column `object_id`, and a constraint that
 * proves its bounds, so that attaching does not scan it under a lock.
 */
export async function fitYear(client: Client, table: string, { year }: Year): Promise<void> {
  const [from, until] = bounds(year);
  await client.query(
    `alter table ${quoteTable(table)} add column object_id integer,
       add constraint within_year check (date_ >= ${from} and date_ < ${until})`,
  );
}

/**
 * Makes the successor the year's partition, in short attempts, and returns where the former one waits now: null where there
 * was none, or it was dropped. Hold `lockSource`. Throws what `underShortLocks` does.
 */
export async function swapYear(
  client: Client,
  year: Year,
  successor: Successor,
  attempts: Omit<Attempts, "table">,
): Promise<string | null> {
  return underShortLocks(client, { ...attempts, table: year.parent }, () => swap(client, year, successor));
}

/** The first day of a year and of the next one, as SQL. */
function bounds(year: number): [from: string, until: string] {
  const first = (y: number): string => `date '${String(y).padStart(4, "0")}-01-01'`;
  return [first(year), first(year + 1)];
}

/** Only DETACH locks readers out: from here to the end of the transaction. */
async function swap(
  client: Client,
  { parent, partition, year }: Year,
  { table, former }: Successor,
): Promise<string | null> {
  const name = unqualified(partition);
  const [from, until] = bounds(year);
  const replaced = await tableExists(client, partition);
  if (replaced) {
    await withLockTimeout(client, MAINTENANCE_LIMIT, () =>
      client.query(`lock table ${quoteTable(partition)} in share update exclusive mode`),
    );
    await client.query(`alter table ${quoteTable(parent)} detach partition ${quoteTable(partition)}`);
    await client.query(
      former === "keep"
        ? `alter table ${quoteTable(partition)} set schema staging`
        : `drop table ${quoteTable(partition)}`,
    );
  }
  await client.query(`alter table ${quoteTable(table)} reset (autovacuum_enabled)`);
  await client.query(`alter table ${quoteTable(table)} set schema storage`);
  await client.query(
    `alter table storage.${quoteIdentifier(unqualified(table))} rename to ${quoteIdentifier(name)}`,
  );
  const [own, final] = [indexNames(table), indexNames(partition)];
  for (const index of ["station", "day"] as const) {
    await client.query(
      `alter index storage.${quoteIdentifier(own[index])} rename to ${quoteIdentifier(final[index])}`,
    );
  }
  await client.query(
    `alter table ${quoteTable(parent)} attach partition ${quoteTable(partition)} for values from (${from}) to (${until})`,
  );
  await client.query(`alter table ${quoteTable(partition)} drop constraint within_year`);
  return replaced && former === "keep" ? `staging.${name}` : null;
}

/** Whether there is such a table; with its schema. */
export async function tableExists(client: Client, table: string): Promise<boolean> {
  const { rows } = await client.query("select where to_regclass($1) is not null", [quoteTable(table)]);
  return rows.length > 0;
}

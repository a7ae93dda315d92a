/** How the rows of a replaced year of daily facts stand on disk, and its indexes: as loaded, and once compacted. */
import type { Client } from "../connect.ts";
import { quoteIdentifier, quoteTable } from "../staging.ts";

/**
 * The order of a compacted year, as SQL: what is asked of many stations is asked of one KPI, often of a month, and what is
 * asked of one station goes through the index to one run of rows for each month (test/bench/RESULTS.md).
 */
export const COMPACT_ORDER = "kpi_key, date_trunc('month', date_::timestamp), station_key, date_";

/** Ranges of few pages: a year's day is a hundredth to a thousandth of the table. */
const PAGES_PER_RANGE = 32;

/** What the two indexes of a table stand on. */
interface Indexes {
  /** The columns of the btree by which a station's rows are found. */
  readonly station: string;
  /** The columns of the BRIN index by which days are found. */
  readonly day: string;
}

/**
 * A station's rows of a day stand side by side, so that the KPI in the index would save no page; its entries share one key,
 * which makes it a quarter of a unique index's size and half its time (test/bench/RESULTS.md).
 */
const AS_LOADED: Indexes = { station: "station_key", day: "date_" };

/** Every KPI stands by itself; entries share keys here too. */
const COMPACTED: Indexes = { station: "station_key, common_kpi_name", day: "common_kpi_name, date_" };

/** Indexes a year whose rows stand as they were loaded: by station, and by day in the order of the file. */
export async function indexAsLoaded(client: Client, table: string): Promise<void> {
  await createIndexes(client, table, AS_LOADED);
}

/** Indexes a year whose rows stand in COMPACT_ORDER. */
export async function indexCompacted(client: Client, table: string): Promise<void> {
  await createIndexes(client, table, COMPACTED);
}

async function createIndexes(client: Client, table: string, columns: Indexes): Promise<void> {
  const { station, day } = indexNames(table);
  const on = quoteTable(table);
  await client.query(`create index ${quoteIdentifier(station)} on ${on} (${columns.station})`);
  await client.query(
    `create index ${quoteIdentifier(day)} on ${on} using brin (${columns.day}) with (pages_per_range = ${PAGES_PER_RANGE})`,
  );
}

/** The names of a year's indexes, without the schema: they follow the table's. */
export function indexNames(table: string): Readonly<Record<keyof Indexes, string>> {
  return { station: `${unqualified(table)}_station`, day: `${unqualified(table)}_day` };
}

/** A table's name without its schema. */
export function unqualified(table: string): string {
  return table.slice(table.indexOf(".") + 1);
}

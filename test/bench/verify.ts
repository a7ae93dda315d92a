/** What landed, against what the generator says that it wrote. A bench that loads something else measures nothing. */
import type { YearTotals } from "../../src/demo/noaa-rows.ts";
import { onDatabase } from "./server.ts";

/** The elements that `noaa-daily` keeps, and how many of the file's units make one of the harmonised. */
const KEPT = { TMAX: 10, TMIN: 10, PRCP: 10, SNOW: 1, SNWD: 1 } as const;

/** Throws, saying what, unless both are the same. */
export function expectEqual(what: string, found: unknown, expected: unknown): void {
  if (found !== expected) throw new Error(`${what}: expected ${String(expected)}, found ${String(found)}`);
}

/** Rows of a year that `noaa-daily` keeps. */
export function factsOf({ elements }: YearTotals): number {
  return keptElements().reduce((sum, element) => sum + elements[element].rows, 0);
}

/** Which rows a table has, under these names. */
const HARMONISED = `common_kpi_name as element, data_value as value, quality_flag`;

/**
 * Rows, flagged rows and sums of each element of years in harmonised rows: those of a relation with the columns
 * common_kpi_name, data_value and quality_flag.
 */
export function expectFacts(database: string, relation: string, years: readonly YearTotals[]): Promise<void> {
  const rows = `select ${HARMONISED} from ${relation}`;
  return expectSums(database, { rows, years, divisors: KEPT, elements: keptElements() });
}

/** The same of the staging table that a quarantined load has left behind. */
export async function expectStaged(database: string, year: YearTotals): Promise<void> {
  const table = await onDatabase(database, async (connection) => {
    const [load] = await connection.query<{ table: string }>(
      "select staging_table as table from millrace.load where status = 'quarantined'",
    );
    return load?.table;
  });
  if (table === undefined) throw new Error("no load was quarantined");
  const rows = `select common_kpi_name as element, value, quality_flag from ${table}`;
  await expectSums(database, { rows, years: [year], divisors: KEPT, elements: keptElements() });
}

/** The same of raw text rows: every element, in the file's units. */
export function expectRaw(database: string, year: YearTotals): Promise<void> {
  const elements = Object.keys(year.elements) as (keyof YearTotals["elements"])[];
  const rows = "select element, value::numeric as value, nullif(q_flag, '') as quality_flag from raw";
  return expectSums(database, { rows, years: [year], divisors: {}, elements });
}

interface Expected {
  /** A query for element, value and quality_flag. */
  readonly rows: string;
  readonly years: readonly YearTotals[];
  readonly divisors: Readonly<Partial<Record<string, number>>>;
  readonly elements: readonly (keyof YearTotals["elements"])[];
}

async function expectSums(database: string, { rows, years, divisors, elements }: Expected): Promise<void> {
  const found = await onDatabase(database, (connection) =>
    connection.query<{ element: string; rows: number; flagged: number; sum: number }>(
      `select element, count(*)::integer as rows, count(quality_flag)::integer as flagged,
         (coalesce(sum(value) filter (where quality_flag is null), 0))::float8 as sum
       from (${rows}) as landed group by element`,
    ),
  );
  for (const element of elements) {
    const landed = found.find((row) => row.element === element);
    const totals = years.map((year) => year.elements[element]);
    const expected = (pick: (of: (typeof totals)[number]) => number): number =>
      totals.reduce((sum, of) => sum + pick(of), 0);
    expectEqual(
      `${element} rows`,
      landed?.rows ?? 0,
      expected((of) => of.rows),
    );
    expectEqual(
      `${element} flagged rows`,
      landed?.flagged ?? 0,
      expected((of) => of.flagged),
    );
    const sum = Math.round((landed?.sum ?? 0) * (divisors[element] ?? 1));
    expectEqual(
      `${element} sum`,
      sum,
      expected((of) => of.sum),
    );
  }
  const present = elements.filter((element) => years.some((year) => year.elements[element].rows > 0));
  expectEqual("elements", found.length, present.length);
}

function keptElements(): (keyof typeof KEPT)[] {
  return Object.keys(KEPT) as (keyof typeof KEPT)[];
}

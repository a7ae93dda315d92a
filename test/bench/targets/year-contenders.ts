/** The contenders over one year file, each in a database of its own, its result verified. */
import type { Bench } from "../bench-context.ts";
import { CLASSIC_NAME, createClassic, loadClassic } from "../contenders/classic.ts";
import { compactAll, ofYear, pipelinesWith, runOnce } from "../contenders/millrace.ts";
import { createNaive, loadNaive, NAIVE_NAME } from "../contenders/naive.ts";
import { loadWithPgloader, PGLOADER_NAME } from "../contenders/pgloader.ts";
import { createRaw, loadRaw, rawName } from "../contenders/raw.ts";
import type { Endpoint } from "../endpoint.ts";
import { onDatabase } from "../server.ts";
import { expectFacts, expectRaw, expectStaged } from "../verify.ts";
import { fileOf, onlyYear, YEAR, type Years } from "../worlds/years.ts";
import type { Contender } from "./rounds.ts";

/** Bytes that the facts of the year take on disk, indexes included; contenders add theirs each time they run. */
export interface Sizes {
  readonly millrace: number[];
  /** Once the year has settled; only where part 9 is wanted. */
  readonly compacted: number[];
  readonly classic: number[];
}

/** Asked of the staged rows, it reads none of them. */
const NOTHING = "select 1 from {rows} r where false";

/** R: the file as it is. */
export function rawContender(bench: Bench, years: Years): Contender {
  return contender(bench, years, rawName(bench), "empty", async (database, file) => {
    await createRaw(database);
    const round = await loadRaw(bench, database, file);
    await expectRaw(database, onlyYear(years));
    return round;
  });
}

/** Millrace until its rows are staged, checked and committed, and no further. */
export async function stagingContender(bench: Bench, years: Years, endpoint: Endpoint): Promise<Contender> {
  const pipelines = await pipelinesWith(bench, {
    "noaa-daily": (pipeline) => {
      pipeline.setIn(["checks", "expectations"], [{ name: "the bench stops here", sql: NOTHING, expect: 0 }]);
    },
  });
  return contender(bench, years, "Millrace: S3 to staging", "migrated", async (database) => {
    const surroundings = { database, endpoint: endpoint.url, pipelines };
    // Exit code 1: a load was quarantined.
    const round = await runOnce(bench, ["noaa-daily", ...ofYear(YEAR)], surroundings, [1]);
    await expectStaged(database, onlyYear(years));
    return round;
  });
}

/** Millrace, all of it. */
export function productionContender(bench: Bench, years: Years, endpoint: Endpoint, sizes: Sizes): Contender {
  return contender(bench, years, "Millrace: S3 to production", "migrated", async (database) => {
    const surroundings = { database, endpoint: endpoint.url };
    const round = await runOnce(bench, ["noaa-daily", ...ofYear(YEAR)], surroundings);
    await expectFacts(database, "production.f_climate_data_flagged", years.totals);
    sizes.millrace.push(await bytesOf(database, "storage", "daily\\_noaa%"));
    if (bench.options.only.has("9")) {
      await compactAll(bench, "noaa-daily", surroundings);
      await expectFacts(database, "production.f_climate_data_flagged", years.totals);
      sizes.compacted.push(await bytesOf(database, "storage", "daily\\_noaa%"));
    }
    return round;
  });
}

/** S: staging and INSERT … ON CONFLICT. */
export function classicContender(bench: Bench, years: Years, sizes: Sizes): Contender {
  return contender(bench, years, CLASSIC_NAME, "empty", async (database, file) => {
    await createClassic(database, [YEAR]);
    const round = await loadClassic(bench, database, file);
    await expectFacts(database, "climate", years.totals);
    sizes.classic.push(await bytesOf(database, "public", "climate%"));
    return round;
  });
}

/** N: the obvious Node program. */
export function naiveContender(bench: Bench, years: Years): Contender {
  return contender(bench, years, NAIVE_NAME, "empty", async (database, file) => {
    await createNaive(database);
    const round = await loadNaive(bench, database, file);
    await expectFacts(database, "climate", years.totals);
    return round;
  });
}

/** pgloader, raw text. */
export function pgloaderContender(bench: Bench, years: Years): Contender {
  return contender(bench, years, PGLOADER_NAME, "empty", async (database, file) => {
    await createRaw(database);
    const round = await loadWithPgloader(bench, database, file);
    await expectRaw(database, onlyYear(years));
    return round;
  });
}

function contender(
  { server }: Bench,
  years: Years,
  name: string,
  content: "empty" | "migrated",
  run: (database: string, file: string) => ReturnType<Contender["run"]>,
): Contender {
  return {
    name,
    count: onlyYear(years).rows,
    unit: "rows",
    run: () => server.withDatabase(content, (database) => run(database, fileOf(years, YEAR))),
  };
}

/** Tables and all that belongs to them. */
async function bytesOf(database: string, schema: string, like: string): Promise<number> {
  return onDatabase(database, async (connection) => {
    const [row] = await connection.query<{ bytes: number }>(
      `select coalesce(sum(pg_total_relation_size(c.oid)), 0)::float8 as bytes from pg_class c
       where c.relnamespace = $1::regnamespace and c.relname like $2 and c.relkind = 'r'`,
      [schema, like],
    );
    return row?.bytes ?? Number.NaN;
  });
}

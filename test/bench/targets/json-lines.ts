/** Target 6: JSON lines to observations and daily rows, against raw JSON staging with the extraction in SQL. */
import { join } from "node:path";
import type { Bench } from "../bench-context.ts";
import { runOn } from "../contenders/measured.ts";
import { runOnce } from "../contenders/millrace.ts";
import { copyAnd } from "../contenders/raw.ts";
import { withEndpoint } from "../endpoint.ts";
import { storedFiles } from "../programs/stored-files.ts";
import type { Section } from "../report.ts";
import { onDatabase } from "../server.ts";
import { median, pairedRatio } from "../statistics.ts";
import { expectEqual } from "../verify.ts";
import { FETCHES_BUCKET, type JsonTotals, makeJsonLines } from "../worlds/json-lines.ts";
import { type Contender, inTurn, walls } from "./rounds.ts";

/** All that somebody needs of a record, typed. */
const EXTRACTED = `select doc ->> 'location', doc ->> 'city', doc ->> 'country', doc ->> 'parameter', doc ->> 'unit',
    (doc -> 'date' ->> 'utc')::timestamptz,
    ((doc -> 'date' ->> 'local')::timestamp - interval '1 microsecond')::date,
    (doc ->> 'value')::numeric,
    (doc -> 'coordinates' ->> 'latitude')::numeric, (doc -> 'coordinates' ->> 'longitude')::numeric,
    (doc -> 'averagingPeriod' ->> 'value')::numeric, doc -> 'averagingPeriod' ->> 'unit'
  from raw`;

const COLUMNS = `location text, city text, country text, parameter text, unit text, time_ timestamptz, date_ date,
  value numeric, latitude numeric, longitude numeric, averaging numeric, averaging_unit text`;

/** A way to do it in SQL. */
interface InSql {
  readonly name: string;
  /** Of the raw column: json is read again for every field, jsonb once. */
  readonly type: "json" | "jsonb";
  /** Tables that the statements fill, besides the raw one. */
  readonly tables: readonly string[];
  readonly then: readonly string[];
}

/** What the target names. */
const EXTRACTION: InSql = {
  name: "raw json column, extraction in SQL, no merge",
  type: "json",
  tables: [`create table measurements (${COLUMNS})`],
  then: [`insert into measurements ${EXTRACTED}`],
};

const EXTRACTION_B: InSql = {
  ...EXTRACTION,
  name: "raw jsonb column, extraction in SQL, no merge",
  type: "jsonb",
};

const MERGE: InSql = {
  name: "raw jsonb column, extraction, ON CONFLICT, daily rows",
  type: "jsonb",
  tables: [
    `create table measurements (${COLUMNS}, primary key (location, city, country, parameter, time_))`,
    `create table daily (location text, city text, country text, parameter text, date_ date, mean numeric, most numeric,
       least numeric, measurements integer, primary key (location, city, country, parameter, date_))`,
  ],
  then: [
    `insert into measurements ${EXTRACTED}
     on conflict (location, city, country, parameter, time_) do update set value = excluded.value`,
    `insert into daily
     select location, city, country, parameter, date_, avg(value), max(value), min(value), count(*) from measurements
     group by location, city, country, parameter, date_
     on conflict (location, city, country, parameter, date_) do update set mean = excluded.mean, most = excluded.most,
       least = excluded.least, measurements = excluded.measurements`,
  ],
};

/** OpenAQ's old format, with the shipped pipeline. */
export async function jsonLines(bench: Bench): Promise<Section> {
  bench.say(`${bench.options.records} JSON lines: generating …`);
  const { folder, totals } = await makeJsonLines(bench.data, bench.options.records);
  return withEndpoint(folder, async (endpoint) => {
    const own: Contender = {
      name: "Millrace: JSON lines to production",
      count: totals.records,
      unit: "records",
      run: () =>
        bench.server.withDatabase("migrated", async (database) => {
          const round = await runOnce(bench, ["openaq-fetches"], { database, endpoint: endpoint.url });
          await expectProduction(database, totals);
          return round;
        }),
    };
    const inJson = await inSql(bench, folder, totals, EXTRACTION);
    const inJsonb = await inSql(bench, folder, totals, EXTRACTION_B);
    const merge = await inSql(bench, folder, totals, MERGE);
    const { figures, of } = await inTurn(bench, [own, inJson, inJsonb, merge]);
    const perSecond = totals.records / median(walls(of(own))) / 1e6;
    const against = (other: Contender): number => pairedRatio(walls(of(other)), walls(of(own)));
    return {
      title: `${totals.records} JSON lines of ${Math.round(totals.bytes / totals.records)} bytes`,
      figures,
      goals: [
        {
          target: "6",
          what: "JSON lines to production",
          measured: perSecond,
          unit: "M records/s",
          least: 0.1,
        },
        {
          target: "6",
          what: "against extraction in SQL (json)",
          measured: against(inJson),
          unit: "×",
          least: 3,
        },
        { target: "6", what: "against extraction in SQL (jsonb)", measured: against(inJsonb), unit: "×" },
        {
          target: "6",
          what: "against merge and daily rows in SQL (jsonb)",
          measured: against(merge),
          unit: "×",
        },
      ],
      notes: [
        "The target names raw JSON staging with extraction in SQL before any merge: a json column, a plain typed table. Beside " +
          "it stand the quicker jsonb column, and what comes nearest to what Millrace does: keys, merge, daily rows.",
      ],
    };
  });
}

async function inSql(
  bench: Bench,
  folder: string,
  totals: JsonTotals,
  { name, type, tables, then }: InSql,
): Promise<Contender> {
  const stored = [...((await storedFiles(folder)).get(FETCHES_BUCKET)?.files.values() ?? [])];
  const files = stored.map(({ path }) => join(folder, path));
  // No byte of JSON text is below a space, so these neither quote nor separate anything.
  const copy = String.raw`copy raw from stdin with (format csv, quote e'\x01', delimiter e'\x02')`;
  return {
    name,
    count: totals.records,
    unit: "records",
    run: () =>
      bench.server.withDatabase("empty", async (database) => {
        await onDatabase(database, async (connection) => {
          await connection.query(`create unlogged table raw (doc ${type})`);
          for (const table of tables) await connection.query(table);
        });
        const round = await runOn(bench.server, copyAnd(bench, database, files, { copy, then }));
        await expectSums(database, "select parameter, value from measurements", totals);
        return round;
      }),
  };
}

async function expectProduction(database: string, totals: JsonTotals): Promise<void> {
  const measured = "select lower(common_kpi_name) as parameter, data_value as value from production.o_openaq";
  await expectSums(database, measured, totals);
  const [days] = await onDatabase(database, (connection) =>
    connection.query<{ rows: number }>("select count(*)::integer as rows from production.f_climate_data"),
  );
  // A mean, a maximum and a minimum of each.
  expectEqual("daily rows", days?.rows, 3 * totals.parameterDays);
}

async function expectSums(database: string, rows: string, { records, sums }: JsonTotals): Promise<void> {
  const found = await onDatabase(database, (connection) =>
    connection.query<{ parameter: string; rows: number; tenths: number }>(
      `select parameter, count(*)::integer as rows, round(sum(value) * 10)::float8 as tenths
       from (${rows}) as landed group by parameter`,
    ),
  );
  for (const [parameter, tenths] of Object.entries(sums)) {
    const landed = found.find((row) => row.parameter === parameter);
    expectEqual(`${parameter} records`, landed?.rows, records / Object.keys(sums).length);
    expectEqual(`${parameter} sum`, landed?.tenths, tenths);
  }
}

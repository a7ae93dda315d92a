/** The main job as an operator does it: a Postgres of the machine's own, the command line, psql. */
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { type DemoBucket, serveObjects } from "../../src/demo/endpoint.ts";
import { fetchObject, noaaObjects, sample } from "../daemon/sample-objects.ts";
import { skipWithoutSamples } from "../samples.ts";
import { type DebianPostgres, psql, skipWithoutPostgres, startDebianPostgres } from "./debian-postgres.ts";
import { bareEnvironment, millraceCommand, runProgram } from "./programs.ts";

const PIPELINES = ["noaa-countries", "noaa-stations", "noaa-inventory", "noaa-daily", "openaq-fetches"];

/** What the README tells an operator to give those who only read. */
const GRANTS = `
  grant usage on schema production to reader;
  grant select on all tables in schema production to reader;
  alter default privileges in schema production grant select on tables to reader`;

suite("the main job with Debian's Postgres", { skip: skipWithoutSamples || skipWithoutPostgres }, () => {
  const cleanUps: (() => Promise<void>)[] = [];
  let postgres: DebianPostgres;
  let bucket: DemoBucket;
  const run = () =>
    runProgram(...millraceCommand("run", "--once", ...PIPELINES, "--from", "1763-01-01"), {
      env: { ...bareEnvironment(), DATABASE_URL: postgres.ownerUrl, AWS_ENDPOINT_URL_S3: bucket.endpoint },
    });
  const read = (sql: string) => psql(postgres.readerUrl, sql);
  const ask = (sql: string) => psql(postgres.ownerUrl, sql);

  before(async () => {
    postgres = await startDebianPostgres({ after: (cleanUp) => cleanUps.push(cleanUp) });
    bucket = await serveObjects([...noaaObjects(), fetchObject()]);
    cleanUps.push(() => bucket.stop());
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stdout + stderr);
    await ask(GRANTS);
  });
  after(async () => {
    for (const cleanUp of cleanUps.reverse()) await cleanUp();
  });

  test("the role was no superuser", async (context) => {
    assert.equal(await ask("select rolsuper from pg_roles where rolname = current_user"), "f");
    context.diagnostic(`Postgres ${postgres.version}`);
  });

  test("every fact of 1800 and 1872 is there, failed ones marked", async () => {
    const perYear = `select extract(year from date_), count(*), count(quality_flag)
      from production.f_climate_data_flagged where source = 'noaa' group by 1 order by 1`;
    assert.equal(await read(perYear), "1800|1825|11\n1872|133470|165");
    assert.equal(
      await read("select count(*) from production.f_climate_data where source = 'noaa'"),
      `${1825 - 11 + 133_470 - 165}`,
    );
  });

  test("the receipt of 1872 adds up, what was filtered is named", async () => {
    const of1872 = "join millrace.load using (load_id) where pipeline = 'noaa-daily' and slice = '1872'";
    assert.equal(
      await ask(`select records_read, copied, filtered, rejected, inserted from millrace.receipt ${of1872}`),
      "134036|133470|566|0|133470",
    );
    assert.equal(
      await ask(
        `select sum(count) from millrace.tally ${of1872} and kind = 'filtered' and tally.name ~ '^[A-Z0-9]{4}$'`,
      ),
      "566",
    );
  });

  test("stations, and those of Germany", async () => {
    const stations = "from production.d_stations where source = 'noaa'";
    assert.equal(await read(`select count(*), count(*) - count(elevation) ${stations}`), "129658|4619");
    assert.equal(await read(`select distinct country_id ${stations} and station_id ~ '^GM'`), "DE");
  });

  test("the mart agrees with the file", async () => {
    const months = new Set<string>();
    let rain = 0;
    const lines = gunzipSync(sample("noaa-ghcn", "by_year", "1872.csv.gz"))
      .toString()
      .split("\n");
    for (const line of lines) {
      const [station = "", date = "", element = "", value = "", , flag] = line.split(",");
      if (!station.startsWith("GM") || flag !== "" || !["TMAX", "TMIN", "PRCP"].includes(element)) continue;
      months.add(`${station} ${date.slice(0, 6)}`);
      if (element === "PRCP") rain += Number(value);
    }
    assert.ok(months.size > 40 && rain > 0);
    const mart = await read(
      `select count(*), (sum(sum_prcp) * 10)::int from production.ol_mthly_analytic_ger
       where extract(year from month) = 1872`,
    );
    assert.equal(mart, `${months.size}|${rain}`);
  });

  test("the fetch of 2017-09-28: every record accounted for, no error code anywhere", async () => {
    assert.equal(
      await ask(
        `select records_read, copied + empty + rejected + receipt.filtered from millrace.receipt
         join millrace.load using (load_id) where pipeline = 'openaq-fetches'`,
      ),
      "8918|8918",
    );
    for (const relation of ["f_climate_data", "f_climate_data_flagged", "o_openaq"])
      assert.equal(await read(`select count(*) from production.${relation} where data_value <= -900`), "0");
    assert.notEqual(await read("select count(*) from production.o_openaq"), "0");
  });

  test("a reader sees all of production and nothing else", async () => {
    const relations = (
      await ask(
        "select relname from pg_class where relnamespace = 'production'::regnamespace and relkind <> 'i'",
      )
    ).split("\n");
    assert.ok(relations.includes("f_climate_data") && relations.length >= 8);
    for (const relation of relations) {
      await read(`select * from production.${relation} limit 1`);
      const may = `select has_table_privilege('production.${relation}', 'insert, update, delete, truncate')`;
      assert.equal(await read(may), "f", relation);
    }
    await assert.rejects(read("select 1 from millrace.load"), /permission denied/);
    await assert.rejects(read("select 1 from storage.daily_noaa"), /permission denied/);
  });

  test("a second run loads nothing", async () => {
    const ledger = "select count(*), max(finished_at) from millrace.load";
    const former = await ask(ledger);
    const { code, stdout, stderr } = await run();
    assert.equal(code, 0, stdout + stderr);
    assert.equal(await ask(ledger), former);
  });
});

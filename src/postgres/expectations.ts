/** Questions in SQL that a pipeline asks of the staged rows before they are merged. */
import type { Checks, Target } from "../config/pipeline.ts";
import type { Client } from "./connect.ts";
import { databaseError } from "./errors.ts";
import { quoteTable } from "./staging.ts";
import type { CheckResult } from "./verdict.ts";

type Expectation = Checks["expectations"][number];

/** How long one question may take, in milliseconds. */
const QUESTION_LIMIT = 60_000;

const STAGED = "millrace_staged_rows";

/** Values come back as Postgres writes them. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/**
 * The staged rows under their readable names, as in the production relations that they are going to, by target.
 * `s` is the staging table.
 */
const READABLE: Readonly<Record<Target, string>> = {
  daily: `
    select station.station_id, source.source, s.date_, s.common_kpi_name, kpi.common_unit, s.value as data_value,
      lpad(s.observ_time::text, 4, '0') as observ_time, station.country_id, s.quality_flag, s.n_measurements
    from staged s join storage.station using (station_key) join storage.source using (source_key)
    join storage.kpi using (kpi_key)`,
  observations: `
    select station.station_id, kpi.common_kpi_name, kpi.common_unit, s.sensor_id, s.time_,
      s.averaging as averaging_seconds, s.date_, s.value as data_value, object.key as object, s.quality_flag
    from staged s join storage.station using (station_key) join storage.kpi using (kpi_key)
    join millrace.object using (object_id)`,
  stations: "select s.* from staged s",
  countries: "select s.* from staged s",
  inventory: `
    select station.station_id, source.source, kpi.common_kpi_name, nullif(kpi.common_unit, '') as common_unit,
      s.from_year, s.until_year
    from staged s join storage.station using (station_key) join storage.source using (source_key)
    join storage.kpi using (kpi_key)`,
};

/**
 * Asks a pipeline's expectations of a staging table, one after the other. Each query runs in a savepoint that is
 * read-only and rolled back, within a minute, as a subquery and as one statement of the extended protocol: it can
 * neither write, nor end the transaction, nor bring a second statement along. An error of Postgres's is a failed
 * check that tells it. Throws the driver's error when the connection is lost.
 */
export async function askExpectations(
  client: Client,
  target: Target,
  staging: string,
  expectations: readonly Expectation[],
): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const { name, sql, expect } of expectations) {
    const answer = await ask(client, question(sql, READABLE[target], staging));
    results.push({
      name: `expectation.${name}`,
      passed: answer.ok && answers(answer.value, expect),
      observed: answer.ok ? (answer.value ?? "null") : answer.fault,
      expected: String(expect),
    });
  }
  return results;
}

/** As a subquery, so that nothing but a query is accepted; the line ends keep a closing comment apart. */
function question(sql: string, readable: string, staging: string): string {
  const query = sql.replaceAll("{rows}", STAGED).trim().replace(/;$/, "");
  return `with staged as not materialized (select * from ${quoteTable(staging)}),
    ${STAGED} as not materialized (${readable})
    select * from (\n${query}\n) as answer limit $1`;
}

type Answer =
  | { readonly ok: true; readonly value: string | null }
  | { readonly ok: false; readonly fault: string };

async function ask(client: Client, text: string): Promise<Answer> {
  await client.query("savepoint expectation");
  const answer = await query(client, text);
  // When the connection is lost this fails, so that a check never fails for want of a database.
  await client.query("rollback to savepoint expectation");
  await client.query("release savepoint expectation");
  return answer;
}

async function query(client: Client, text: string): Promise<Answer> {
  try {
    await client.query("set local transaction_read_only = on");
    await client.query("select set_config('statement_timeout', $1, true)", [String(QUESTION_LIMIT)]);
    // A parameter makes the driver use the extended protocol, which takes one statement only.
    const { rows, fields } = await client.query<(string | null)[]>({
      text,
      values: [2],
      rowMode: "array",
      types: AS_TEXT,
    });
    const [row] = rows;
    if (fields.length !== 1)
      return { ok: false, fault: `the query gave ${fields.length} columns instead of one` };
    if (rows.length > 1) return { ok: false, fault: "the query gave more than one row" };
    if (row === undefined) return { ok: false, fault: "the query gave no row" };
    return { ok: true, value: row[0] ?? null };
  } catch (error) {
    return { ok: false, fault: databaseError(error).message };
  }
}

/** Numbers are compared by value: 5 is 5.00. */
function answers(value: string | null, expect: Expectation["expect"]): boolean {
  if (value === null || expect === null) return value === expect;
  if (typeof expect === "boolean") return value === (expect ? "t" : "f");
  if (typeof expect === "number") return value.trim() !== "" && Number(value) === expect;
  return value === expect;
}

/**
 * What the migrations make, and what a source adds to it, compared with schema.txt beside this file. After a
 * deliberate change write it anew with
 *
 *     MILLRACE_UPDATE_SCHEMA=1 node --test test/postgres/schema.test.ts
 *
 * and look at its difference.
 */
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { test } from "node:test";
import type { Database } from "../../src/postgres/connect.ts";
import { registerMarts } from "../../src/postgres/marts/register.ts";
import { ensurePipeline } from "../../src/postgres/source.ts";
import { testDatabase } from "../database.ts";
import { observationsPipeline } from "./pipelines.ts";

const LISTING = new URL("schema.txt", import.meta.url);
const SCHEMAS = ["production", "storage", "staging", "millrace"];

/** The readable schema that the project promises to researchers: relation → columns with their types. */
const PROMISED = {
  f_climate_data:
    "station_id text, source text, date_ date, common_kpi_name text, common_unit text, data_value numeric, observ_time text, country_id character(2)",
  f_climate_data_flagged:
    "station_id text, source text, date_ date, common_kpi_name text, common_unit text, data_value numeric, observ_time text, country_id character(2), quality_flag text, n_measurements integer",
  d_stations:
    "station_id text, source text, latitude numeric, longitude numeric, elevation numeric, country_id character(2), name text, state text, wmo_id text, missing_since timestamp with time zone",
  d_inventory:
    "station_id text, source text, common_kpi_name text, common_unit text, from_year integer, until_year integer",
  d_sources: "source text, name text, url text, licence text, attribution text",
  d_countries: "country_id character(2), country text, source text",
  d_kpi_names:
    "orig_kpi_name text, orig_unit text, common_kpi_name text, common_unit text, source text, factor numeric, description text, addend numeric",
};

test("before any source the readable relations are there, typed and empty", async (t) => {
  const { database } = await testDatabase(t);
  for (const [relation, columns] of Object.entries(PROMISED)) {
    const [row] = await database.query<{ columns: string }>(
      `select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) as columns
       from pg_attribute where attrelid = $1::regclass and attnum > 0`,
      [`production.${relation}`],
    );
    assert.equal(row?.columns, columns, relation);
    assert.deepEqual(await database.query(`select * from production.${relation}`), [], relation);
  }
});

test("the schema with a source and the marts is the one in schema.txt", async (t) => {
  const { database } = await wholeSchema(t);
  const listing = await listSchema(database);
  if (process.env["MILLRACE_UPDATE_SCHEMA"] !== undefined) await writeFile(LISTING, listing);
  assert.equal(listing, await readFile(LISTING, "utf8"));
});

test("every table, view and column has a comment", async (t) => {
  const { database } = await wholeSchema(t);
  const silent = await database.query(
    `select c.oid::regclass::text as relation, a.attname as column
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname = any ($1) and n.nspname <> 'staging' and c.relkind in ('r', 'p', 'v', 'm')
       and (obj_description(c.oid, 'pg_class') is null or col_description(c.oid, a.attnum) is null)
     order by 1, a.attnum`,
    [SCHEMAS],
  );
  assert.deepEqual(silent, []);
  const schemas = await database.query(
    `select nspname from pg_namespace where nspname = any ($1) and obj_description(oid, 'pg_namespace') is null`,
    [SCHEMAS],
  );
  assert.deepEqual(schemas, []);
});

test("a reader sees production, later marts and views included, and nothing else", async (t) => {
  const { database } = await testDatabase(t);
  const [self] = await database.query<{ able: boolean }>(
    "select rolcreaterole or rolsuper as able from pg_roles where rolname = current_user",
  );
  if (self?.able !== true) {
    t.skip("the role of the test database may not create roles");
    return;
  }
  const role = `millrace_reader_${process.pid}`;
  await database.query(`create role ${role}`);
  await database.query(`grant ${role} to current_user`);
  // The path that the migration documents.
  await database.query(`grant usage on schema production to ${role}`);
  await database.query(`grant select on all tables in schema production to ${role}`);
  await database.query(`alter default privileges in schema production grant select on tables to ${role}`);
  try {
    await ensurePipeline(database, observationsPipeline());
    await registerMarts(database);
    const read = (relation: string) =>
      database.transaction(async (client) => {
        await client.query(`set local role ${role}`);
        await client.query(`select * from ${relation}`);
      });
    for (const relation of ["f_climate_data", "d_stations", "o_openaq", "ol_mthly_analytic_ger"]) {
      await read(`production.${relation}`);
    }
    for (const relation of ["storage.station", "millrace.load"]) {
      await assert.rejects(read(relation), { code: "DATABASE_REFUSED" });
    }
  } finally {
    await database.query(`drop owned by ${role}`);
    await database.query(`drop role ${role}`);
  }
});

async function wholeSchema(t: Parameters<typeof testDatabase>[0]): ReturnType<typeof testDatabase> {
  const made = await testDatabase(t);
  await ensurePipeline(made.database, observationsPipeline("example", "example"));
  assert.deepEqual(await registerMarts(made.database), []);
  return made;
}

/** Relations with columns, constraints and indexes, then functions: the same text on every supported Postgres. */
async function listSchema(database: Database): Promise<string> {
  const rows = await database.query<{ line: string }>(
    `with relation as (
       select c.oid, c.relkind, format('%s.%s', n.nspname, c.relname) as name, pg_get_partkeydef(c.oid) as partition_key
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = any ($1) and c.relkind in ('r', 'p', 'v')
     ), listing (name, part, place, line) as (
       select name, 1, '', format(E'\\n%s %s%s',
         case relkind when 'v' then 'view' else 'table' end, name, ' partition by ' || partition_key)
       from relation
       union all
       select name, 2, to_char(attnum, 'FM000'), format('  %s %s%s%s%s',
         attname, format_type(atttypid, atttypmod),
         case when attnotnull then ' not null' end,
         case when attidentity <> '' then ' identity' end,
         ' default ' || pg_get_expr(adbin, adrelid))
       from relation join pg_attribute on attrelid = oid left join pg_attrdef on adrelid = attrelid and adnum = attnum
       where attnum > 0 and not attisdropped
       union all
       select name, 3, conname, format('  constraint %s', pg_get_constraintdef(pg_constraint.oid))
       from relation join pg_constraint on conrelid = relation.oid
       where contype <> 'n'
       union all
       select name, 4, relname, '  ' || regexp_replace(pg_get_indexdef(indexrelid), '^CREATE ', '')
       from relation join pg_index on indrelid = relation.oid join pg_class on pg_class.oid = indexrelid
       union all
       select 'zzz', 5, proname, format(E'\\nfunction %s.%s(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid))
       from pg_proc p join pg_namespace n on n.oid = pronamespace where nspname = any ($1)
     )
     select line from listing order by name collate "C", part, place collate "C", line collate "C"`,
    [SCHEMAS],
  );
  return `${rows
    .map(({ line }) => line)
    .join("\n")
    .trim()}\n`;
}

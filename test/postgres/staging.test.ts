import * as assert from "node:assert/strict";
import { suite, test } from "node:test";
import { columnsOf } from "../../src/normalise/targets.ts";
import { createStaging, dropStaging, quoteTable, stagingTable } from "../../src/postgres/staging.ts";
import { testDatabase } from "../database.ts";
import { dailyPipeline, dimensionPipeline, observationsPipeline } from "./merging.ts";

suite("staging", () => {
  test("the templates have the columns that COPY fills, in that order and of those types", async (context) => {
    const { database } = await testDatabase(context);
    const pipelines = [
      dailyPipeline(),
      dailyPipeline("noaa", { mode: "upsert" }),
      observationsPipeline(false),
      ...(["stations", "countries", "inventory"] as const).map((target) => dimensionPipeline(target)),
    ];
    for (const pipeline of pipelines) {
      const { target } = pipeline;
      const columns = columnsOf(pipeline);
      const template = await database.query<{ name: string; type: string }>(
        `select attname as name, typname as type from pg_attribute join pg_type t on t.oid = atttypid
         where attrelid = ('storage.' || $1 || '_template')::regclass and attnum > 0 and not attisdropped
         order by attnum`,
        [target],
      );
      const filled = template.filter(({ name }) => columns.some((column) => column.name === name));
      assert.deepEqual(
        filled,
        columns.map(({ name, type }) => ({ name, type })),
        target,
      );
    }
  });

  for (const [what, merge, template, columns] of [
    ["that is merged row by row", { mode: "upsert" }, "daily", 9],
    // No object_id: eight columns have a shorter row than nine.
    ["that becomes a year's partition", undefined, "daily_replaced", 8],
  ] as const) {
    test(`a staging table ${what} has its template's columns and comments, and can be dropped twice`, async (context) => {
      const { database } = await testDatabase(context);
      await database.transaction(async (client) => {
        const table = await createStaging(client, dailyPipeline("noaa", merge), 7);
        assert.equal(table, stagingTable(7));
        const { rows } = await client.query(
          `select count(*)::integer as columns, count(d.description)::integer as described
           from pg_attribute a
           join pg_attribute s on s.attrelid = ('storage.' || $1 || '_template')::regclass and s.attname = a.attname
           left join pg_description t on t.objoid = s.attrelid and t.objsubid = s.attnum
           left join pg_description d on d.objoid = a.attrelid and d.objsubid = a.attnum and d.description = t.description
           where a.attrelid = 'staging.load_7'::regclass and a.attnum > 0`,
          [template],
        );
        assert.deepEqual(rows, [{ columns, described: columns }]);
        await dropStaging(client, table);
        await dropStaging(client, table);
      });
    });
  }

  test("the transaction writes out what it stages while it runs, and no other does", async (context) => {
    const { database } = await testDatabase(context);
    const client = await database.connect();
    const setting = async () =>
      (await client.query<{ backend_flush_after: string }>("show backend_flush_after")).rows;
    try {
      await client.query("begin");
      await createStaging(client, dailyPipeline(), 7);
      assert.deepEqual(await setting(), [{ backend_flush_after: "1MB" }]);
      await client.query("rollback");
      assert.deepEqual(await setting(), [{ backend_flush_after: "0" }]);
    } finally {
      client.release();
    }
  });

  test("names cannot leave their quotes", () => {
    assert.equal(quoteTable('storage.daily_x"; drop table y; --'), '"storage"."daily_x""; drop table y; --"');
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Database } from "../../src/postgres/connect.ts";
import { COMPACT_ORDER, indexAsLoaded, indexCompacted } from "../../src/postgres/merge/layout.ts";
import { ensurePipeline } from "../../src/postgres/source.ts";
import { testDatabase } from "../database.ts";
import { dailyPipeline } from "./pipelines.ts";

const AS_LOADED = { name: "as loaded", order: "date_, station_key", index: indexAsLoaded };
const COMPACTED = { name: "compacted", order: COMPACT_ORDER, index: indexCompacted };

for (const layout of [AS_LOADED, COMPACTED]) {
  test(`the plans of readers' queries of years that are ${layout.name}`, async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, dailyPipeline("a", "noaa"));
    await ensurePipeline(database, dailyPipeline("b", "dwd"));
    await storeYears(database, layout);

    await t.test(
      "dates prune partitions, a source its other tables, a station goes through the index",
      async () => {
        const plan = await explain(
          database,
          `select * from production.f_climate_data
         where source = 'noaa' and station_id = 'N0100' and date_ between '2022-03-01' and '2022-05-31'`,
        );
        assert.deepEqual(plan.factTables, ["daily_noaa_2022"]);
        assert.deepEqual(plan.sequential, []);
      },
    );

    await t.test("a station and a KPI over all years reach every partition by its index", async () => {
      const plan = await explain(
        database,
        "select * from production.f_climate_data where station_id = 'N0100' and common_kpi_name = 'TMAX' and source = 'noaa'",
      );
      assert.deepEqual(plan.factTables, ["daily_noaa_2021", "daily_noaa_2022", "daily_noaa_2023"]);
      assert.deepEqual(plan.sequential, []);
    });

    await t.test("a country's stations go through the index", async () => {
      const plan = await explain(
        database,
        `select date_, avg(data_value) from production.f_climate_data
         where source = 'noaa' and country_id = 'DE' and common_kpi_name = 'TMAX' and date_ >= '2023-01-01'
         group by date_`,
      );
      assert.deepEqual(plan.factTables, ["daily_noaa_2023"]);
      assert.deepEqual(plan.sequential, []);
    });

    await t.test("a KPI is known to the planner, and only its unit is looked up", async () => {
      const query = (columns: string, kpi: string) =>
        `select ${columns} from production.f_climate_data
         where source = 'noaa' and common_kpi_name = '${kpi}' and date_ >= '2023-01-01'`;
      const common = await explain(database, query("station_id, date_, data_value", "TMAX"));
      assert.ok(!common.relations.includes("kpi"));
      // 61 days of 1,000 stations, all of this KPI: estimated from the facts' own statistics.
      assert.ok(common.rows > 50_000, `estimated ${common.rows}`);
      const rare = await explain(database, query("station_id, date_, data_value", "SNWD"));
      assert.ok(rare.rows < 1000, `estimated ${rare.rows}`);
      assert.ok((await explain(database, query("*", "TMAX"))).relations.includes("kpi"));
    });

    await t.test("a station that a reader's own join names is found by the index too", async () => {
      const plan = await explain(
        database,
        `select f.* from (values ('N0100'), ('N0200')) as mine (station_id)
         join production.f_climate_data f using (station_id)`,
      );
      assert.deepEqual(plan.factTables, [
        "daily_dwd_2022",
        "daily_noaa_2021",
        "daily_noaa_2022",
        "daily_noaa_2023",
      ]);
      assert.deepEqual(plan.sequential, []);
    });
  });
}

/** Three years of 1,000 stations, every 50th of them German, and one year of another source. */
async function storeYears(database: Database, { order, index }: typeof AS_LOADED): Promise<void> {
  await database.query(
    `insert into storage.station (source_key, station_id, country_id)
     select source_key, upper(left(source, 1)) || to_char(i, 'FM0000'), case when i % 50 = 0 then 'DE' else 'US' end
     from storage.source, generate_series(1, 1000) i`,
  );
  for (const [source, year] of [
    ["noaa", 2021],
    ["noaa", 2022],
    ["noaa", 2023],
    ["dwd", 2022],
  ] as const) {
    await database.query(
      `create table storage.daily_${source}_${year} partition of storage.daily_${source}
       for values from ('${year}-01-01') to ('${year + 1}-01-01')`,
    );
    await database.query(
      `insert into storage.daily_${source}_${year} (station_key, date_, kpi_key, common_kpi_name, value)
       select station_key, date_, kpi_key, common_kpi_name, 1.5
       from storage.station join storage.source using (source_key),
         (select kpi_key, common_kpi_name, day::date as date_
          from storage.kpi, generate_series('${year}-01-01'::timestamp, '${year}-12-31', '6 days') day
          where common_kpi_name = 'TMAX') days
       where source = $1 order by ${order}`,
      [source],
    );
    await database.transaction((client) => index(client, `storage.daily_${source}_${year}`));
  }
  await database.query("analyze storage.daily_noaa, storage.daily_dwd, storage.station, storage.kpi");
}

interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Plan Rows": number;
  readonly Plans?: readonly PlanNode[];
}

interface Explained {
  /** All relations that the plan touches. */
  readonly relations: readonly string[];
  /** The fact tables among them, and those that it reads whole. */
  readonly factTables: readonly string[];
  readonly sequential: readonly string[];
  /** Rows of the answer, as the planner estimates. */
  readonly rows: number;
}

async function explain(database: Database, query: string): Promise<Explained> {
  const [row] = await database.query<{ "QUERY PLAN": readonly { Plan: PlanNode }[] }>(
    `explain (format json) ${query}`,
  );
  const scans = (row?.["QUERY PLAN"] ?? []).flatMap(({ Plan }) => nodes(Plan));
  const onFacts = scans.filter((node) => node["Relation Name"]?.startsWith("daily_") === true);
  const names = (found: readonly PlanNode[]) => found.map((node) => node["Relation Name"] ?? "").sort();
  return {
    relations: names(scans),
    rows: scans[0]?.["Plan Rows"] ?? Number.NaN,
    factTables: names(onFacts),
    sequential: names(onFacts.filter((node) => node["Node Type"] === "Seq Scan")),
  };
}

function nodes(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodes)];
}

/** A source of its own, described by nothing but a pipeline file whose objects add to each other. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readPipelines } from "../../src/config/read.ts";
import type { Database } from "../../src/postgres/connect.ts";
import { folderWith } from "../config/folder.ts";
import { openMill } from "./mill.ts";

const YAML = `description: Daily values, one file for each station and element.
source: hills
target: daily
provider:
  name: Hill Weather
  url: https://hills.example/data
  licence: CC BY 4.0
  attribution: Hill Weather
objects:
  bucket: hill-weather
  key: days/{name}.csv
format:
  type: delimited
  header: always
  columns: [station, day, element, value, flag]
fields:
  station_id: station
  date: { column: day, format: yyyyMMdd }
  value: value
  quality_flag: { column: flag, fail: [bad], unknown: [new] }
kpis:
  element: element
  list:
    - { from: tx, in: °C, to: TMAX, unit: °C, factor: 1, description: Maximum. }
    - { from: rr, in: mm, to: PRCP, unit: mm, factor: 1, description: Rain. }
merge: { mode: upsert, deletes: true }
`;

const HEADER = "station,day,element,value,flag";
const object = (name: string, ...lines: string[]) => ({
  bucket: "hill-weather",
  key: `days/${name}.csv`,
  body: Buffer.from([HEADER, ...lines, ""].join("\n")),
});

async function facts(database: Database): Promise<string[]> {
  const rows = await database.query<{ text: string }>(
    `select concat_ws(' ', source, station_id, date_, common_kpi_name, data_value) as text
     from production.f_climate_data`,
  );
  return rows.map(({ text }) => text).sort();
}

test("a pipeline file alone makes a source appear, and what its objects hold is what readers see", async (context) => {
  const folder = await folderWith(context, { "hills.yaml": YAML });
  const { pipelines, problems } = await readPipelines(folder);
  assert.deepEqual(problems, []);
  const mill = await openMill(context, pipelines, [
    object("a", "007,20240229,tx,12.50,", "007,20240301,tx,13,new", "007,20240301,rr,99,bad"),
    object("b", "007,20240301,tx,14,", "008,20231231,rr,0.3,"),
  ]);
  assert.equal(await mill.run(), true, JSON.stringify(mill.events));
  const both = [
    "hills 007 2024-02-29 TMAX 12.50",
    "hills 007 2024-03-01 TMAX 14",
    "hills 008 2023-12-31 PRCP 0.3",
  ];
  assert.deepEqual(await facts(mill.database), both);
  assert.deepEqual(await mill.database.query("select * from production.d_sources"), [
    {
      source: "hills",
      name: "Hill Weather",
      url: "https://hills.example/data",
      licence: "CC BY 4.0",
      attribution: "Hill Weather",
    },
  ]);
  const flagged = await mill.database.query(
    "select data_value, quality_flag from production.f_climate_data_flagged where quality_flag is not null",
  );
  assert.deepEqual(flagged, [{ data_value: "99", quality_flag: "bad" }]);

  // The greater object drops a day that the other one still has, with a value of its own.
  const { bucket, key, body } = object("b", "008,20231231,rr,0.3,");
  await mill.bucket.put(bucket, key, body);
  assert.equal(await mill.run(), true, JSON.stringify(mill.events));
  assert.deepEqual(await facts(mill.database), [both[0], "hills 007 2024-03-01 TMAX 13", both[2]]);

  // A file that lost all of its records takes them along.
  const empty = object("a");
  await mill.bucket.put(empty.bucket, empty.key, empty.body);
  assert.equal(await mill.run(), true, JSON.stringify(mill.events));
  assert.deepEqual(await facts(mill.database), [both[2]]);
});

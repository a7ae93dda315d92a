import assert from "node:assert/strict";
import { suite, test } from "node:test";
import type { Database } from "../../src/postgres/connect.ts";
import { ensurePipeline } from "../../src/postgres/source.ts";
import { testDatabase } from "../database.ts";
import { dailyPipeline, observationsPipeline } from "./pipelines.ts";

suite("ensurePipeline", () => {
  test("gives a new source its tables, its place in the views and its KPIs", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, dailyPipeline());
    await ensurePipeline(database, observationsPipeline());

    assert.deepEqual(
      await database.query("select source, has_observations from storage.source order by source"),
      [
        { source: "noaa", has_observations: false },
        { source: "openaq", has_observations: true },
      ],
    );
    assert.deepEqual(
      await database.query("select common_kpi_name as name, common_unit as unit from storage.kpi order by 1"),
      [
        { name: "PM25", unit: "µg/m³" },
        { name: "PM25_MAX", unit: "µg/m³" },
        { name: "TMAX", unit: "°C" },
      ],
    );
    assert.deepEqual(await database.query("select * from production.d_kpi_names where source = 'noaa'"), [
      {
        orig_kpi_name: "TMAX",
        orig_unit: "0.1 °C",
        common_kpi_name: "TMAX",
        common_unit: "°C",
        source: "noaa",
        factor: "0.1",
        description: "Maximum.",
        addend: "0",
      },
    ]);
    assert.deepEqual(
      await database.query("select pipeline, source, target, fingerprint from millrace.pipeline"),
      [
        { pipeline: "test-daily", source: "noaa", target: "daily", fingerprint: "f1" },
        { pipeline: "test-observations", source: "openaq", target: "observations", fingerprint: "f1" },
      ],
    );
  });

  test("a new source's rows appear in the united views, flagged ones only where they belong", async (t) => {
    const { database } = await testDatabase(t);
    for (const source of ["noaa", "dwd"])
      await ensurePipeline(database, dailyPipeline(`${source}-daily`, source));
    await storeFacts(database);

    const facts = await database.query("select * from production.f_climate_data order by source, date_");
    assert.deepEqual(facts, [
      {
        station_id: "DE-1",
        source: "dwd",
        date_: "2024-02-29",
        common_kpi_name: "TMAX",
        common_unit: "°C",
        data_value: "7.30",
        observ_time: null,
        country_id: "DE",
      },
      {
        station_id: "GM-1",
        source: "noaa",
        date_: "2024-01-01",
        common_kpi_name: "TMAX",
        common_unit: "°C",
        data_value: "-3.1",
        observ_time: "0700",
        country_id: "DE",
      },
      {
        station_id: "GM-1",
        source: "noaa",
        date_: "2024-01-03",
        common_kpi_name: "TMAX",
        common_unit: "°C",
        data_value: "1",
        observ_time: null,
        country_id: "DE",
      },
    ]);
    const flagged = await database.query(
      "select source, date_, observ_time, quality_flag, n_measurements from production.f_climate_data_flagged order by 1, 2",
    );
    assert.deepEqual(flagged, [
      { source: "dwd", date_: "2024-02-29", observ_time: null, quality_flag: null, n_measurements: 24 },
      { source: "noaa", date_: "2024-01-01", observ_time: "0700", quality_flag: null, n_measurements: null },
      { source: "noaa", date_: "2024-01-02", observ_time: "2400", quality_flag: "I", n_measurements: null },
      { source: "noaa", date_: "2024-01-03", observ_time: null, quality_flag: "?", n_measurements: null },
    ]);
  });

  test("keeps what readers put upon the views", async (t) => {
    const { database } = await testDatabase(t);
    await database.query(
      "create view public.mine as select source, data_value from production.f_climate_data",
    );
    await ensurePipeline(database, dailyPipeline("a", "noaa"));
    await ensurePipeline(database, dailyPipeline("b", "dwd"));
    await storeFacts(database);
    assert.equal((await database.query("select from public.mine")).length, 3);
  });

  test("shows measurements at their own grain with the object that they came from", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, observationsPipeline());
    await storeMeasurement(database);
    assert.deepEqual(await database.query("select * from production.o_openaq"), [
      {
        station_id: "2178",
        common_kpi_name: "PM25",
        common_unit: "µg/m³",
        sensor_id: 3919,
        time_: "2024-05-01T07:00:00Z",
        averaging_seconds: 3600,
        date_: "2024-05-01",
        data_value: "12.50",
        object: "some.csv",
        quality_flag: "?9",
      },
    ]);
  });

  test("writes nothing when nothing is new", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, dailyPipeline());
    const before = await versions(database);
    await ensurePipeline(database, dailyPipeline());
    assert.deepEqual(await versions(database), before);
  });

  test("many at once register everything once", async (t) => {
    const { database } = await testDatabase(t);
    const pipelines = [
      dailyPipeline("a"),
      dailyPipeline("b"),
      observationsPipeline("c"),
      observationsPipeline("d"),
    ];
    await Promise.all([...pipelines, ...pipelines].map((pipeline) => ensurePipeline(database, pipeline)));
    assert.deepEqual(
      await database.query(
        `select (select count(*) from storage.source) as sources, (select count(*) from storage.kpi) as kpis,
           (select count(*) from millrace.pipeline) as pipelines, (select max(kpi_key) from storage.kpi) as last_key`,
      ),
      [{ sources: 2, kpis: 3, pipelines: 4, last_key: 3 }],
    );
  });

  test("a source that readers keep from the view is registered once they let go", async (t) => {
    const { database } = await testDatabase(t);
    await ensurePipeline(database, dailyPipeline("a", "noaa"));
    const reader = await database.connect();
    try {
      await reader.query("begin");
      await reader.query("select from production.f_climate_data");
      const added = ensurePipeline(database, dailyPipeline("b", "dwd"));
      // Nobody queues behind it for long: another reader is served although the first one stays.
      await untilWaiting(database);
      await database.query("select from production.f_climate_data");
      await reader.query("commit");
      await added;
    } finally {
      reader.release();
    }
    assert.equal((await database.query("select from storage.source")).length, 2);
  });

  test("refuses source names whose tables would collide with others", async (t) => {
    const { database } = await testDatabase(t);
    for (const source of ["template", "noaa_2024", "noaa_202401"]) {
      await assert.rejects(ensurePipeline(database, dailyPipeline("a", source)), { code: "CONFIG_INVALID" });
    }
  });
});

async function storeFacts(database: Database): Promise<void> {
  await database.query(
    `insert into storage.station (source_key, station_id, country_id)
     select source_key, case source when 'noaa' then 'GM-1' else 'DE-1' end, 'DE' from storage.source`,
  );
  await database.query("create table storage.daily_noaa_2024 partition of storage.daily_noaa default");
  await database.query("create table storage.daily_dwd_2024 partition of storage.daily_dwd default");
  await database.query(
    `insert into storage.daily_noaa (station_key, date_, kpi_key, common_kpi_name, observ_time, value, quality_flag)
     select station_key, date_::date, kpi_key, common_kpi_name, observ_time, value, flag
     from storage.station, storage.kpi,
       (values ('2024-01-01', 700, -3.1, null), ('2024-01-02', 2400, 99.9, 'I'), ('2024-01-03', null, 1, '?'))
         as fact (date_, observ_time, value, flag)
     where station_id = 'GM-1' and kpi_key = 1`,
  );
  await database.query(
    `insert into storage.daily_dwd (station_key, date_, kpi_key, common_kpi_name, n_measurements, value)
     select station_key, '2024-02-29', kpi_key, common_kpi_name, 24, 7.30 from storage.station, storage.kpi
     where station_id = 'DE-1' and kpi_key = 1`,
  );
}

async function storeMeasurement(database: Database): Promise<void> {
  await database.query(
    "insert into storage.station (source_key, station_id) select source_key, '2178' from storage.source",
  );
  await database.query(
    `insert into millrace.object (pipeline, bucket, key, seen_etag, seen_size, seen_modified)
     values ('test-observations', 'b', 'some.csv', 'e', 1, now())`,
  );
  await database.query(
    "create table storage.observations_openaq_202405 partition of storage.observations_openaq default",
  );
  await database.query(
    `insert into storage.observations_openaq (time_, sensor_id, station_key, date_, object_id, averaging, kpi_key, value, quality_flag)
     select '2024-05-01 07:00Z', 3919, station_key, '2024-05-01', object_id, 3600, kpi_key, 12.50, '?9'
     from storage.station, millrace.object, storage.kpi where common_kpi_name = 'PM25'`,
  );
}

/** Resolves once a backend of this database waits for a relation's lock. */
async function untilWaiting(database: Database): Promise<void> {
  for (;;) {
    const waiting = await database.query(
      `select from pg_locks
       where not granted and locktype = 'relation'
         and database = (select oid from pg_database where datname = current_database())`,
    );
    if (waiting.length > 0) return;
  }
}

/** Row versions of everything that ensurePipeline may write, and the definition of the united view. */
async function versions(database: Database): Promise<unknown> {
  return database.query(
    `select (select array_agg(xmin::text) from storage.source) as source,
       (select array_agg(xmin::text) from storage.kpi) as kpi,
       (select array_agg(xmin::text) from storage.kpi_origin) as origin,
       (select array_agg(xmin::text) from millrace.pipeline) as pipeline,
       (select xmin::text from pg_class where oid = 'production.f_climate_data_flagged'::regclass) as view,
       (select xmin::text from pg_rewrite where ev_class = 'production.f_climate_data_flagged'::regclass) as rule`,
  );
}

/** What tests of merging share: pipelines of every target, and loads made of rows given as objects. */
import * as assert from "node:assert/strict";
import { type Kpi, type Pipeline, type PipelineFile, pipelineSchema } from "../../src/config/pipeline.ts";
import { columnsOf } from "../../src/normalise/targets.ts";
import type { Client, Database } from "../../src/postgres/connect.ts";
import { type MergeRequest, merge } from "../../src/postgres/merge.ts";
import { ensurePipeline } from "../../src/postgres/source.ts";
import { createStaging, quoteTable } from "../../src/postgres/staging.ts";
import type { MergeResult } from "../../src/postgres/verdict.ts";

type Row = Readonly<Record<string, string | number | null>>;

const FORMAT = { type: "delimited", header: "always", columns: ["a", "b", "c", "d"] } as const;
const OBJECTS = { bucket: "test-bucket", key: "{name}.csv" } as const;

export const TEMPERATURES = [
  { from: "TMAX", in: "0.1 °C", to: "TMAX", unit: "°C", factor: 0.1, description: "Maximum temperature" },
  { from: "TMIN", in: "0.1 °C", to: "TMIN", unit: "°C", factor: 0.1, description: "Minimum temperature" },
] as const;

export const PARTICLES = [
  { from: "pm25", in: "µg/m³", to: "PM25", unit: "µg/m³", factor: 1, description: "Fine particles" },
  { from: "o3", in: "µg/m³", to: "O3", unit: "µg/m³", factor: 1, description: "Ozone" },
] as const;

export function dailyPipeline(
  source = "noaa",
  merge: object = { mode: "replace", slice: "year", year: "name" },
): Pipeline {
  return pipeline(`${source}-daily`, TEMPERATURES, {
    description: "test",
    source,
    target: "daily",
    objects: OBJECTS,
    format: FORMAT,
    fields: { station_id: "a", date: { column: "b", format: "yyyyMMdd" }, value: "c" },
    kpis: { element: "d", list: TEMPERATURES },
    merge,
  });
}

export function observationsPipeline(
  deletes: boolean,
  daily: object = { "": "mean", _MAX: "max" },
  list: readonly (Kpi & { readonly factor: number })[] = PARTICLES,
): Pipeline {
  return pipeline("openaq-test", list, {
    description: "test",
    source: "openaq",
    target: "observations",
    objects: OBJECTS,
    format: FORMAT,
    fields: {
      station_id: "a",
      time: { column: "b", format: "iso" },
      date: { column: "b", format: "iso" },
      value: "c",
    },
    kpis: { element: "d", list },
    daily,
    merge: { mode: "upsert", deletes },
  });
}

export function dimensionPipeline(target: "stations" | "countries" | "inventory", source = "noaa"): Pipeline {
  const fields = {
    stations: { station_id: "a", name: "b" },
    countries: { country_id: "a", country: "b" },
    inventory: { station_id: "a", from_year: "b", until_year: "c" },
  };
  const inventory = target === "inventory";
  return pipeline(`${source}-${target}`, inventory ? TEMPERATURES : [], {
    description: "test",
    source,
    target,
    objects: OBJECTS,
    format: FORMAT,
    fields: fields[target],
    ...(inventory ? { kpis: { element: "d", list: TEMPERATURES } } : {}),
    merge: inventory ? { mode: "replace", slice: "all" } : { mode: "upsert" },
  });
}

function pipeline(
  name: string,
  list: readonly (Kpi & { readonly factor: number })[],
  definition: object,
): Pipeline {
  const parsed: PipelineFile = pipelineSchema.parse(definition);
  return {
    ...parsed,
    name,
    file: `${name}.yaml`,
    kpiList: list.map(({ factor, ...kpi }) => ({ ...kpi, add: 0, multiply: factor, divide: 1 })),
    measurementList: [],
    unitAliases: {},
    lookups: new Map(),
    fingerprint: "f",
  };
}

/** A database in which loads of one pipeline can be merged. */
export class Loader {
  readonly database: Database;
  readonly pipeline: Pipeline;
  /** Ids and keys that were asked for before. */
  readonly #known = new Map<string, number>();

  private constructor(database: Database, given: Pipeline) {
    this.database = database;
    this.pipeline = given;
  }

  static async of(database: Database, given: Pipeline): Promise<Loader> {
    await ensurePipeline(database, given);
    return new Loader(database, given);
  }

  /** The id of the object with this key. */
  object(key: string): Promise<number> {
    return this.#ask(
      `object ${key}`,
      `insert into millrace.object (pipeline, bucket, key, seen_etag, seen_size, seen_modified)
       values ($1, 'test-bucket', $2, 'e', 1, now())
       on conflict (pipeline, bucket, key) do update set seen_size = 1
       returning object_id as found`,
      [this.pipeline.name, key],
    );
  }

  /** The key of the station with this id, made as a stub when it is new. */
  station(id: string): Promise<number> {
    return this.#ask(
      `station ${id}`,
      `insert into storage.station (source_key, station_id)
       select source_key, $2 from storage.source where source = $1
       on conflict (source_key, station_id) do update set station_id = excluded.station_id
       returning station_key as found`,
      [this.pipeline.source, id],
    );
  }

  kpi(name: string): Promise<number> {
    return this.#ask(`kpi ${name}`, "select kpi_key as found from storage.kpi where common_kpi_name = $1", [
      name,
    ]);
  }

  async #ask(name: string, text: string, values: readonly unknown[]): Promise<number> {
    const known = this.#known.get(name);
    if (known !== undefined) return known;
    const { found } = first(await this.database.query<{ found: number }>(text, values));
    this.#known.set(name, found);
    return found;
  }

  /** Keys of the objects that loads have marked, to be loaded again. */
  async incomplete(): Promise<string[]> {
    const rows = await this.database.query<{ key: string }>(
      "select key from millrace.object where incomplete order by key",
    );
    return rows.map(({ key }) => key);
  }

  async attempt(slice?: string): Promise<number> {
    const rows = await this.database.query<{ load_id: number }>(
      `insert into millrace.load (pipeline, name, slice, status, fingerprint, host, pid)
       values ($1, 'test', $2, 'running', 'f', 'here', 1) returning load_id`,
      [this.pipeline.name, slice ?? null],
    );
    return first(rows).load_id;
  }

  /** Stages and merges rows in one transaction and notes the objects as loaded, as a load does. */
  async load(rows: readonly Row[], options: Partial<MergeRequest> = {}): Promise<MergeResult> {
    const loadId = await this.attempt(options.slice);
    return this.database.transaction(async (client) => {
      const staging = await stage(client, this.pipeline, loadId, rows);
      const result = await merge(client, {
        pipeline: this.pipeline,
        loadId,
        staging,
        copied: rows.length,
        objectIds: [],
        seenStations: [],
        descriptions: [],
        reload: false,
        ...options,
      });
      await client.query(
        "update millrace.object set load_id = $1, etag = 'e', incomplete = false where object_id = any($2)",
        [loadId, options.objectIds ?? []],
      );
      return result;
    });
  }
}

/** A staging table with these rows, in this order. */
export async function stage(
  client: Client,
  pipeline: Pick<Pipeline, "target" | "merge">,
  loadId: number,
  rows: readonly Row[],
): Promise<string> {
  const staging = await createStaging(client, pipeline, loadId);
  const columns = columnsOf(pipeline);
  const described = columns.map(({ name, type }) => `${name} ${type}`).join(", ");
  const names = columns.map(({ name }) => name).join(", ");
  // A fact's row has its KPI's name too, as the normaliser gives it.
  const values = columns.map(({ name }) =>
    name === "common_kpi_name"
      ? "(select k.common_kpi_name from storage.kpi k where k.kpi_key = r.kpi_key)"
      : name,
  );
  await client.query(
    `insert into ${quoteTable(staging)} (${names})
     select ${values.join(", ")} from rows from (jsonb_to_recordset($1) as (${described})) with ordinality as r order by ordinality`,
    [JSON.stringify(rows)],
  );
  return staging;
}

export function first<T>(rows: readonly T[]): T {
  const [row] = rows;
  assert.ok(row !== undefined, "expected a row");
  return row;
}

/** Merging what is known about stations: from a station file, and from the records themselves. */
import type { StationCoverage } from "../checks.ts";
import type { Client } from "../connect.ts";
import { dropStaging, quoteTable } from "../staging.ts";
import { lockSource } from "./locks.ts";
import type { MergeCounts, MergeRequest } from "./request.ts";
import { sourceKey } from "./sources.ts";

/** What a station file tells about a station, besides its id. */
const ATTRIBUTES = ["name", "latitude", "longitude", "elevation", "country_id", "state", "wmo_id"] as const;

/**
 * Merges a station file. Stations are listed and take the file's attributes (of several lines for one station
 * the last one's); only rows that differ are written. Stations of an earlier file that this one lacks keep
 * their rows, marked by missing_since; they count as `deleted`, coming back counts as `updated`.
 */
export async function upsertStations(client: Client, request: MergeRequest): Promise<MergeCounts> {
  const { pipeline, staging, copied } = request;
  await lockSource(client, pipeline.source);
  const source = await sourceKey(client, pipeline.source);
  // In a new database storage.station has no statistics: to see which stations are missing Postgres 15 then
  // compares every one with every staged one, ten minutes and more for NOAA's. With an index no plan is slow.
  await client.query(`create index on ${quoteTable(staging)} (station_id)`);
  await client.query(`analyze ${quoteTable(staging)}`);
  const duplicates = await keepLast(client, staging, "station_id");
  const names = ATTRIBUTES.join(", ");

  // A load of facts may be adding the same station as a stub: that one wins here and is filled in below.
  const inserted = await client.query(
    `insert into storage.station (source_key, station_id, ${names}, listed, from_station_file)
     select $1, s.station_id, ${ATTRIBUTES.map((name) => `s.${name}`).join(", ")}, true, true
     from ${quoteTable(staging)} s
     where not exists (select from storage.station t where t.source_key = $1 and t.station_id = s.station_id)
     order by s.station_id
     on conflict (source_key, station_id) do nothing`,
    [source],
  );
  const updated = await client.query(
    `update storage.station t
     set ${ATTRIBUTES.map((name) => `${name} = s.${name}`).join(", ")},
       listed = true, from_station_file = true, missing_since = null
     from ${quoteTable(staging)} s
     where t.source_key = $1 and t.station_id = s.station_id
       and (not t.listed or not t.from_station_file or t.missing_since is not null
         or (${ATTRIBUTES.map((name) => `t.${name}`).join(", ")})
           is distinct from (${ATTRIBUTES.map((name) => `s.${name}`).join(", ")}))`,
    [source],
  );
  const missing = await client.query(
    `update storage.station t set missing_since = now()
     where t.source_key = $1 and t.from_station_file and t.missing_since is null
       and not exists (select from ${quoteTable(staging)} s where s.station_id = t.station_id)`,
    [source],
  );
  await dropStaging(client, staging);

  const counts = { inserted: rows(inserted), updated: rows(updated), deleted: rows(missing), duplicates };
  const changes = counts.inserted + counts.updated;
  const unchanged = copied - duplicates - changes;
  return { ...counts, unchanged, changed: changes + counts.deleted > 0 ? ["stations"] : [] };
}

/** How many stations the source's former file told, and how many of them are staged. To be asked before merging. */
export async function stationCoverage(
  client: Client,
  source: string,
  staging: string,
): Promise<StationCoverage> {
  // INTERSECT sorts or hashes both sides, whatever the planner knows of them: see `upsertStations`.
  const { rows: counts } = await client.query<StationCoverage>(
    `with former as (
       select station_id from storage.station join storage.source using (source_key)
       where source = $1 and from_station_file and missing_since is null
     ), kept as (
       select station_id from former intersect select station_id from ${quoteTable(staging)}
     )
     select (select count(*) from former)::integer as former, (select count(*) from kept)::integer as kept`,
    [source],
  );
  return counts[0] ?? { former: 0, kept: 0 };
}

/** Removes all staged rows but the last copied one of each value of `column`; returns how many. */
export async function keepLast(client: Client, staging: string, column: string): Promise<number> {
  // COPY fills a new table in order, so the greatest ctid is the row copied last.
  const removed = await client.query(
    `delete from ${quoteTable(staging)} s
     using (select ${column}, max(ctid) as last from ${quoteTable(staging)} group by ${column} having count(*) > 1) d
     where s.${column} = d.${column} and s.ctid <> d.last`,
  );
  return rows(removed);
}

/**
 * Lists the stations that a load has facts of and writes down what its records told about them. Name and
 * country come from the record whose object has the greatest key, the position likewise from one that told
 * it, whatever the order of loading; a station file's word counts more. Returns ["stations"] when d_stations
 * reads otherwise now, else nothing.
 *
 * Call it late: from its first change on, other loads of the source wait for the end of the transaction.
 */
export async function describeStations(
  client: Client,
  request: Pick<MergeRequest, "pipeline" | "descriptions" | "seenStations">,
): Promise<string[]> {
  const listed = await listStations(client, request.pipeline.source, request.seenStations);
  const { descriptions } = request;
  if (descriptions.length === 0) return listed ? ["stations"] : [];
  await lockSource(client, request.pipeline.source);
  await client.query("drop table if exists pg_temp.described");
  await client.query(
    `create temporary table described on commit drop as
     select station_key, key collate "C" as key, name, country_id, latitude, longitude, elevation, place
     from unnest($1::integer[], $2::text[], $3::text[], $4::text[], $5::numeric[], $6::numeric[], $7::numeric[])
       with ordinality as d (station_key, key, name, country_id, latitude, longitude, elevation, place)`,
    [
      descriptions.map((d) => d.stationKey),
      descriptions.map((d) => d.objectKey),
      descriptions.map((d) => d.name),
      descriptions.map((d) => d.countryId),
      descriptions.map((d) => d.latitude),
      descriptions.map((d) => d.longitude),
      descriptions.map((d) => d.elevation),
    ],
  );
  const named = await takeFromGreatestKey(client, {
    columns: ["name", "country_id"],
    told: "name is not null or country_id is not null",
    by: "described_by",
  });
  const located = await takeFromGreatestKey(client, {
    columns: ["latitude", "longitude", "elevation"],
    told: "latitude is not null and longitude is not null",
    by: "located_by",
  });
  return listed || named || located ? ["stations"] : [];
}

/** Makes stubs visible; true when there was one. The lock keeps two loads from listing them in opposite orders. */
async function listStations(client: Client, source: string, stations: readonly number[]): Promise<boolean> {
  const hidden = await client.query(
    "select from storage.station where station_key = any($1::integer[]) and not listed limit 1",
    [stations],
  );
  if (rows(hidden) === 0) return false;
  await lockSource(client, source);
  const listed = await client.query(
    "update storage.station set listed = true where station_key = any($1::integer[]) and not listed",
    [stations],
  );
  return rows(listed) > 0;
}

interface Told {
  readonly columns: readonly string[];
  /** When a description tells these columns, as SQL. */
  readonly told: string;
  /** The column that keeps the key of the object that told them. */
  readonly by: string;
}

/** True when a column reads otherwise now. */
async function takeFromGreatestKey(client: Client, { columns, told, by }: Told): Promise<boolean> {
  const theirs = columns.map((name) => `d.${name}`).join(", ");
  const ours = columns.map((name) => `t.${name}`).join(", ");
  const { rows: counts } = await client.query<{ changed: number }>(
    `with best as (
       select distinct on (station_key) * from described
       where ${told}
       order by station_key, key desc, place desc
     ), differing as (
       select d.*, (${ours}) is distinct from (${theirs}) as reads_otherwise
       from best d join storage.station t using (station_key)
       where not t.from_station_file
         and (t.${by} is null or d.key >= t.${by})
         and (t.${by} is distinct from d.key or (${ours}) is distinct from (${theirs}))
     ), written as (
       update storage.station t
       set ${columns.map((name) => `${name} = d.${name}`).join(", ")}, ${by} = d.key
       from differing d
       where t.station_key = d.station_key
       returning d.reads_otherwise
     )
     select count(*) filter (where reads_otherwise)::integer as changed from written`,
  );
  return (counts[0]?.changed ?? 0) > 0;
}

function rows(result: { readonly rowCount: number | null }): number {
  return result.rowCount ?? 0;
}

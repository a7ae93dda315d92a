-- The tables: narrow storage, staging templates, and the ledger. What people read comes in 0002.

-- The migrator has made it already, for its own bookkeeping.
create schema if not exists millrace;
comment on schema millrace is 'The ledger: what was loaded, from what, with what result.';
create schema storage;
comment on schema storage is 'Narrow tables behind the readable relations of the schema production.';
create schema staging;
comment on schema staging is 'One table per load that COPY fills; quarantined loads and replaced partitions wait here.';
create schema production;
comment on schema production is 'The harmonised climate database: what people query.';

-- Dimensions ---------------------------------------------------------------------------------------------

create table storage.source (
  source_key smallint generated always as identity primary key,
  source text not null unique,
  -- A source has one fact table; sources with observations have a second one behind it.
  has_observations boolean not null default false,
  -- What its pipelines say of their provider; null: nothing.
  provider text,
  url text,
  licence text,
  attribution text
);

create table storage.station (
  station_key integer generated always as identity primary key,
  source_key smallint not null references storage.source,
  station_id text not null,
  name text,
  latitude numeric,
  longitude numeric,
  elevation numeric,
  country_id char(2),
  state text,
  wmo_id text,
  -- True once a committed load has facts for it or a station file names it; stubs stay hidden until then.
  listed boolean not null default false,
  -- True once a station file told the attributes: then records do not change them.
  from_station_file boolean not null default false,
  -- Keys of the objects whose records told name and country, and the position: the greatest key wins.
  described_by text collate "C",
  located_by text collate "C",
  -- When a newer station file no longer named it.
  missing_since timestamptz,
  unique (source_key, station_id)
);
create index on storage.station (station_id);
create index on storage.station (country_id);

create table storage.kpi (
  kpi_key smallint generated always as identity primary key,
  common_kpi_name text not null,
  -- Empty where a source's inventory names an element that no pipeline maps to a unit.
  common_unit text not null,
  unique (common_kpi_name, common_unit)
);

create table storage.kpi_origin (
  source_key smallint not null references storage.source,
  orig_kpi_name text not null,
  orig_unit text not null,
  kpi_key smallint not null references storage.kpi,
  -- Harmonised value = (the provider's number + addend) × factor.
  addend numeric not null,
  factor numeric not null,
  description text not null,
  primary key (source_key, orig_kpi_name, orig_unit)
);

create table storage.country (
  country_id char(2) primary key,
  country text not null,
  source_key smallint not null references storage.source
);

create table storage.inventory (
  source_key smallint not null references storage.source,
  station_key integer not null,
  kpi_key smallint not null,
  from_year smallint not null,
  until_year smallint not null,
  primary key (source_key, station_key, kpi_key)
);

-- Templates: unattached, so that creating staging tables LIKE them locks no fact table --------------------

create table storage.daily_template (
  station_key integer not null,
  date_ date not null,
  kpi_key smallint not null,
  -- HHMM, 0 to 2400.
  observ_time smallint,
  n_measurements integer,
  -- The KPI's name stands in each row, for the planner: a name that it would have to look up is one that it knows nothing of.
  common_kpi_name text not null,
  value numeric not null,
  -- Null: passed quality control; with a ? before it: never judged; all else: failed.
  quality_flag text,
  -- Of upserted rows; null in replaced years and in daily statistics.
  object_id integer
);

-- What COPY fills for a year that is replaced as a whole. It gets object_id afterwards: rows of nine columns need a bitmap of
-- nulls of two bytes instead of one, which alignment makes eight bytes more in each row.
create table storage.daily_replaced_template (like storage.daily_template);
alter table storage.daily_replaced_template drop column object_id;

create table storage.observations_template (
  -- End of the averaging period.
  time_ timestamptz not null,
  sensor_id bigint not null,
  station_key integer not null,
  -- The station's local day.
  date_ date not null,
  object_id integer not null,
  -- Seconds; null: unknown.
  averaging integer,
  kpi_key smallint not null,
  value numeric not null,
  -- As in daily_template.
  quality_flag text
);

create table storage.stations_template (
  station_id text not null,
  name text,
  latitude numeric,
  longitude numeric,
  elevation numeric,
  country_id text,
  state text,
  wmo_id text
);

create table storage.countries_template (
  country_id text not null,
  country text not null
);

create table storage.inventory_template (
  station_key integer not null,
  kpi_key smallint not null,
  from_year smallint not null,
  until_year smallint not null
);

-- The ledger ---------------------------------------------------------------------------------------------

create table millrace.pipeline (
  pipeline text primary key,
  source text not null,
  target text not null,
  fingerprint text not null,
  -- The latest pass over the bucket.
  pass_started_at timestamptz,
  pass_finished_at timestamptz,
  pass_listed integer,
  pass_error_code text,
  pass_error text
);

create table millrace.object (
  object_id integer generated always as identity primary key,
  pipeline text not null references millrace.pipeline,
  bucket text not null,
  key text collate "C" not null,
  -- The version that the listing showed last.
  seen_etag text not null,
  seen_size bigint not null,
  seen_modified timestamptz not null,
  first_seen_at timestamptz not null default now(),
  gone_at timestamptz,
  -- The version that is in the database, if one is.
  etag text,
  size bigint,
  -- From the gzip trailer: CRC-32 of the content and its length modulo 2^32; null for other formats.
  content_crc bigint,
  content_length bigint,
  -- Fingerprint of the configuration that shaped its rows.
  fingerprint text,
  load_id bigint,
  -- Rows of it that a greater object's had hidden may be wanted again (see overlap): it is loaded again.
  incomplete boolean not null default false,
  -- The version whose load was quarantined or failed last, so that a quarantined one is not loaded again.
  refused_etag text,
  refused_load_id bigint,
  refused_outcome text check (refused_outcome in ('failed', 'quarantined')),
  -- Of a failed version: how often it has failed, and when it is due again; null: not by itself.
  refused_attempts integer,
  refused_until timestamptz,
  -- Its content, where it was quarantined: the same content under another etag is not loaded again either.
  refused_size bigint,
  refused_content_crc bigint,
  refused_content_length bigint,
  unique (pipeline, bucket, key)
);
create index on millrace.object (pipeline) where incomplete;

-- Objects that hold the same facts: what the greater one drops, the other must bring again.
create table millrace.overlap (
  object_id integer not null references millrace.object,
  hidden_object_id integer not null references millrace.object,
  first_date date not null,
  last_date date not null,
  primary key (object_id, hidden_object_id)
);

create table millrace.load (
  load_id bigint generated always as identity primary key,
  pipeline text not null references millrace.pipeline,
  -- What people call it: the slice, the key, or the first and last key of a group.
  name text not null,
  -- The slice that the load replaces, such as `1872`; null for upserts.
  slice text,
  status text not null check (
    status in ('running', 'loaded', 'quarantined', 'superseded', 'failed', 'skipped')),
  fingerprint text not null,
  started_at timestamptz not null default clock_timestamp(),
  finished_at timestamptz,
  host text not null,
  pid integer not null,
  error_code text,
  error text,
  error_place text,
  -- Where a quarantined load's rows wait.
  staging_table text,
  -- Of upserts; for a slice millrace.coverage says it.
  newest_date date
);
create index on millrace.load (pipeline, started_at);
create index on millrace.load (status) where status in ('running', 'failed', 'quarantined');

create table millrace.load_object (
  load_id bigint not null references millrace.load on delete cascade,
  object_id integer not null references millrace.object,
  etag text not null,
  size bigint not null,
  content_crc bigint,
  content_length bigint,
  bytes_received bigint not null,
  bytes_decompressed bigint not null,
  records_read bigint not null,
  records_rejected bigint not null,
  primary key (load_id, object_id)
);

create table millrace.receipt (
  load_id bigint primary key references millrace.load on delete cascade,
  bytes_expected bigint not null,
  bytes_received bigint not null,
  bytes_decompressed bigint not null,
  records_read bigint not null,
  headers bigint not null,
  comments bigint not null,
  blanks bigint not null,
  decoded bigint not null,
  records_rejected bigint not null,
  records_filtered bigint not null,
  measurements bigint not null,
  copied bigint not null,
  empty bigint not null,
  rejected bigint not null,
  filtered bigint not null,
  inserted bigint not null,
  updated bigint not null,
  unchanged bigint not null,
  duplicates bigint not null,
  deleted bigint not null
);

-- Numbers behind the receipt's sums: filtered by element, empty by sentinel, rejected by reason and field.
create table millrace.tally (
  load_id bigint not null references millrace.load on delete cascade,
  kind text not null check (kind in ('filtered', 'empty', 'rejected')),
  name text not null,
  field text not null default '',
  count bigint not null,
  primary key (load_id, kind, name, field)
);

create table millrace.reject (
  reject_id bigint generated always as identity primary key,
  load_id bigint not null references millrace.load on delete cascade,
  object_id integer not null references millrace.object,
  line bigint not null,
  byte_offset bigint not null,
  field text,
  reason text not null,
  -- The record as it came, cut at 1 kB; NUL and invalid UTF-8 written as \xNN.
  raw text not null
);
create index on millrace.reject (load_id);

create table millrace.check_result (
  load_id bigint not null references millrace.load on delete cascade,
  name text not null,
  passed boolean not null,
  observed text not null,
  expected text not null,
  primary key (load_id, name)
);

-- Rows per month that a slice's load copied: what the next version's coverage is compared with.
create table millrace.coverage (
  load_id bigint not null references millrace.load on delete cascade,
  month date not null,
  rows bigint not null,
  newest date not null,
  primary key (load_id, month)
);

-- Which load a slice holds now, and the partition that the load before it left behind.
create table millrace.slice (
  source text not null,
  slice text not null,
  load_id bigint not null references millrace.load,
  former_load_id bigint references millrace.load,
  former_table text,
  former_until timestamptz,
  -- The load whose rows were sorted anew; another one than load_id: those of load_id were not.
  compacted_load_id bigint references millrace.load,
  primary key (source, slice)
);

create table millrace.mart (
  mart text primary key,
  query text not null,
  fingerprint text not null,
  -- Set by loads that change what it reads; cleared by the rebuild that saw all changes.
  stale_since timestamptz,
  changes bigint not null default 0,
  rebuilt_at timestamptz,
  rows bigint,
  error text
);

create table millrace.mart_input (
  mart text not null references millrace.mart on delete cascade,
  -- `source.target`, such as noaa.daily or openaq.stations.
  input text not null,
  primary key (mart, input)
);

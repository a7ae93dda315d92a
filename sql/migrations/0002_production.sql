-- What people read: the schema production, views over the narrow tables of 0001, and the functions that give a
-- new source its fact tables and its place in the views.

-- Dimensions ---------------------------------------------------------------------------------------------

create view production.d_sources as
select source.source, source.provider as name, source.url, source.licence, source.attribution
from storage.source;

create view production.d_stations as
select
  station.station_id,
  source.source,
  station.latitude,
  station.longitude,
  station.elevation,
  station.country_id,
  station.name,
  station.state,
  station.wmo_id,
  station.missing_since
from storage.station
join storage.source using (source_key)
where station.listed;

create view production.d_inventory as
select
  station.station_id,
  source.source,
  kpi.common_kpi_name,
  nullif(kpi.common_unit, '') as common_unit,
  inventory.from_year::integer as from_year,
  inventory.until_year::integer as until_year
from storage.inventory
join storage.source using (source_key)
join storage.station using (station_key)
join storage.kpi using (kpi_key);

create view production.d_countries as
select country.country_id, country.country, source.source
from storage.country
join storage.source using (source_key);

create view production.d_kpi_names as
select
  kpi_origin.orig_kpi_name,
  kpi_origin.orig_unit,
  kpi.common_kpi_name,
  kpi.common_unit,
  source.source,
  kpi_origin.factor,
  kpi_origin.description,
  kpi_origin.addend
from storage.kpi_origin
join storage.source using (source_key)
join storage.kpi using (kpi_key);

-- Facts --------------------------------------------------------------------------------------------------

-- Unites the daily tables of all sources in production.f_climate_data_flagged. The union is of plain tables, with
-- nothing but a constant beside their columns, and the names are joined outside it: only so can the planner flatten
-- it, leave out sources by their constant, prune partitions by date, and reach a station's rows through an
-- index, even from a join that a reader writes around the view. The KPI's name is a column of the facts, so that the planner
-- knows how many rows have it; what is joined for its unit is left out where nobody asks for the unit. Columns never
-- change here: `create or replace` keeps the grants, comments and views that depend on it.
create function storage.unite_sources() returns void
language plpgsql as $$
declare
  facts text;
begin
  select string_agg(
    format(
      'select %L::text as source, station_key, date_, kpi_key, observ_time, n_measurements, common_kpi_name, value,
         quality_flag
       from storage.%I',
      source, 'daily_' || source
    ),
    ' union all ' order by source
  )
  into facts
  from storage.source;
  execute format(
    'create or replace view production.f_climate_data_flagged as
     select
       station.station_id,
       fact.source,
       fact.date_,
       fact.common_kpi_name,
       kpi.common_unit,
       fact.value as data_value,
       lpad(fact.observ_time::text, 4, ''0'') as observ_time,
       station.country_id,
       fact.quality_flag,
       fact.n_measurements
     from (%s) as fact
     join storage.station on station.station_key = fact.station_key
     left join storage.kpi on kpi.kpi_key = fact.kpi_key',
    coalesce(
      facts,
      -- Before the first source: the template, which is always empty.
      'select null::text as source, station_key, date_, kpi_key, observ_time, n_measurements, common_kpi_name, value,
         quality_flag
       from storage.daily_template'
    )
  );
end
$$;
comment on function storage.unite_sources() is
  'Makes f_climate_data_flagged (and f_climate_data above it) the union of all sources'' daily tables.';

select storage.unite_sources();

create view production.f_climate_data as
select station_id, source, date_, common_kpi_name, common_unit, data_value, observ_time, country_id
from production.f_climate_data_flagged
-- A ? before the flag: nobody has judged the value.
where quality_flag is null or quality_flag like '?%';

-- Registers a source: its row and its daily fact table, empty; then it joins the views. Indexes stand on the partitions
-- alone: a year that is replaced as a whole has others than one that rows are merged into.
create function storage.add_source(source text) returns void
language plpgsql as $$
begin
  insert into storage.source (source) values (add_source.source);
  execute format(
    'create table storage.%I (like storage.daily_template including comments) partition by range (date_)',
    'daily_' || source
  );
  execute format(
    'comment on table storage.%I is %L',
    'daily_' || source,
    format('Daily facts of the source %s: one row per station, KPI and local day; one partition per year.', source)
  );
  perform storage.unite_sources();
end
$$;
comment on function storage.add_source(text) is
  'Registers a source: its row, its daily fact table, its place in the views.';

-- Gives a registered source its table of single measurements and the readable view o_<source>.
create function storage.add_observations(source text) returns void
language plpgsql as $$
declare
  described record;
begin
  update storage.source set has_observations = true where source.source = add_observations.source;
  execute format(
    'create table storage.%I (like storage.observations_template including comments) partition by range (time_)',
    'observations_' || source
  );
  execute format(
    'create unique index %I on storage.%I (station_key, time_, kpi_key, sensor_id)',
    'observations_' || source || '_key', 'observations_' || source
  );
  execute format(
    'comment on table storage.%I is %L',
    'observations_' || source,
    format('Single measurements of the source %s: one row per station, time, KPI and sensor; one partition per UTC month.', source)
  );
  execute format(
    'create view production.%I as
     select
       station.station_id,
       kpi.common_kpi_name,
       kpi.common_unit,
       observation.sensor_id,
       observation.time_,
       observation.averaging as averaging_seconds,
       observation.date_,
       observation.value as data_value,
       object.key as object,
       observation.quality_flag
     from storage.%I as observation
     join storage.station on station.station_key = observation.station_key
     join storage.kpi on kpi.kpi_key = observation.kpi_key
     left join millrace.object on object.object_id = observation.object_id',
    'o_' || source, 'observations_' || source
  );
  execute format(
    'comment on view production.%I is %L',
    'o_' || source,
    format(
      'Measurements of the source %s at their own grain: one row per station, KPI, sensor and time. '
      'Daily statistics of them are in f_climate_data.',
      source
    )
  );
  for described in
    select *
    from (values
      ('station_id', 'The provider''s own station id; together with the source it names a station of d_stations.'),
      ('common_kpi_name', 'Harmonised name of what is measured, such as PM25; see d_kpi_names.'),
      ('common_unit', 'Unit of data_value, such as µg/m³.'),
      ('sensor_id', 'The provider''s number of the sensor; 0 where there is none.'),
      ('time_', 'End of the averaging period, a moment in time (kept in UTC).'),
      ('averaging_seconds', 'Length of the averaging period in seconds; null: unknown.'),
      ('date_', 'The station''s local day that the measurement belongs to.'),
      ('data_value', 'The value in common_unit, exact to the source''s decimals.'),
      ('object', 'Key of the object that the value came from.'),
      ('quality_flag', 'The provider''s mark of a value that failed its quality control, or with a ? before it of one that was never judged; null: passed.')
    ) as listed (name, meaning)
  loop
    execute format(
      'comment on column production.%I.%I is %L', 'o_' || source, described.name, described.meaning
    );
  end loop;
end
$$;
comment on function storage.add_observations(text) is
  'Gives a source its table of single measurements and the readable view production.o_<source>.';

-- Rights -------------------------------------------------------------------------------------------------

-- Readers need `production` alone, and only to read; its views reach the other schemas with their owner's rights:
--   grant usage on schema production to reader;
--   grant select on all tables in schema production to reader;
--   alter default privileges in schema production grant select on tables to reader;
-- The last line, run as the role that Millrace connects as, covers views and marts that come later.
revoke all on schema production, storage, staging, millrace from public;
revoke all on function storage.unite_sources(), storage.add_source(text), storage.add_observations(text) from public;

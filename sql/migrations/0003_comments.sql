-- What every table, view and column means, with units: readable in the database itself (`\d+` in psql). New tables
-- of a source take theirs from the templates.

-- production ---------------------------------------------------------------------------------------------

comment on view production.f_climate_data is
  'Daily climate and air-quality data of all sources, without what failed quality control: one row per station, day and KPI.';
comment on column production.f_climate_data.station_id is 'The provider''s own station id; together with source it names a station of d_stations.';
comment on column production.f_climate_data.source is 'The provider: noaa, openaq, …';
comment on column production.f_climate_data.date_ is 'The station''s local day.';
comment on column production.f_climate_data.common_kpi_name is 'Harmonised name of what is measured, such as TMAX; see d_kpi_names.';
comment on column production.f_climate_data.common_unit is 'Unit of data_value, such as °C, mm or µg/m³.';
comment on column production.f_climate_data.data_value is 'The value in common_unit, exact to the source''s decimals.';
comment on column production.f_climate_data.observ_time is 'Local time of observation as HHMM, 0000 to 2400; null: not stated.';
comment on column production.f_climate_data.country_id is 'The station''s country, ISO 3166-1 alpha-2; null: unknown.';

comment on view production.f_climate_data_flagged is
  'The rows of f_climate_data and those that failed quality control; quality_flag tells which.';
comment on column production.f_climate_data_flagged.station_id is 'The provider''s own station id; together with source it names a station of d_stations.';
comment on column production.f_climate_data_flagged.source is 'The provider: noaa, openaq, …';
comment on column production.f_climate_data_flagged.date_ is 'The station''s local day.';
comment on column production.f_climate_data_flagged.common_kpi_name is 'Harmonised name of what is measured, such as TMAX; see d_kpi_names.';
comment on column production.f_climate_data_flagged.common_unit is 'Unit of data_value, such as °C, mm or µg/m³.';
comment on column production.f_climate_data_flagged.data_value is 'The value in common_unit, exact to the source''s decimals.';
comment on column production.f_climate_data_flagged.observ_time is 'Local time of observation as HHMM, 0000 to 2400; null: not stated.';
comment on column production.f_climate_data_flagged.country_id is 'The station''s country, ISO 3166-1 alpha-2; null: unknown.';
comment on column production.f_climate_data_flagged.quality_flag is 'The provider''s mark of a value that failed its quality control, or with a ? before it of one that was never judged; null: passed.';
comment on column production.f_climate_data_flagged.n_measurements is 'Number of measurements behind a daily statistic; null where the provider publishes daily values.';

comment on view production.d_sources is
  'The providers, and what they ask for in return: name the attribution wherever you show their data.';
comment on column production.d_sources.source is 'The provider''s short name, as in the other relations: noaa, openaq, …';
comment on column production.d_sources.name is 'Its full name; null: its pipelines do not state it.';
comment on column production.d_sources.url is 'Where it describes the data; null: not stated.';
comment on column production.d_sources.licence is 'The licence of the data; null: not stated.';
comment on column production.d_sources.attribution is 'What the licence, or good manners, ask to be named; null: not stated.';

comment on view production.d_stations is
  'Stations that have data or stand in their provider''s station file.';
comment on column production.d_stations.station_id is 'The provider''s own id, unique within its source.';
comment on column production.d_stations.source is 'The provider: noaa, openaq, …';
comment on column production.d_stations.latitude is 'Degrees north (WGS 84); null: unknown.';
comment on column production.d_stations.longitude is 'Degrees east (WGS 84); null: unknown.';
comment on column production.d_stations.elevation is 'Metres above sea level; null: unknown.';
comment on column production.d_stations.country_id is 'Country, ISO 3166-1 alpha-2; null: unknown.';
comment on column production.d_stations.name is 'The station''s name as its provider writes it; null: not told.';
comment on column production.d_stations.state is 'State or province code, where the provider has one (NOAA: in the USA and Canada).';
comment on column production.d_stations.wmo_id is 'Number given by the World Meteorological Organization, five digits with leading zeros.';
comment on column production.d_stations.missing_since is 'When the provider''s station file no longer named the station; null: it still does, or there is no such file.';

comment on view production.d_inventory is
  'What the provider says it has: station and KPI with first and last year. The data loaded here may cover less.';
comment on column production.d_inventory.station_id is 'The provider''s own station id; together with source it names a station of d_stations.';
comment on column production.d_inventory.source is 'The provider: noaa, openaq, …';
comment on column production.d_inventory.common_kpi_name is 'Harmonised name of what is measured; the provider''s own where no pipeline maps it.';
comment on column production.d_inventory.common_unit is 'Unit of the KPI; null where no pipeline maps it.';
comment on column production.d_inventory.from_year is 'First calendar year with data.';
comment on column production.d_inventory.until_year is 'Last calendar year with data.';

comment on view production.d_countries is 'Countries and territories by their ISO code.';
comment on column production.d_countries.country_id is 'ISO 3166-1 alpha-2 code.';
comment on column production.d_countries.country is 'Name in English, as the provider writes it.';
comment on column production.d_countries.source is 'The provider that told the name.';

comment on view production.d_kpi_names is
  'From each provider''s elements to harmonised KPIs: data_value = (the provider''s number + addend) × factor.';
comment on column production.d_kpi_names.orig_kpi_name is 'The provider''s name of the element.';
comment on column production.d_kpi_names.orig_unit is 'The provider''s unit.';
comment on column production.d_kpi_names.common_kpi_name is 'Harmonised name, as in f_climate_data.';
comment on column production.d_kpi_names.common_unit is 'Harmonised unit, as in f_climate_data.';
comment on column production.d_kpi_names.source is 'The provider: noaa, openaq, …';
comment on column production.d_kpi_names.factor is 'What the provider''s number, after addend is added, is multiplied by to give data_value in common_unit.';
comment on column production.d_kpi_names.description is 'What is measured, and the reference state of a conversion where it matters.';
comment on column production.d_kpi_names.addend is 'What is added to the provider''s number first, in its unit: 0 for nearly all, -32 from °F to °C.';

-- storage ------------------------------------------------------------------------------------------------

comment on table storage.source is 'The providers, each with fact tables of its own.';
comment on column storage.source.source_key is 'Key used inside the database.';
comment on column storage.source.source is 'The provider''s name, as in the pipeline files; part of its tables'' names.';
comment on column storage.source.has_observations is 'Whether it has single measurements behind its daily rows.';
comment on column storage.source.provider is 'The provider''s full name; null: its pipelines do not state it.';
comment on column storage.source.url is 'Where it describes the data; null: not stated.';
comment on column storage.source.licence is 'The licence of the data; null: not stated.';
comment on column storage.source.attribution is 'What is to be named wherever the data are shown; null: not stated.';

comment on table storage.station is 'Stations of all sources, stubs included.';
comment on column storage.station.station_key is 'Key used inside the database.';
comment on column storage.station.source_key is 'The provider.';
comment on column storage.station.station_id is 'The provider''s own id.';
comment on column storage.station.name is 'Name as the provider writes it; null: not told.';
comment on column storage.station.latitude is 'Degrees north (WGS 84); null: unknown.';
comment on column storage.station.longitude is 'Degrees east (WGS 84); null: unknown.';
comment on column storage.station.elevation is 'Metres above sea level; null: unknown.';
comment on column storage.station.country_id is 'ISO 3166-1 alpha-2; null: unknown.';
comment on column storage.station.state is 'State or province code; null: none.';
comment on column storage.station.wmo_id is 'Number given by the World Meteorological Organization; null: none.';
comment on column storage.station.listed is 'Whether a committed load has facts for it or a station file names it; stubs stay hidden until then.';
comment on column storage.station.from_station_file is 'Whether a station file told the attributes: then records do not change them.';
comment on column storage.station.described_by is 'Key of the object whose records told name and country; the greatest key wins.';
comment on column storage.station.located_by is 'Key of the object whose records told the position; the greatest key wins.';
comment on column storage.station.missing_since is 'When a newer station file no longer named it; null: it does, or there is none.';

comment on table storage.kpi is 'Harmonised KPIs: a name and a unit.';
comment on column storage.kpi.kpi_key is 'Key used inside the database.';
comment on column storage.kpi.common_kpi_name is 'Harmonised name, such as TMAX.';
comment on column storage.kpi.common_unit is 'Unit, such as °C; empty where an inventory names an element that no pipeline maps.';

comment on table storage.kpi_origin is 'What each provider''s elements become.';
comment on column storage.kpi_origin.source_key is 'The provider.';
comment on column storage.kpi_origin.orig_kpi_name is 'The provider''s name of the element.';
comment on column storage.kpi_origin.orig_unit is 'The provider''s unit.';
comment on column storage.kpi_origin.kpi_key is 'The harmonised KPI.';
comment on column storage.kpi_origin.addend is 'Harmonised value = (the provider''s number + addend) × factor.';
comment on column storage.kpi_origin.factor is 'Harmonised value = (the provider''s number + addend) × factor.';
comment on column storage.kpi_origin.description is 'What is measured.';

comment on table storage.country is 'Countries and territories.';
comment on column storage.country.country_id is 'ISO 3166-1 alpha-2 code.';
comment on column storage.country.country is 'Name as the provider writes it.';
comment on column storage.country.source_key is 'The provider that told the name.';

comment on table storage.inventory is 'What providers say they have, per station and KPI; replaced whole.';
comment on column storage.inventory.source_key is 'The provider.';
comment on column storage.inventory.station_key is 'The station.';
comment on column storage.inventory.kpi_key is 'The KPI.';
comment on column storage.inventory.from_year is 'First calendar year with data.';
comment on column storage.inventory.until_year is 'Last calendar year with data.';

comment on table storage.daily_template is 'Columns of every daily fact table; always empty. Staging tables are made like it, which locks no fact table.';
comment on column storage.daily_template.station_key is 'The station (storage.station).';
comment on column storage.daily_template.date_ is 'The station''s local day.';
comment on column storage.daily_template.kpi_key is 'The KPI (storage.kpi).';
comment on column storage.daily_template.common_kpi_name is 'The KPI''s name, as in storage.kpi; here the planner can see it.';
comment on column storage.daily_template.observ_time is 'Local time of observation as the number HHMM, 0 to 2400; null: not stated.';
comment on column storage.daily_template.n_measurements is 'Number of measurements behind a daily statistic; null where the provider publishes daily values.';
comment on column storage.daily_template.object_id is 'The object that an upserted row came from (millrace.object); null in replaced years and in daily statistics.';
comment on column storage.daily_template.value is 'The value in the KPI''s unit, exact to the source''s decimals.';
comment on column storage.daily_template.quality_flag is 'The provider''s mark of a value that failed its quality control, or with a ? before it of one that was never judged; null: passed.';

comment on table storage.daily_replaced_template is 'Columns of a staged year that will replace another; always empty.';
comment on column storage.daily_replaced_template.station_key is 'The station (storage.station).';
comment on column storage.daily_replaced_template.date_ is 'The station''s local day.';
comment on column storage.daily_replaced_template.kpi_key is 'The KPI (storage.kpi).';
comment on column storage.daily_replaced_template.common_kpi_name is 'The KPI''s name, as in storage.kpi.';
comment on column storage.daily_replaced_template.observ_time is 'Local time of observation as the number HHMM, 0 to 2400; null: not stated.';
comment on column storage.daily_replaced_template.n_measurements is 'Always null: the provider publishes daily values.';
comment on column storage.daily_replaced_template.value is 'The value in the KPI''s unit, exact to the source''s decimals.';
comment on column storage.daily_replaced_template.quality_flag is 'The provider''s mark, as in daily_template.';

comment on table storage.observations_template is 'Columns of every table of single measurements; always empty.';
comment on column storage.observations_template.time_ is 'End of the averaging period.';
comment on column storage.observations_template.sensor_id is 'The provider''s number of the sensor; 0: none.';
comment on column storage.observations_template.station_key is 'The station (storage.station).';
comment on column storage.observations_template.date_ is 'The station''s local day.';
comment on column storage.observations_template.object_id is 'The object that the row came from (millrace.object).';
comment on column storage.observations_template.averaging is 'Length of the averaging period in seconds; null: unknown.';
comment on column storage.observations_template.kpi_key is 'The KPI (storage.kpi).';
comment on column storage.observations_template.value is 'The value in the KPI''s unit, exact to the source''s decimals.';
comment on column storage.observations_template.quality_flag is 'The provider''s mark of a value that failed its quality control, or with a ? before it of one that was never judged; null: passed.';

comment on table storage.stations_template is 'Columns of a staged station file; always empty.';
comment on column storage.stations_template.station_id is 'The provider''s own id.';
comment on column storage.stations_template.name is 'Name as the provider writes it.';
comment on column storage.stations_template.latitude is 'Degrees north (WGS 84).';
comment on column storage.stations_template.longitude is 'Degrees east (WGS 84).';
comment on column storage.stations_template.elevation is 'Metres above sea level.';
comment on column storage.stations_template.country_id is 'ISO 3166-1 alpha-2.';
comment on column storage.stations_template.state is 'State or province code.';
comment on column storage.stations_template.wmo_id is 'Number given by the World Meteorological Organization.';

comment on table storage.countries_template is 'Columns of a staged country file; always empty.';
comment on column storage.countries_template.country_id is 'ISO 3166-1 alpha-2 code.';
comment on column storage.countries_template.country is 'Name as the provider writes it.';

comment on table storage.inventory_template is 'Columns of a staged inventory; always empty.';
comment on column storage.inventory_template.station_key is 'The station (storage.station).';
comment on column storage.inventory_template.kpi_key is 'The KPI (storage.kpi).';
comment on column storage.inventory_template.from_year is 'First calendar year with data.';
comment on column storage.inventory_template.until_year is 'Last calendar year with data.';

-- millrace -----------------------------------------------------------------------------------------------

comment on table millrace.pipeline is 'Pipelines that have run, and their latest pass over the bucket.';
comment on column millrace.pipeline.pipeline is 'Name of the pipeline file, without .yaml.';
comment on column millrace.pipeline.source is 'The provider whose tables it fills.';
comment on column millrace.pipeline.target is 'What it fills: daily, observations, stations, countries or inventory.';
comment on column millrace.pipeline.fingerprint is 'Fingerprint of the configuration that shapes rows, as it ran last.';
comment on column millrace.pipeline.pass_started_at is 'When the latest pass began.';
comment on column millrace.pipeline.pass_finished_at is 'When it ended; null while it runs or when it was cut off.';
comment on column millrace.pipeline.pass_listed is 'Objects that it found in the bucket; null when the listing failed.';
comment on column millrace.pipeline.pass_error_code is 'Code of the error that ended it; null: none.';
comment on column millrace.pipeline.pass_error is 'That error in words.';

comment on table millrace.object is 'Objects of the buckets: the version seen last, and the version that is in the database.';
comment on column millrace.object.object_id is 'Key used inside the database.';
comment on column millrace.object.pipeline is 'The pipeline that it belongs to.';
comment on column millrace.object.bucket is 'S3 bucket, or the URL of a folder on a web server, ending in /.';
comment on column millrace.object.key is 'S3 key, or the rest of the URL.';
comment on column millrace.object.seen_etag is 'ETag that the listing showed last.';
comment on column millrace.object.seen_size is 'Stored bytes that the listing showed last.';
comment on column millrace.object.seen_modified is 'Last-Modified that the listing showed last.';
comment on column millrace.object.first_seen_at is 'When a listing first showed it.';
comment on column millrace.object.gone_at is 'When a listing no longer showed it; its data stay. Null: it is there.';
comment on column millrace.object.etag is 'ETag of the version that is in the database; null: none is.';
comment on column millrace.object.size is 'Stored bytes of that version.';
comment on column millrace.object.content_crc is 'CRC-32 of that version''s content, from the gzip trailer; null for other formats.';
comment on column millrace.object.content_length is 'Length of that version''s content in bytes modulo 2^32, from the gzip trailer; null for other formats.';
comment on column millrace.object.fingerprint is 'Fingerprint of the configuration that shaped its rows.';
comment on column millrace.object.load_id is 'The load that brought that version.';
comment on column millrace.object.incomplete is 'Whether rows of it may be missing that another object, which held them too, has dropped: the next pass loads it again.';
comment on column millrace.object.refused_etag is 'ETag of the version whose load failed or was quarantined last; null: none since the last success.';
comment on column millrace.object.refused_load_id is 'That load.';
comment on column millrace.object.refused_outcome is 'How it ended: failed (it is tried again, see refused_until) or quarantined (a person must look).';
comment on column millrace.object.refused_attempts is 'How often a failed version has failed, in a row and under one configuration.';
comment on column millrace.object.refused_until is 'When a failed version is due again; null: not by itself, only by retry, run --once, another configuration or a new version.';
comment on column millrace.object.refused_size is 'Stored bytes of the quarantined version; null: none is.';
comment on column millrace.object.refused_content_crc is 'CRC-32 of the quarantined version''s content, from the gzip trailer; null for other formats.';
comment on column millrace.object.refused_content_length is 'Length of the quarantined version''s content in bytes modulo 2^32, from the gzip trailer; null for other formats.';

comment on table millrace.overlap is 'Objects that hold the same facts, of which the greater one''s are in production.';
comment on column millrace.overlap.object_id is 'The greater object.';
comment on column millrace.overlap.hidden_object_id is 'The object whose rows it hides.';
comment on column millrace.overlap.first_date is 'First local day of such rows.';
comment on column millrace.overlap.last_date is 'Last local day of such rows.';

comment on table millrace.load is 'Attempts to bring an object, or a group of small ones, into the database.';
comment on column millrace.load.load_id is 'Number of the load.';
comment on column millrace.load.pipeline is 'The pipeline.';
comment on column millrace.load.name is 'What people call it: the slice, the key, or the first and last key of a group.';
comment on column millrace.load.slice is 'The slice that it replaces, such as 1872; null for upserts.';
comment on column millrace.load.status is 'running, loaded, quarantined (staged, not merged), superseded (was quarantined; a later load has decided about the same), failed (left no trace) or skipped (another process did it).';
comment on column millrace.load.fingerprint is 'Fingerprint of the configuration that shaped its rows.';
comment on column millrace.load.started_at is 'When it began.';
comment on column millrace.load.finished_at is 'When it ended; null while it runs.';
comment on column millrace.load.host is 'The machine that ran it.';
comment on column millrace.load.pid is 'Process id there.';
comment on column millrace.load.error_code is 'Code of the error that ended it; null: none.';
comment on column millrace.load.error is 'That error in words.';
comment on column millrace.load.error_place is 'Where it happened: pipeline, object, line, byte.';
comment on column millrace.load.staging_table is 'Name in the schema staging of the table where a quarantined load''s rows wait.';
comment on column millrace.load.newest_date is 'Newest local day of the rows that it upserted; null: none, or a slice, of which millrace.coverage tells.';

comment on table millrace.load_object is 'Objects of a load as they were read.';
comment on column millrace.load_object.load_id is 'The load.';
comment on column millrace.load_object.object_id is 'The object.';
comment on column millrace.load_object.etag is 'ETag of the version that was read.';
comment on column millrace.load_object.size is 'Its stored bytes.';
comment on column millrace.load_object.content_crc is 'CRC-32 of its content, from the gzip trailer; null for other formats.';
comment on column millrace.load_object.content_length is 'Length of its content in bytes modulo 2^32, from the gzip trailer; null for other formats.';
comment on column millrace.load_object.bytes_received is 'Bytes that came from the bucket.';
comment on column millrace.load_object.bytes_decompressed is 'Bytes after decompression.';
comment on column millrace.load_object.records_read is 'Records read, headers, comments and blank lines included.';
comment on column millrace.load_object.records_rejected is 'Records refused.';

comment on table millrace.receipt is 'The arithmetic of a load; enforced before it commits.';
comment on column millrace.receipt.load_id is 'The load.';
comment on column millrace.receipt.bytes_expected is 'Sum of the objects'' announced sizes in bytes.';
comment on column millrace.receipt.bytes_received is 'Bytes that came; equal to bytes_expected.';
comment on column millrace.receipt.bytes_decompressed is 'Bytes after decompression.';
comment on column millrace.receipt.records_read is 'Records read = headers + comments + blanks + decoded + records_rejected + records_filtered.';
comment on column millrace.receipt.headers is 'Header lines.';
comment on column millrace.receipt.comments is 'Comment lines.';
comment on column millrace.receipt.blanks is 'Blank lines.';
comment on column millrace.receipt.decoded is 'Records that went on to be normalised.';
comment on column millrace.receipt.records_rejected is 'Records refused while they were decoded or normalised.';
comment on column millrace.receipt.records_filtered is 'Records left out on purpose.';
comment on column millrace.receipt.measurements is 'Measurements in the decoded records = copied + empty + rejected + filtered.';
comment on column millrace.receipt.copied is 'Rows that COPY reported = inserted + updated + unchanged + duplicates.';
comment on column millrace.receipt.empty is 'Measurements without a value, or with an error code in its place.';
comment on column millrace.receipt.rejected is 'Measurements refused.';
comment on column millrace.receipt.filtered is 'Measurements left out on purpose, such as elements that the pipeline does not list.';
comment on column millrace.receipt.inserted is 'Rows that are new in production (replace: all rows of the slice).';
comment on column millrace.receipt.updated is 'Rows whose value, quality flag, averaging period, time of observation or local date changed.';
comment on column millrace.receipt.unchanged is 'Rows that production held already.';
comment on column millrace.receipt.duplicates is 'Rows that lost to another delivery of the same measurement.';
comment on column millrace.receipt.deleted is 'Rows of the former version that went (replace: all rows of the former partition).';

comment on table millrace.tally is 'Numbers behind the receipt''s sums.';
comment on column millrace.tally.load_id is 'The load.';
comment on column millrace.tally.kind is 'Which sum: filtered, empty or rejected.';
comment on column millrace.tally.name is 'The element (filtered), the sentinel (empty) or the reason (rejected).';
comment on column millrace.tally.field is 'The field at fault; empty where none is.';
comment on column millrace.tally.count is 'How many.';

comment on table millrace.reject is 'Refused records, stored up to a limit per load and reason; millrace.tally counts them all.';
comment on column millrace.reject.reject_id is 'Number of the reject.';
comment on column millrace.reject.load_id is 'The load.';
comment on column millrace.reject.object_id is 'The object that holds the record.';
comment on column millrace.reject.line is 'Line (in a JSON document: record number), counted from 1.';
comment on column millrace.reject.byte_offset is 'Bytes before the record in the decompressed object.';
comment on column millrace.reject.field is 'The field at fault; null: the record as a whole.';
comment on column millrace.reject.reason is 'Why it was refused.';
comment on column millrace.reject.raw is 'The record as it came, cut at 1 kB; NUL and invalid UTF-8 written as \xNN.';

comment on table millrace.check_result is 'Checks of a load, made before its rows are merged.';
comment on column millrace.check_result.load_id is 'The load.';
comment on column millrace.check_result.name is 'The check.';
comment on column millrace.check_result.passed is 'Whether it held.';
comment on column millrace.check_result.observed is 'What was found.';
comment on column millrace.check_result.expected is 'What must hold.';

comment on table millrace.coverage is 'Rows per month that a slice''s load copied: what its next version is compared with.';
comment on column millrace.coverage.load_id is 'The load.';
comment on column millrace.coverage.month is 'First day of the month.';
comment on column millrace.coverage.rows is 'Rows of that month.';
comment on column millrace.coverage.newest is 'Newest date of that month with rows.';

comment on table millrace.slice is 'The load that each slice holds now, and what the load before it left behind.';
comment on column millrace.slice.source is 'The provider.';
comment on column millrace.slice.slice is 'The slice: a year such as 1872, or all.';
comment on column millrace.slice.load_id is 'The load whose rows are in production.';
comment on column millrace.slice.former_load_id is 'The load before it.';
comment on column millrace.slice.former_table is 'Name in the schema staging of the replaced partition, kept for undo.';
comment on column millrace.slice.former_until is 'When that table may be dropped.';
comment on column millrace.slice.compacted_load_id is 'The load whose rows were sorted anew for readers; another one than load_id: not yet done.';

comment on table millrace.mart is 'Derived tables of the schema production and whether they are up to date.';
comment on column millrace.mart.mart is 'Name of the table in production.';
comment on column millrace.mart.query is 'The query that fills it, from its file in sql/marts.';
comment on column millrace.mart.fingerprint is 'SHA-256 of that file.';
comment on column millrace.mart.stale_since is 'When data that it reads first changed after the rebuild; null: up to date.';
comment on column millrace.mart.changes is 'Counts the times it became stale, so that a change during a rebuild is noticed.';
comment on column millrace.mart.rebuilt_at is 'When it was filled last; null: never.';
comment on column millrace.mart.rows is 'Rows that it was filled with.';
comment on column millrace.mart.error is 'Why the last rebuild failed; null: it did not.';

comment on table millrace.mart_input is 'What each mart reads.';
comment on column millrace.mart_input.mart is 'The mart.';
comment on column millrace.mart_input.input is 'A source''s target, such as noaa.daily or openaq.stations.';

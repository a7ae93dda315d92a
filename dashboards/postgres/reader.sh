#!/bin/sh
# Run once by the Postgres image when it creates the database: a role for Grafana that can only read.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" --set password="$READER_PASSWORD" <<'SQL'
create role reader login password :'password' in role pg_read_all_data;
alter role reader set default_transaction_read_only = on;
alter role reader set statement_timeout = '30s';
SQL

#!/bin/sh
# Creates Grafana's read-only role. The image runs this script once, when it creates the database. To run it later:
# docker compose exec database sh /docker-entrypoint-initdb.d/reader.sh
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$GRAFANA_READER_PASSWORD" \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE grafana LOGIN PASSWORD :'password' IN ROLE pg_read_all_data;
ALTER ROLE grafana SET default_transaction_read_only = on;
ALTER ROLE grafana SET statement_timeout = '30s';
SQL

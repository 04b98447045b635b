#!/bin/sh
# Run by the postgres image when it makes the database; passwords come from files and never stand in a command line.
set -eu
owner_password=$(cat /run/secrets/database_owner_password)
app_password=$(cat /run/secrets/database_application_password)
psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<SQL
\set database $POSTGRES_DB
\set owner_password $owner_password
\set app_password $app_password
\i /srv/database/roles.sql
SQL

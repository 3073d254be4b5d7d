#!/bin/sh
# Makes the roles and gives each its password from a file. The PostgreSQL container runs this once, on its first
# start; by hand it may be run again, as the database's superuser (PGHOST, PGPORT and the like are honoured).
set -eu
sql=${ROLES_SQL:-/roles.sql}
secrets=${SECRETS:-/run/secrets}
ask() { psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "${POSTGRES_DB:-consilium}" "$@"; }

ask --file "$sql"
for role in owner app sealer auditor eraser; do
    # psql reads the file itself: in a command line every user of the machine could see the password.
    ask <<SQL
\set password \`cat '$secrets/postgres_$role'\`
ALTER ROLE consilium_$role PASSWORD :'password';
SQL
done

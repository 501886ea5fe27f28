#!/bin/sh
# Runs the bench in the database that PGHOST and PGDATABASE name: ratios from
# interleaved runs, at growing numbers of rows (in millions, default 1 5 20).
set -eu
cd "$(dirname "$0")"
psql -X -q -v ON_ERROR_STOP=1 -c 'CREATE EXTENSION IF NOT EXISTS cx_metrics' -f harness.sql
psql -X -A -t -c "SELECT version()"
for millions in "${@:-1 5 20}"; do
	for m in $millions; do
		psql -X -q -v ON_ERROR_STOP=1 -v rows="${m}000000" -f survey.sql
	done
done

#!/bin/sh
# Runs the bench in the database that PGHOST and PGDATABASE name: ratios from
# interleaved runs, at growing numbers of rows, in millions (default 1).
#
#   bench.sh [survey | journey | value | experiment] [MILLIONS...]
set -eu
cd "$(dirname "$0")"
wings='survey journey value experiment'
case ${1:-} in
	survey | journey | value | experiment)
		wings=$1
		shift
		;;
esac

query()
{
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

query -c 'CREATE EXTENSION IF NOT EXISTS cx_metrics' -f harness.sql
psql -X -A -t -c "SELECT version()"
[ $# -gt 0 ] || set -- 1
for wing in $wings; do
	for m; do
		query -v rows="${m}000000" -v rounds="$((m < 10 ? 5 : 3))" -f "$wing.sql"
		case $wing in
			journey)
				bash peers.sh
				query -c 'DROP TABLE log, journeys, sorted'
				;;
			value)
				sh lifetimes.sh
				query -c 'DROP TABLE customer, scored'
				;;
		esac
	done
done

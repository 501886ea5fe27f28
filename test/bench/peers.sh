#!/bin/bash
# Counts a funnel in the tables that journey.sql made, and on the same rows in
# DuckDB and ClickHouse when they are below CX_PEERS (scripts/bench puts them
# there). All ways of counting are tried once, then the best of each system in
# interleaved rounds.
set -euo pipefail
cd "$(dirname "$0")"

directory=$(mktemp -d)
here=()
absent=()
rounds=3

query()
{
	psql -X -q -v ON_ERROR_STOP=1 "$@"
}

stop()
{
	ask clickhouse stop "$directory/clickhouse"
	rm -rf "$directory"
}

trap stop EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# ask PEER COMMAND...: what talks to a peer.
ask()
{
	local peer=$1
	shift
	case $peer in
		duckdb) node duckdb.mjs "$@" ;;
		clickhouse) bash clickhouse.sh "$@" ;;
	esac
}

load()
{
	local peer
	query -c "\\copy (SELECT customer, extract(epoch FROM at)::bigint, event, channel FROM log ORDER BY at) TO '$directory/log.csv' (FORMAT csv)"
	for peer in duckdb clickhouse; do
		mkdir "$directory/$peer"
		if [ -e "${CX_PEERS:-none}/$peer" ] && ask $peer load "$directory/$peer" "$directory/log.csv"; then
			here+=("$peer")
		else
			absent+=("$peer")
		fi
	done
	rm "$directory/log.csv"
}

# round [ID...]: one round of all systems; all queries when none is named.
round()
{
	local peer
	query -c "SET jit = off" -c "SET max_parallel_workers_per_gather = 0" -c "SET work_mem = '1GB'" \
		-c "SELECT bench.run_funnels(string_to_array('$*', ' '))" >/dev/null
	for peer in "${here[@]}"; do
		ask "$peer" run "$directory/$peer" "$@" |
			query -c "\\copy bench.funnel_time FROM STDIN (DELIMITER '|')"
	done
}

query -f funnel.sql
load
round
best=$(query -A -t -c "
	SELECT DISTINCT ON (place, split_part(id, '_', 1) = 'ours', split_part(work, ':', 1)) id
	FROM bench.funnel_time ORDER BY place, split_part(id, '_', 1) = 'ours', split_part(work, ':', 1), seconds")
for ((i = 1; i < rounds; i++)); do
	# shellcheck disable=SC2086
	round $best
done
query -f funnel_table.sql
[ ${#absent[@]} = 0 ] || echo "Absent, as npm or apt-get could not bring them: ${absent[*]}"

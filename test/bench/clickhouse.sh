#!/bin/bash
# The funnel of the bench in ClickHouse's windowFunnel, one thread, in a server
# of its own on the loopback that `load` starts and `stop` ends.
#
#   clickhouse.sh load DIRECTORY CSV
#   clickhouse.sh run DIRECTORY [ID...]      prints id|place|work|CPU seconds|levels of each query
#   clickhouse.sh stop DIRECTORY
set -euo pipefail

command=$1 directory=$2
shift 2
root=$CX_PEERS/clickhouse
export LD_LIBRARY_PATH=
for library in "$root"/usr/lib/*-linux-*; do
	LD_LIBRARY_PATH=$library${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
done
PATH=$root/usr/sbin:$root/usr/bin:$PATH

ask()
{
	clickhouse-client --host 127.0.0.1 --port "$(<"$directory/port")" -n "$@"
}

start()
{
	local port
	for port in {29000..29099}; do
		(: <>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port" >"$directory/port"
	cat >"$directory/config.xml" <<-END
		<yandex>
			<logger><level>error</level><log>$directory/server.log</log><errorlog>$directory/server.err</errorlog></logger>
			<listen_host>127.0.0.1</listen_host>
			<tcp_port>$port</tcp_port>
			<path>$directory/data/</path>
			<tmp_path>$directory/tmp/</tmp_path>
			<users_config>$directory/users.xml</users_config>
			<default_profile>default</default_profile>
			<default_database>default</default_database>
			<mark_cache_size>1000000000</mark_cache_size>
		</yandex>
	END
	cat >"$directory/users.xml" <<-END
		<yandex>
			<profiles><default><max_threads>1</max_threads></default></profiles>
			<users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users>
			<quotas><default></default></quotas>
		</yandex>
	END
	clickhouse-server --config-file="$directory/config.xml" </dev/null >"$directory/server.out" 2>&1 &
	echo $! >"$directory/pid"
	for _ in {1..100}; do
		ask -q 'SELECT 1' >/dev/null 2>&1 && return
		sleep 0.1
	done
	cat "$directory"/server.* >&2
	return 1
}

load()
{
	mkdir -p "$directory"
	start
	ask <"$(dirname "$0")/clickhouse.sql"
	ask -q 'INSERT INTO log FORMAT CSV' <"$1"
	ask -q 'INSERT INTO sorted SELECT * FROM log; OPTIMIZE TABLE log FINAL; OPTIMIZE TABLE sorted FINAL'
}

# Seconds of CPU that the server has used so far.
cpu_seconds()
{
	awk -v ticks="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) / ticks }' "/proc/$(<"$directory/pid")/stat"
}

# measure ID PLACE WORK QUERY: several runs, as the kernel tells the time in hundredths.
measure()
{
	local levels query="SELECT level, count() FROM ($4) GROUP BY level ORDER BY level" before after
	local least=1e9 spent=0
	while awk -v s="$spent" 'BEGIN { exit !(s < 0.5) }'; do
		before=$(cpu_seconds)
		for _ in 1 2 3; do
			levels=$(ask -q "$query" | awk '$1 > 0 { printf "%s%s:%s", sep, $1, $2; sep = " " }')
		done
		after=$(cpu_seconds)
		read -r least spent < <(awk -v a="$after" -v b="$before" -v l="$least" -v s="$spent" \
			'BEGIN { t = (a - b) / 3; if (t < l) l = t; print l, s + a - b }')
	done
	echo "$1|$2|$3|$least|$levels"
}

run()
{
	local place way where id version funnel
	version=$(ask -q 'SELECT version()')
	funnel="windowFunnel(604800)(at, event = 'product_view', event = 'add_to_cart', event = 'purchase')"
	for place in log sorted; do
		for way in all steps; do
			id=clickhouse_${place}_$way
			[ $# = 0 ] || [[ " $* " == *" $id "* ]] || continue
			where=
			[ $way = all ] || where="WHERE event IN ('product_view', 'add_to_cart', 'purchase')"
			measure "$id" "$place" "ClickHouse $version: windowFunnel${where:+, WHERE event IN (..)}" \
				"SELECT $funnel AS level FROM $place $where GROUP BY customer"
		done
	done
}

stop()
{
	local pid
	[ -f "$directory/pid" ] || return 0
	pid=$(<"$directory/pid")
	kill "$pid" 2>/dev/null || return 0
	for _ in {1..100}; do
		kill -0 "$pid" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -9 "$pid" 2>/dev/null || true
}

"$command" "$@"

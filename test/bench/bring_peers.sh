#!/bin/bash
# Brings the systems that the bench compares with into a directory, unpacked
# and not installed: DuckDB by npm, ClickHouse by apt-get. What is there already
# stays; what cannot be had is left out.
#
#   bring_peers.sh DIRECTORY
set -uo pipefail

mkdir -p "$1"
cd "$1" || exit

bring_duckdb()
{
	npm install --prefix . --cache ./cache --no-save --no-audit --no-fund @duckdb/node-api || return
	rm -rf cache
	node --input-type=module -e "import('@duckdb/node-api')"
}

bring_clickhouse()
{
	local packages package

	apt-cache show clickhouse-server >/dev/null 2>&1 || apt-get update
	mapfile -t packages < <(apt-get install -s --no-install-recommends clickhouse-server clickhouse-client |
		sed -n 's/^Inst \([^ ]*\).*/\1/p')
	[ ${#packages[@]} -gt 0 ] && apt-get download "${packages[@]}" || return
	for package in *.deb; do
		dpkg-deb -x "$package" . && rm "$package" || return
	done
	LD_LIBRARY_PATH=$(echo usr/lib/*-linux-*) usr/bin/clickhouse-client --version
}

for peer in duckdb clickhouse; do
	[ ! -e $peer ] || continue
	rm -rf $peer.new
	mkdir $peer.new
	if (cd $peer.new && bring_$peer) >$peer.log 2>&1; then
		mv $peer.new $peer
	fi
	rm -rf $peer.new
done
chmod -R a+rX .

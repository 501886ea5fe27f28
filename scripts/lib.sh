# What scripts/demo, scripts/check and scripts/bench share: packages, build,
# a private throwaway server, cleaning up.  Sourced, never run.

set -euo pipefail
umask 022

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
work=		# this run's directory: tmp/NAME.XXXXXX, or below /tmp
sockets=	# short, because the path of a unix socket has at most 107 bytes
child=		# the command that runs now, leader of its own process group
installing=	# apt-get while it runs
as_root=()	# prefix for the package step
as_server=()	# prefix that drops root to the user the server runs as
undo=()		# files that the package step put into the system for a while

# When make called us, its options are not for the makes that we call.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL

# ---------------------------------------------------------------- messages

# Progress, with the seconds since the start.
step()
{
	printf '==> %3d s  %s\n' "$SECONDS" "$*"
}

fail()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# The comment at the top of the calling script is its help.
usage()
{
	sed -n '2,/^$/s/^# \{0,1\}//p' "$0"
}

# ------------------------------------------------------- running, cleaning

# In the background, so that a signal ends the wait at once, and in a process
# group of its own, so that all of it can be ended.
run()
{
	local rc=0
	setsid "$@" </dev/null &
	child=$!
	wait "$child" || rc=$?
	child=
	return $rc
}

# quietly NAME COMMAND...: the output goes to a log, shown when it fails.
quietly()
{
	local log=$work/$1.log
	shift
	run "$@" >>"$log" 2>&1 && return
	tail -n 50 "$log"
	fail "failed: $*"
}

# logged FILE COMMAND...: shows the output and keeps it in FILE.
logged()
{
	local rc=0 log=$1 tee
	shift
	[ -p "$work/pipe" ] || mkfifo "$work/pipe"
	tee "$log" <"$work/pipe" &
	tee=$!
	run "$@" >"$work/pipe" 2>&1 || rc=$?
	wait "$tee" || true
	return $rc
}

end_child()
{
	local i
	kill -TERM -- "-$child" 2>/dev/null || kill -TERM "$child" 2>/dev/null || return 0
	for i in {1..100}; do
		kill -0 -- "-$child" 2>/dev/null || return 0
		sleep 0.1
	done
	kill -KILL -- "-$child" 2>/dev/null || true
}

# Everything that still runs below our directory: our server, and those of TAP
# tests that were interrupted.
end_servers()
{
	local pidfile
	find "$work" -name postmaster.pid 2>/dev/null | while read -r pidfile; do
		"${as_server[@]}" "$bin/pg_ctl" stop -s -m immediate -D "${pidfile%/*}" </dev/null || true
	done
}

clean_up()
{
	local rc=$?
	trap '' INT TERM HUP
	set +e
	[ -z "$child" ] || end_child
	if [ -n "$installing" ]; then
		echo "waiting for apt-get to finish"
		wait "$installing"
	fi
	remove_traces
	cd /
	if [ -n "$work" ]; then
		end_servers
		rm -rf "$work"
	fi
	[ -z "$sockets" ] || rm -rf "$sockets"
	exit $rc
}

make_work_directory()
{
	trap clean_up EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM

	if mkdir -p "$project/tmp" 2>/dev/null; then
		[ "$(id -u)" != 0 ] || chown --reference="$project" "$project/tmp"
		work=$(mktemp -d "$project/tmp/${0##*/}.XXXXXX" 2>/dev/null) || work=
	fi
	[ -n "$work" ] && [ -w "$project" ] ||
		fail "cannot write to $project: run it as the owner, or on a copy of your own"
	chmod 755 "$work"
	sockets=$(mktemp -d /tmp/cx.XXXXXX)
}

# ---------------------------------------------------------------- packages

have()
{
	command -v "$1" >/dev/null
}

have_header()
{
	have g++ && g++ -E -x c++ -isystem "${EIGEN_INCLUDE:-/usr/include/eigen3}" - >/dev/null 2>&1 <<-END
		#if !__has_include(<$1>)
		#error missing
		#endif
	END
}

pg_major()
{
	"$1" --version 2>/dev/null | sed -n 's/^PostgreSQL \([0-9]*\).*/\1/p' || true
}

# All that is needed to build for a server and to run it.  (The pg_config of
# libpq-dev and the client packages comes without headers.)
is_complete()
{
	[ -n "$1" ] && have "$1" && [ "0$(pg_major "$1")" -ge 14 ] &&
		[ -x "$("$1" --bindir)/initdb" ] &&
		[ -f "$("$1" --includedir-server)/postgres.h" ] &&
		[ -f "$("$1" --pgxs)" ]
}

# Sets PG_CONFIG when there is a complete server, otherwise major when it can
# be known what to install.
find_server()
{
	local candidates candidate given=${PG_CONFIG:-}

	major=
	if [ -n "$given" ]; then
		is_complete "$given" && return
		major=$(pg_major "$given")
		[ -n "$major" ] || fail "PG_CONFIG=$given is not a pg_config"
		[ "$("$given" --bindir)" = "/usr/lib/postgresql/$major/bin" ] ||
			fail "PG_CONFIG=$given: not a PostgreSQL 14 or newer with initdb, postgres.h and pgxs.mk"
		return
	fi

	candidates=$(command -v pg_config || true; printf '%s\n' /usr/lib/postgresql/*/bin/pg_config | sort -rV)
	while read -r candidate; do
		if is_complete "$candidate"; then
			PG_CONFIG=$candidate
			return
		fi
	done <<<"$candidates"
	candidate=${candidates%%$'\n'*}
	[ -z "$candidate" ] || major=$(pg_major "$candidate")
	[ -n "$major" ] || major=$(apt-cache depends postgresql 2>/dev/null |
		sed -n 's/.*Depends: postgresql-\([0-9]*\)$/\1/p') || true
	[ -z "$major" ] || [ "$major" -ge 14 ] ||
		fail "PostgreSQL 14 or newer is needed and this system has $major; PG_CONFIG can name another"
}

# find_missing [perl]: fills missing with the names of packages.
find_missing()
{
	missing=()
	have make || missing+=(make)
	have gcc || missing+=(gcc)
	have g++ || missing+=(g++)
	have_header boost/math/distributions.hpp || missing+=(libboost-math-dev)
	have_header Eigen/Core || missing+=(libeigen3-dev)
	if [ "${1:-}" = perl ]; then
		have prove || missing+=(perl)
		perl -MIPC::Run -e 1 2>/dev/null || missing+=(libipc-run-perl)
	fi

	find_server
	if [ -z "$PG_CONFIG" ] || ! is_complete "$PG_CONFIG"; then
		[ -x "/usr/lib/postgresql/$major/bin/initdb" ] || missing+=("postgresql${major:+-$major}")
		[ -f "/usr/include/postgresql/$major/server/postgres.h" ] ||
			missing+=("postgresql-server-dev-${major:-all}")
	fi
}

remove_traces()
{
	[ ${#undo[@]} = 0 ] || "${as_root[@]}" rm -f "${undo[@]}"
	undo=()
}

# Installing postgresql-N would make a cluster and start it, and might restart
# one that runs.  Neither is ours to do.
keep_services_alone()
{
	local conf=/etc/postgresql-common/createcluster.d/cx_metrics.$$.conf policy=/usr/sbin/policy-rc.d

	"${as_root[@]}" mkdir -p "${conf%/*}"
	undo+=("$conf")
	echo 'create_main_cluster = false' | "${as_root[@]}" tee "$conf" >/dev/null
	if [ ! -e $policy ]; then
		undo+=("$policy")
		printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
		"${as_root[@]}" chmod 755 $policy
	fi
}

# A signal ends the wait, not apt-get: packages must not stay half installed.
apt_get()
{
	local rc=0
	setsid "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
		apt-get -q -y -o DPkg::Lock::Timeout=600 "$@" </dev/null >>"$work/apt.log" 2>&1 &
	installing=$!
	wait "$installing" || rc=$?
	installing=
	[ $rc != 0 ] || return 0
	tail -n 30 "$work/apt.log"
	fail "failed: apt-get $*"
}

# ensure_packages [perl]
ensure_packages()
{
	PG_CONFIG=${PG_CONFIG:-}
	find_missing "$@"
	if [ ${#missing[@]} -gt 0 ]; then
		if ! have apt-get; then
			fail "please install (Debian's names): ${missing[*]}"
		elif [ "$(id -u)" != 0 ]; then
			have sudo && sudo -n true 2>/dev/null ||
				fail "some packages are missing; as root: apt-get install ${missing[*]}"
			as_root=(sudo -n)
		fi

		step "updating the package lists"
		apt_get update
		find_missing "$@"
		# a package of its own from 17 or 18 on, depending on the distribution
		[ -z "$major" ] || [ -z "$(apt-cache search --names-only "^postgresql-$major-jit$")" ] ||
			missing+=("postgresql-$major-jit")
		step "installing ${missing[*]}"
		keep_services_alone
		apt_get install --no-install-recommends --no-upgrade "${missing[@]}"
		remove_traces
		find_missing "$@"
		[ ${#missing[@]} = 0 ] || fail "still missing after the installation: ${missing[*]}"
	fi
	# not the name that PATH or a wrapper may resolve otherwise later
	PG_CONFIG=$("$PG_CONFIG" --bindir)/pg_config
	export PG_CONFIG
}

# ------------------------------------------------------------------- build

# Bitcode for the JIT needs the clang and the LLVM of the server's own build.
has_bitcode_tools()
{
	local global
	global=$(dirname "$("$PG_CONFIG" --pgxs)")/../Makefile.global
	have "$(sed -n 's/^CLANG *= *//p' "$global")" &&
		have "$(sed -n 's/^LLVM_BINPATH *= *//p' "$global")/llvm-lto"
}

# build [TARGET...]: builds in place, one run at a time, and makes a copy of the
# server with the extension in it.  A server finds its files relative to its
# executable, so the copy needs real binaries and links for the rest, and
# nothing is written into the system's directories.
build()
{
	local dir version server=$work/server

	version=$("$PG_CONFIG" --version)
	step "building for $version"
	pg_make=(make -s --no-print-directory PG_CONFIG="$PG_CONFIG")
	has_bitcode_tools || pg_make+=(with_llvm=no)

	bin=$server$("$PG_CONFIG" --bindir)
	mkdir -p "$bin"
	cp -L "$("$PG_CONFIG" --bindir)"/* "$bin/"
	for dir in "$("$PG_CONFIG" --sharedir)" "$("$PG_CONFIG" --pkglibdir)"; do
		mkdir -p "$server$dir"
		cp -rs "$dir/." "$server$dir/"
	done
	# in case the system's server has cx_metrics
	find "$server" -depth -name 'cx_metrics*' -exec rm -rf {} +

	{
		flock 9
		if [ -e "$project/tmp/built-for" ] && [ "$(<"$project/tmp/built-for")" != "$version" ]; then
			quietly build "${pg_make[@]}" -C "$project" clean
		fi
		echo "$version" >"$project/tmp/built-for"
		quietly build "${pg_make[@]}" -C "$project" -j "$(nproc)" all "$@"
		quietly build "${pg_make[@]}" -C "$project" DESTDIR="${server#"$project/"}" install
	} 9<"$project"
}

# ------------------------------------------------------------------ server

# PostgreSQL refuses to run as root.  The directory of the run moves when the
# other user cannot get there.
choose_server_user()
{
	local user=postgres moved

	[ "$(id -u)" = 0 ] || return 0
	id "$user" >/dev/null 2>&1 || user=nobody
	as_server=(setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups)
	if ! "${as_server[@]}" test -x "$work"; then
		moved=$(mktemp -d /tmp/cx_metrics.XXXXXX)
		chmod 755 "$moved"
		cp -a "$work/." "$moved/"
		rm -rf "$work"
		work=$moved
	fi
	chown "$user" "$sockets"
}

# A directory below the work directory that the server's user may write.
server_directory()
{
	mkdir "$work/$1"
	[ "$(id -u)" != 0 ] || chown --reference="$sockets" "$work/$1"
}

# What the tests and the demo read, where the server's user can read it and
# write beside it: tree, the working directory from now on.
copy_project()
{
	server_directory tree
	tar -C "$project" --exclude=./.git --exclude=./tmp --exclude='*.o' --exclude='*.bc' --exclude='*.so' -cf - . |
		"${as_server[@]}" tar -C "$work/tree" -xf -
	cd "$work/tree"
}

# prepare [perl]: all that comes before the build.
prepare()
{
	make_work_directory
	ensure_packages "$@"
	choose_server_user
	copy_project
}

# start_server [LINE...]: lines for postgresql.conf.
start_server()
{
	local name

	step "starting a private server"
	for name in ${!PG@}; do
		case $name in PG_*) ;; *) unset "$name" ;; esac
	done
	# UTF-8 only where the terminal knows it
	case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
		*[Uu][Tt][Ff]*8) export LC_ALL=C.UTF-8 ;;
		*) export LC_ALL=C ;;
	esac
	export PATH=$bin:$PATH HOME=$work/tree TMPDIR=$sockets
	export PGHOST=$sockets PGPORT=5432 PGUSER=postgres

	server_directory data
	quietly initdb "${as_server[@]}" initdb -D "$work/data" -U postgres -A trust -E UTF8 \
		--locale=C.UTF-8 --no-sync --no-instructions
	printf '%s\n' "listen_addresses = ''" "unix_socket_directories = '$sockets'" "port = $PGPORT" \
		'fsync = off' 'synchronous_commit = off' 'full_page_writes = off' "$@" >>"$work/data/postgresql.conf"
	quietly server "${as_server[@]}" pg_ctl start -s -w -t 120 -D "$work/data"
}

# sql [OPTION...]: psql as the server's user; stops at the first error.
sql()
{
	run "${as_server[@]}" psql -X -q -P pager=off -v ON_ERROR_STOP=1 "$@"
}

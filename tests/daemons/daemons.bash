# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Functions for the tests of real daemons, on top of the lab of the live tests: each daemon runs
# unmodified, as Debian ships it, first bare and then with the library, and is asked hundreds of
# times at six addresses. The results go into a table.
#
# How to add a daemon: copy unbound.bats (an echo server: echo_python.bats) and define in it
#
#	packages	the Debian packages that it needs; the first one's version goes into the table
#	unpacked	the same for packages that conflict with others here, or with common Debian
#			packages: these are not installed, but unpacked into a directory that the test
#			puts first in PATH. scripts/test reads both lines from the .bats file
#	question	one request of its protocol, as a printf format; an echo server needs none
#	start()		writes its configuration into the current directory and launches it by
#			launch_server, or by launch_as if its unit has User=, in the foreground, on
#			PORT at 0.0.0.0 and ::. Copies what matters from Debian's unit or init script:
#			user, chroot, filter, whether processes fork or start others
#	client ADDRESS	asks it once with its own client; true if that accepts the answer
#
# and a test that calls one of these; the test's name becomes the table's first column:
#
#	is_cured V4 V6		bare it answers from wrong addresses, with the library from right ones
#	stays_right V4 V6	it answers from right addresses bare and with the library
#	is_not_cured V4 V6	no library can help; the remark says what does. The wrapper starts it
#				(by_wrapper before the command), and its warning goes into the table
#
# kernel.bash says how the kernel back end is tested: kernel_*.bats.
#
# What bindrightctl audit says of its port must agree with the result, except as the file
# audit-exceptions says.
#
# Where a daemon differs from the usual, its file sets variables, explained where they get their
# defaults, or redefines a function, such as is_ready() if a first question would do harm.

# A test may load this through several files.
[ -z "${daemons_dir-}" ] || return 0

# Some of these daemons start slowly, particularly under strace.
LIMIT_S=${LIMIT_S:-20}

# A stopped daemon may exit with any status but that of a crash (134, 139, ...).
good_ends='[0-9]{1,2}|1[01][0-9]|12[0-8]|129|130|137|143'

daemons_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/lab.bash
. "$daemons_dir/../live/lab.bash"
# shellcheck source=tests/daemons/verdicts.bash
. "$daemons_dir/verdicts.bash"
results=$abs_top_builddir/tests/daemons
# shellcheck disable=SC2034 # inetd.conf lines use it.
wrapper=$abs_top_builddir/scripts/bindright
ctl=$abs_top_builddir/shim/ctl/bindrightctl

# ---- What a daemon's file may set ---------------------------------------------------------------

packages=
unpacked=
question=
# Where it listens.
port=$PORT
# The keyword of BINDRIGHT_V6ONLY that suits it: auto if its only socket is dual-stack.
v6only=force
# Whether its own client checks where an answer comes from.
client_looks=yes
# The families, if any, whose answers are right bare although the test calls is_cured.
already_right=
# A remark for the table.
remark=
# Set by look_for_bare_workers.
bare_workers=
# How the daemon is asked: by 36 clients at once, a port each, six times, each time at another
# address. That is 216 questions for IPv4 and as many for IPv6.
asking=(-n 36 -r 6 -R)
# The signal that stops it.
stop_signal=TERM
# Whether it talks to one peer only. Then it is restarted for each address, and one client asks.
one_peer=no

# ---- Setup and teardown -------------------------------------------------------------------------

setup() {
	set_up_daemon
}

teardown() {
	tear_down_daemon
}

set_up_daemon() {
	enter_test_directory || return
	preload=
	server_pid=
	prefix=()
	server_holder='' client_holder=''
	PATH=$PATH:/usr/sbin:/sbin
	[ "$(id -u)" -eq 0 ] || skip "only root can start daemons as Debian does"
	need strace
	need_packages
	open_lab
}

tear_down_daemon() {
	local status=0

	stop_daemon || status=$?
	close_lab
	return "$status"
}

need_packages() {
	local package

	[ -n "$packages$unpacked" ] || fail "the test names no packages"
	command -v dpkg-query >/dev/null || skip "not a Debian system"
	for package in $packages; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
			skip "the package $package is not installed"
	done
	for package in $unpacked; do
		[ -d "$results/unpacked/$package" ] || skip "the package $package is not unpacked"
		PATH=$results/unpacked/$package/usr/sbin:$results/unpacked/$package/usr/bin:$PATH
	done
}

need_tunnel() {
	[ -w /dev/net/tun ] || skip "no tunnel device"
}

version() {
	if [ -n "$unpacked" ]; then
		sed -n 's/^Version: //p' "$results/unpacked/${unpacked%% *}/DEBIAN/control"
	else
		dpkg-query -W -f '${Version}' "${packages%% *}"
	fi
}

# ---- The daemon's life --------------------------------------------------------------------------

# start_daemon bare|with_library: starts it by its start() and waits until it is ready; false if it
# does not become ready. strace appends its bare calls on UDP sockets to the file "calls".
start_daemon() {
	local around=("${prefix[@]}")
	local prefix=("${around[@]}")

	stop_daemon
	if [ "$1" = bare ]; then
		prefix+=(strace -f -D -qq -yy -s 0 --seccomp-bpf -e signal=none
			-e "trace=${udp_calls// /,}"
			-A -o "$PWD/calls")
	fi
	BINDRIGHT_V6ONLY=$v6only "$1" start
	wait_until is_ready_or_over || return 1
	! server_has_ended
}

is_ready_or_over() {
	server_has_ended || is_ready
}

# is_ready: it answers, from any address, by each family of this test.
is_ready() {
	local addresses=() family

	for family in "${families[@]}"; do
		addresses+=("$(address_of "$family")")
	done
	ask_daemon -t 500 "$port" "${addresses[@]}"
	every_line_matches '^(right|wrong|mangled)' >/dev/null
}

# is_bound: is_ready for daemons that an early question would disturb.
is_bound() {
	[ -n "$("${server_host[@]}" ss -Huan "sport = :$port")" ]
}

# stop_daemon: stops it and all that it has started.
stop_daemon() {
	if [ -n "$server_pid" ]; then
		kill -s "$stop_signal" "$server_pid" 2>/dev/null || true
		wait_until server_has_ended || kill -KILL "$server_pid"
		stop_server || return
	fi
	wait_until server_host_is_empty || fail "processes are left: $(list_server_host)"
}

server_has_ended() {
	! kill -0 "$server_pid" 2>/dev/null
}

# Kills all processes on the server host, which are the test's, but strace: that ends by itself after
# it has written its output.
server_host_is_empty() {
	local pid

	for pid in $(list_server_host); do
		[ "$(cat "/proc/$pid/comm")" = strace ] || kill -KILL "$pid"
	done
	[ -z "$(list_server_host)" ]
}

# list_server_host: lists the processes there, except the one that holds the namespace.
list_server_host() {
	local namespace

	[ -n "$server_holder" ] || return 0
	namespace=$(readlink "/proc/$server_holder/ns/net") || return 0
	find /proc/[0-9]*/ns/net -maxdepth 0 -lname "net:\\[${namespace//[!0-9]/}\\]" 2>/dev/null |
		cut -d / -f 3 | grep -vx "$server_holder"
}

# same_at_each_level FUNCTION: FUNCTION with_library FILE writes to FILE what bare.said has, at each
# level of the library's log.
same_at_each_level() {
	local level

	for level in warn debug "debug:$PWD/log"; do
		BINDRIGHT_LOG=$level "$1" with_library library.said
		same_text bare.said library.said
	done
}

# look_for_bare_workers: sets bare_workers to the table's text about processes that have one of the
# daemon's sockets and run without the library, although the daemon was started with it.
look_for_bare_workers() {
	local pid maps names=''

	for pid in $("${server_host[@]}" ss -Hlntup "sport = :$port" | grep -o 'pid=[0-9]*' |
		cut -d = -f 2 | sort -un); do
		# It may have ended meanwhile.
		maps=$(cat "/proc/$pid/maps" 2>/dev/null) || true
		if [ -n "$maps" ] && [[ $maps != *"/${library##*/}"* ]]; then
			names+=" $(cat "/proc/$pid/comm" 2>/dev/null)" || true
		fi
	done
	bare_workers=$(tr -s ' ' '\n' <<<"$names" | grep . | sort -u | xargs)
	bare_workers=${bare_workers:+runs without the library: $bare_workers}
}

# ---- Functions for the daemons' files -----------------------------------------------------------

# open_directory: lets daemons that change to another user reach the current directory.
open_directory() {
	chmod a+rx "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"
}

# open_library: the same for a daemon that loads the library as another user.
open_library() {
	open_directory
	[ "$library" -ef "${library##*/}" ] || cp "$library" .
	library=$PWD/${library##*/}
}

# launch_as USER COMMAND...: launch_server as a unit with User= and AmbientCapabilities= for ports
# below 1024 does. USER gets the current directory.
launch_as() {
	open_library
	chown -R "$1" .
	launch_server setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups \
		--inh-caps=-all,+net_bind_service --ambient-caps=-all,+net_bind_service "${@:2}"
}

# make_keys: makes key.pem and a self-signed cert.pem.
make_keys() {
	[ -f key.pem ] ||
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
			-subj /CN=demo -keyout key.pem -out cert.pem 2>/dev/null
}

# by_wrapper: prints the wrapper, to go before a command, unless this run is bare.
by_wrapper() {
	[ -z "$preload" ] || echo "$wrapper"
}

# note_row TABLE NAME CELL...: writes a row of this table to its own file, for scripts/test to
# collect.
note_row() {
	local file

	file=$results/rows/$1/$(tr -c 'a-zA-Z0-9:\n' - <<<"$2")
	mkdir -p "${file%/*}"
	printf '| %s ' "${@:2}" >"$file"
	echo '|' >>"$file"
}

# ---- Asking -------------------------------------------------------------------------------------

# ask_daemon ARGUMENT...: calls ask_client with the daemon's question, if it has one.
ask_daemon() {
	ask_client ${question:+-x "$(in_hex "$question")"} "$@"
}

# in_hex FORMAT: prints the output of printf FORMAT as hexadecimal digits.
in_hex() {
	# shellcheck disable=SC2059 # FORMAT is meant to be a format.
	printf "$1" | od -An -v -tx1 | tr -d ' \n'
}

# address_of V4|V6: prints an address that the kernel would not choose as a source.
address_of() {
	local -n all=$1

	echo "${all[1]}"
}

# from_client COMMAND...: runs it on the client host, with a time limit.
from_client() {
	"${client_host[@]}" timeout "$LIMIT_S" "$@" 3>&-
}

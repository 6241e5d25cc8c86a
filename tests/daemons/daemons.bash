# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# Words for the tests of real daemons, over the laboratory of the live tests: each daemon runs
# unmodified, as Debian ships it, first bare and then with the library, and is asked hundreds of
# times at six addresses. What was seen goes into a table.
#
# How to add a daemon: copy unbound.bats (an echo server: echo_python.bats), and say in it
#
#	packages	the Debian packages that it needs; the first one's version goes into the table
#	unpacked	the same for packages that conflict with others here, or with what a Debian
#			usually has: these are not installed, but unpacked in a directory that the PATH
#			of the test begins with. scripts/test reads both lines in the .bats file itself
#	question	one request of its protocol, as a format of printf; an echo server needs none
#	start()		writes its configuration into the current directory and launches it by
#			launch_server, or by launch_as where its unit has User=, in the foreground, on
#			PORT at 0.0.0.0 and ::. What matters is as Debian's unit or init script has it:
#			its user, a chroot, a filter, whether processes fork or start others
#	client ADDRESS	asks it once by its own client and is true if that is content
#
# and a test of a few words; its name becomes the table's first column:
#
#	is_cured V4 V6		bare it answers from wrong addresses, with the library from right ones
#	stays_right V4 V6	it is right by itself, and as right with the library
#	is_not_cured V4 V6	no library can help; the remark says what does. It is started by the
#				wrapper (by_wrapper before the command), whose words are noted, too
#
# What differs from the usual is said by variables, explained where they get their defaults, or by a
# word of its own in the daemon's file, such as is_ready() where a first question would do harm.

# A test may load this by several files of words.
[ -z "${daemons_dir-}" ] || return 0

# Some of these daemons take their time to start, the more so under strace.
LIMIT_S=${LIMIT_S:-20}

# A daemon may end as it likes when it is stopped, but not by a crash (134, 139, ...).
good_ends='[0-9]{1,2}|1[01][0-9]|12[0-8]|129|130|137|143'

daemons_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/lab.bash
. "$daemons_dir/../live/lab.bash"
# shellcheck source=tests/daemons/verdicts.bash
. "$daemons_dir/verdicts.bash"
results=$abs_top_builddir/tests/daemons
# shellcheck disable=SC2034 # inetd.conf lines use it.
wrapper=$abs_top_builddir/scripts/bindright

# ---- What a daemon's file may say ---------------------------------------------------------------

packages=
unpacked=
question=
# Where it listens.
port=$PORT
# The word of BINDRIGHT_V6ONLY that suits it: auto, where its only socket is a dual-stack one.
v6only=force
# Whether its own client minds where an answer comes from.
client_looks=yes
# The families, if any, by which it is right by itself although is_cured is said of it.
already_right=
# What else the table should say of it.
remark=
# Set by look_for_bare_workers.
bare_workers=
# How the daemon is asked: 36 clients at once, a port each, six times over, each time at another
# address. That is 216 questions for IPv4, and as many for IPv6.
asking=(-n 36 -r 6 -R)
# By which signal it is stopped.
stop_signal=TERM
# Whether it talks to one peer in its life. Then it is started anew for each address, and asked there
# by one client.
one_peer=no

# ---- The test's own frame -----------------------------------------------------------------------

setup() {
	enter_test_directory || return
	preload=
	server_pid=
	prefix=()
	server_holder='' client_holder=''
	PATH=$PATH:/usr/sbin:/sbin
	[ "$(id -u)" -eq 0 ] || skip "only root can start daemons as they are meant to be"
	need strace
	need_packages
	open_lab
}

teardown() {
	local status=0

	stop_daemon || status=$?
	close_lab
	return "$status"
}

need_packages() {
	local package

	[ -n "$packages$unpacked" ] || fail "no packages are named"
	command -v dpkg-query >/dev/null || skip "this is no Debian"
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
	[ -w /dev/net/tun ] || skip "no tunnel device here"
}

version() {
	if [ -n "$unpacked" ]; then
		sed -n 's/^Version: //p' "$results/unpacked/${unpacked%% *}/DEBIAN/control"
	else
		dpkg-query -W -f '${Version}' "${packages%% *}"
	fi
}

# ---- The daemon's life --------------------------------------------------------------------------

# start_daemon bare|with_library: starts it by the words of its file, and returns when it is ready;
# false where it does not become so. What it does bare with its UDP sockets is in the file "calls", of
# all its starts.
start_daemon() {
	local prefix=()

	stop_daemon
	if [ "$1" = bare ]; then
		prefix=(strace -f -D -qq -yy -s 0 --seccomp-bpf -e signal=none
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

# is_ready: it answers, from wherever, by each family that it is going to be asked by.
is_ready() {
	local addresses=() family

	for family in "${families[@]}"; do
		addresses+=("$(address_of "$family")")
	done
	ask_daemon -t 500 "$port" "${addresses[@]}"
	every_line_matches '^(right|wrong|mangled)' >/dev/null
}

# is_bound: is_ready for those that must not be asked before their time.
is_bound() {
	[ -n "$("${server_host[@]}" ss -Huan "sport = :$port")" ]
}

# stop_daemon: and all that it has started.
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

# Everything on the server host is ours, and ends; strace ends last, when it has written all down.
server_host_is_empty() {
	local pid

	for pid in $(list_server_host); do
		[ "$(cat "/proc/$pid/comm")" = strace ] || kill -KILL "$pid"
	done
	[ -z "$(list_server_host)" ]
}

# list_server_host: the processes there, but for the one that holds the namespace.
list_server_host() {
	local namespace

	[ -n "$server_holder" ] || return 0
	namespace=$(readlink "/proc/$server_holder/ns/net") || return 0
	find /proc/[0-9]*/ns/net -maxdepth 0 -lname "net:\\[${namespace//[!0-9]/}\\]" 2>/dev/null |
		cut -d / -f 3 | grep -vx "$server_holder"
}

# same_at_each_level WORD: what WORD with_library FILE writes down is what is in bare.said, however much
# the library logs.
same_at_each_level() {
	local level

	for level in warn debug "debug:$PWD/log"; do
		BINDRIGHT_LOG=$level "$1" with_library library.said
		same_text bare.said library.said
	done
}

# look_for_bare_workers: sets bare_workers to what the table says of processes that have one of the
# daemon's sockets and run without the library, which it was started with.
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

# ---- Words for the daemons' files ---------------------------------------------------------------

# open_directory: lets daemons that change into another user reach the current directory.
open_directory() {
	chmod a+rx "$BATS_RUN_TMPDIR" "${BATS_TEST_TMPDIR%/*}" "$BATS_TEST_TMPDIR"
}

# open_library: the same for a daemon that is another user before it loads the library.
open_library() {
	open_directory
	[ "$library" -ef "${library##*/}" ] || cp "$library" .
	library=$PWD/${library##*/}
}

# launch_as USER COMMAND...: launch_server as a unit with User= does it, which is given the current
# directory, and with AmbientCapabilities= for ports below 1024.
launch_as() {
	open_library
	chown -R "$1" .
	launch_server setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups \
		--inh-caps=-all,+net_bind_service --ambient-caps=-all,+net_bind_service "${@:2}"
}

# make_keys: key.pem, and cert.pem that it has signed itself.
make_keys() {
	[ -f key.pem ] ||
		openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 \
			-subj /CN=demo -keyout key.pem -out cert.pem 2>/dev/null
}

# by_wrapper: what stands before a command that the wrapper is to start, where it is not to be bare.
by_wrapper() {
	[ -z "$preload" ] || echo "$wrapper"
}

# note_row TABLE NAME CELL...: a line of this table, in a file of its own until all are there.
note_row() {
	local file

	file=$results/rows/$1/$(tr -c 'a-zA-Z0-9:\n' - <<<"$2")
	mkdir -p "${file%/*}"
	printf '| %s ' "${@:2}" >"$file"
	echo '|' >>"$file"
}

# ---- Asking -------------------------------------------------------------------------------------

# ask_daemon ARGUMENT...: ask_client, with the daemon's question if it has one.
ask_daemon() {
	ask_client ${question:+-x "$(in_hex "$question")"} "$@"
}

# in_hex FORMAT: what printf makes of it, in hexadecimal digits.
in_hex() {
	# shellcheck disable=SC2059 # It is a format that is wanted.
	printf "$1" | od -An -v -tx1 | tr -d ' \n'
}

# address_of V4|V6: one that the kernel would not choose by itself.
address_of() {
	local -n all=$1

	echo "${all[1]}"
}

# from_client COMMAND...: runs it on the client host, where it has as long as any other step.
from_client() {
	"${client_host[@]}" timeout "$LIMIT_S" "$@" 3>&-
}

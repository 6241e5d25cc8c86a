# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
#
# The lab of the live tests: a server host and a client host, each a network namespace, joined by
# one cable. The server host has several addresses, which is enough for the reply fault to show.
#
# A test runs something bare and sees the fault, then with the library and sees it cured. The
# network of the machine stays untouched. A namespace lives as long as a process in it, and each
# process here dies with the test that started it, even if that is killed.
#
# Functions for tests: bare, with_library, under_strace, start_server, stop_server, tell_server,
# server_says, ask_client, ask_locally, every_line_is, ...; each explained below.

live_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/live/bats.bash
. "$live_dir/bats.bash"
: "${abs_top_srcdir:=$(cd "$live_dir/../.." && pwd)}"
: "${abs_top_builddir:=$abs_top_srcdir}"
servers=$abs_top_builddir/tests/servers
# BINDRIGHT_LIB names another library to test. bats reads this file again in each test, with the
# environment of the first reading.
export library=${BINDRIGHT_LIB:-${library:-$abs_top_builddir/shim/.libs/libbindright.so}}

# The caller's own settings must not reach the tests.
for variable in "${!BINDRIGHT@}" LD_PRELOAD; do
	unset "$variable"
done

# The server host's addresses: several in one network, as with virtual hosts and failover pairs.
# shellcheck disable=SC2034 # The tests use them.
readonly V4=(192.0.2.1 192.0.2.2 192.0.2.3)
readonly V6=(2001:db8::1 2001:db8::2 2001:db8::3)
readonly LINK_LOCAL=(fe80::1 fe80::2)
readonly CLIENT_V4=192.0.2.100 CLIENT_V6=2001:db8::100 CLIENT_LINK_LOCAL=fe80::100
readonly PORT=5300

# A command after this gets a signal when the test's process ends, even by kill -9.
readonly dying_with_us=(setpriv --pdeathsig KILL)

# The time limit of each step of a test.
readonly LIMIT_S=${LIMIT_S:-5}

# The exit statuses that a stopped server may have, as a regular expression: only that of the test's
# own signal.
good_ends=${good_ends:-143}

setup() {
	set_up_lab
}

teardown() {
	tear_down_lab
}

set_up_lab() {
	enter_test_directory || return
	preload=
	server_pid=
	prefix=()
	server_holder='' client_holder=''
	skip_if_file_is
	open_lab
}

tear_down_lab() {
	local status=0

	stop_server || status=$?
	close_lab
	return "$status"
}

# ---- The two hosts ------------------------------------------------------------------------------

# open_lab: makes both hosts, or skips the test if it has no permission.
open_lab() {
	local user_flags=()

	server_holder='' client_holder='' server_host=() client_host=()
	if [ "$(id -u)" -ne 0 ] || ! unshare -n true 2>/dev/null; then
		user_flags=(-U --preserve-credentials)
		unshare -rn true 2>/dev/null ||
			skip "neither root nor unprivileged user namespaces: no network namespace"
		hold_namespace server_holder unshare -rn
	else
		hold_namespace server_holder unshare -n
	fi
	server_host=(nsenter -t "$server_holder" "${user_flags[@]}" -n)
	if [ ${#user_flags[@]} -gt 0 ]; then
		# The second host must be in the same user namespace, or the cable cannot reach it.
		hold_namespace client_holder nsenter -t "$server_holder" \
			"${user_flags[@]}" unshare -n
	else
		hold_namespace client_holder unshare -n
	fi
	client_host=(nsenter -t "$client_holder" "${user_flags[@]}" -n)
	lay_cable
}

# renew_lab: makes new hosts. IPv6 prefers the address that was added last, so removing and adding
# one again would change the kernel's choice.
renew_lab() {
	stop_server
	close_lab
	open_lab
}

close_lab() {
	local pid

	for pid in $server_holder $client_holder; do
		kill "$pid" 2>/dev/null || true
		wait "$pid" 2>/dev/null || true
	done
}

# hold_namespace VARIABLE COMMAND...: sets VARIABLE to the process ID of a process in a new
# namespace, which COMMAND makes.
hold_namespace() {
	local -n ret_pid=$1
	local before

	shift
	before=$(readlink /proc/self/ns/net)
	"$@" "${dying_with_us[@]}" sleep infinity >/dev/null 3>&- &
	ret_pid=$!
	wait_until namespace_differs "$ret_pid" "$before"
}

namespace_differs() {
	local now

	now=$(readlink "/proc/$1/ns/net") && [ "$now" != "$2" ] &&
		[ "$(cat "/proc/$1/comm")" = sleep ]
}

lay_cable() {
	local address

	"${server_host[@]}" ip link add wire0 type veth peer name wire1 netns "$client_holder" ||
		skip "no veth devices"
	for address in "${V4[@]}"; do
		server_ip addr add "$address/24" brd 192.0.2.255 dev wire0
	done
	# Prevents the kernel from generating a link-local address beside the test's.
	server_ip link set wire0 addrgenmode none
	client_ip link set wire1 addrgenmode none
	for address in "${V6[@]}" "${LINK_LOCAL[@]}"; do
		server_ip addr add "$address/64" dev wire0 nodad ||
			skip "no IPv6"
	done
	client_ip addr add "$CLIENT_V4/24" brd 192.0.2.255 dev wire1
	client_ip addr add "$CLIENT_V6/64" dev wire1 nodad
	client_ip addr add "$CLIENT_LINK_LOCAL/64" dev wire1 nodad
	server_ip link set lo up
	client_ip link set lo up
	server_ip link set wire0 up
	client_ip link set wire1 up
	wait_until cable_is_up
}

cable_is_up() {
	[[ $(server_ip -o link show wire0) == *LOWER_UP* ]] &&
		[[ $(client_ip -o link show wire1) == *LOWER_UP* ]]
}

server_ip() {
	"${server_host[@]}" ip "$@"
}

client_ip() {
	"${client_host[@]}" ip "$@"
}

server_sysctl() {
	need sysctl
	"${server_host[@]}" sysctl -qw "$@"
}

client_sysctl() {
	need sysctl
	"${client_host[@]}" sysctl -qw "$@"
}

# ---- Bare, and with the library -----------------------------------------------------------------

# bare COMMAND...: start_server in COMMAND starts the server without the library.
bare() {
	local preload=

	"$@"
}

# with_library COMMAND...: the same with the library. BINDRIGHT_* assignments may precede it.
with_library() {
	local preload=$library

	[ -f "$library" ] || fail "no library at $library: run make first"
	"$@"
}

# under_strace FILE COMMAND...: strace writes the server's system calls to FILE. -D keeps the
# server's process ID; LD_PRELOAD is set after strace, so strace itself is always bare.
under_strace() {
	local prefix=(strace -f -D -o "$1")

	shift
	"$@"
}

# ---- The server ---------------------------------------------------------------------------------

# start_server NAME ARGUMENT...: stops the previous server, runs this one on the server host, and
# returns when it is ready. Its stdout is in the file server.out, its stderr in server.err.
start_server() {
	local name=$1

	shift
	launch_server "$servers/$name" "$@"
	wait_until server_is_ready || fail "$name is not ready"
}

# launch_server COMMAND...: the same for any command, without waiting for "ready".
launch_server() {
	stop_server
	# Children of the previous server have the port too, and end a little later.
	wait_until port_is_free || fail "port $PORT is still in use"
	rm -f server.in server.out server.err
	mkfifo server.in
	exec {server_in}<>server.in
	: >server.out
	# shellcheck disable=SC2154 # exec sets server_in.
	"${server_host[@]}" "${dying_with_us[@]}" "${prefix[@]}" \
		env ${preload:+LD_PRELOAD="$preload"} "$@" \
		<server.in >>server.out 2>server.err 3>&- {server_in}>&- &
	server_pid=$!
}

port_is_free() {
	[ -z "$("${server_host[@]}" ss -Hlun "sport = :$PORT")" ]
}

# stop_server: fails the test if the server ended otherwise than by this signal, such as by a crash
# (unless good_ends allows it).
stop_server() {
	local status=0

	[ -n "$server_pid" ] || return 0
	kill "$server_pid" 2>/dev/null || true
	wait "$server_pid" 2>/dev/null || status=$?
	server_pid=
	exec {server_in}>&-
	[[ $status =~ ^($good_ends)$ ]] ||
		fail "the server ended with status $status, not by the test's signal"
}

server_is_ready() {
	kill -0 "$server_pid" 2>/dev/null && grep -qx ready server.out
}

# tell_server LINE: writes a line to its stdin.
tell_server() {
	printf '%s\n' "$1" >&"$server_in"
}

# server_says LINE: waits until its stdout has this line.
server_says() {
	wait_until grep -qxF -e "$1" server.out || fail "the server does not say: $1"
}

# server_said LINE: its stdout has this line already. A ready server has printed all of its start.
server_said() {
	grep -qxF -e "$1" server.out || fail "the server did not say: $1"
}

# ---- The client ---------------------------------------------------------------------------------

# ask_client ARGUMENT...: runs tests/servers/ask on the client host. Its lines are in the file
# answers. Its exit status is ignored, because the tests check the lines.
ask_client() {
	"${client_host[@]}" "$servers/ask" "$@" >answers 2>ask.err || [ $? -eq 1 ] ||
		fail "ask $*: $(cat ask.err)"
}

# ask_locally ARGUMENT...: the same on the server host itself.
ask_locally() {
	"${server_host[@]}" "$servers/ask" "$@" >answers 2>ask.err || [ $? -eq 1 ] ||
		fail "ask $*: $(cat ask.err)"
}

# ---- Verdicts -----------------------------------------------------------------------------------

# ask_client_meanwhile ARGUMENT...: runs ask_client in the background until "client_is_done".
ask_client_meanwhile() {
	"${client_host[@]}" "$servers/ask" "$@" >answers 2>ask.err 3>&- {server_in}>&- &
	client_pid=$!
}

client_is_done() {
	wait "$client_pid" || [ $? -eq 1 ] || fail "ask: $(cat ask.err)"
}

# can_connect ADDRESS..., cannot_connect ADDRESS...: by TCP, from the client host to PORT.
can_connect() {
	ask_client -T "$PORT" "$@"
	every_line_is connected
}

cannot_connect() {
	ask_client -T "$PORT" "$@"
	every_line_is refused
}

# serves_both: TCP from the client host to each address.
serves_both() {
	can_connect "${V4[@]}" "${V6[@]}"
}

# every_line_is TEXT: there are answers, and the client's line for each is TEXT.
every_line_is() {
	if [ ! -s answers ] || grep -qvxF -e "$1" answers; then
		fail "not all answers are: $1"
	fi
}

# every_line_matches REGEX
every_line_matches() {
	if [ ! -s answers ] || grep -qvE -e "$1" answers; then
		fail "not all answers match: $1"
	fi
}

# some_wrong: the reply fault shows. One address may be right by chance: the one that routing
# prefers. No answer may be missing.
some_wrong() {
	grep -q '^wrong ' answers || fail "no answer came from a wrong address: no fault to cure"
	every_line_matches '^(wrong|right)'
}

# replies_are_cured V4|V6 NAME ARGUMENT...: the server NAME shows the reply fault at these addresses
# bare, and not with the library. BINDRIGHT_* assignments may precede it.
replies_are_cured() {
	local -n asked_at=$1

	shift
	bare start_server "$@"
	ask_client "$PORT" "${asked_at[@]}"
	some_wrong

	# Twice, for the first datagram of a peer and a later one.
	with_library start_server "$@"
	ask_client -r 2 "$PORT" "${asked_at[@]}"
	every_line_is right
}

# v6only_of t|u: prints IPV6_V6ONLY of the IPv6 listener on PORT, by ss: 0 or 1.
v6only_of() {
	"${server_host[@]}" ss "-6Hlne$1" "sport = :$PORT" | grep -o 'v6only:[01]' | cut -d : -f 2
}

# keep_text FILE: writes the texts of the answers, without the client's verdict on their source.
keep_text() {
	sed -E 's/^(right|mangled|wrong [^ ]+) //' answers >"$1"
}

# same_text FILE FILE: fails and shows the difference, if there is one.
same_text() {
	diff -u "$1" "$2" || fail "$1 and $2 differ"
}

# fail TEXT: ends the test, and shows the logs.
fail() {
	local file

	echo "$1"
	for file in server.out server.err answers client.out; do
		[ -s "$file" ] || continue
		echo "--- $file:"
		head -n 20 "$file"
	done
	return 1
}
